"""How far scores fell from first to last, in standard deviations of three kinds, with what each leaves open."""

from typing import Any

import polars as pl

from allcomers.analyses.answer import Analysis, Answer, Chart, Column, Kind, Shape, nothing_to_say
from allcomers.analyses.effects import Effect, Pairs, controlled, d_average, d_change, d_raw
from allcomers.analyses.finding import Inclusion
from allcomers.analyses.occasions import FINISHED_IN_PERIOD
from allcomers.analyses.records import Records
from allcomers.analyses.rows import framed

MEASURES = {"PHQ9": ("phq9_first", "phq9_last"), "GAD7": ("gad7_first", "gad7_last")}
TITLE = "How far scores fell"
ESTIMAND = "Mean fall from first to last score of courses that finished in the period, in standard deviations."
LEAST_PAIRS = 5
_NONE = "no first and last score of either measure"
_COLUMNS = (
    Column("group", "Of whom"),
    Column("measure", "Measure"),
    Column("courses", "Courses finished", Kind.COUNT),
    Column("pairs", "With first and last score", Kind.COUNT, within="courses"),
    Column("mean_first", "Mean first score (points)", Kind.NUMBER, among="pairs"),
    Column("mean_last", "Mean last score (points)", Kind.NUMBER, among="pairs"),
    Column("sd_first", "SD of first scores", Kind.NUMBER, among="pairs", digits=2),
    Column("sd_last", "SD of last scores", Kind.NUMBER, among="pairs", digits=2),
    Column("correlation", "Correlation of first and last", Kind.NUMBER, among="pairs", digits=2),
    Column("official", "Official: fall over everyone's SD", Kind.NUMBER, among="pairs"),
    Column("raw", "Fall over SD of first scores", Kind.NUMBER, among="pairs", digits=2),
    Column("raw_low", "95% from", Kind.NUMBER, among="pairs", digits=2),
    Column("raw_high", "to", Kind.NUMBER, among="pairs", digits=2),
    Column("change", "Fall over SD of changes", Kind.NUMBER, among="pairs", digits=2),
    Column("change_low", "95% from", Kind.NUMBER, among="pairs", digits=2),
    Column("change_high", "to", Kind.NUMBER, among="pairs", digits=2),
    Column("average", "Fall over mean SD", Kind.NUMBER, among="pairs", digits=2),
)
_CONTROLLED = (
    Column("beyond", "Beyond what the untreated show", Kind.NUMBER, among="pairs", digits=2),
    Column("beyond_low", "95% from", Kind.NUMBER, among="pairs", digits=2),
    Column("beyond_high", "to", Kind.NUMBER, among="pairs", digits=2),
)


def answer(records: Records, *, untreated_d: float | None = None, untreated_variance: float = 0.0) -> Answer:
    """Finished courses of the period, PHQ-9 and GAD-7 apart.

    Parameters
    ----------
    untreated_d, untreated_variance : fall of people without treatment over the SD of first scores, and its sampling
        variance; adds what is left beyond it.
    """
    scores = [column for pair in MEASURES.values() for column in pair]
    courses = records.pathways(scores, where=FINISHED_IN_PERIOD)
    everyone = {key: courses.select(pl.col(first).std()).item() for key, (first, _) in MEASURES.items()}
    untreated = None if untreated_d is None else Effect(untreated_d, untreated_variance)
    rows = [
        _row(group, key, part, everyone[key], untreated)
        for (group,), part in sorted(courses.partition_by("group", as_dict=True).items())
        for key in MEASURES
    ]
    if not any(row["pairs"] >= LEAST_PAIRS for row in rows):
        why = f"Fewer than {LEAST_PAIRS} courses that finished in {records.period.label} have a first and a last score."
        return nothing_to_say(TITLE, estimand=ESTIMAND, why=why, inclusion=_inclusion(courses))
    columns = (*_COLUMNS, *(() if untreated is None else _CONTROLLED))
    table = framed(rows, columns)
    lead = table["raw"].is_not_null().arg_max() or 0
    return Answer(
        title=TITLE,
        estimand=ESTIMAND,
        assumptions=(
            "The three effect sizes divide by different spreads and are never pooled or compared with one another.",
            "The fall is not what treatment did: people refer themselves when they are worst, and many get better "
            "without treatment.",
            "Courses without both scores are left out; nothing is assumed of the people who left earlier.",
            "Limits are normal-theory ones, and hold that scores scatter about as a bell curve does.",
        ),
        inclusion=_inclusion(courses),
        sentence=f"{{group@{lead}}}, {{measure@{lead}}}: from {{mean_first@{lead}}} to {{mean_last@{lead}}} points on "
        f"average, which is {{raw@{lead}}} standard deviations of first scores and {{change@{lead}}} of changes.",
        table=table,
        columns=columns,
        chart=Chart(shape=Shape.RANGES, x="group", y="raw", low="raw_low", high="raw_high", series="measure"),
    )


def _row(group: object, key: str, part: pl.DataFrame, sd: float | None, untreated: Effect | None) -> dict[str, Any]:
    first, last = MEASURES[key]
    known = part.drop_nulls((first, last))
    row = {"group": group, "measure": key, "courses": part.height, "pairs": known.height}
    pairs = _pairs(known, first, last)
    if pairs is None:
        return row
    raw, change = d_raw(pairs), d_change(pairs)
    return {
        **row,
        "mean_first": pairs.mean_first,
        "mean_last": pairs.mean_last,
        "sd_first": pairs.sd_first,
        "sd_last": pairs.sd_last,
        "correlation": pairs.correlation,
        "official": pairs.fall / sd if sd else None,
        **_limited("raw", raw),
        **_limited("change", change),
        "average": d_average(pairs),
        **_limited("beyond", None if untreated is None else controlled(raw, untreated)),
    }


def _pairs(known: pl.DataFrame, first: str, last: str) -> Pairs | None:
    """None where there are too few, or they do not vary."""
    before, after = pl.col(first), pl.col(last)
    found = known.select(
        mean_first=before.mean(), mean_last=after.mean(), sd_first=before.std(), sd_last=after.std()
    ).row(0, named=True)
    if known.height < LEAST_PAIRS or not found["sd_first"] or not found["sd_last"]:
        return None
    correlation = known.select(pl.corr(before, after)).item()
    return Pairs(n=known.height, correlation=min(1.0, max(-1.0, correlation)), **found)


def _limited(name: str, effect: Effect | None) -> dict[str, float | None]:
    if effect is None:
        return {}
    limits = effect.interval()
    return {name: limits.estimate, f"{name}_low": limits.low, f"{name}_high": limits.high}


def _inclusion(courses: pl.DataFrame) -> Inclusion:
    complete = [pl.col(first).is_not_null() & pl.col(last).is_not_null() for first, last in MEASURES.values()]
    used = courses.filter(pl.any_horizontal(complete)).height
    left_out = courses.height - used
    return Inclusion(n_in=courses.height, n_used=used, n_excluded={_NONE: left_out} if left_out else {})


ANALYSIS = Analysis(
    name="effect_size",
    title=TITLE,
    question="How large is the fall in scores, by each of the spreads that it can be divided by?",
    answer=answer,
    sources=(
        "Becker 1988, Br J Math Stat Psychol 41:257; Morris & DeShon 2002, Psychol Methods 7:105 (not re-read)",
        "Variances as in the R package metafor, measures SMCR and SMCC",
        "Wakefield et al. 2021, Br J Clin Psychol 60:1, for services of this programme (not re-read)",
    ),
    not_for="Saying how well treatment works: without people who were not treated, a fall is a fall. Comparing the "
    "three with each other, or any of them with a trial's difference between groups.",
    measures=("M185", "M186"),
    options={
        "untreated_d": "fall of people without treatment, over the SD of first scores",
        "untreated_variance": "its sampling variance",
    },
)
