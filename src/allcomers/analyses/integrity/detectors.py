"""What each detector finds in the services of some evidence: a table with `group`, `p_value` and `supports`.

`p_value` is that of no pattern, null where it cannot be said. `supports` says whether everything else that has to hold
before a pattern is called one does: its direction, or a placebo.
"""

import numpy as np
import polars as pl
from numpy.random import default_rng
from scipy.special import logit
from scipy.stats import chi2
from scipy.stats import t as student

from allcomers.analyses.finding import Floats, Truths
from allcomers.analyses.integrity import bunching, clocks, digits, endings, flags, stopping, switching
from allcomers.analyses.integrity.evidence import (
    ANXIETY,
    LAST_SCORES,
    Evidence,
    counts_by_score,
    cut_off,
    highest_score,
)
from allcomers.analyses.occasions import at_first, on_the_day_before
from allcomers.analyses.proportions import standard_score, wilson_limits
from allcomers.analyses.reliable_change import RELIABILITIES, Reliability
from allcomers.instruments import get
from allcomers.instruments.outcome import DEPRESSION
from allcomers.measures.standards import STANDARDS, Standard

LEAST_COURSES = 50
LEAST_FOR_A_FIT = 200
NEAR_POINTS = 2
USED_CURVATURE = 0.1
_Z = standard_score(0.95)
_RATES = {
    "M192": ("recovered", "at_start"),
    "M195": ("reliably_recovered", "at_start"),
    "M186": ("reliably_improved", "courses"),
}


def levels_of_rates(evidence: Evidence) -> pl.DataFrame:
    """g1. Services' rates just above a national level: one row a level, of all services together."""
    rates = evidence.courses.group_by("group").agg(
        courses=pl.len(),
        at_start=(~pl.col("not_at_caseness").fill_null(False)).sum(),
        **{name: pl.col(name).sum() for name, _ in _RATES.values()},
    )
    rows = [_level(rates, standard) for standard in levels(evidence)]
    return pl.DataFrame(rows, schema=_LEVEL_COLUMNS).select(pl.lit(evidence.label).alias("group"), "*")


_LEVEL_COLUMNS = {
    "rate": pl.String,
    "services": pl.Float64,
    "just_below": pl.Float64,
    "just_above": pl.Float64,
    "density_below": pl.Float64,
    "density_above": pl.Float64,
    "p_jump": pl.Float64,
    "p_value": pl.Float64,
    "supports": pl.Boolean,
}


def levels(evidence: Evidence) -> list[Standard]:
    """National levels in force at the period's end, and that of recovery, which stays in people's minds."""
    return [
        one
        for one in STANDARDS
        if one.measure in _RATES and (one.in_force(evidence.period.ends_on) or one.measure == "M192")
    ]


def _level(rates: pl.DataFrame, standard: Standard) -> dict[str, object]:
    over, among = _RATES[standard.measure]
    large = rates.filter(pl.col(among) >= LEAST_COURSES)
    points = 100 * large[over].to_numpy() / large[among].to_numpy() - standard.level
    below, above = ((points < 0) & (points >= -NEAR_POINTS)).sum(), ((points >= 0) & (points < NEAR_POINTS)).sum()
    jump = bunching.density_jump(points, 0.0)
    return {
        "rate": f"{standard.name}, {standard.level:g}%",
        "services": float(large.height),
        "just_below": float(below),
        "just_above": float(above),
        "density_below": jump.below if jump else None,
        "density_above": jump.above if jump else None,
        "p_jump": jump.p_value if jump else None,
        "p_value": bunching.more_above(below, above) if below + above else None,
        "supports": True,
    }


def scores_at_the_line(evidence: Evidence) -> pl.DataFrame:
    """g2. Last scores one point below the cut-off against their two neighbours."""
    return pl.concat([_three_cells(evidence, name) for name in LAST_SCORES])


def _three_cells(evidence: Evidence, instrument: str) -> pl.DataFrame:
    services, cut = evidence.services, cut_off(instrument)
    counts = counts_by_score(
        _last_scores(evidence, instrument), LAST_SCORES[instrument], highest_score(instrument), services
    )
    below, at, above = counts[:, cut - 2], counts[:, cut - 1], counts[:, cut]
    near = below + at + above
    chances = {k: bunching.three_cells(below, at, above, curvature=k) for k in bunching.CURVATURES}
    low, high = _wilson(at, near)
    return _table(
        evidence,
        {
            "measure": [f"{instrument}, {cut - 1}"] * len(services),
            "below": below, "at": at, "above": above, "near": near, "share": _over(at, near), "low": low, "high": high,
            "p_straight": chances[0.0], "p_bent": chances[0.5], "p_value": chances[USED_CURVATURE],
        },
        supports=3 * at > near,
    )  # fmt: skip


def excess_below_the_line(evidence: Evidence) -> pl.DataFrame:
    """g3. Last scores one point below the cut-off against a smooth fit of all others."""
    return pl.concat([_excess(evidence, name) for name in LAST_SCORES])


def _excess(evidence: Evidence, instrument: str) -> pl.DataFrame:
    services, cut = evidence.services, cut_off(instrument)
    counts = counts_by_score(
        _last_scores(evidence, instrument), LAST_SCORES[instrument], highest_score(instrument), services
    )
    # As many scores on either side of the line; 0 is left out, where scores heap because there is nothing below.
    near = counts[:, 1 : 2 * cut]
    found = bunching.polynomial(near, cut - 1, rng=default_rng(evidence.seed))
    enough = near.sum(axis=1) >= LEAST_FOR_A_FIT
    values = {
        "excess": found.excess,
        "excess_share": found.share,
        "low": found.low,
        "high": found.high,
        "rank": found.rank,
        "p_value": found.p_value,
    }
    return _table(
        evidence,
        {
            "measure": [f"{instrument}, {cut - 1}"] * len(services),
            "near": near.sum(axis=1),
            "at": counts[:, cut - 1],
            **{name: np.where(enough, each, np.nan) for name, each in values.items()},
        },
        supports=found.rank == 1,
    )


def habits(evidence: Evidence) -> pl.DataFrame:
    """g4. Final digits of last totals, and last totals that repeat those of the time before."""
    return pl.concat([_final_digits(evidence), _repeats(evidence)], how="diagonal").select(
        "group", "check", "courses", "repeated", "share", "low", "high", "chi_squared", "p_value", "supports"
    )


def _final_digits(evidence: Evidence) -> pl.DataFrame:
    services = evidence.services
    counts = counts_by_score(evidence.judged(), "phq9_last", highest_score(DEPRESSION), services)
    observed, expected = digits.by_final_digit(counts), digits.by_final_digit(digits.others_shape(counts))
    fit = digits.against(observed, expected)
    enough = (counts.sum(axis=1) >= LEAST_FOR_A_FIT) & (len(services) > flags.LEAST_OTHERS)
    return _table(
        evidence,
        {
            "check": [f"final digits of {DEPRESSION}"] * len(services),
            "courses": counts.sum(axis=1),
            "chi_squared": np.where(enough, fit.chi_squared, np.nan),
            "p_value": np.where(enough, _usual_misfit_allowed(fit.chi_squared, enough, fit.degrees), np.nan),
        },
    )


def _usual_misfit_allowed(chi_squared: Floats, enough: Truths, degrees: int) -> Floats:
    """p-values of χ² with as much misfit allowed for as the middle service has beyond chance."""
    usual = np.median(chi_squared[enough]) / chi2.median(degrees) if enough.any() else 1.0
    tail: Floats = chi2.sf(chi_squared / max(1.0, usual), degrees)
    return tail


def _repeats(evidence: Evidence) -> pl.DataFrame:
    same = pl.all_horizontal(pl.col(name) == on_the_day_before(name) for name in ("depression", "anxiety"))
    # Nobody without symptoms can help repeating a 0.
    lasts = evidence.days.with_columns(same=same).filter(
        (pl.col("number") == pl.col("of")) & (pl.col("number") > 1) & (pl.col("depression") + pl.col("anxiety") > 0)
    )
    count, of = _counted(lasts, pl.col("same"), evidence.services)
    low, high = _wilson(count, of)
    return _table(
        evidence,
        {
            "check": ["both totals as the time before"] * len(of),
            "courses": of, "repeated": count, "share": _over(count, of), "low": low, "high": high,
            "p_value": _share_against_others(count, of),
        },
    )  # fmt: skip


def drops_at_the_end(evidence: Evidence) -> pl.DataFrame:
    """g5. Change of PHQ-9 at the last session beyond the mean of the changes before."""
    ending = pl.col("end_code").replace_strict({"46": endings.PLANNED, "47": endings.UNPLANNED}, default=None)
    courses = evidence.courses.select("pathway_no", ending=ending)
    departed = endings.departures(evidence.days).join(courses, on="pathway_no", how="left")
    of = endings.of_endings(departed)
    at = {kind: _by_service(of.filter(pl.col("ending") == kind), evidence) for kind in _ENDINGS}
    planned, unplanned, comparable, went_on = at.values()
    half_width = student.ppf(0.975, np.maximum(planned["n"] - 1, 1)) * np.sqrt(planned["variance"])
    names = ("mean", "variance", "n")
    p_value = endings.lower(*(comparable[name] for name in names), *(went_on[name] for name in names))
    return _table(
        evidence,
        {
            "planned": np.nan_to_num(planned["n"]),
            "departure": planned["mean"], "low": planned["mean"] - half_width, "high": planned["mean"] + half_width,
            "unplanned": np.nan_to_num(unplanned["n"]), "unplanned_departure": unplanned["mean"],
            "went_on_departure": went_on["mean"],
            "p_value": p_value,
        },
        supports=~(planned["mean"] >= unplanned["mean"]),
    )  # fmt: skip


_ENDINGS = (endings.PLANNED, endings.UNPLANNED, f"{endings.PLANNED}, others went on", endings.NOT_LAST)


def ending_when_below(evidence: Evidence) -> pl.DataFrame:
    """g6. Courses that end at their first session below both cut-offs."""
    found = _by_service(stopping.stratified(stopping.at_risk(_with_severity(evidence.days))), evidence)
    error = np.sqrt(found["variance"])
    recoveries = evidence.days.filter((pl.col("number") == pl.col("of")) & (pl.col("number") > 1) & pl.col("below"))
    starts = evidence.days.filter((pl.col("number") == 1) & ~pl.col("below")).select("pathway_no")
    once = evidence.days.group_by("pathway_no").agg(times=pl.col("below").sum())
    recovered = recoveries.join(starts, on="pathway_no", how="semi").join(once, on="pathway_no")
    unconfirmed, of = _counted(recovered, pl.col("times") == 1, evidence.services)
    whole = {name: np.nan_to_num(found[name]) for name in _SESSIONS}
    return _table(
        evidence,
        {
            **whole,
            "hazard_first_below": _over(whole["ended_first_below"], whole["first_below"]),
            "hazard_other": _over(whole["ended_other"], whole["other"]),
            "ratio": np.exp(found["log_ratio"]),
            "low": np.exp(found["log_ratio"] - _Z * error),
            "high": np.exp(found["log_ratio"] + _Z * error),
            "recoveries": of,
            "unconfirmed": unconfirmed,
            "unconfirmed_share": _over(unconfirmed, of),
            "next_share": _over(whole["next_below"], whole["next_known"]),
            "p_value": flags.against_others(found["log_ratio"], found["variance"]),
        },
    )


_SESSIONS = ("first_below", "ended_first_below", "other", "ended_other", "next_known", "next_below")


def _with_severity(days: pl.DataFrame) -> pl.DataFrame:
    bands = get(DEPRESSION).bands
    assert bands
    first = at_first("depression")
    return days.with_columns(severity=pl.sum_horizontal((first >= band.low).cast(pl.Int64) for band in bands.bands))


def recoveries_by_chance(evidence: Evidence) -> pl.DataFrame:
    """g7. Recovery on record against recovery of true scores."""
    courses = evidence.judged().filter(pl.col("anxiety_measure") == ANXIETY)
    chance = np.ones(courses.height)
    for instrument, column in LAST_SCORES.items():
        last = courses[column].to_numpy().astype(float)
        if len(last) > 1 and np.ptp(last) > 0:
            chance *= stopping.chance_truly_below(
                last,
                cut_off(instrument),
                mean=float(last.mean()),
                sd=float(last.std(ddof=1)),
                reliability=RELIABILITIES[instrument][Reliability.RETEST].value,
            )
    recovered = pl.col("recovered").cast(pl.Float64)
    sums = courses.with_columns(chance=pl.Series(chance, dtype=pl.Float64)).with_columns(
        gap=recovered - pl.col("chance")
    )
    found = _by_service(
        sums.group_by("group").agg(
            courses=pl.len(),
            recovered=recovered.sum(),
            corrected_share=pl.col("chance").mean(),
            gap=pl.col("gap").mean(),
            variance=pl.col("gap").var() / pl.len(),
        ),
        evidence,
    )
    half_width = _Z * np.sqrt(found["variance"])
    of, count = np.nan_to_num(found["courses"]), np.nan_to_num(found["recovered"])
    return _table(
        evidence,
        {
            "courses": of, "recovered": count, "recovered_share": _over(count, of),
            "corrected_share": found["corrected_share"], "gap": found["gap"],
            "low": found["gap"] - half_width, "high": found["gap"] + half_width,
            "p_value": flags.against_others(found["gap"], found["variance"]),
        },
    )  # fmt: skip


def changed_descriptors(evidence: Evidence) -> pl.DataFrame:
    """g8. Recoveries gained and lost by a change of problem descriptor."""
    now, then = pl.col("recovered"), pl.col("recovered_by_first")
    known = evidence.switched.filter(now.is_not_null() & then.is_not_null())
    changed = _counted(evidence.switched, pl.lit(True), evidence.services)[1]
    gained, judged = _counted(known, now & ~then, evidence.services)
    lost, _ = _counted(known, ~now & then, evidence.services)
    low, high = _wilson(gained, gained + lost)
    return _table(
        evidence,
        {
            "changed": changed, "judged": judged, "gained": gained, "lost": lost,
            "moved": gained + lost, "share": _over(gained, gained + lost), "low": low, "high": high,
            "p_value": np.where(gained + lost > 0, switching.mcnemar(gained, lost), np.nan),
        },
        supports=gained > lost,
    )  # fmt: skip


def dates_and_durations(evidence: Evidence) -> pl.DataFrame:
    """g9. Discharges at months' ends, treatment begun at the assessment, and first treatments that were short."""
    assessed = _checked(evidence, "first treatment at an assessment", pl.col("is_assessment"))
    short = _checked(
        evidence,
        f"first treatment under {clocks.SHORT_MINUTES} minutes",
        pl.col("duration_minutes") < clocks.SHORT_MINUTES,
    )
    return pl.concat([_month_ends(evidence), assessed, short])


def _month_ends(evidence: Evidence) -> pl.DataFrame:
    shares = clocks.month_end_shares(evidence.period.starts_on, evidence.period.ends_on)
    by = {row["group"]: row for row in clocks.by_weekday(evidence.courses).iter_rows(named=True)}
    found = [
        clocks.heaped(np.array(by[one]["weekdays"], float), by[one]["at_month_end"], shares)
        for one in evidence.services
    ]
    count, of = (
        np.array(each, float)
        for each in ([each.observed for each in found], [sum(by[one]["weekdays"]) for one in evidence.services])
    )
    low, high = _wilson(count, of)
    return _table(
        evidence,
        {
            "check": [f"discharges in the last {clocks.MONTH_END_DAYS} days of a month"] * len(of),
            "of": of, "count": count, "share": _over(count, of), "low": low, "high": high,
            "expected_share": _over(np.array([each.expected for each in found]), of),
            "p_value": np.array([each.p_value for each in found]),
        },
    )  # fmt: skip


def _checked(evidence: Evidence, check: str, holds: pl.Expr) -> pl.DataFrame:
    count, of = _counted(evidence.treatments.filter(holds.is_not_null()), holds, evidence.services)
    low, high = _wilson(count, of)
    return _table(
        evidence,
        {
            "check": [check] * len(of), "of": of, "count": count, "share": _over(count, of), "low": low, "high": high,
            "expected_share": np.full(len(of), np.nan), "p_value": _share_against_others(count, of),
        },
    )  # fmt: skip


def _last_scores(evidence: Evidence, instrument: str) -> pl.DataFrame:
    """Judged courses of which the measure is half of the outcome."""
    judged = evidence.judged()
    return judged if instrument == DEPRESSION else judged.filter(pl.col("anxiety_measure") == instrument)


def _table(evidence: Evidence, columns: dict[str, Floats | list[str]], supports: Truths | None = None) -> pl.DataFrame:
    """A row a service; null where a number is missing."""
    made = {"group": evidence.services, **columns}
    if supports is None:
        supports = np.ones(len(evidence.services), dtype=bool)
    series = [pl.Series(name, each, nan_to_null=not isinstance(each, list)) for name, each in made.items()]
    return pl.DataFrame([*series, pl.Series("supports", supports, dtype=pl.Boolean)])


def _by_service(found: pl.DataFrame, evidence: Evidence) -> dict[str, Floats]:
    """Columns of a table with at most one row a service, in the services' order; NaN where there is none."""
    whole = pl.DataFrame({"group": evidence.services}, schema={"group": pl.String})
    joined = whole.join(found, on="group", how="left", maintain_order="left")
    numbers = [name for name, kind in joined.schema.items() if kind.is_numeric()]
    return {name: joined[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in numbers}


def _counted(rows: pl.DataFrame, holds: pl.Expr, services: list[str]) -> tuple[Floats, Floats]:
    """How many rows of each service hold, and how many there are."""
    cells = rows.group_by("group").agg(count=holds.sum().cast(pl.Float64), of=pl.len().cast(pl.Float64))
    whole = pl.DataFrame({"group": services}, schema={"group": pl.String})
    joined = whole.join(cells, on="group", how="left", maintain_order="left").fill_null(0.0)
    return joined["count"].to_numpy(), joined["of"].to_numpy()


def _share_against_others(count: Floats, of: Floats) -> Floats:
    """On the logit scale, half added to each cell."""
    yes, no = count + 0.5, of - count + 0.5
    known = of >= LEAST_COURSES
    return flags.against_others(
        np.where(known, logit(yes / (yes + no)), np.nan), np.where(known, 1 / yes + 1 / no, np.nan)
    )


def _over(count: Floats, of: Floats) -> Floats:
    """Shares; NaN where there is nobody."""
    return np.asarray(np.divide(count, of, out=np.full(len(of), np.nan), where=of > 0))


def _wilson(count: Floats, of: Floats) -> tuple[Floats, Floats]:
    low, high = (np.full(len(of), np.nan) for _ in range(2))
    low[of > 0], high[of > 0] = wilson_limits(count[of > 0], of[of > 0])
    return low, high
