"""What the synthetic data set has to reproduce: 1,657 published figures, each with its source, status and tolerance.

The figures are facts from NHS England's annual reports (Open Government Licence v3.0) and from the literature, as
named in each row. `annual-YYYY-YY` is "NHS Talking Therapies for anxiety and depression annual reports" of that year.
"""

from functools import cache
from hashlib import sha256
from importlib.resources import files

import polars as pl

ENGLAND_REFERRALS = 1_813_432
ENGLAND_FINISHED = 670_419


def _csv() -> bytes:
    return files(__package__).joinpath("targets.csv").read_bytes()


@cache
def targets() -> pl.DataFrame:
    """Every target.

    Returns
    -------
    One row a target: block, stratum, measure, value, unit, numerator, denominator (null where not published), period,
    tolerance (null for what is shown only), tolerance_kind ("points", "absolute", "relative"), status, source.
    """
    numbers = dict.fromkeys(("value", "numerator", "denominator", "tolerance"), pl.Float64)
    return pl.read_csv(_csv(), schema_overrides=numbers)


@cache
def targets_hash() -> str:
    """SHA-256 of the targets file; the fitted constants name the file that they were fitted to."""
    return sha256(_csv()).hexdigest()


@cache
def counts(block: str) -> dict[tuple[str, str], tuple[float, float]]:
    """Numerator and denominator by (stratum, measure) for one block."""
    rows = targets().filter(pl.col("block") == block, pl.col("numerator").is_not_null())
    columns = ("stratum", "measure", "numerator", "denominator")
    return {(stratum, measure): (top, bottom) for stratum, measure, top, bottom in rows.select(columns).iter_rows()}


def value(measure: str, stratum: str | None = None) -> float:
    """The value of one target."""
    rows = targets().filter(pl.col("measure") == measure)
    rows = rows if stratum is None else rows.filter(pl.col("stratum") == stratum)
    return float(rows["value"].item())
