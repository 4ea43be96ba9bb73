"""Each day on which a pathway's two measures were both scored, in order: how people got from first to last."""

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl

from allcomers.analyses.records import Records
from allcomers.instruments.columns import caseness_sql, deteriorated_sql, improved_sql
from allcomers.instruments.model import Instrument
from allcomers.instruments.outcome import DEPRESSION, can_be_judged
from allcomers.instruments.registry import national

ENDED_IN_PERIOD = "discharged_on between $period_start and $period_end"
FINISHED_IN_PERIOD = f"finished_course and pathway.{ENDED_IN_PERIOD}"


def occasions(records: Records, *, where: str = FINISHED_IN_PERIOD) -> pl.DataFrame:
    """One row a pathway and day on which PHQ-9 and the pathway's anxiety measure were both scored.

    Parameters
    ----------
    where : which pathways, over `score` and `pathway`.

    Returns
    -------
    group, pathway_no, scored_on, depression, anxiety (points; of two scores on one day the higher), depression_case,
    anxiety_case, below (neither is at caseness), improved (reliably since the pathway's first scores, by the official
    rule of two measures), number (from 1) and of (how many there are), by pathway and day.
    """
    scored = records.rows(
        "score",
        {
            "pathway_no": "pathway_no",
            "scored_on": "scored_on",
            "is_depression": f"instrument = '{DEPRESSION}'",
            "score": "score",
            "case": _by_instrument(lambda one, _: caseness_sql(one, "score")),
            "improved": _by_instrument(lambda one, first: improved_sql(one, first, "score")),
            "deteriorated": _by_instrument(lambda one, first: deteriorated_sql(one, first, "score")),
        },
        where=f"(instrument = '{DEPRESSION}' or {_is_anxiety_measure()}) and ({where})",
    )
    depression, anxiety = _of_measure(scored, "depression"), _of_measure(scored, "anxiety").drop("group")
    fell, rose = (pl.col(f"depression_{way}") | pl.col(f"anxiety_{way}") for way in _WAYS)
    days = depression.join(anxiety, on=_DAY).with_columns(improved=fell & ~rose)
    return numbered(days.drop(f"{one}_{way}" for one in ("depression", "anxiety") for way in _WAYS))


_WAYS = ("improved", "deteriorated")
_DAY: Sequence[str] = ("pathway_no", "scored_on")


def numbered(days: pl.DataFrame) -> pl.DataFrame:
    """Days with both scores, in order and numbered within each pathway."""
    ordered = days.sort(_DAY)
    _, first, length = np.unique(ordered["pathway_no"].to_numpy(), return_index=True, return_counts=True)
    return ordered.with_columns(
        below=~(pl.col("depression_case") | pl.col("anxiety_case")),
        number=pl.Series(np.arange(ordered.height) - np.repeat(first, length) + 1),
        of=pl.Series(np.repeat(length, length)),
    )


def at_first(column: str) -> pl.Expr:
    """A column of numbered days as it was on the pathway's first day: far faster than a window over pathways."""
    return pl.col(column).gather(pl.int_range(pl.len()) - pl.col("number") + 1)


def on_the_day_before(column: str) -> pl.Expr:
    """A column of numbered days as it was on the pathway's day before; null on the first."""
    return pl.when(pl.col("number") > 1).then(pl.col(column).shift(1))


def on_the_day_after(column: str) -> pl.Expr:
    """A column of numbered days as it was on the pathway's next day; null on the last."""
    return pl.when(pl.col("number") < pl.col("of")).then(pl.col(column).shift(-1))


def _of_measure(scored: pl.DataFrame, name: str) -> pl.DataFrame:
    is_depression = pl.col("is_depression")
    return (
        scored.filter(is_depression if name == "depression" else ~is_depression)
        .group_by(_DAY)
        .agg(
            pl.col("group").first(),
            pl.col("score").max().alias(name),
            pl.col("case", *_WAYS).max().name.prefix(f"{name}_"),
        )
    )


def _by_instrument(rule: Callable[[Instrument, str], str]) -> str:
    """A rule of each instrument over the score and the name of the pathway's first score."""
    depression = national().get(DEPRESSION)
    known = [(depression, "phq9_first"), *((one, "anxiety_first") for one in _judged())]
    whens = " ".join(f"when '{one.key}' then {rule(one, first)}" for one, first in known)
    return f"case instrument {whens} end"


def _is_anxiety_measure() -> str:
    return " or ".join(f"(anxiety_measure = '{one.adsm}' and instrument = '{one.key}')" for one in _judged())


def _judged() -> list[Instrument]:
    return [one for one in national().anxiety_measures if can_be_judged(one)]
