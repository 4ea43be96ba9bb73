"""Recovery of all who began treatment, with the missing last scores filled in, and under ever worse assumptions.

The filled-in scores say what would follow if those without a last score were like others with the same beginnings
("missing at random"). They are then made worse point by point, to see how much worse would change what is said.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit, logit

from allcomers.analyses.answer import Analysis, Answer, Chart, Column, Kind, Shape, nothing_to_say
from allcomers.analyses.cells import largest_group, row_of, whose
from allcomers.analyses.chained import completed, indicators
from allcomers.analyses.finding import Floats, Inclusion, Truths
from allcomers.analyses.natural_recovery import BENCHMARKS
from allcomers.analyses.pooling import Pooled, pool
from allcomers.analyses.records import NOT_RECORDED, Records
from allcomers.analyses.rows import framed
from allcomers.analyses.starters import LEFT, RECOVERED_AT_LAST_SCORE, SEEN
from allcomers.instruments import get
from allcomers.instruments.model import Instrument, Operator
from allcomers.instruments.outcome import can_be_judged
from allcomers.instruments.registry import national
from allcomers.instruments.scoring import threshold

TITLE = "Recovery with the missing last scores filled in"
MOST = 10_000
LEAST_IMPUTATIONS = 20
LEAST_SEEN = 30
_SEEN_A_CATEGORY, _MOST_CATEGORIES = 100, 12
"""Of each category only the commonest are told apart: one for so many seen, and no more than so many."""
WORST = 28
"""One point more than the widest scale: nobody who was filled in recovers."""
SHOWN = range(6)
Whole = NDArray[np.int64]


def needed_among_missing(*, recovered: float, among: float, missing: float, target: float) -> float | None:
    """Share (can lie outside 0–1) of the missing that has to have recovered for `target` overall; None if none miss."""
    return (target * among - recovered) / missing if missing else None


def shifted(share: float, log_odds: float) -> float:
    """A share (0–1) after a shift of its log-odds."""
    return float(expit(logit(share) + log_odds))


def shift_to(share: float, needed: float) -> float:
    """The shift of log-odds that makes `needed` (between 0 and 1) of a share (between 0 and 1)."""
    return float(logit(needed) - logit(share))


def imputations_for(missing_share: float) -> int:
    """How many imputations: one for each percent that is missing, and no fewer than 20."""
    return max(LEAST_IMPUTATIONS, ceil(100 * missing_share))


def _lowest_case(instrument: Instrument) -> float:
    """The lowest score at caseness."""
    cut_off = threshold(instrument, "caseness").require()
    assert cut_off.value is not None
    return float(cut_off.value) + (
        0.0 if cut_off.operator is Operator.AT_LEAST else 1 / instrument.scale().steps_per_point
    )


def _in_cut_offs(score: str) -> str:
    """A score of the pathway's anxiety measure in units of its cut-off: at 1 and above it is a case."""
    judged = [one for one in national().anxiety_measures if can_be_judged(one)]
    whens = " ".join(
        f"when '{one.adsm}' then cast({score} as double) / cast({_lowest_case(one)} as double)" for one in judged
    )
    return f"case anxiety_measure {whens} end"


_DEPRESSION_CUT, _ANXIETY_CUT = _lowest_case(get("PHQ9")), _lowest_case(get("GAD7"))
_SCORES = {
    "depression_start": "cast(phq9_first as double)",
    "anxiety_start": _in_cut_offs("anxiety_first"),
    "depression_end": f"case when {SEEN} then cast(phq9_last as double) end",
    "anxiety_end": f"case when {SEEN} then {_in_cut_offs('anxiety_last')} end",
}
_CATEGORIES = (
    "gender",
    "ethnic_category",
    "deprivation_decile",
    "employment_first",
    "problem",
    "source_of_referral",
    "end_code",
    "provider_code",
)
_NUMBERS = {
    "age": "age_received",
    "treatments": "treatment_count",
    "wait_days": "date_diff('day', received_on, first_treatment_on)",
    "days": "date_diff('day', coalesce(first_assessment_on, first_treatment_on), last_treatment_on)",
}
_READ = {
    "pathway_no": "pathway_no",
    "seen": SEEN,
    "recovered": "coalesce(recovered, false)",
    "recovered_at_last": f"coalesce({RECOVERED_AT_LAST_SCORE}, false)",
    **_SCORES,
    **_NUMBERS,
    **{name: f"coalesce(cast({name} as varchar), '{NOT_RECORDED}')" for name in _CATEGORIES},
}
_BELOW = "known to start below caseness"
_NOT_DRAWN = "not in the random sample that was imputed"


def answer(records: Records, *, target: float = 0.5, most: int = MOST) -> Answer:
    """Recovery of those who began treatment at caseness and left in the period, missing scores filled in.

    Parameters
    ----------
    target : the share (0–1) whose tipping point is sought.
    most : most pathways to impute, drawn at random, as many of each group as may be.
    """
    read = records.pathways(_READ, where=LEFT).sort("pathway_no")
    starters = read.filter(~_known_below())
    random = np.random.default_rng(records.seed)
    drawn = _drawn(starters, most, random)
    inclusion = _inclusion(len(read), len(starters), len(drawn))
    if drawn["seen"].sum() < LEAST_SEEN:
        why = (
            f"Fewer than {LEAST_SEEN} finished courses in {records.period.label} have all four scores, too few to fill "
            "in others from."
        )
        return nothing_to_say(TITLE, estimand=_ESTIMAND, why=why, inclusion=inclusion)
    people = _People.of(drawn)
    curves = _curves(people, random)
    table = framed([row for curve in curves for row in _delta_rows(curve)], _COLUMNS)
    shared: dict[str, Any] = {"estimand": _ESTIMAND, "inclusion": inclusion}
    return Answer(
        title=TITLE,
        assumptions=(*_ASSUMPTIONS, f"Seed {records.seed}; {people.times} imputations."),
        sentence=_sentence(records, table),
        table=table,
        columns=_COLUMNS,
        chart=Chart(shape=Shape.LINES, x="points_worse", y="share", low="low", high="high")
        if records.by is None
        else None,
        parts=(_tipping(records, curves, target, shared), _references(records, people, curves, shared)),
        measures=("M192",),
        **shared,
    )


def _known_below() -> pl.Expr:
    below = (pl.col("depression_start") < _DEPRESSION_CUT) & (pl.col("anxiety_start") < 1)
    return below.fill_null(value=False)


def _drawn(starters: pl.DataFrame, most: int, random: np.random.Generator) -> pl.DataFrame:
    """At most so many rows, as many of each group as may be."""
    if len(starters) <= most:
        return starters
    each = max(1, most // starters["group"].n_unique())
    place = pl.Series("place", random.permutation(len(starters)))
    return starters.with_columns(place).filter(pl.col("place").rank("ordinal").over("group") <= each).drop("place")


def _inclusion(read: int, starters: int, drawn: int) -> Inclusion:
    excluded = {_BELOW: read - starters, _NOT_DRAWN: starters - drawn}
    return Inclusion(n_in=read, n_used=drawn, n_excluded={why: count for why, count in excluded.items() if count})


@dataclass(frozen=True, slots=True)
class _People:
    """Those who began treatment and may have been at caseness, as arrays with a row a person.

    Attributes
    ----------
    names : of the groups. group : which of them each is in.
    scores : PHQ-9 at the start and the end in points, the anxiety measure in cut-offs; NaN where missing.
    seen, recovered : whether the outcome is on record, and what it is. at_last : as the last score on record has it.
    days : from the first assessment or treatment to the last treatment.
    """

    names: tuple[str, ...]
    group: Whole
    scores: Floats
    predictors: Floats
    seen: Truths
    recovered: Truths
    at_last: Truths
    days: Floats

    @classmethod
    def of(cls, rows: pl.DataFrame) -> "_People":
        most = min(max(1, int(rows["seen"].sum()) // _SEEN_A_CATEGORY), _MOST_CATEGORIES)
        names, group = np.unique(rows["group"].to_numpy().astype(str), return_inverse=True)
        numbers = rows.select(pl.col(name).cast(pl.Float64) for name in _NUMBERS)
        numbers = numbers.with_columns(pl.all().fill_null(strategy="mean").fill_null(0).clip(0).log1p())
        return cls(
            names=tuple(names.tolist()),
            group=group,
            scores=rows.select(pl.col(name).cast(pl.Float64) for name in _SCORES).fill_null(np.nan).to_numpy(),
            predictors=np.column_stack(
                [numbers.to_numpy(), *(indicators(rows[name].to_list(), most) for name in _CATEGORIES)]
            ),
            seen=rows["seen"].to_numpy(),
            recovered=rows["recovered"].to_numpy(),
            at_last=rows["recovered_at_last"].to_numpy(),
            days=rows["days"].fill_null(0).cast(pl.Float64).to_numpy(),
        )

    @property
    def times(self) -> int:
        """How many imputations they need."""
        return imputations_for(1 - float(self.seen.mean()))


@dataclass(frozen=True, slots=True)
class _Curve:
    """One group: over imputations (rows), how many were cases and missing, and recovered at 0, 1, 2 … points worse."""

    group: str
    cases: Whole
    missing: Whole
    recovered: Whole

    def pooled(self, points: int) -> Pooled:
        """Recovery with everyone who was filled in that many points worse."""
        recovered = self.recovered[:, points]
        # Half a person more and half less, so that none or all is not taken to be certain.
        share = (recovered + 0.5) / (self.cases + 1)
        errors = share * (1 - share) / self.cases
        return pool(recovered / self.cases, errors, complete_freedom=float(self.cases.mean()) - 1)


def _curves(people: _People, random: np.random.Generator) -> list[_Curve]:
    made = [
        _counted(people, filled)
        for filled in completed(people.scores, people.predictors, times=people.times, random=random)
    ]
    cases, missing, recovered = (np.stack(parts) for parts in zip(*made, strict=True))
    return [
        _Curve(name, cases[:, at], missing[:, at], recovered[:, at])
        for at, name in enumerate(people.names)
        if cases[:, at].all()
    ]


def _counted(people: _People, filled: Floats) -> tuple[Whole, Whole, Whole]:
    """For each group, the cases of one imputation, those filled in, and the recovered at each number of points."""
    start_depression, start_anxiety, end_depression, end_anxiety = filled.T
    case = (start_depression >= _DEPRESSION_CUT) | (start_anxiety >= 1)
    room = np.minimum(_DEPRESSION_CUT - end_depression, _ANXIETY_CUT * (1 - end_anxiety))
    # Recovered as long as it is made fewer points worse than this. What was seen is never made worse.
    points = np.clip(np.ceil(room - 1e-9), 0, WORST).astype(np.int64)
    points = np.where(people.seen, np.where(people.recovered, WORST + 1, 0), points)
    groups, width = len(people.names), WORST + 2
    counts = np.bincount((people.group * width + points)[case], minlength=groups * width).reshape(groups, width)
    missing = np.bincount(people.group[case & ~people.seen], minlength=groups)
    recovered = counts[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]
    return counts.sum(axis=1), missing, recovered


def _delta_rows(curve: _Curve) -> Iterator[dict[str, object]]:
    for points in SHOWN:
        pooled = curve.pooled(points)
        low, high = pooled.interval()
        yield {
            "group": curve.group,
            "points_worse": points,
            "among": round(float(curve.cases.mean())),
            "missing": round(float(curve.missing.mean())),
            "share": pooled.estimate,
            "low": max(0.0, low),
            "high": min(1.0, high),
        }


def _sentence(records: Records, table: pl.DataFrame) -> str:
    own = largest_group(table, "among")
    row = row_of(table, own & (pl.col("points_worse") == 0))
    worst = row_of(table, own & (pl.col("points_worse") == SHOWN[-1]))
    return (
        f"{whose(records, row)} With missing last scores filled in from others with the same beginnings, recovery of "
        f"{{among@{row}}} who began treatment at caseness is {{share@{row}}} (95% interval {{low@{row}}} to "
        f"{{high@{row}}}); were those filled in {{points_worse@{worst}}} points worse off, it "
        f"would be {{share@{worst}}}."
    ).strip()


def _tipping(records: Records, curves: list[_Curve], target: float, shared: dict[str, Any]) -> Answer:
    table = framed([_tipping_row(curve, target) for curve in curves], _TIPPING_COLUMNS)
    row = row_of(table, largest_group(table, "among"))
    points = table["points"][row]
    if points == 0:
        said = "is below {target@R} even so: {share@R}"
    elif points is None:
        said = "stays at {target@R} or above however much worse the missing are"
    else:
        said = "falls below {target@R} once the missing are {points@R} points worse off than others like them"
    return Answer(
        title="How much worse the missing would have to be",
        assumptions=("Points are of PHQ-9, and as many of GAD-7 or what they amount to on another anxiety measure.",),
        sentence=f"{whose(records, row)} Recovery {said}.".replace("@R", f"@{row}").strip(),
        table=table,
        columns=_TIPPING_COLUMNS,
        **shared,
    )


def _tipping_row(curve: _Curve, target: float) -> dict[str, object]:
    shares = [float((curve.recovered[:, points] / curve.cases).mean()) for points in range(WORST + 1)]
    among, missing = float(curve.cases.mean()), float(curve.missing.mean())
    seen_recovered = float(curve.recovered[:, WORST].mean())
    filled = (shares[0] * among - seen_recovered) / missing if missing else None
    needed = needed_among_missing(recovered=seen_recovered, among=among, missing=missing, target=target)
    inside = filled is not None and needed is not None and 0 < filled < 1 and 0 < needed < 1
    return {
        "group": curve.group,
        "target": target,
        "among": round(among),
        "missing": round(missing),
        "share": shares[0],
        "points": next((points for points, share in enumerate(shares) if share < target), None),
        "filled": filled,
        "needed": None if needed is None or not 0 <= needed <= 1 else needed,
        "log_odds": shift_to(filled, needed) if inside and filled is not None and needed is not None else None,
    }


def _references(records: Records, people: _People, curves: list[_Curve], shared: dict[str, Any]) -> Answer:
    rows = [row for curve in curves for row in _reference_rows(people, curve)]
    table = framed(rows, _REFERENCE_COLUMNS)
    own = largest_group(table, "among")
    none, untreated = (row_of(table, own & (pl.col("assumption") == name)) for name in (BASELINE, UNTREATED))
    return Answer(
        title="Other things that could be said of the missing",
        assumptions=("Each fills in one value and so has no interval of its own.",),
        sentence=(
            f"{whose(records, none)} Were nobody recovered who has no last score, recovery would be {{share@{none}}}; "
            f"had they fared as the untreated, {{share@{untreated}}}."
        ).strip(),
        table=table,
        columns=_REFERENCE_COLUMNS,
        chart=Chart(shape=Shape.BARS, x="assumption", y="share", series="" if records.by is None else "group"),
        **shared,
    )


def _reference_rows(people: _People, curve: _Curve) -> Iterator[dict[str, object]]:
    own = people.group == people.names.index(curve.group)
    known = (people.scores[:, 0] >= _DEPRESSION_CUT) | (people.scores[:, 1] >= 1)
    seen, gone = own & known & people.seen, own & known & ~people.seen
    recovered, missing, among = int(people.recovered[seen].sum()), int(gone.sum()), int((own & known).sum())
    course = float(people.days[people.seen].mean())
    untreated = float(BENCHMARKS[0].recovered_by([course])[0])
    also = {
        "as others with the same beginnings": curve.pooled(0).estimate,
        LAST_SCORE: (recovered + int(people.at_last[gone].sum())) / among if among else None,
        BASELINE: recovered / among if among else None,
        UNTREATED: (recovered + untreated * missing) / among if among else None,
    }
    for assumption, share in also.items():
        yield {
            "group": curve.group,
            "assumption": assumption,
            "among": among,
            "missing": missing,
            "recovered": recovered,
            "share": share,
        }


LAST_SCORE = "as at their last score on record; not recovered without one"
BASELINE = "as at the start: none recovered"
UNTREATED = "as the untreated over a course's mean time"

_COLUMNS = (
    Column("group", "Whose referrals"),
    Column("points_worse", "Points worse off, if missing", Kind.NUMBER, digits=0),
    Column("among", "Began at caseness and left", Kind.COUNT),
    Column("missing", "Without a last score", Kind.COUNT, within="among"),
    Column("share", "Recovery of all", Kind.SHARE, of="missing", among="among"),
    Column("low", "95% interval from", Kind.SHARE, of="missing", among="among"),
    Column("high", "to", Kind.SHARE, of="missing", among="among"),
)
_TIPPING_COLUMNS = (
    Column("group", "Whose referrals"),
    Column("target", "Recovery sought", Kind.SHARE),
    Column("among", "Began at caseness and left", Kind.COUNT),
    Column("missing", "Without a last score", Kind.COUNT, within="among"),
    Column("share", "Recovery, filled in", Kind.SHARE, of="missing", among="among"),
    Column("points", "Falls below it once so many points worse", Kind.NUMBER, among="among", digits=0),
    Column("filled", "Recovery of the missing, filled in", Kind.SHARE, of="missing", among="among"),
    Column("needed", "that would be needed", Kind.SHARE, of="missing", among="among"),
    Column("log_odds", "Shift of the log-odds between the two", Kind.NUMBER, of="missing", among="among", digits=2),
)
_REFERENCE_COLUMNS = (
    Column("group", "Whose referrals"),
    Column("assumption", "Those without a last score"),
    Column("among", "Known to begin at caseness, and left", Kind.COUNT),
    Column("missing", "Without a last score", Kind.COUNT, within="among"),
    Column("recovered", "Seen to have recovered", Kind.COUNT, within="among"),
    Column("share", "Recovery of all", Kind.SHARE, of="recovered", among="among"),
)
_ESTIMAND = (
    "The share recovered at the end of the course that was meant, of all who began treatment at caseness and left in "
    "the period."
)
_ASSUMPTIONS = (
    "Missing at random: those without a last score would have scored like others with the same first scores, age, "
    "gender, ethnic category, deprivation, employment, problem, source, provider, wait, number of sessions, time in "
    "contact and end code. Nobody can check this.",
    "Scores between the first and the last are not used.",
    "Where there are more pathways than are imputed, a random sample stands for them, and the interval holds its "
    "sampling error.",
)

ANALYSIS = Analysis(
    name="imputation",
    title=TITLE,
    question="If those without a last score were like others, or worse off, what would recovery of all be?",
    answer=answer,
    sources=(
        "Rubin 1987, Multiple Imputation for Nonresponse in Surveys (not re-read).",
        "Barnard and Rubin 1999, Biometrika 86:948 (not re-read).",
        "van Buuren 2018, Flexible Imputation of Missing Data (not re-read).",
        "Carpenter and Kenward 2013, Multiple Imputation and its Application (not re-read).",
        "Cro et al. 2020, Stat Med 39:2815, on sensitivity analysis (not re-read).",
    ),
    not_for=(
        "Certainty: it says what follows from an assumption about people nobody asked. The limits without any "
        "assumption are in the bounds."
    ),
    measures=("M192",),
    options={
        "target": "the share whose tipping point is sought, such as 0.5",
        "most": "most pathways to impute, drawn at random",
    },
)
