"""NHS numbers: the check digit, and the range in which no real person's lies."""

from nhs_number.validate import is_valid

from allcomers.exceptions import AllcomersError

SYNTHETIC = "999"  # never issued to anybody: for tests and demonstrations


class NhsNumberError(AllcomersError):
    """A number that cannot be an NHS number, or is one of the other kind. The message does not show it."""


def without_spaces(text: str) -> str:
    return "".join(character for character in text if character not in " -\u00a0")


def check_nhs_number(number: str, *, synthetic: bool) -> None:
    """Refuse what is not ten digits with a good check digit, real numbers where people are synthetic, invented ones
    where they are real.

    Raises
    ------
    NhsNumberError : it is never mended, since a wrong number may be somebody else's right one.
    """
    if not (number.isascii() and number.isdigit() and len(number) == 10 and is_valid(number)):
        raise _error("a number that fails the check", "ten digits, of which the last is the check digit")
    if synthetic and not number.startswith(SYNTHETIC):
        raise _error("a number that may be a real person's", "outside production, a number that begins with 999")
    if not synthetic and number.startswith(SYNTHETIC):
        raise _error("a number made for tests", "a number that the NHS issued")


def _error(found: str, expected: str) -> NhsNumberError:
    return NhsNumberError(
        where="NHS number", found=found, expected=expected, next_step="Read it again from its source."
    )


def grouped(number: str) -> str:
    """As it is read aloud: 3-3-4."""
    return f"{number[:3]} {number[3:6]} {number[6:]}" if number else ""
