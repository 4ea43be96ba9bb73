"""What a code list is, as data: its codes, what each means, where that was read, and how stray forms are mended."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from allcomers.instruments.model import Status

NO_LABEL = "label not found"


@dataclass(frozen=True, slots=True)
class Code:
    """One code.

    `status` says whether the code itself was seen in a rule or a table, `meaning_status` whether its label was.
    `group` is the published group that it counts in.
    """

    code: str
    meaning: str
    group: str = ""
    note: str = ""
    status: Status = Status.VERIFIED
    meaning_status: Status = Status.VERIFIED


def recalled(code: str, meaning: str, *, group: str = "", note: str = "", status: Status = Status.VERIFIED) -> Code:
    """A code whose meaning is from memory."""
    return Code(code, meaning, group, note, status, Status.UNVERIFIED)


def unlabelled(codes: str) -> tuple[Code, ...]:
    """Codes, with spaces between, that the rules accept and whose meanings were not found."""
    return tuple(Code(code, NO_LABEL, meaning_status=Status.NOT_FOUND) for code in codes.split())


@dataclass(frozen=True, slots=True)
class Cleaning:
    """How a submitted value becomes a code, spaces at its ends aside.

    `spellings` are stray forms and the code each stands for. `missing` is what an empty value becomes, `unknown` what
    a value in no list becomes; without them the one stays null and the other stays as it was submitted.
    """

    spellings: dict[str, str] = field(default_factory=dict)
    missing: str | None = None
    unknown: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeList:
    """The codes that a field may hold, in one or more versions of the data set."""

    name: str
    fields: tuple[str, ...]
    versions: tuple[str, ...]
    sources: tuple[str, ...]
    codes: tuple[Code, ...]
    cleaning: Cleaning = Cleaning()
    note: str = ""

    def __iter__(self) -> Iterator[Code]:
        return iter(self.codes)

    def __contains__(self, code: object) -> bool:
        return any(one.code == code for one in self.codes)

    def get(self, code: str | None) -> Code | None:
        """The code, as the list spells it; None for any other."""
        return next((one for one in self.codes if one.code == code), None)

    def meaning(self, code: str | None) -> str:
        """What a code means; for one in no list, that it is not known."""
        found = self.get(code)
        return found.meaning if found else "not a known code"

    def in_group(self, group: str) -> tuple[str, ...]:
        """The codes of a published group."""
        return tuple(one.code for one in self.codes if one.group == group)
