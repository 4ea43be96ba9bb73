"""Published figures, looked for in the pathways that the records of a synthetic data set give.

One function a figure. Each returns what it found, in the target's unit, with its Monte Carlo standard error.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from allcomers.synthetic import groups
from allcomers.synthetic.arrays import Floats
from allcomers.synthetic.organisations import ENGLAND_PROVIDERS
from allcomers.synthetic.plan import Plan
from allcomers.synthetic.targets import ENGLAND_REFERRALS
from allcomers.synthetic.therapies import THERAPIES


@dataclass(frozen=True, slots=True)
class Found:
    """A figure of the synthetic data set, with its Monte Carlo standard error; both in the target's unit."""

    value: float
    error: float


def share(rows: pl.DataFrame, top: pl.Expr, bottom: pl.Expr | None = None) -> Found | None:
    """A percentage: rows where `top` holds among rows where `bottom` does."""
    below = rows if bottom is None else rows.filter(bottom)
    return _percent(int(below.select(top.fill_null(False).sum()).item()), below.height)


def _percent(top: int, bottom: int) -> Found | None:
    if bottom == 0:
        return None
    # With one more on either side, nothing found is not taken for certainty.
    near = (top + 1) / (bottom + 2)
    return Found(100 * top / bottom, 100 * float(np.sqrt(near * (1 - near) / bottom)))


def _ratio(top: int, bottom: int) -> Found | None:
    """A percentage of two counts of different pathways: courses that end in a year, over referrals received in it.

    About half of the first are among the second, so nearly all the error is that of the first.
    """
    return Found(100 * top / bottom, 100 * float(np.sqrt(top + 1)) / bottom) if bottom else None


def count(rows: pl.DataFrame, which: pl.Expr, scale: float) -> Found:
    """A count, brought to England's size."""
    found = int(rows.select(which.fill_null(False).sum()).item())
    return Found(found * scale, float(np.sqrt(found + 1)) * scale)


def mean(values: pl.Series) -> Found | None:
    """A mean."""
    if len(values) < 2:
        return None
    average, spread = values.mean(), values.std()
    assert isinstance(average, float)
    assert isinstance(spread, float)
    return Found(average, spread / float(np.sqrt(len(values))))


class Sample:
    """The pathways of one synthetic data set, and each published figure found in them.

    Attributes
    ----------
    received : pathways referred in the period.
    ended : pathways that finished a course and were discharged in the period.
    entered : pathways whose first session is in the period.
    providers : how many there are.
    scale : England's referrals for each of the data set's.
    first : first day of the period.
    """

    def __init__(self, rows: pl.DataFrame, plan: Plan) -> None:
        first = pl.lit(plan.first_day, pl.Int32).cast(pl.Date)
        self.rows = rows
        self.received = rows.filter(pl.col("ReferralRequestReceivedDate") >= first)
        self.ended = rows.filter(pl.col("finished") & (pl.col("ServDischDate") >= first))
        self.entered = rows.filter(pl.col("first_session") >= first)
        self.providers = rows["OrgID_Provider"].n_unique()
        self.scale = ENGLAND_REFERRALS / plan.referrals
        self.first = first

    def find(self, target: dict[str, object]) -> Found | None:
        """The figure that a target asks for; None if the data set cannot say it."""
        block, measure, stratum = (str(target[name]) for name in ("block", "measure", "stratum"))
        if block in ("provider", "staff") and self.providers < ENGLAND_PROVIDERS:
            return None  # a small data set has fewer providers, each with few staff, so the spread is another one
        if block in GROUPED:
            return self._group(block, stratum, measure)
        if measure in _MEASURES:
            return _MEASURES[measure](self)
        if block in _BY_STRATUM:
            return _BY_STRATUM[block](self, measure, stratum)
        return None

    def _group(self, block: str, stratum: str, measure: str) -> Found | None:
        member = membership(block, stratum)
        if member is None:
            return None
        received, ended = (rows.filter(member.fill_null(False)) for rows in (self.received, self.ended))
        if measure == "share_of_referrals":
            return _percent(received.height, self.received.height)
        if measure == "finished_per_referral":
            return _ratio(ended.height, received.height)
        return share(ended, *_RATES[measure])


_RATES: dict[str, tuple[pl.Expr, pl.Expr | None]] = {
    "caseness": (pl.col("case"), None),
    "recovery": (pl.col("recovered"), pl.col("case")),
    "reliable_recovery": (pl.col("recovered") & pl.col("improved"), pl.col("case")),
    "improvement": (pl.col("improved"), None),
    "deterioration": (pl.col("worse"), None),
    "no_reliable_change": (pl.col("unchanged"), None),
}

GROUPED = (
    "age",
    "gender",
    "ethnicity",
    "bme",
    "imd",
    "problem",
    "disability",
    "orientation",
    "religion",
    "ltc",
    "cluster",
)


def membership(block: str, stratum: str) -> pl.Expr | None:
    """Whether a pathway belongs to a published group; None if the records cannot say."""
    special = {"bme": _by_origin, "disability": _by_disability, "ltc": _by_condition}
    if block in special:
        return special[block](stratum)
    if stratum.endswith(" / All") and block in ("ethnicity", "problem"):
        return pl.col(block).str.starts_with(stratum.removesuffix("All"))
    return pl.col(block) == stratum


def _by_origin(stratum: str) -> pl.Expr | None:
    british, unknown = pl.col("ethnicity") == "White / British", pl.col("ethnicity").str.starts_with("Not stated")
    return {"White British": british, groups.NOT_STATED: unknown, "BME": ~british & ~unknown}[stratum]


def _by_disability(stratum: str) -> pl.Expr | None:
    codes = pl.col("disability")
    if stratum == "No Code Recorded":
        return codes.is_null()
    return None if stratum == "Invalid Code" else codes.list.contains(stratum[:2])


def _by_condition(stratum: str) -> pl.Expr | None:
    return {
        "Long term condition": pl.col("has_condition"),
        "No long term condition": pl.col("has_no_condition"),
        groups.NOT_STATED: pl.col("has_condition").is_null(),
    }[stratum]


def _volume(which: pl.Expr) -> Callable[[Sample], Found | None]:
    return lambda sample: count(sample.ended, which, sample.scale)


def _rate(name: str) -> Callable[[Sample], Found | None]:
    return lambda sample: share(sample.ended, *_RATES[name])


def _per_referral(which: pl.Expr) -> Callable[[Sample], Found | None]:
    def found(sample: Sample) -> Found | None:
        return _ratio(int(sample.ended.select(which.sum()).item()), sample.received.height)

    return found


def _entered(sample: Sample) -> Found:
    return Found(sample.entered.height * sample.scale, float(np.sqrt(sample.entered.height)) * sample.scale)


def _one_session(sample: Sample) -> Found | None:
    """Of those who enter treatment, what remains beside those who finish: a cross-section, as published."""
    rate = 1 - sample.ended.height / sample.entered.height
    return Found(100 * rate, 100 * float(np.sqrt(rate * (1 - rate) / sample.entered.height)))


def _missed(sample: Sample) -> Found | None:
    missed, all_ = sample.rows.select(pl.col("missed").sum(), pl.col("appointments").sum()).row(0)
    return _percent(int(missed), int(all_))


def _support_starts(sample: Sample) -> Found:
    return count(sample.rows, pl.col("employment_support") >= sample.first, sample.scale)


def _mean_sessions(low: bool | None, high: bool | None) -> Callable[[Sample], Found | None]:
    def found(sample: Sample) -> Found | None:
        rows = sample.ended
        for name, wanted in (("any_low", low), ("any_high", high)):
            rows = rows if wanted is None else rows.filter(pl.col(name).fill_null(False) == wanted)
        return mean(rows["sessions"].cast(pl.Float64))

    return found


def _correlation(one: str, other: str) -> Callable[[Sample], Found | None]:
    def found(sample: Sample) -> Found | None:
        pairs = sample.ended.select(one, other).drop_nulls()
        r = pairs.select(pl.corr(one, other)).item()
        return None if r is None else Found(float(r), (1 - float(r) ** 2) / float(np.sqrt(max(pairs.height, 1))))

    return found


def _waited(most: int) -> Callable[[Sample], Found | None]:
    return lambda sample: share(sample.ended, _days("ReferralRequestReceivedDate", "first_session") <= most)


def _days(start: str, end: str) -> pl.Expr:
    return (pl.col(end) - pl.col(start)).dt.total_days()


def _therapist_share(sample: Sample) -> Found | None:
    """Share of the variance of recovery between therapists: intraclass correlation by analysis of variance."""
    cases = sample.ended.filter(pl.col("case") & pl.col("last_seen_by").is_not_null())
    recovered = pl.col("recovered").cast(pl.Float64)
    table = cases.group_by("last_seen_by").agg(n=pl.len(), rate=recovered.mean())
    n, rate = table["n"].to_numpy().astype(float), table["rate"].to_numpy()
    groups_, people = len(n), n.sum()
    overall = float((n * rate).sum() / max(people, 1))
    if people <= groups_ or groups_ < 3 or overall in (0, 1):
        return None
    between = (n * (rate - overall) ** 2).sum() / (groups_ - 1)
    within = (n * rate * (1 - rate)).sum() / (people - groups_)
    size = (people - (n**2).sum() / people) / (groups_ - 1)
    icc = (between - within) / (between + (size - 1) * within)
    error = np.sqrt(2 * (1 - icc) ** 2 * (1 + (size - 1) * icc) ** 2 / (size * (size - 1) * (groups_ - 1)))
    return Found(100 * float(icc), 100 * float(error))


_MEASURES: dict[str, Callable[[Sample], Found | None]] = {
    "vol_referrals_received": lambda sample: Found(sample.received.height * sample.scale, 0.0),
    "vol_finished_course_treatment": lambda sample: Found(
        sample.ended.height * sample.scale, float(np.sqrt(sample.ended.height)) * sample.scale
    ),
    "vol_at_caseness": _volume(pl.col("case")),
    "vol_not_at_caseness": _volume(pl.col("not_case")),
    "vol_recovery": _volume(pl.col("recovered")),
    "vol_reliable_recovery": _volume(pl.col("recovered") & pl.col("improved")),
    "vol_improvement": _volume(pl.col("improved")),
    "vol_deterioration": _volume(pl.col("worse")),
    "vol_no_reliable_change": _volume(pl.col("unchanged")),
    **{f"rate_{name}": _rate(name) for name in _RATES},
    "rate_finished_per_referral": lambda sample: _ratio(sample.ended.height, sample.received.height),
    "rate_recovery_per_referral": _per_referral(pl.col("recovered")),
    "rate_reliable_recovery_per_referral": _per_referral(pl.col("recovered") & pl.col("improved")),
    "lit_accessed_2022_23": _entered,
    "lit_accessed_2021_22": _entered,
    "lit_accessed_2019_20": _entered,
    "lit_one_session": _one_session,
    "lit_assess_attend": lambda sample: share(sample.received, pl.col("assessed").is_not_null()),
    "lit_apr2025_6wk": _waited(42),
    "lit_apr2025_18wk": _waited(126),
    "lit_dna_all": _missed,
    "lit_dna_first": lambda sample: share(
        sample.received, pl.col("missed_first"), pl.col("missed_first").is_not_null()
    ),
    "lit_sessions_2021_22": _mean_sessions(None, None),
    "lit_sessions_low": _mean_sessions(True, False),
    "lit_sessions_both": _mean_sessions(True, True),
    "lit_sessions_high": _mean_sessions(False, True),
    "lit_ea_starts": _support_starts,
    "lit_self_share": lambda sample: share(sample.received, pl.col("SourceOfReferralIAPT") == "B1"),
    "lit_corr_phq_gad": _correlation("PHQ9_first", "GAD7_first"),
    "lit_corr_phq_gad_end": _correlation("PHQ9_last", "GAD7_last"),
    "lit_corr_prepost": _correlation("PHQ9_first", "PHQ9_last"),
    "lit_therapist_effect": _therapist_share,
    "provider_count": lambda sample: Found(float(sample.providers), 0.0),
}


def _wait(sample: Sample, measure: str, stratum: str) -> Found | None:
    start, end = {
        "wait_access": ("ReferralRequestReceivedDate", "first_session"),
        "wait_first_second": ("first_session", "second_session"),
    }[measure]
    days = _days(start, end)
    within = {
        "<=28 days": days <= 28,
        "29-56 days": days.is_between(29, 56),
        "57-90 days": days.is_between(57, 90),
        ">90 days": days > 90,
        "<6 weeks": days <= 42,
        "<18 weeks": days <= 126,
    }
    return share(sample.ended, within[stratum.split(" / ")[1]])


def _step(sample: Sample, _: str, stratum: str) -> Found | None:
    low, high = pl.col("any_low").fill_null(False), pl.col("any_high").fill_null(False)
    first_high, two = pl.col("first_stage_high"), pl.col("stages") == 2
    which = {
        "Received only low": low & ~high,
        "Received only high": high & ~low,
        "Received both": low & high,
        "Not stated": ~low & ~high,
        "Step up": two & ~first_high,
        "Step down": two & first_high,
        "Assessment to first high": first_high,
        "Assessment to first low": ~first_high,
    }
    name = next(prefix for prefix in which if stratum.startswith(prefix))
    return share(sample.ended, which[name])


_OVER_PROVIDERS = {
    "provider_recovery_pct": ("recovered", "case", 500),
    "provider_recovery_sd": ("recovered", "case", 500),
    "provider_finished_per_referral_pct": ("ended", "received", 2_000),
}
"""Top, bottom, and the least bottom (at England's size) of the providers that are published."""


def _provider(sample: Sample, measure: str, stratum: str) -> Found | None:
    """A percentile over providers of enough size, or their spread."""
    values = _of_providers(sample, measure)
    if len(values) < 2:
        return None
    if measure == "provider_recovery_sd":
        spread = float(np.std(values, ddof=1))
        return Found(spread, spread / float(np.sqrt(2 * len(values))))
    # Providers take their places in the published ranking, so no Monte Carlo error but that of small numbers is left.
    return Found(float(np.percentile(values, float(stratum.removeprefix("percentile ")))), 0.0)


def _of_providers(sample: Sample, measure: str) -> Floats:
    received = sample.received.group_by("OrgID_Provider").agg(received=pl.len())
    sums = (pl.col(name).sum() for name in ("case", "recovered"))
    table = received.join(sample.ended.group_by("OrgID_Provider").agg(*sums, ended=pl.len()), on="OrgID_Provider")
    if measure == "provider_referrals":
        return np.asarray(table["received"].to_numpy() * sample.scale)
    top, bottom, least = _OVER_PROVIDERS[measure]
    large = table.filter(pl.col(bottom) * sample.scale >= least)
    return np.asarray(100 * large[top].to_numpy() / large[bottom].to_numpy())


def _therapy_contacts(sample: Sample, _: str, stratum: str) -> Found | None:
    """Contacts of finished courses with a therapy type recorded."""
    chosen = [one.code for one in THERAPIES if one.contacts and stratum in (one.contacts, "total")]
    contacts = sample.ended.select(pl.sum_horizontal(pl.col(code).cast(pl.Int64) for code in chosen)).to_series()
    total, spread = int(contacts.sum()), int((contacts**2).sum())
    return Found(float(total) * sample.scale, float(np.sqrt(spread + 1)) * sample.scale)


def _therapy_courses(sample: Sample, measure: str, stratum: str) -> Found | None:
    """Courses that finish with any contact of a therapy type."""
    codes = [one.code for one in THERAPIES if one.finishing and stratum == f"Total / {one.finishing}"]
    if measure != "prom_finishing" or not codes:
        return None
    return count(sample.ended, pl.col(codes[0]) > 0, sample.scale)


_BY_STRATUM: dict[str, Callable[[Sample, str, str], Found | None]] = {
    "wait": _wait,
    "steps": _step,
    "provider": _provider,
    "therapy": _therapy_contacts,
    "proms": _therapy_courses,
}
