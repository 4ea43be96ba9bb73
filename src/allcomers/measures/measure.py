"""What a measure is: a named count, statistic or share, as a declaration that one evaluator reads.

Nothing here computes. `catalogue` declares every official measure with these, `breakdowns` every category, and
`calculate` is the only reader. Predicates and values are small SQL expressions in DuckDB's dialect over the columns of
one table; `$period_start` and `$period_end` are the first and last day of the period.

Time travel is the declarer's duty: a predicate may only depend on what had happened by `$period_end`. "Open" is
therefore `received_on <= $period_end and (discharged_on is null or discharged_on > $period_end)`, never
`discharged_on is null`.
"""

from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass, replace
from enum import StrEnum

TABLE_KEYS = {
    "pathway": "pathway_id",
    "contact": "contact_key",
    "therapy_contact": "contact_key",
    "therapy_log": "log_key",
    "employment_record": "employment_key",
}
"""The column that is different in every row that a measure counts. `therapy_contact` has a row for each therapy of a
contact, and a measure asks for one therapy."""

_SHARE_SIGNS = {"+": 1, "-": -1}


class Frequency(StrEnum):
    """How often NHS England publishes a measure."""

    MONTHLY = "Monthly"
    QUARTERLY = "Quarterly"
    BOTH = "Monthly/Quarterly"

    @property
    def quarterly(self) -> bool:
        """Whether it is in the quarterly tables, which are the ones that are broken down."""
        return self is not Frequency.MONTHLY


class Kind(StrEnum):
    """What a statistic says of the values it is given."""

    MEAN = "mean"
    MEDIAN = "median"
    MIN = "min"
    MAX = "max"
    SUM = "sum"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many distinct keys there are among the rows for which a predicate is true.

    Attributes
    ----------
    where : predicate over the table's columns; rows for which it is false or null are not counted.
    in_period : a date column that has to lie in the period, both ends included; None for a picture at the period's end.
    table : the table of which rows are looked at.
    key : the column of which distinct values are counted; the table's own key when empty. Null keys are not counted.
    looks_back_days : how many days before those of the period the days lie on which a referral that it counts was under
        way; 0 where that was in the period. Of other referrals nothing need be known.
    """

    where: str = "true"
    in_period: str | None = None
    table: str = "pathway"
    key: str = ""
    looks_back_days: int = 0

    @property
    def counts_rows(self) -> bool:
        """Whether the key is the table's own, so that every row counts once and parts can be added up."""
        return self.key in ("", TABLE_KEYS.get(self.table))

    def with_where(self, more: str) -> "Count":
        """The same count of fewer rows."""
        return replace(self, where=f"({self.where}) and ({more})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """Counts added up and taken away, where one will not do.

    M108 counts rows of two tables; EA037-EA039 count pathways with one thing and not the other, as with either less
    with the other.

    Attributes
    ----------
    counts, minus : what is added, and what is taken away.
    """

    counts: tuple[Count, ...]
    minus: tuple[Count, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistic:
    """A mean, median, least, greatest or sum of a value, over the rows for which a predicate is true.

    Rows whose value is null are left out. A statistic of no rows is null, a sum too.

    Attributes
    ----------
    kind : "mean", "median", "min", "max" or "sum".
    value : a numeric expression.
    per : for a mean that is a ratio of sums: the expression summed below the line. Empty: the number of values.
    where, in_period, table : as for `Count`.
    """

    kind: str
    value: str
    per: str = ""
    where: str = "true"
    in_period: str | None = None
    table: str = "pathway"

    def __post_init__(self) -> None:
        assert self.kind in set(Kind), self.kind
        assert not self.per or self.kind == Kind.MEAN, self

    @property
    def has_values(self) -> str:
        """The predicate of the rows that it is made of: those asked for whose values are all there."""
        there = " and ".join(f"({each}) is not null" for each in (self.value, self.per) if each)
        return there if self.where == "true" else f"{self.where} and {there}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One count as a percentage (0 to 100) of another; null where there is nobody to divide by.

    Attributes
    ----------
    of : the numerator: ids of counts added and subtracted, `"M076"` or `"M076 + M075"`, or a `Count` of its own.
    among : the denominator, likewise: `"M076 - M179"`.
    of_others : those above the line need not be among those below it, as where each side counts what happened in the
        period to whom it happened; the percentage can then pass 100.
    """

    of: str | Count
    among: str | Count
    of_others: bool = False


Of = Count | Total | Statistic | Share


@dataclass(frozen=True, slots=True)
class Measure:
    """One official measure, or an all-comers counterpart of one.

    Attributes
    ----------
    id, name : as published, verbatim.
    of : what is computed.
    group : "Core", "EA" (employment advisers), "LTC" (long-term conditions), "Standard" for the dashboards' own, or
        "All-comers" for a counterpart.
    frequency : how often it is published.
    official : the official construction in our own words, where the declaration does not already say it plainly.
    defect : id of a slip in the official wording, declared in `defects`; empty where there is none.
    status : "verified" (transcribed from the official construction), "reconstructed" (read for its sense),
        "unverified", or "ours" of a counterpart.
    source : where it was read.
    optional : national tables without which the measure is not available, since their absence is not a zero.
    all_comers : its counterparts, declared beneath it: measures of ours that ask the same of everyone who came.
    because : of a counterpart, why it is asked; empty for an official measure.
    note : anything a reader of the figure has to know; of a counterpart, whom it is among.
    """

    id: str
    name: str
    of: Of
    _: KW_ONLY
    group: str = "Core"
    frequency: str = Frequency.MONTHLY
    official: str = ""
    defect: str = ""
    status: str = "verified"
    source: str = "NHS Talking Therapies monthly metadata, July 2026"
    optional: tuple[str, ...] = ()
    all_comers: tuple["Measure", ...] = ()
    because: str = ""
    note: str = ""

    @property
    def counterparts(self) -> tuple[str, ...]:
        """Ids of the counterparts."""
        return tuple(one.id for one in self.all_comers)

    @property
    def is_official(self) -> bool:
        """Whether NHS England publishes it."""
        return not self.because

    @property
    def kind(self) -> str:
        """ "count", "percentage", or the kind of statistic."""
        if isinstance(self.of, Count | Total):
            return "count"
        return "percentage" if isinstance(self.of, Share) else str(self.of.kind)

    @property
    def broken_down(self) -> bool:
        """Whether the quarterly tables, and so the breakdowns, hold it."""
        return Frequency(self.frequency).quarterly


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One category of a breakdown variable: which pathways belong to it.

    A pathway may belong to several categories of a variable (several disabilities), or to none.

    Attributes
    ----------
    variable : official id, "V001" to "V015".
    type, a, b : variable type and labels as published; `b` is empty where there is no second label.
    where : predicate; over `pathway` it is about the pathway, over a child table (one with `pathway_id`) the pathway
        belongs if any of its rows satisfies it.
    table : "pathway", or the child table.
    or_none : for a child table, a predicate: the pathways with no row that satisfies it belong too ("not recorded").
        Empty: they do not.
    defect, status, source, note : as for `Measure`.
    """

    variable: str
    type: str
    a: str
    b: str = ""
    where: str
    table: str = "pathway"
    or_none: str = ""
    defect: str = ""
    status: str = "verified"
    source: str = "NHS Talking Therapies monthly metadata, July 2026"
    note: str = ""


def terms(sides: str) -> Iterator[tuple[int, str]]:
    """The ids of `"M076 - M179"`, each with the sign it is added with.

    >>> list(terms("M076 - M179"))
    [(1, 'M076'), (-1, 'M179')]
    """
    sign = 1
    for word in sides.replace("+", " + ").replace("-", " - ").split():
        if word in _SHARE_SIGNS:
            sign = _SHARE_SIGNS[word]
        else:
            yield sign, word
            sign = 1
