"""How much of the recovery would be expected untreated: regression to the mean, and benchmarks of the untreated.

A difference is said to be "not explained by the benchmark", and never to be caused by the treatment.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np
import polars as pl
from scipy.special import ndtr, owens_t

from allcomers.analyses.answer import Analysis, Answer, Chart, Column, Kind, Shape, nothing_to_say
from allcomers.analyses.bounds import share_error
from allcomers.analyses.cells import largest_group, row_of, whose
from allcomers.analyses.finding import Floats, Inclusion, Numbers, floats
from allcomers.analyses.proportions import standard_score
from allcomers.analyses.records import Records
from allcomers.analyses.rows import framed
from allcomers.analyses.starters import CASE_AT_START, LEFT
from allcomers.exceptions import AllcomersError
from allcomers.instruments import get
from allcomers.instruments.model import Status
from allcomers.instruments.scoring import threshold
from allcomers.measures.catalogue.terms import MAY_RECOVER

TITLE = "Recovery beyond what time alone would bring"
DAYS_OF_YEAR = 365.25
ASSUMED_ERROR = 0.04
"""Standard error of a benchmark that came without one: an assumption, not a published value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """How many recovered without treatment.

    Attributes
    ----------
    name, source : of the study. population, recovered : whom it followed, and what counted as recovery in it.
    by_months : months to the share (0–1) that had recovered by then, in order; published values only.
    among : how many the shares are among; None where not known, and the standard error is then `ASSUMED_ERROR`.
    status : how far the values are known.
    """

    name: str
    source: str
    population: str
    recovered: str
    by_months: Mapping[float, float]
    among: int | None = None
    status: Status = Status.UNVERIFIED

    @property
    def error(self) -> float:
        """Standard error (0–1) of the share at the horizon."""
        last = self.by_months[max(self.by_months)]
        return share_error(last, self.among) if self.among else ASSUMED_ERROR

    @property
    def horizon_days(self) -> float:
        """The last day that was published of."""
        return max(self.by_months) * DAYS_OF_YEAR / 12

    def recovered_by(self, days: Numbers) -> Floats:
        """Share (0–1) recovered after so many days untreated, the chance of recovery a day even between two values.

        Days below 0 count as 0. Beyond the horizon the last value stands: nothing is known of later.
        """
        known_days = np.array([0.0, *self.by_months]) * DAYS_OF_YEAR / 12
        still_ill = np.log1p(-np.array([0.0, *self.by_months.values()]))
        return np.asarray(-np.expm1(np.interp(floats(days), known_days, still_ill)))


_EIGHT_WEEKS = 8 * 7 * 12 / DAYS_OF_YEAR
_GRAHAM = "Graham et al. 2020, JAMA Psychiatry 77:906 (abstract read), the wait list, usual care, before it was treated"
_GRAHAM_RULE = "below 5 points or half the first score, which is not the national rule"

BENCHMARKS = (
    Benchmark(
        name="untreated depression in primary care",
        source="Whiteford et al. 2013, Psychol Med 43:1569 (abstract read), a model of 19 studies",
        population="adults in primary care with untreated major depression",
        recovered="no longer the diagnosis, or below a questionnaire's threshold",
        by_months={3: 0.23, 6: 0.32, 12: 0.53},
        status=Status.VERIFIED,
    ),
    Benchmark(
        name="depression on a US trial's wait list",
        source=_GRAHAM,
        population="adults in primary care with a PHQ-8 of 10 or more",
        recovered=_GRAHAM_RULE,
        by_months={_EIGHT_WEEKS: 18 / 58},
        among=58,
        status=Status.VERIFIED,
    ),
    Benchmark(
        name="anxiety on a US trial's wait list",
        source=_GRAHAM,
        population="adults in primary care with a GAD-7 of 8 or more",
        recovered=_GRAHAM_RULE,
        by_months={_EIGHT_WEEKS: 25 / 66},
        among=66,
        status=Status.VERIFIED,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression:
    """What selecting high scores does by itself: in points, and as the share (0–1) of those selected who recover."""

    mean_at_start: float
    mean_later: float
    fall: float
    recovered_share: float


def regression_to_the_mean(*, mean: float, sd: float, correlation: float, cut_off: float) -> Regression:
    """Mean later score, and share below the cut-off later, of people selected for a score at or above it.

    Scores are normal with the same mean and spread at both times, nobody changes but by chance, and the cut-off lies
    half a point below its whole number.

    Parameters
    ----------
    mean, sd : of everyone before selection, in points; sd above 0.
    correlation : between the two times in the untreated, 0–1.
    cut_off : the lowest score selected.

    Raises
    ------
    AllcomersError : sd is not above 0, or the correlation is not between 0 and 1.

    Source
    ------
    Barnett et al. 2005, Int J Epidemiol 34:215; the share below by Owen's T function.
    """
    if not sd > 0 or not 0 <= correlation <= 1:
        raise AllcomersError(
            where="regression_to_the_mean",
            found=f"sd {sd}, correlation {correlation}",
            expected="An sd above 0 and a correlation from 0 to 1",
        )
    z = (cut_off - 0.5 - mean) / sd
    selected = float(ndtr(-z))
    excess = float(np.exp(-(z**2) / 2) / sqrt(2 * np.pi)) / selected
    crossed = 2 * float(owens_t(z, sqrt((1 - correlation) / (1 + correlation)))) / selected
    return Regression(
        mean_at_start=mean + sd * excess,
        mean_later=mean + correlation * sd * excess,
        fall=(1 - correlation) * sd * excess,
        recovered_share=crossed,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """Recovery beyond a benchmark: share (0–1; below 0 where there is less), its interval, its part of the recovery.

    `part` is None where nobody recovered.
    """

    excess: float
    low: float
    high: float
    part: float | None


def excess(share: float, among: float, benchmark: float, *, benchmark_error: float, level: float = 0.95) -> Excess:
    """Share less benchmark, both 0–1; the two are taken to vary independently.

    Parameters
    ----------
    among : how many the share is among, above 0. benchmark_error : standard error of the benchmark, 0–1.
    """
    difference = share - benchmark
    half = standard_score(level) * sqrt(share * (1 - share) / among + benchmark_error**2)
    return Excess(
        excess=difference, low=difference - half, high=difference + half, part=difference / share if share else None
    )


OFFICIAL, EVERYONE = "official", "all who began treatment at caseness"
_MEASURES = {"PHQ9": ("PHQ-9", "phq9_first"), "GAD7": ("GAD-7", "gad7_first")}
_CORRELATIONS = (0.5, 0.6, 0.7, 0.8)
_READ = {
    "case": CASE_AT_START,
    "in_official": f"coalesce(finished_course, false) and {MAY_RECOVER}",
    "recovered": "coalesce(recovered, false)",
    "days": "date_diff('day', coalesce(first_assessment_on, first_treatment_on), last_treatment_on)",
    **{column: column for _, column in _MEASURES.values()},
}
_OUTSIDE = "neither in the official base nor known to start at caseness"


def answer(records: Records) -> Answer:
    """Recovery less each benchmark, over the time that each person was in contact with the service.

    Its part is regression to the mean in PHQ-9 and GAD-7.
    """
    read = records.pathways(_READ, where=LEFT).with_columns(pl.col("case").fill_null(value=False))
    inclusion = Inclusion.of(np.where(read["in_official"] | read["case"], "", _OUTSIDE))
    people = read.filter(pl.col("in_official") | pl.col("case"))
    if people.is_empty():
        why = f"Nobody who began treatment at caseness left in {records.period.label}."
        return nothing_to_say(TITLE, estimand=_ESTIMAND, why=why, inclusion=inclusion)
    table = framed([row for group, rows in _groups(people) for row in _contrasts(group, rows)], _COLUMNS)
    return Answer(
        title=TITLE,
        estimand=_ESTIMAND,
        assumptions=_ASSUMPTIONS,
        inclusion=inclusion,
        sentence=_sentence(records, table),
        table=table,
        columns=_COLUMNS,
        chart=Chart(shape=Shape.RANGES, x="benchmark", y="excess", low="low", high="high", series="figure"),
        parts=(_regressions(records, read),),
        measures=("M192",),
    )


def _groups(people: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    parts = people.partition_by("group", as_dict=True)
    yield from sorted((str(group), rows) for (group,), rows in parts.items())


def _contrasts(group: str, people: pl.DataFrame) -> Iterator[dict[str, object]]:
    for figure, members in ((OFFICIAL, "in_official"), (EVERYONE, "case")):
        rows = people.filter(pl.col(members))
        if rows.is_empty():
            continue
        days = rows["days"].fill_null(0).to_numpy()
        recovered, among = int(rows["recovered"].sum()), len(rows)
        for benchmark in BENCHMARKS:
            expected = float(benchmark.recovered_by(days).mean())
            found = excess(recovered / among, among, expected, benchmark_error=benchmark.error)
            yield {
                "group": group,
                "figure": figure,
                "benchmark": benchmark.name,
                "recovered": recovered,
                "among": among,
                "share": recovered / among,
                "days": float(days.mean()),
                "beyond_horizon": int((days > benchmark.horizon_days).sum()),
                "expected": expected,
                "excess": found.excess,
                "low": found.low,
                "high": found.high,
                "part": found.part,
            }


def _sentence(records: Records, table: pl.DataFrame) -> str:
    own = largest_group(table, "among")
    figure = pl.col("figure") == (OFFICIAL if table.filter(own & (pl.col("figure") == OFFICIAL)).height else EVERYONE)
    mine = table.filter(own & figure)["excess"]
    least = row_of(table, own & figure & (pl.col("excess") == mine.min()))
    most = row_of(table, own & figure & (pl.col("excess") == mine.max()))
    return (
        f"{whose(records, least)} Recovery ({{figure@{least}}}) is {{share@{least}}}. Depending on the benchmark, "
        f"between {{expected@{most}}} and {{expected@{least}}} would be expected without treatment over the same time, "
        f"so that {{excess@{least}}} to {{excess@{most}}} of those counted are recoveries not explained by a benchmark."
    ).strip()


_COLUMNS = (
    Column("group", "Whose referrals"),
    Column("figure", "Recovery among"),
    Column("benchmark", "Benchmark"),
    Column("recovered", "Recovered", Kind.COUNT, within="among"),
    Column("among", "Among", Kind.COUNT),
    Column("share", "Recovery", Kind.SHARE, of="recovered", among="among"),
    Column("days", "Mean days in contact", Kind.NUMBER, among="among", digits=0),
    Column("beyond_horizon", "In contact for longer than the benchmark tells of", Kind.COUNT, within="among"),
    Column("expected", "Expected without treatment", Kind.SHARE, of="among", among="among"),
    Column("excess", "Not explained by the benchmark", Kind.SHARE, of="recovered", among="among"),
    Column("low", "95% interval from", Kind.SHARE, of="recovered", among="among"),
    Column("high", "to", Kind.SHARE, of="recovered", among="among"),
    Column("part", "Part of the recovery", Kind.SHARE, of="recovered", among="among"),
)


def _regressions(records: Records, read: pl.DataFrame) -> Answer:
    rows = [row for group, people in _groups(read) for row in _regression_rows(group, people)]
    title, estimand = "Regression to the mean", "What selecting people by a high score does by itself."
    if not rows:
        return nothing_to_say(title, estimand=estimand, why="First scores that differ are needed, and there are none.")
    table = framed(rows, _REGRESSION_COLUMNS)
    row = row_of(table, largest_group(table, "among") & (pl.col("correlation") == _CORRELATIONS[1]))
    with_first = int(
        read.select(pl.any_horizontal(pl.col(c).is_not_null() for _, c in _MEASURES.values()).sum()).item()
    )
    return Answer(
        title=title,
        estimand=estimand,
        assumptions=(
            "Scores are normal; nobody changes but by chance, and the spread stays as it is.",
            "Everyone with a first score stands for everyone before selection. They were selected by coming, so that "
            "the fall is a floor.",
            "The correlation between two times in the untreated is not known here; the rows show a range.",
        ),
        inclusion=Inclusion(
            n_in=len(read),
            n_used=with_first,
            n_excluded={"no first score": len(read) - with_first} if len(read) > with_first else {},
        ),
        sentence=(
            f"{whose(records, row)} With a correlation of {{correlation@{row}}} people chosen for a {{measure@{row}}} "
            f"at caseness would fall by {{fall@{row}}} points, and {{alone@{row}}} of them below the cut-off, by "
            "chance alone."
        ).strip(),
        table=table,
        columns=_REGRESSION_COLUMNS,
        chart=Chart(shape=Shape.LINES, x="correlation", y="alone", series="measure") if records.by is None else None,
    )


def _regression_rows(group: str, people: pl.DataFrame) -> Iterator[dict[str, object]]:
    for key, (name, column) in _MEASURES.items():
        scores = people[column].drop_nulls()
        mean, sd, cut_off = scores.mean(), scores.std(), threshold(get(key), "caseness").require().value
        if not isinstance(mean, float) or not isinstance(sd, float) or not sd or cut_off is None:
            continue
        for correlation in _CORRELATIONS:
            found = regression_to_the_mean(mean=mean, sd=sd, correlation=correlation, cut_off=float(cut_off))
            yield {
                "group": group,
                "measure": name,
                "correlation": correlation,
                "among": len(scores),
                "mean": mean,
                "sd": sd,
                "mean_at_start": found.mean_at_start,
                "mean_later": found.mean_later,
                "fall": found.fall,
                "alone": found.recovered_share,
            }


_REGRESSION_COLUMNS = (
    Column("group", "Whose referrals"),
    Column("measure", "Measure"),
    Column("correlation", "Correlation between two times, untreated", Kind.NUMBER),
    Column("among", "With a first score", Kind.COUNT),
    Column("mean", "Mean first score", Kind.NUMBER, among="among"),
    Column("sd", "Standard deviation", Kind.NUMBER, among="among"),
    Column("mean_at_start", "Of those at caseness, expected at the start", Kind.NUMBER, among="among"),
    Column("mean_later", "expected later", Kind.NUMBER, among="among"),
    Column("fall", "Fall by chance, points", Kind.NUMBER, among="among"),
    Column("alone", "Below the cut-off by chance", Kind.SHARE, of="among", among="among"),
)
_ESTIMAND = "Recovery less what would be expected of people like a benchmark's, untreated for as long."
_ASSUMPTIONS = (
    "Each benchmark is of other people, by another rule: one of depression or of anxiety, where national recovery asks "
    "for both. None is the right one, so all are shown.",
    "Each person is compared over the days from the first assessment or treatment to the last treatment contact; "
    "beyond what a benchmark tells of, its last value stands.",
    "A benchmark without a published standard error is given one of 4 percentage points, which is an assumption.",
    "Less recovery than expected is shown as it is, below 0.",
    *(f"{one.name}: {one.population}; recovered: {one.recovered}. {one.source} ({one.status})." for one in BENCHMARKS),
)

ANALYSIS = Analysis(
    name="natural_recovery",
    title=TITLE,
    question="How much of the recovery would have happened anyway?",
    answer=answer,
    sources=(
        *dict.fromkeys(f"{one.source} ({one.status})." for one in BENCHMARKS),
        "Posternak and Miller 2001, J Affect Disord 66:139 (not re-read).",
        "Barnett et al. 2005, Int J Epidemiol 34:215, on regression to the mean (not re-read).",
    ),
    not_for=(
        "Saying what treatment causes: that needs people like these who were not treated. Comparing services: a "
        "benchmark takes the same away from each."
    ),
    measures=("M192",),
)
