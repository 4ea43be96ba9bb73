"""From the periods that a person names to the files NHS England publishes for them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from allcomers.exceptions import AllcomersError, SeveralError
from allcomers.published.addresses import PUBLISHED_FILES, Kind, PublishedFile

LATEST = "latest"
RANGE = ".."

_HOW_TO_LIST = "`allcomers published list` shows every period with a recorded address"


@dataclass(frozen=True)
class Selection:
    """The files chosen, oldest first within each kind, and the periods inside a range that have no recorded address."""

    files: tuple[PublishedFile, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, order=True)
class _Period:
    """A financial year or a month, counted so that one can tell which is nearer."""

    kind: Kind
    number: int

    @classmethod
    def read(cls, text: str) -> "_Period | None":
        """The period that `text` names, or None if it names none. A year may be written 2023-24 or 2023/24."""
        found = re.fullmatch(r"(\d{4})[-/](\d{2})", text)
        if found is None:
            return None
        year, tail = int(found[1]), int(found[2])
        if tail == (year + 1) % 100:
            return cls("annual", year)
        return cls("monthly", year * 12 + tail - 1) if 1 <= tail <= 12 else None

    def __str__(self) -> str:
        if self.kind == "annual":
            return f"{self.number}-{(self.number + 1) % 100:02}"
        return f"{self.number // 12}-{self.number % 12 + 1:02}"


def of_kind(kind: Kind | None, files: Sequence[PublishedFile] = PUBLISHED_FILES) -> tuple[PublishedFile, ...]:
    """The files of one kind; every file if `kind` is None."""
    return tuple(file for file in files if kind in (None, file.kind))


def select(
    periods: Iterable[str], *, kind: Kind | None = None, files: Sequence[PublishedFile] = PUBLISHED_FILES
) -> Selection:
    """The files for the periods named.

    Parameters
    ----------
    periods : each a financial year ("2023-24"), a month ("2025-04"), a range with both ends in it
        ("2021-22..2023-24"), or "latest", which is the newest file of each kind.
    kind : leave out files of the other kind.

    Raises
    ------
    AllcomersError : a period is not written as one, or has no recorded address; every such period is named at once.
    """
    known = {_period_of(file): file for file in of_kind(kind, files)}
    chosen: set[_Period] = set()
    errors: list[AllcomersError] = []
    for word in periods:
        try:
            chosen |= _meant_by(word, known)
        except AllcomersError as error:
            errors.append(error)
    if errors:
        raise errors[0] if len(errors) == 1 else SeveralError(errors)
    return Selection(
        files=tuple(known[period] for period in sorted(chosen) if period in known),
        missing=tuple(str(period) for period in sorted(chosen) if period not in known),
    )


def _period_of(file: PublishedFile) -> _Period:
    period = _Period.read(file.period)
    assert period is not None, file
    return period


def _meant_by(word: str, known: dict[_Period, PublishedFile]) -> set[_Period]:
    if word == LATEST:
        return {max(period for period in known if period.kind == kind) for kind in {period.kind for period in known}}
    if RANGE in word:
        return _between(word, known)
    return {_recorded(word, known)}


def _between(word: str, known: dict[_Period, PublishedFile]) -> set[_Period]:
    first, last = (_recorded(end, known) for end in word.split(RANGE, 1))
    if first.kind != last.kind or first > last:
        raise AllcomersError(
            where=f"Range {word}",
            found="its ends are not two years, or two months, the earlier first",
            next_step="Write it like 2021-22..2023-24, or 2025-04..2025-09",
        )
    return {_Period(first.kind, number) for number in range(first.number, last.number + 1)}


def _recorded(word: str, known: dict[_Period, PublishedFile]) -> _Period:
    """The period that `word` names, which has to be one with an address."""
    period = _Period.read(word)
    if period is None:
        raise AllcomersError(
            where=f"Period {word!r}",
            found="this is neither a financial year, a month, a range of them, nor `latest`",
            expected="Write a year like 2023-24, a month like 2025-04, a range like 2021-22..2023-24",
            next_step=_HOW_TO_LIST,
        )
    if period not in known:
        raise AllcomersError(
            where=f"Period {word}",
            found=f"no address is recorded for it{_why_not(period, known)}",
            next_step=_HOW_TO_LIST,
        )
    return period


def _why_not(period: _Period, known: Iterable[_Period]) -> str:
    same_kind = [other for other in known if other.kind == period.kind]
    if not same_kind:
        return f" among the files asked for, of which none is {period.kind}"
    return f"; the nearest is {min(same_kind, key=lambda other: abs(other.number - period.number))}"
