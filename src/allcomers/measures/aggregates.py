"""What has to be counted for a measure, and how the counts make its value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from allcomers.measures.measure import Count, Kind, Measure, Share, Statistic, Total, terms

_PERCENT = 100
_NUMBERED = {"pathway_id": "pathway_no"}
"""Numbers that stand for keys of text: they are told apart in a fifth of the time."""


class How(StrEnum):
    """Ways to make one number of many rows."""

    COUNT = "count"
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    MEDIAN = "median"
    DISTINCT = "distinct"


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of a table that belong to a period by one of their dates, or at its end whatever their dates."""

    table: str
    in_period: str | None


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One number for each group of rows; `looks_back_days` as of `Count`."""

    how: How
    source: Source
    where: str
    value: str = ""
    looks_back_days: int = 0

    @property
    def adds_up(self) -> bool:
        """Whether a whole's number is the sum of its parts'. Every key belongs to one pathway, and a pathway to one
        provider and area, so distinct keys add up."""
        return self.how in (How.COUNT, How.SUM, How.DISTINCT)


Signed = tuple[int, Aggregate]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a measure's value is made: `scale` times the sum of `over`, divided by the sum of `under` where there is one.

    `behind` counts the rows on which a statistic rests, which decides whether it may be shown.
    """

    over: tuple[Signed, ...]
    under: tuple[Signed, ...] = ()
    scale: int = 1
    behind: Aggregate | None = None

    @property
    def aggregates(self) -> Iterable[Aggregate]:
        """All that has to be computed."""
        yield from (each for _, each in (*self.over, *self.under))
        if self.behind:
            yield self.behind


def recipe(measure: Measure, measures: Mapping[str, Measure]) -> Recipe:
    """How to make a measure, given the others that a share may name.

    Raises
    ------
    KeyError : a share names a measure that is not among them.
    """
    if isinstance(measure.of, Count):
        return Recipe(((1, _counted(measure.of)),))
    if isinstance(measure.of, Total):
        return Recipe(
            (*((1, _counted(each)) for each in measure.of.counts), *((-1, _counted(each)) for each in measure.of.minus))
        )
    if isinstance(measure.of, Share):
        sides = (_side(measure.of.of, measures), _side(measure.of.among, measures))
        return Recipe(sides[0], sides[1], scale=_PERCENT)
    return _statistic(measure.of)


def _counted(count: Count) -> Aggregate:
    source = Source(count.table, count.in_period)
    if count.counts_rows:
        return Aggregate(How.COUNT, source, count.where, looks_back_days=count.looks_back_days)
    key = _NUMBERED.get(count.key, count.key)
    return Aggregate(How.DISTINCT, source, count.where, key, count.looks_back_days)


def _side(side: str | Count, measures: Mapping[str, Measure]) -> tuple[Signed, ...]:
    if isinstance(side, Count):
        return ((1, _counted(side)),)
    return tuple((sign, _counted(_count_of(measures[id_]))) for sign, id_ in terms(side))


def _count_of(measure: Measure) -> Count:
    assert isinstance(measure.of, Count), f"a share is made of counts, and {measure.id} is none"
    return measure.of


def _statistic(statistic: Statistic) -> Recipe:
    source = Source(statistic.table, statistic.in_period)
    where = statistic.has_values
    rows = Aggregate(How.COUNT, source, where)
    if statistic.kind != Kind.MEAN:
        return Recipe(((1, Aggregate(How(statistic.kind), source, where, statistic.value)),), behind=rows)
    under = Aggregate(How.SUM, source, where, statistic.per) if statistic.per else rows
    return Recipe(((1, Aggregate(How.SUM, source, where, statistic.value)),), ((1, under),), behind=rows)
