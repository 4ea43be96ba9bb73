"""Referrals that ended in the period and how far each came: one set of people for the official share and the whole one.

Because the same referrals are in both, a difference between the two shares is of who is counted, and not of when.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from allcomers.analyses.answer import Column, Kind
from allcomers.analyses.proportions import wilson
from allcomers.analyses.records import Records
from allcomers.measures.catalogue.terms import MAY_RECOVER

ENDED = "pathway.discharged_on between $period_start and $period_end"
STAGES: Mapping[str, str] = {
    "entered": "first_treatment_on is not null",
    "finished": "coalesce(finished_course, false)",
    "official_base": f"coalesce(finished_course, false) and {MAY_RECOVER}",
    "recovered": "coalesce(reliably_recovered, false)",
}
"""How far a referral that ended came, each among the one before; the last is reliable recovery."""
COUNTS = ("ended", *STAGES)
CHAIN = ("ended", "finished", "official_base", "recovered")
"""The stages that a ratio of two groups is split over; entering treatment is told of elsewhere."""
WHOLE, OFFICIAL = "of everyone whose referral ended", "official"

COUNT_COLUMNS = (
    Column("ended", "Referrals that ended", Kind.COUNT),
    Column("entered", "Entered treatment", Kind.COUNT, within="ended"),
    Column("finished", "Finished a course", Kind.COUNT, within="entered"),
    Column("official_base", "In the official base", Kind.COUNT, within="finished"),
    Column("recovered", "Reliably recovered", Kind.COUNT, within="official_base"),
)
SHARE_COLUMNS = (
    Column("whole_share", "Of everyone whose referral ended", Kind.SHARE, of="recovered", among="ended"),
    Column("whole_low", "95% interval from", Kind.SHARE, of="recovered", among="ended"),
    Column("whole_high", "to", Kind.SHARE, of="recovered", among="ended"),
    Column("official_share", "Official share", Kind.SHARE, of="recovered", among="official_base"),
    Column("official_low", "95% interval from", Kind.SHARE, of="recovered", among="official_base"),
    Column("official_high", "to", Kind.SHARE, of="recovered", among="official_base"),
)
ESTIMAND = (
    "Reliable recovery as a share of everyone whose referral ended in the period, beside the official share of the "
    "same people's courses."
)
ASSUMPTIONS = (
    "A recovery that no score shows is not counted; of those who left early, nobody can know.",
    "Referrals still open are in neither share.",
)


def ended(records: Records, also: Mapping[str, str] | None = None) -> pl.DataFrame:
    """One row a referral that ended in the period: group, `STAGES` as booleans, and `also` as expressions."""
    return records.pathways({**STAGES, **(also or {})}, where=ENDED)


def counted(rows: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """`COUNTS` for each combination of the keys, in their order."""
    sums = [pl.col(stage).sum().cast(pl.Int64) for stage in STAGES]
    return rows.group_by(*keys).agg(pl.len().cast(pl.Int64).alias("ended"), *sums).sort(*keys)


def with_shares(counts: pl.DataFrame) -> pl.DataFrame:
    """The counts with both shares (0–1) and their Wilson intervals; null where there is nobody to share among."""
    whole = wilson(counts["recovered"], counts["ended"]).table
    official = wilson(counts["recovered"], counts["official_base"]).table
    return counts.with_columns(
        limits[name].alias(f"{which}_{name}")
        for which, limits in (("whole", whole), ("official", official))
        for name in ("share", "low", "high")
    )


def chain(row: Mapping[str, Any]) -> dict[str, float | None]:
    """The counts of `CHAIN`, as `inequality.decompose_ratio` takes them."""
    return {stage: row[stage] for stage in CHAIN}


def table(counts: pl.DataFrame, keys: Sequence[Column], more: Sequence[Column] = ()) -> tuple[pl.DataFrame, Any]:
    """The table with shares, and its columns: the keys, counts, shares and whatever more."""
    columns = (*keys, *COUNT_COLUMNS, *SHARE_COLUMNS, *more)
    return with_shares(counts).select(column.name for column in columns), columns
