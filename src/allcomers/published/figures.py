"""The figures of the published tables, each on every base the tables allow: definitions as data, one evaluator.

Every figure is a period ratio: events of one period over events of the same period, which are not all the same people.
The official base leaves out everyone who did not finish a course, and everyone who started below the cut-offs; the
other bases put the same numerator over wider groups.
"""

from dataclasses import dataclass
from typing import Literal

import polars as pl

from allcomers.published.intervals import ratio_interval
from allcomers.published.layouts import COUNTS

Kind = Literal["official", "all_comers"]


@dataclass(frozen=True)
class Base:
    """What a figure is divided by: published counts added and taken away.

    contains_outcomes : every outcome at discharge is a part of it, so that its ratios cannot pass 100 %.
    """

    name: str
    meaning: str
    plus: str
    minus: str | None = None
    contains_outcomes: bool = False

    @property
    def counts(self) -> tuple[str, ...]:
        return (self.plus,) if self.minus is None else (self.plus, self.minus)

    @property
    def formula(self) -> str:
        return " − ".join(name.replace("_", " ") for name in self.counts)


FINISHED = Base("finished", "everyone who finished a course", "finished", contains_outcomes=True)
AT_CASENESS = Base(
    "at_caseness",
    "finished a course and scored at or above a cut-off at the start",
    "at_caseness",
    contains_outcomes=True,
)
FINISHED_LESS_NOT_CASES = Base(
    "official",
    "finished a course, less those below both cut-offs at the start",
    "finished",
    minus="not_at_caseness",
    contains_outcomes=True,
)
ENTERED = Base("entered", "everyone who entered treatment (at least one treatment contact)", "entered")
REFERRED = Base("referred", "everyone referred", "referred")


@dataclass(frozen=True)
class Figure:
    """One outcome: its numerator, the base it is officially divided by (None where it has no official form), the rest.

    phrase : how a sentence says it of people, after "16 of every 100 …".
    """

    name: str
    title: str
    phrase: str
    numerator: str
    official: Base | None
    others: tuple[Base, ...]
    official_wording: str

    @property
    def bases(self) -> tuple[Base, ...]:
        return self.others if self.official is None else (self.official, *self.others)


def _official(base: Base) -> Base:
    return Base("official", base.meaning, base.plus, base.minus, base.contains_outcomes)


FIGURES = (
    Figure(
        "recovery",
        "Recovery",
        "recovered",
        "recovered",
        FINISHED_LESS_NOT_CASES,
        (AT_CASENESS, FINISHED, ENTERED, REFERRED),
        "Percentage_Recovery: recovered over finished courses less those not at caseness at the start",
    ),
    Figure(
        "reliable_recovery",
        "Reliable recovery",
        "reliably recovered",
        "reliably_recovered",
        FINISHED_LESS_NOT_CASES,
        (AT_CASENESS, FINISHED, ENTERED, REFERRED),
        "Percentage_ReliableRecovery: recovered and reliably improved, over the same base as recovery",
    ),
    Figure(
        "reliable_improvement",
        "Reliable improvement",
        "reliably improved",
        "reliably_improved",
        _official(FINISHED),
        (FINISHED, ENTERED, REFERRED),
        "Percentage_Improvement: reliably improved over all finished courses",
    ),
    Figure(
        "reliable_deterioration",
        "Reliable deterioration",
        "reliably deteriorated",
        "reliably_deteriorated",
        _official(FINISHED),
        (FINISHED, ENTERED, REFERRED),
        "Percentage_Deterioration: reliably deteriorated over all finished courses",
    ),
    Figure(
        "no_reliable_change",
        "No reliable change",
        "showed no reliable change",
        "no_reliable_change",
        _official(FINISHED),
        (FINISHED, ENTERED, REFERRED),
        "Percentage_NoReliableChange: no reliable change over all finished courses",
    ),
    Figure(
        "finished",
        "Finishing a course",
        "finished a course of treatment",
        "finished",
        None,
        (ENTERED, REFERRED),
        "none: how many of those referred finish is not among the headline percentages",
    ),
)

FIGURE = {figure.name: figure for figure in FIGURES}
KEYS = ("period", "org_type", "org_code", "org_name", "variable_type", "variable_a", "variable_b")
FIGURE_COLUMNS = (*KEYS, "figure", "base", "kind", "numerator", "denominator", "low", "value", "high")
DECIMALS = 4


def bounds(name: str) -> tuple[str, str, str]:
    """The three columns in which a count is kept: lowest, as printed, highest."""
    return f"{name}_low", name, f"{name}_high"


def _base_interval(base: Base) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    low, value, high = (pl.col(column) for column in bounds(base.plus))
    if base.minus is None:
        return low, value, high
    less_low, less, less_high = (pl.col(column) for column in bounds(base.minus))
    return low - less_high, value - less, high - less_low


def percent_interval(figure: Figure, base: Base) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Lowest, printed and highest percentage of a figure on a base, over the columns of the counts."""
    low, value, high = (pl.col(column) for column in bounds(figure.numerator))
    contained = base.contains_outcomes and figure.numerator != base.plus
    return ratio_interval((low, value, high), _base_interval(base), contained=contained)


def is_published(figure: Figure, base: Base) -> pl.Expr:
    """True where every count of the figure was published, withheld or not."""
    return pl.all_horizontal(pl.col(bounds(name)[0]).is_not_null() for name in (figure.numerator, *base.counts))


def figure_on_base(counts: pl.LazyFrame, figure: Figure, base: Base) -> pl.LazyFrame:
    """One figure on one base, for every row whose counts were published.

    Returns
    -------
    The columns of `FIGURE_COLUMNS` and `row_id`; `low` is rounded down and `high` up, so that the interval still
    contains the truth.
    """
    low, value, high = percent_interval(figure, base)
    scale = 10**DECIMALS
    return counts.filter(is_published(figure, base)).select(
        *KEYS,
        pl.lit(figure.name).alias("figure"),
        pl.lit(base.name).alias("base"),
        pl.lit("official" if base.name == "official" else "all_comers").alias("kind"),
        pl.col(figure.numerator).alias("numerator"),
        _base_interval(base)[1].alias("denominator"),
        ((low * scale).floor() / scale).round(DECIMALS).alias("low"),
        value.round(DECIMALS).alias("value"),
        ((high * scale).ceil() / scale).round(DECIMALS).alias("high"),
        pl.col("row_id"),
    )


def figures(counts: pl.DataFrame) -> pl.DataFrame:
    """Every figure on every base, for every row of published counts.

    Parameters
    ----------
    counts : one row an organisation, period and breakdown, as `tables.read_tables` returns it.

    Returns
    -------
    One row a figure: the columns of `FIGURE_COLUMNS`. Percentages 0–100. `numerator`, `denominator` and `value` are
    null where a count was withheld; the truth is guaranteed to lie from `low` to `high` (see `intervals`). `high` is
    null where nothing bounds it: a period ratio whose denominator was withheld.
    """
    lazy = counts.lazy()
    parts = [figure_on_base(lazy, figure, base) for figure in FIGURES for base in figure.bases]
    return pl.concat(parts).sort("row_id", maintain_order=True).drop("row_id").collect()


def count_names() -> tuple[str, ...]:
    """The counts in the order in which the tables print them."""
    return tuple(count.name for count in COUNTS)
