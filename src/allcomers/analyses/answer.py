"""What an analysis of records answers: a sentence, a table whose columns say what they are, a chart of that table.

A chart has no data of its own, and a sentence no numbers: both take them from their answer's table, so that what is
withheld or rounded there is withheld or rounded everywhere.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field
from enum import StrEnum

import polars as pl

from allcomers.analyses.finding import Finding, Inclusion
from allcomers.analyses.records import Records

REFERENCE = re.compile(r"\{(\w+)@(\d+)\}")
"""A cell in a sentence: `{recovered@0}` is column `recovered` of the table's first row."""
_LEAST_PROBABILITY = 0.001


class Kind(StrEnum):
    """What the values of a column are, and so how they are written and protected."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"
    DIFFERENCE = "difference"
    NUMBER = "number"
    PROBABILITY = "probability"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an answer's table.

    Attributes
    ----------
    name, heading : in the table, and for a reader (with the unit, where it is not a count or a share).
    kind : "text", "count" (of people, pathways or the like), "share" (0–1, shown per cent), "difference" (of shares,
        shown in percentage points), "number" or "probability".
    of, among : of a share or a number that rests on counts, the columns of its numerator and its denominator. Where
        either is withheld, so is this. A mean has only `among`.
    within : of a count, the column of the count that it is a part of; empty where it is a whole.
    digits : after the point, of a number; of a share, after the point of its percentage.
    """

    name: str
    heading: str
    kind: Kind = Kind.TEXT
    _: KW_ONLY
    of: str = ""
    among: str = ""
    within: str = ""
    digits: int = 1

    def written(self, value: object) -> str:
        """A value as a reader sees it; "–" where there is none.

        >>> Column("share", "Recovered", Kind.SHARE).written(0.4567)
        '45.7%'
        """
        if value is None:
            return "–"
        if isinstance(value, float | int) and not isinstance(value, bool):
            return self._number(value)
        return str(value)

    def _number(self, value: float) -> str:
        match self.kind:
            case Kind.SHARE:
                return f"{100 * value:.{self.digits}f}%"
            case Kind.DIFFERENCE:
                return f"{100 * value:+.{self.digits}f} points"
            case Kind.COUNT:
                return f"{value:,.0f}"
            case Kind.PROBABILITY:
                return f"{value:.3f}" if value >= _LEAST_PROBABILITY else f"under {_LEAST_PROBABILITY}"
            case _:
                return f"{value:,.{self.digits}f}"


PER_CENT = frozenset({Kind.SHARE, Kind.DIFFERENCE})
"""Kinds whose values are parts of one, and are shown as parts of a hundred."""


class Shape(StrEnum):
    """How a chart is drawn."""

    BARS = "bars"
    RANGES = "ranges"
    LINES = "lines"
    POINTS = "points"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart of an answer's table.

    Attributes
    ----------
    shape : "bars" (a length for each category), "ranges" (a point with an interval for each category), "lines" (a
        curve for each series) or "points".
    x, y : columns; `x` is the category of bars and ranges.
    low, high : columns of the interval round `y`; empty for none.
    series : column that tells series apart; empty for one.
    stepped : of lines, whether the value holds until the next (as of a survival curve).
    reference : a value of `y` to draw a line at, with `reference_words`; none when None.
    """

    shape: Shape
    x: str
    y: str
    low: str = ""
    high: str = ""
    series: str = ""
    stepped: bool = False
    reference: float | None = None
    reference_words: str = ""


@dataclass(frozen=True, kw_only=True)
class Answer(Finding):
    """What an analysis says.

    Attributes
    ----------
    title : of what, in a few words.
    sentence : the finding in plain words, for someone who reads nothing else. Its numbers are references to cells of
        the table (`REFERENCE`); `said` has them written out.
    table : a row for each thing told of; the first column is `group` where the analysis was asked by group.
    columns : what each column of the table is, in order; the table has no other.
    chart : None where there is nothing to draw.
    parts : answers to the questions that the whole is made of.
    measures : ids of the official measures that it stands beside.
    """

    title: str
    sentence: str
    table: pl.DataFrame = field(default_factory=pl.DataFrame)
    columns: tuple[Column, ...] = ()
    chart: Chart | None = None
    parts: tuple["Answer", ...] = ()
    measures: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        assert list(self.table.columns) == [column.name for column in self.columns], self.title
        assert self.table.is_empty() or REFERENCE.search(self.sentence) or not re.search(r"\d", self.sentence), (
            f"{self.title}: a sentence takes its numbers from the table, as {{column@row}}"
        )
        assert all(name in self.table.columns and row < self.table.height for name, row in self.cells), self.sentence

    @property
    def cells(self) -> Iterator[tuple[str, int]]:
        """Column and row of every number in the sentence."""
        return ((found[1], int(found[2])) for found in REFERENCE.finditer(self.sentence))

    @property
    def said(self) -> str:
        """The sentence with its numbers written out."""
        columns = {column.name: column for column in self.columns}
        return REFERENCE.sub(
            lambda found: columns[found[1]].written(self.table[found[1]][int(found[2])]), self.sentence
        )


def nothing_to_say(title: str, *, estimand: str, why: str, inclusion: Inclusion | None = None) -> Answer:
    """The answer where there is none: why not, in words.

    Parameters
    ----------
    why : a sentence such as "Nobody was referred in the period.".
    """
    nobody = Inclusion(n_in=0, n_used=0, n_excluded={})
    return Answer(title=title, estimand=estimand, assumptions=(), inclusion=inclusion or nobody, sentence=why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """A question that can be asked of a data set by name.

    Attributes
    ----------
    name : as in `analyse("bounds")`; also the name of its page in docs/explanation/analyses.
    title, question : for the reader.
    answer : makes the answer from the records; says what cannot be said rather than fail.
    sources : where the method is from, each in a line; those not re-read say so.
    not_for : when not to use it, in a sentence or two.
    measures : ids of the official measures that it stands beside.
    options : names of the keyword arguments that `answer` takes beside the records, each with what it does.
    """

    name: str
    title: str
    question: str
    answer: Callable[..., Answer]
    sources: tuple[str, ...]
    not_for: str
    measures: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)

    def ask(self, records: Records, **options: object) -> Answer:
        """The answer of these records."""
        return self.answer(records, **options)
