"""Reliable and clinically significant change: the official rule beside what other published methods would say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from allcomers.analyses.answer import Analysis, Answer, Chart, Column, Kind, Shape, nothing_to_say
from allcomers.analyses.cells import row_of
from allcomers.analyses.finding import Floats, Inclusion
from allcomers.analyses.occasions import FINISHED_IN_PERIOD
from allcomers.analyses.records import Records
from allcomers.analyses.reliable_change import (
    METHODS,
    RELIABILITIES,
    Method,
    Population,
    Reliability,
    both_measures,
    cut_offs,
    reliable_points,
)
from allcomers.instruments import get
from allcomers.instruments.columns import caseness_sql, deteriorated_sql, improved_sql

MEASURES = {"PHQ9": ("phq9_first", "phq9_last"), "GAD7": ("gad7_first", "gad7_last")}
TITLE = "Reliable change, by the method chosen"
ESTIMAND = "Of courses that finished in the period, the shares that changed by more than error of measurement."
OFFICIAL, ON_THESE = "official, as published", "official thresholds, PHQ-9 and GAD-7"
_SCORES = tuple(column for pair in MEASURES.values() for column in pair)
_COLUMNS = (
    Column("group", "Of whom"),
    Column("method", "Method"),
    Column("reliability", "Reliability"),
    Column("phq9_points", "Fewest points of PHQ-9", Kind.NUMBER, digits=0),
    Column("gad7_points", "Fewest points of GAD-7", Kind.NUMBER, digits=0),
    Column("courses", "Courses", Kind.COUNT),
    Column("improved", "Improved", Kind.COUNT, within="courses"),
    Column("improved_share", "Improved", Kind.SHARE, of="improved", among="courses"),
    Column("deteriorated", "Deteriorated", Kind.COUNT, within="courses"),
    Column("deteriorated_share", "Deteriorated", Kind.SHARE, of="deteriorated", among="courses"),
    Column("at_start", "Not known to be below caseness at the start", Kind.COUNT, within="courses"),
    Column("reliably_recovered", "Reliably recovered", Kind.COUNT, within="at_start"),
    Column("reliably_recovered_share", "Reliably recovered", Kind.SHARE, of="reliably_recovered", among="at_start"),
)
_LINE_COLUMNS = (
    Column("group", "Of whom"),
    Column("measure", "Measure"),
    Column("line", "Line between clinical and functional"),
    Column("points", "Below this many points is functional", Kind.NUMBER),
    Column("above_first", "At or above at the start", Kind.COUNT),
    Column("crossed", "Below at the end", Kind.COUNT, within="above_first"),
    Column("crossed_share", "Below at the end", Kind.SHARE, of="crossed", among="above_first"),
    Column("below_first", "Below at the start", Kind.COUNT),
    Column("harmed", "At or above at the end, and worse reliably", Kind.COUNT, within="below_first"),
    Column("harmed_share", "At or above at the end, and worse reliably", Kind.SHARE, of="harmed", among="below_first"),
)
_ASSUMPTIONS = (
    "Reliability, mean and spread are the same for everyone; the last two are those of the first scores asked about.",
    "Reliabilities of PHQ-9 and GAD-7 were recalled and not re-read: every row but the official ones is unverified.",
    "Internal consistency leaves out how people differ from one day to the next, so its threshold is the lower one.",
    "The other methods are asked only of courses with first and last PHQ-9 and GAD-7; those without are not imputed.",
    "Hsu–Linn–Lord asks who changed by more than these people did on average, so that its share is low however much "
    "all of them changed; the sentence leaves it out.",
    "Someone who starts near the floor cannot fall by a reliable amount, and counts in the denominator all the same.",
)

Choices = Mapping[str, tuple[float, float]]


def answer(records: Records, *, functional: Choices | None = None) -> Answer:
    """Finished courses of the period by every method.

    Parameters
    ----------
    functional : mean and SD of people who are well, in points, by instrument ("PHQ9", "GAD7"); adds the lines b and c.
    """
    courses = records.pathways({**{name: name for name in (*_SCORES, *_FLAGS)}, **_JUDGED}, where=FINISHED_IN_PERIOD)
    if courses.is_empty():
        why = f"No course of treatment finished in {records.period.label}."
        return nothing_to_say(TITLE, estimand=ESTIMAND, why=why)
    paired = courses.drop_nulls(_SCORES)
    whole = {key: Population.of(paired[first], paired[last]) for key, (first, last) in MEASURES.items()}
    rows = [_official(courses), _on_these(paired), *(_by(method, paired, whole) for method in _methods(whole))]
    table = pl.concat(rows, how="diagonal_relaxed").pipe(_with_shares)
    return Answer(
        title=TITLE,
        estimand=ESTIMAND,
        assumptions=_ASSUMPTIONS,
        inclusion=_inclusion(courses, paired),
        sentence=_sentence(table),
        table=table.select(_typed(one) for one in _COLUMNS),
        columns=_COLUMNS,
        chart=Chart(shape=Shape.POINTS, x="method", y="improved_share", series="reliability"),
        parts=(_lines(paired, whole, functional or {}),) if all(whole.values()) else (),
        measures=ANALYSIS.measures,
    )


_FLAGS = ("not_at_caseness", "reliably_improved", "reliably_deteriorated", "reliably_recovered")
_JUDGED = {
    f"{key.lower()}_{name}": rule
    for key, (first, last) in MEASURES.items()
    for name, rule in {
        "case_first": caseness_sql(get(key), first),
        "case_last": caseness_sql(get(key), last),
        "improved": improved_sql(get(key), first, last),
        "deteriorated": deteriorated_sql(get(key), first, last),
    }.items()
}


@dataclass(frozen=True, slots=True)
class _Choice:
    """A method with a kind of reliability."""

    name: str
    method: Method
    kind: Reliability


def _methods(whole: Mapping[str, Population | None]) -> Iterator[_Choice]:
    if all(whole.values()):
        yield from (_Choice(name, method, kind) for name, method in METHODS.items() for kind in Reliability)


def _official(courses: pl.DataFrame) -> pl.DataFrame:
    """As NHS England counts: whoever finished is in the denominator, whatever is missing."""
    flag = {name: pl.col(f"reliably_{name}") for name in ("improved", "deteriorated", "recovered")}
    sums = courses.group_by("group", maintain_order=True).agg(
        courses=pl.len(),
        improved=flag["improved"].sum(),
        deteriorated=flag["deteriorated"].sum(),
        at_start=(~pl.col("not_at_caseness").fill_null(False)).sum(),
        reliably_recovered=flag["recovered"].sum(),
    )
    return sums.with_columns(method=pl.lit(OFFICIAL), **_points(_official_points()))


def _on_these(paired: pl.DataFrame) -> pl.DataFrame:
    """The official thresholds, of the courses of which the other methods can be asked."""
    fell, rose = (pl.any_horizontal(f"{key.lower()}_{way}" for key in MEASURES) for way in ("improved", "deteriorated"))
    judged = paired.with_columns(improved=fell & ~rose, deteriorated=rose & ~fell)
    return _summed(judged).with_columns(method=pl.lit(ON_THESE), **_points(_official_points()))


def _by(choice: _Choice, paired: pl.DataFrame, whole: Mapping[str, Population | None]) -> pl.DataFrame:
    one, other = (_index(choice, key, paired, whole) for key in MEASURES)
    improved, deteriorated = both_measures(one, other)
    judged = paired.with_columns(improved=pl.Series(improved), deteriorated=pl.Series(deteriorated))
    if np.isnan(one).any() or np.isnan(other).any():
        judged = judged.with_columns(improved=pl.lit(None, pl.Boolean), deteriorated=pl.lit(None, pl.Boolean))
    points = {
        key: reliable_points(known.sd, RELIABILITIES[key][choice.kind].value) if choice.name == _JACOBSON else None
        for key, known in whole.items()
        if known
    }
    return _summed(judged).with_columns(
        method=pl.lit(choice.name), reliability=pl.lit(choice.kind.value), **_points(points)
    )


_JACOBSON = next(iter(METHODS))
RELATIVE = "Hsu–Linn–Lord"


def _index(choice: _Choice, key: str, paired: pl.DataFrame, whole: Mapping[str, Population | None]) -> Floats:
    first, last = (paired[name].to_numpy().astype(float) for name in MEASURES[key])
    known = whole[key]
    assert known, key
    return choice.method(first, last, known, RELIABILITIES[key][choice.kind].value)


def _summed(judged: pl.DataFrame) -> pl.DataFrame:
    """Counts by group; null where the method says nothing of anybody."""
    started = pl.any_horizontal(f"{key.lower()}_case_first" for key in MEASURES)
    ended = pl.any_horizontal(f"{key.lower()}_case_last" for key in MEASURES)
    recovered = started & ~ended & pl.col("improved")

    def said(count: pl.Expr) -> pl.Expr:
        return pl.when(pl.col("improved").is_not_null().any()).then(count)

    return judged.group_by("group", maintain_order=True).agg(
        courses=pl.len(),
        improved=said(pl.col("improved").sum()),
        deteriorated=said(pl.col("deteriorated").sum()),
        at_start=started.sum(),
        reliably_recovered=said(recovered.sum()),
    )


def _official_points() -> dict[str, int | None]:
    return {key: _threshold(key) for key in MEASURES}


def _threshold(key: str) -> int:
    change = get(key).reliable_change
    assert change, key
    assert change.value is not None, key
    return int(change.value)


def _points(points: Mapping[str, int | None]) -> dict[str, pl.Expr]:
    return {f"{key.lower()}_points": pl.lit(points.get(key), pl.Float64) for key in MEASURES}


def _with_shares(table: pl.DataFrame) -> pl.DataFrame:
    parts = {"improved": "courses", "deteriorated": "courses", "reliably_recovered": "at_start"}
    if "reliability" not in table.columns:
        table = table.with_columns(reliability=pl.lit(None, pl.String))
    return table.with_columns(
        **{f"{name}_share": pl.when(pl.col(of) > 0).then(pl.col(name) / pl.col(of)) for name, of in parts.items()}
    ).sort("group", maintain_order=True)


def _typed(column: Column) -> pl.Expr:
    return pl.col(column.name).cast({Kind.TEXT: pl.String, Kind.COUNT: pl.Int64}.get(column.kind, pl.Float64))


def _inclusion(courses: pl.DataFrame, paired: pl.DataFrame) -> Inclusion:
    left_out = courses.height - paired.height
    reasons = {"a first or last PHQ-9 or GAD-7 is missing": left_out} if left_out else {}
    return Inclusion(n_in=courses.height, n_used=paired.height, n_excluded=reasons)


def _sentence(table: pl.DataFrame) -> str:
    """The official share and, of the first group, the least and the greatest that a method gives."""
    official = row_of(table, pl.col("method") == OFFICIAL)
    said = f"{{group@{official}}}: {{improved_share@{official}}} of finished courses improved reliably, officially"
    group = pl.col("group") == table["group"][official]
    others = table.with_row_index("row").filter(
        group
        & pl.col("reliability").is_not_null()
        & pl.col("improved_share").is_not_null()
        & (pl.col("method") != RELATIVE)
    )
    if others.is_empty():
        return f"{said}; other methods cannot be asked, because too few courses have both pairs of scores."
    least, most = (others.sort("improved_share", maintain_order=True)["row"][end] for end in (0, -1))
    same = row_of(table, group & (pl.col("method") == ON_THESE))
    return (
        f"{said}. Of those with both pairs of PHQ-9 and GAD-7 it is {{improved_share@{same}}}, and by other published "
        f"methods from {{improved_share@{least}}} ({{method@{least}}}, {{reliability@{least}}}) to "
        f"{{improved_share@{most}}} ({{method@{most}}}, {{reliability@{most}}})."
    )


def _lines(paired: pl.DataFrame, whole: Mapping[str, Population | None], functional: Choices) -> Answer:
    """How many crossed each line that could be drawn."""
    rows = [
        _crossed(paired, key, line, points)
        for key, known in whole.items()
        if known
        for line, points in _lines_of(key, known, functional.get(key)).items()
    ]
    table = pl.concat(rows).sort("group", maintain_order=True)
    return Answer(
        title="Where the line is drawn",
        estimand="Of finished courses at or above a line at the start, the share below it at the end.",
        assumptions=(
            "Line a is two SD below the mean of the first scores asked about; it moves with whom a service takes on.",
            "Lines b and c need the mean and spread of people who are well, which no source in this project gives.",
        ),
        inclusion=Inclusion(n_in=paired.height, n_used=paired.height, n_excluded={}),
        sentence="{group@0}, {measure@0}: {crossed_share@0} of those at or above the {line@0} at the start were below "
        "it at the end.",
        table=table.select(_typed(one) for one in _LINE_COLUMNS),
        columns=_LINE_COLUMNS,
    )


def _lines_of(key: str, known: Population, functional: tuple[float, float] | None) -> dict[str, float]:
    caseness = get(key).caseness
    assert caseness, key
    assert caseness.value is not None, key
    lines = {"official cut-off": float(caseness.value)}
    drawn = cut_offs((known.mean, known.sd), functional or (0.0, 1.0))
    lines["a, two SD below the clinical mean"] = drawn.a
    if functional:
        lines |= {"b, two SD above the functional mean": drawn.b, "c, between the two": drawn.c}
    return lines


def _crossed(paired: pl.DataFrame, key: str, line: str, points: float) -> pl.DataFrame:
    first, last = (pl.col(name) for name in MEASURES[key])
    above, crossed = first >= points, (first >= points) & (last < points)
    harmed = (first < points) & (last >= points) & (last - first >= _threshold(key))
    sums = paired.group_by("group", maintain_order=True).agg(
        above_first=above.sum(), crossed=crossed.sum(), below_first=(~above).sum(), harmed=harmed.sum()
    )
    return sums.with_columns(
        measure=pl.lit(key),
        line=pl.lit(line),
        points=pl.lit(float(points)),
        crossed_share=pl.when(pl.col("above_first") > 0).then(pl.col("crossed") / pl.col("above_first")),
        harmed_share=pl.when(pl.col("below_first") > 0).then(pl.col("harmed") / pl.col("below_first")),
    )


ANALYSIS = Analysis(
    name="change",
    title=TITLE,
    question="How many changed by more than error of measurement, and how much does that hang on how it is reckoned?",
    answer=answer,
    sources=(
        "NHS Talking Therapies annual metadata 2024-25, for the official rule of two measures",
        "Jacobson & Truax 1991, J Consult Clin Psychol 59:12 (not re-read)",
        "Hageman & Arrindell 1999, Behav Res Ther 37:1169 (not re-read)",
        "Bauer, Lambert & Nielsen 2004, J Pers Assess 82:60 (not re-read)",
        "Kroenke et al. 2001 and Spitzer et al. 2006, for reliabilities (recalled, not re-read)",
    ),
    not_for="Judging one person, whose own scores are the better guide, or saying that treatment brought the change "
    "about: people who are never treated change reliably too.",
    measures=("M186", "M1010", "M195"),
    options={"functional": "mean and SD of people who are well, by instrument, which adds the lines b and c"},
)
