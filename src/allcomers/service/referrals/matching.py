"""Whether two descriptions may be of one person: points for each fact they share, and the reasons in words.

Plain Python over facts; the points are local choices, not a published method. They order a list for somebody to look
at, and nothing is joined by them.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

SAME_POSTCODE = "same postcode"


@dataclass(frozen=True)
class Facts:
    """What is compared: everything already in its comparable form; empty where it is not known."""

    given_name: str
    family_name: str
    date_of_birth: date
    nhs_number: str = ""
    postcode: str = ""
    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Reason:
    """One fact that two descriptions share: what it is called, what it is worth, and whether it holds."""

    words: str
    points: int
    holds: Callable[[Facts, Facts], bool]


def _name_and_birth(one: Facts, other: Facts) -> bool:
    same = (plain_name(one.given_name), plain_name(one.family_name)) == (
        plain_name(other.given_name),
        plain_name(other.family_name),
    )
    return same and one.date_of_birth == other.date_of_birth


def _family_name_and_birth(one: Facts, other: Facts) -> bool:
    same = plain_name(one.family_name) == plain_name(other.family_name)
    return same and one.date_of_birth == other.date_of_birth and not _name_and_birth(one, other)


REASONS = (
    Reason("same NHS number", 60, lambda a, b: bool(a.nhs_number) and a.nhs_number == b.nhs_number),
    Reason("same name and date of birth", 50, _name_and_birth),
    Reason("same family name and date of birth", 25, _family_name_and_birth),
    Reason("same telephone number", 20, lambda a, b: bool(a.phones & b.phones)),
    Reason("same e-mail address", 20, lambda a, b: bool(a.emails & b.emails)),
    Reason(SAME_POSTCODE, 10, lambda a, b: bool(a.postcode) and a.postcode == b.postcode),
)
CONTRADICTION = "another NHS number"
SHOWN_FROM = 20
"""A shared postcode or birthday alone is a neighbour or a coincidence, and is not shown."""


def score(one: Facts, other: Facts) -> tuple[int, list[str]]:
    """Points and reasons. Two different NHS numbers are said as well: a fact against, which takes no points away."""
    found = [reason for reason in REASONS if reason.holds(one, other)]
    words = [reason.words for reason in found]
    if one.nhs_number and other.nhs_number and one.nhs_number != other.nhs_number:
        words.append(CONTRADICTION)
    return sum(reason.points for reason in found), words


def best(facts: Facts, known: Iterable[tuple[object, Facts]]) -> list[tuple[object, int, list[str]]]:
    """Those who may be the same person, the likeliest first."""
    scored = [(whom, *score(facts, other)) for whom, other in known]
    return sorted((one for one in scored if one[1] >= SHOWN_FROM), key=lambda one: -one[1])


def plain_name(name: str) -> str:
    """Letters only, without case or accents: O’Brien, o'brien and OBRIEN are one."""
    bare = unicodedata.normalize("NFKD", name).casefold()
    return "".join(character for character in bare if character.isalpha())


def plain_phone(number: str) -> str:
    """Digits, with 0 for +44 and 0044."""
    digits = re.sub(r"\D", "", number.replace("(0)", ""))
    for prefix in ("0044", "44"):
        if digits.startswith(prefix) and len(digits) > 11:
            return "0" + digits.removeprefix(prefix).removeprefix("0")
    return digits


def plain_email(address: str) -> str:
    return address.strip().casefold()
