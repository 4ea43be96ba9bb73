"""Between what limits recovery of all who began treatment must lie, when the outcome of many is not on record."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np
import polars as pl
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from allcomers.analyses.answer import Analysis, Answer, Chart, Column, Kind, Shape, nothing_to_say
from allcomers.analyses.cells import largest_group, row_of, whose
from allcomers.analyses.finding import Floats, Inclusion, Numbers, floats
from allcomers.analyses.records import Records
from allcomers.analyses.rows import framed
from allcomers.analyses.starters import CASE_AT_START, LEFT, RECOVERED_AT_LAST_SCORE, SEEN
from allcomers.exceptions import AllcomersError
from allcomers.instruments import get
from allcomers.instruments.columns import band_sql

TITLE = "Recovery of all who began treatment, within limits"
Limits = tuple[float, float]


def worst_case(recovered: float, missing: float, among: float) -> Limits:
    """Lower and upper share (0–1) when nothing is known of the missing: none of them recovered, or all did.

    Parameters
    ----------
    recovered, missing : counts, parts of `among` that do not overlap. among : count above 0.

    Source
    ------
    Manski 1990, Am Econ Rev 80:319.
    """
    return assumed_range(recovered, missing, among, least=0.0, most=1.0)


def assumed_range(recovered: float, missing: float, among: float, *, least: float, most: float) -> Limits:
    """Lower and upper share (0–1) when between `least` and `most` (0–1) of the missing recovered; else `worst_case`."""
    return (recovered + least * missing) / among, (recovered + most * missing) / among


def no_better_than_seen(recovered: float, missing: float, among: float) -> Limits:
    """Lower and upper share (0–1) when the missing recovered no more often than those seen; else as `worst_case`.

    With nobody seen nothing is learnt, and the limits are 0 and 1.
    """
    low, high = worst_case(recovered, missing, among)
    seen = among - missing
    return low, min(high, recovered / seen) if seen else high


def imbens_manski(limits: Limits, errors: tuple[float, float], *, level: float = 0.95) -> Limits:
    """Interval that holds the share itself, wherever between the limits it lies, with probability `level`.

    Parameters
    ----------
    limits : lower and upper limit, 0–1. errors : the standard error of each, 0 or more.

    Returns
    -------
    Lower and upper end, kept within 0 and 1. Where the limits meet it is the ordinary two-sided interval; where they
    lie far apart each end moves by a one-sided one.

    Source
    ------
    Imbens and Manski 2004, Econometrica 72:1845.
    """
    (low, high), (low_error, high_error) = limits, errors
    largest = max(low_error, high_error)
    if largest == 0:
        return limits
    apart = (high - low) / largest

    def shortfall(score: float) -> float:
        return float(ndtr(score + apart) - ndtr(-score)) - level

    score = brentq(shortfall, ndtri(level) - 1e-9, ndtri(0.5 + level / 2) + 1e-9)
    return max(0.0, low - score * low_error), min(1.0, high + score * high_error)


def share_error(share: float, among: float) -> float:
    """Binomial standard error of a share (0–1) of `among` (above 0) people."""
    return sqrt(share * (1 - share) / among)


def lee_bounds(treated: Numbers, treated_among: int, control: Numbers, control_among: int) -> Limits:
    """Limits of the difference in mean outcome among those who would be followed up in either arm.

    The arm that was followed up more completely loses its highest, then its lowest, outcomes until the shares followed
    up are alike. People were allotted to the arms by chance (or as good as, within cells), and the arm moves follow-up
    in one direction only.

    Parameters
    ----------
    treated, control : observed outcomes of each arm, any order. treated_among, control_among : people in each arm.

    Returns
    -------
    Lowest and highest treated mean less control mean. A person at the cut counts in part.

    Raises
    ------
    AllcomersError : an arm has nobody observed, or more observed than people.

    Source
    ------
    Lee 2009, Rev Econ Stud 76:1071.
    """
    one, other = np.sort(floats(treated)), np.sort(floats(control))
    shares = _followed(one, treated_among), _followed(other, control_among)
    if shares[0] >= shares[1]:
        low, high = _trimmed(one, (shares[0] - shares[1]) / shares[0])
        return low - float(other.mean()), high - float(other.mean())
    low, high = _trimmed(other, (shares[1] - shares[0]) / shares[1])
    return float(one.mean()) - high, float(one.mean()) - low


def _followed(observed: Floats, among: int) -> float:
    if not 0 < len(observed) <= among:
        raise AllcomersError(
            where="lee_bounds",
            found=f"{len(observed)} outcomes of {among} people",
            expected="At least one outcome in each arm, and no more than people",
        )
    return len(observed) / among


def _trimmed(ascending: Floats, share: float) -> Limits:
    """Means without the highest and without the lowest `share` (0 to under 1) of the values."""
    return _mean_of_first(ascending, 1 - share), -_mean_of_first(-ascending[::-1], 1 - share)


def _mean_of_first(ascending: Floats, share: float) -> float:
    kept = share * len(ascending)
    weights = np.clip(kept - np.arange(len(ascending)), 0, 1)
    return float(np.average(ascending, weights=weights))


_CELL = ("severity", "deprivation_decile")
_READ = {
    "case": CASE_AT_START,
    "seen": SEEN,
    "recovered": "coalesce(recovered, false)",
    "last_known": f"({RECOVERED_AT_LAST_SCORE}) is not null",
    "last_recovered": f"coalesce({RECOVERED_AT_LAST_SCORE}, false)",
    "severity": band_sql(get("PHQ9"), "phq9_first"),
    "deprivation_decile": "deprivation_decile",
}
_BELOW = "known to start below caseness"
_NO_FIRST = "no first score: counted only in the row that takes caseness as unknown"


def answer(records: Records, *, missing_recovered: tuple[float, float] = (0.10, 0.35)) -> Answer:
    """Recovery of those who began treatment at caseness and left in the period, under weaker and stronger assumptions.

    Parameters
    ----------
    missing_recovered : least and greatest share (0–1) of the missing who recovered, in the row that assumes it.
    """
    read = records.pathways(_READ, where=LEFT)
    case = pl.col("case")
    reason = pl.when(case.is_null()).then(pl.lit(_NO_FIRST)).when(~case).then(pl.lit(_BELOW)).otherwise(pl.lit(""))
    inclusion = Inclusion.of(read.select(reason).to_series().to_numpy())
    starters = read.filter(case.fill_null(value=True))
    if not inclusion.n_used:
        why = f"Nobody who is known to have begun treatment at caseness left in {records.period.label}."
        return nothing_to_say(TITLE, estimand=_ESTIMAND, why=why, inclusion=inclusion)
    table = _table(starters, missing_recovered)
    return Answer(
        title=TITLE,
        estimand=_ESTIMAND,
        assumptions=_ASSUMPTIONS,
        inclusion=inclusion,
        sentence=_sentence(records, table),
        table=table,
        columns=_COLUMNS,
        chart=Chart(shape=Shape.RANGES, x="assumption", y="seen_share", low="low", high="high"),
        measures=("M192",),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """Limits under one assumption, and the standard error of each; counts are of those at caseness."""

    assumption: str
    among: int
    seen: int
    recovered: int
    limits: Limits
    errors: Limits

    def cells(self, group: str) -> dict[str, object]:
        interval = imbens_manski(self.limits, self.errors)
        return {
            "group": group,
            "assumption": self.assumption,
            "among": self.among,
            "seen": self.seen,
            "missing": self.among - self.seen,
            "recovered": self.recovered,
            "seen_share": self.recovered / self.seen if self.seen else None,
            "low": self.limits[0],
            "high": self.limits[1],
            "interval_low": interval[0],
            "interval_high": interval[1],
        }


def _table(starters: pl.DataFrame, missing_recovered: tuple[float, float]) -> pl.DataFrame:
    case, seen, known = pl.col("case").fill_null(value=False), pl.col("seen"), pl.col("last_known")
    sums = {
        "among": case.sum(),
        "seen": (case & seen).sum(),
        "recovered": (case & seen & pl.col("recovered")).sum(),
        "last_known": (case & known).sum(),
        "last_recovered": (case & known & pl.col("last_recovered")).sum(),
        "unknown": (~case).sum(),
    }
    counted = starters.group_by("group").agg(one.cast(pl.Int64).alias(name) for name, one in sums.items()).sort("group")
    cells = (
        starters.filter(case)
        .group_by("group", *_CELL)
        .agg(among=pl.len(), seen=seen.sum(), recovered=(seen & pl.col("recovered")).sum())
    )
    by_group = {str(name): cell for (name,), cell in cells.group_by("group")}
    rows = [
        made.cells(one["group"])
        for one in counted.iter_rows(named=True)
        if one["among"]
        for made in (*_simple_rows(one, missing_recovered), _within_cells(one, by_group[one["group"]]))
    ]
    return framed(rows, _COLUMNS)


def _simple_rows(one: Mapping[str, int], missing_recovered: tuple[float, float]) -> Iterator[_Row]:
    n, seen, recovered, unknown = one["among"], one["seen"], one["recovered"], one["unknown"]
    missing = n - seen
    yield _row(NO_ASSUMPTION, n, seen, recovered, worst_case(recovered, missing, n))
    known, at_last = one["last_known"], one["last_recovered"]
    yield _row(LAST_SCORE, n, known, at_last, worst_case(at_last, n - known, n))
    if unknown:
        # Worst: whoever has no first score was a case and did not recover. Best: was a case, and did.
        whole = worst_case(recovered, missing + unknown, n + unknown)
        yield _row(UNKNOWN_START, n + unknown, seen, recovered, whole)
    least, most = missing_recovered
    assumed = assumed_range(recovered, missing, n, least=least, most=most)
    yield _row(f"{least:.0%} to {most:.0%} of the missing recovered", n, seen, recovered, assumed)
    low, high = no_better_than_seen(recovered, missing, n)
    errors = share_error(low, n), share_error(high, seen) if seen else 0.0
    yield _Row(NO_BETTER, n, seen, recovered, (low, high), errors)


def _row(assumption: str, n: int, seen: int, recovered: int, limits: Limits) -> _Row:
    return _Row(assumption, n, seen, recovered, limits, (share_error(limits[0], n), share_error(limits[1], n)))


def _within_cells(one: Mapping[str, int], cells: pl.DataFrame) -> _Row:
    """No better than those seen of like severity and deprivation; cells are added up by their size."""
    n = one["among"]
    counts = zip(*(cells[name].to_list() for name in ("recovered", "among", "seen")), strict=True)
    upper = [
        (among / n, no_better_than_seen(recovered, among - seen, among)[1], seen) for recovered, among, seen in counts
    ]
    low, high = one["recovered"] / n, sum(weight * share for weight, share, _ in upper)
    variance = sum(weight**2 * share_error(share, seen) ** 2 for weight, share, seen in upper if seen)
    limits = (low, max(low, min(1.0, high)))
    return _Row(NO_BETTER_IN_CELL, n, one["seen"], one["recovered"], limits, (share_error(low, n), sqrt(variance)))


NO_ASSUMPTION = "nothing assumed"
LAST_SCORE = "nothing assumed, the last score on record taken as the end"
UNKNOWN_START = "nothing assumed, with those who have no first score"
NO_BETTER = "the missing did no better than those seen"
NO_BETTER_IN_CELL = "no better than those seen of like severity and deprivation"


def _sentence(records: Records, table: pl.DataFrame) -> str:
    row = row_of(table, largest_group(table, "among") & (pl.col("assumption") == NO_ASSUMPTION))
    seen = f"; of the {{seen@{row}}} with a last score {{seen_share@{row}}} had" if table["seen"][row] else ""
    return (
        f"{whose(records, row)} Of {{among@{row}}} who began treatment at caseness and left in {records.period.label}, "
        f"{{missing@{row}}} have no last score of a finished course. Between {{low@{row}}} and {{high@{row}}} of them "
        f"all had recovered{seen}."
    ).strip()


_COLUMNS = (
    Column("group", "Whose referrals"),
    Column("assumption", "Assumed of the missing"),
    Column("among", "Began at caseness and left", Kind.COUNT),
    Column("seen", "With a last score", Kind.COUNT, within="among"),
    Column("missing", "Without", Kind.COUNT, within="among"),
    Column("recovered", "Recovered", Kind.COUNT, within="seen"),
    Column("seen_share", "Recovered, of those with a last score", Kind.SHARE, of="recovered", among="seen"),
    Column("low", "Recovered, of all: lowest", Kind.SHARE, of="recovered", among="among"),
    Column("high", "highest", Kind.SHARE, of="recovered", among="missing"),
    Column("interval_low", "95% interval from", Kind.SHARE, of="recovered", among="among"),
    Column("interval_high", "to", Kind.SHARE, of="recovered", among="missing"),
)
_ESTIMAND = (
    "The share who had recovered by the end of the course that was meant, of all who began treatment at caseness and "
    "left in the period."
)
_ASSUMPTIONS = (
    "An outcome is seen where a course was finished and all four scores are on record; everyone else's is missing.",
    "What is assumed of the missing stands in each row; the first row assumes nothing.",
    "The 95% interval holds the share itself, wherever between the limits it lies (Imbens and Manski).",
)

ANALYSIS = Analysis(
    name="bounds",
    title=TITLE,
    question="With nothing assumed of those without a last score, what recovery of all who began is possible?",
    answer=answer,
    sources=(
        "Manski 1990, Am Econ Rev 80:319 (not re-read).",
        "Horowitz and Manski 2000, J Am Stat Assoc 95:77 (not re-read).",
        "Imbens and Manski 2004, Econometrica 72:1845 (not re-read).",
        "Lee 2009, Rev Econ Stud 76:1071 (not re-read).",
    ),
    not_for=(
        "A best guess: limits say what is possible, and every value between them is as possible as the next. For a "
        "guess under a stated assumption see the imputation."
    ),
    measures=("M192",),
    options={
        "missing_recovered": "least and greatest share of the missing taken to have recovered, such as (0.1, 0.35)"
    },
)
