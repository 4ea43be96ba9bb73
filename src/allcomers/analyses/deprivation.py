"""Deprivation: recovery from the most to the least deprived places, among everyone and in the official base.

Unadjusted and adjusted figures stand side by side. Adjusting for deprivation itself is shown and named, because it
explains away what may be an inequity.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from allcomers.analyses import ended
from allcomers.analyses.answer import Analysis, Answer, Chart, Column, Kind, Shape, nothing_to_say
from allcomers.analyses.case_mix import FEWEST_EACH_WAY, CaseMix, fitted
from allcomers.analyses.finding import Inclusion
from allcomers.analyses.inequality import decompose_ratio, slope_index
from allcomers.analyses.records import NOT_RECORDED, Records
from allcomers.analyses.rows import framed, largest
from allcomers.analyses.standardisation import SHOW_BOTH, directly_standardised, indirectly_standardised

TITLE = "Deprivation and recovery"
DECILES = 10
SMALLEST_GROUP = 20
"""Fewest referrals of a decile that take part in a slope."""
_WHOLE, _OFFICIAL = "of everyone whose referral ended", "official"
_BASE = {_WHOLE: "ended", _OFFICIAL: "official_base"}

_SOURCES = (
    "Regidor 2004, J Epidemiol Community Health 58:858 (not re-read).",
    "Delgadillo et al. 2016, Br J Psychiatry, on services in deprived areas adjusted and unadjusted (not re-read).",
    "NHS England, Reusable Code Library: IndicesOfDeprivationDecile, 2019 index, 1 the most deprived.",
)

_READ = {
    "decile": f"coalesce(cast(deprivation_decile as varchar), '{NOT_RECORDED}')",
    "phq9": "phq9_first",
    "gad7": "gad7_first",
    "gender": f"coalesce(gender, '{NOT_RECORDED}')",
    "age": f"case when age_received is null then '{NOT_RECORDED}' when age_received < 26 then 'under 26' "
    "when age_received < 40 then '26 to 39' when age_received < 65 then '40 to 64' else '65 and over' end",
}


def answer(records: Records) -> Answer:
    """Reliable recovery by deprivation decile: among everyone whose referral ended, and official.

    `parts` are the slope, where the gap between the ends arises, the share at everyone's mix of deprivation, and the
    share against what is expected of people like these.
    """
    rows = ended.ended(records, _READ)
    if rows.is_empty():
        why = f"No referral ended in {records.period.label}."
        return nothing_to_say(TITLE, estimand=ended.ESTIMAND, why=why)
    everyone = rows if records.where == "true" else ended.ended(replace(records, where="true", by=None), _READ)
    counts = ended.counted(rows, "group", "decile")
    inclusion = Inclusion(n_in=rows.height, n_used=rows.height, n_excluded={})
    parts = (
        _slopes(counts),
        _gap(counts),
        _standardised(counts, everyone),
        *_adjusted(rows, everyone),
    )
    return _by_decile(records, counts, inclusion, parts)


_KEYS = (Column("group", "Whose referrals"), Column("decile", "Deprivation decile (1 most deprived)"))


def _by_decile(records: Records, counts: pl.DataFrame, inclusion: Inclusion, parts: tuple[Answer, ...]) -> Answer:
    ordered = counts.sort("group", pl.col("decile").cast(pl.Int64, strict=False), nulls_last=True)
    table, columns = ended.table(ordered, _KEYS)
    lead = largest(table, "ended")
    return Answer(
        title=TITLE,
        estimand=ended.ESTIMAND,
        assumptions=(*ended.ASSUMPTIONS, "The decile is of the place where a person lives and not of the person."),
        inclusion=inclusion,
        sentence=f"{{group@{lead}}}: in decile {{decile@{lead}}}, {{whole_share@{lead}}} of everyone whose referral "
        f"ended reliably recovered; the official share is {{official_share@{lead}}}.",
        table=table,
        columns=columns,
        chart=Chart(
            shape=Shape.RANGES,
            x="decile",
            y="whole_share",
            low="whole_low",
            high="whole_high",
            series="group" if records.by else "",
        ),
        parts=parts,
        measures=("M195",),
    )


def _place(decile: str) -> float | None:
    """From 1 for the least deprived to 10 for the most; the field counts the other way. None where not recorded."""
    return DECILES + 1 - int(decile) if decile.isdigit() else None


_SLOPE_COLUMNS = (
    Column("group", "Whose referrals"),
    Column("basis", "Share"),
    Column("recovered", "Reliably recovered", Kind.COUNT, within="base"),
    Column("base", "Among", Kind.COUNT),
    Column("slope", "Slope index, least to most deprived", Kind.SHARE, of="recovered", among="base"),
    Column("slope_low", "95% interval from", Kind.SHARE, of="recovered", among="base"),
    Column("slope_high", "to", Kind.SHARE, of="recovered", among="base"),
    Column("ratio", "Relative index", Kind.NUMBER, of="recovered", among="base", digits=2),
    Column("ratio_low", "95% interval from", Kind.NUMBER, of="recovered", among="base", digits=2),
    Column("ratio_high", "to", Kind.NUMBER, of="recovered", among="base", digits=2),
    Column("fitted_least", "The line at the least deprived end", Kind.SHARE, of="recovered", among="base"),
    Column("fitted_most", "At the most deprived end", Kind.SHARE, of="recovered", among="base"),
    Column("largest_departure", "Furthest decile from the line", Kind.SHARE, of="recovered", among="base"),
)


def _slopes(counts: pl.DataFrame) -> Answer:
    """Both slopes on one axis: people are ranked among everyone whose referral ended."""
    rows = [
        _slope(str(group), basis, part)
        for (group,), part in counts.partition_by("group", as_dict=True, maintain_order=True).items()
        for basis in _BASE
    ]
    table = framed(rows, _SLOPE_COLUMNS)
    lead = largest(table, "base")
    return Answer(
        title="The slope from the least to the most deprived",
        estimand="How much reliable recovery differs between the least and the most deprived ends of everyone ranked.",
        assumptions=(
            f"A decile of fewer than {SMALLEST_GROUP} is left out of the line, as are people without one.",
            "The line is a summary; where the furthest decile is far from it, read the deciles.",
            "Nothing is adjusted for.",
        ),
        inclusion=_ranked(counts),
        sentence=f"{{group@{lead}}}: the line of reliable recovery, {{basis@{lead}}}, goes from "
        f"{{fitted_least@{lead}}} at the least deprived end to {{fitted_most@{lead}}} at the most deprived.",
        table=table,
        columns=_SLOPE_COLUMNS,
        chart=Chart(shape=Shape.RANGES, x="group", y="slope", low="slope_low", high="slope_high", series="basis"),
    )


def _ranked(counts: pl.DataFrame) -> Inclusion:
    unplaced, small = pl.col("decile") == NOT_RECORDED, pl.col("ended") < SMALLEST_GROUP
    return _apart(counts, {"no decile recorded": unplaced, "in a decile of too few": small & ~unplaced})


def _apart(counts: pl.DataFrame, reasons: Mapping[str, pl.Expr]) -> Inclusion:
    """Referrals used, and set apart by reason."""
    every = int(counts["ended"].sum())
    excluded = {why: int(counts.filter(which)["ended"].sum()) for why, which in reasons.items()}
    return Inclusion(n_in=every, n_used=every - sum(excluded.values()), n_excluded=excluded)


def _slope(group: str, basis: str, part: pl.DataFrame) -> dict[str, Any]:
    base = part[_BASE[basis]]
    made = slope_index(
        part["recovered"],
        base,
        [_place(decile) for decile in part["decile"]],
        groups=part["decile"],
        size=part["ended"],
        minimum=SMALLEST_GROUP,
    )
    return {
        "group": group,
        "basis": basis,
        "recovered": int(part["recovered"].sum()),
        "base": int(base.sum()),
        "slope": made.slope_index.estimate,
        "slope_low": made.slope_index.low,
        "slope_high": made.slope_index.high,
        "ratio": made.relative_index.estimate,
        "ratio_low": made.relative_index.low,
        "ratio_high": made.relative_index.high,
        "fitted_least": made.fitted_least,
        "fitted_most": made.fitted_most,
        "largest_departure": made.largest_departure,
    }


_GAP_COLUMNS = (
    Column("group", "Whose referrals"),
    Column("step", "Step"),
    Column("least", "Least deprived fifth, at the step", Kind.COUNT, within="least_before"),
    Column("least_before", "before it", Kind.COUNT),
    Column("most", "Most deprived fifth, at the step", Kind.COUNT, within="most_before"),
    Column("most_before", "before it", Kind.COUNT),
    Column("least_rate", "Least deprived, share getting on", Kind.SHARE, of="least", among="least_before"),
    Column("most_rate", "Most deprived", Kind.SHARE, of="most", among="most_before"),
    Column("ratio", "Ratio", Kind.NUMBER, of="most", among="most_before", digits=2),
    Column("ratio_low", "95% interval from", Kind.NUMBER, of="most", among="most_before", digits=2),
    Column("ratio_high", "to", Kind.NUMBER, of="most", among="most_before", digits=2),
    Column("of_the_gap", "Part of the gap", Kind.SHARE, of="most", among="most_before"),
)
_WHOLE_WAY, _BEFORE = "the whole way", "up to the official base"
_WORDS = {"finished": "finished a course", "official_base": "in the official base", "recovered": "reliably recovered"}


def _gap(counts: pl.DataFrame) -> Answer:
    """The least deprived fifth against the most deprived: at which step the ratio of their shares arises."""
    title = "Where the gap between the ends arises"
    place = counts.with_columns(
        place=pl.col("decile").replace_strict({str(d): _place(str(d)) for d in range(1, 11)}, default=None)
    )
    fifths = {"least": pl.col("place") <= 2, "most": pl.col("place") >= DECILES - 1}
    sums = {end: _summed(place.filter(of)) for end, of in fifths.items()}
    rows = [
        row
        for group in sums["least"]
        if group in sums["most"]
        for row in _steps(group, *(sums[end][group] for end in fifths))
    ]
    estimand = "The ratio of the least deprived fifth's share to the most deprived fifth's, split over the steps."
    if not rows:
        return nothing_to_say(title, estimand=estimand, why="There are not people of both ends with a decile recorded.")
    table = framed(rows, _GAP_COLUMNS)
    lead = largest(table, "most_before", pl.col("step") == _WHOLE_WAY)
    return Answer(
        title=title,
        estimand=estimand,
        assumptions=(
            "A step's part is arithmetic, not a cause: who leaves early changes who is left to recover.",
            "A part can lie outside 0 to 100 % where steps pull in opposite directions.",
        ),
        inclusion=_apart(
            place,
            {"no decile recorded": pl.col("place").is_null(), "in neither fifth": pl.col("place").is_between(3, 8)},
        ),
        sentence=f"{{group@{lead}}}: {{least_rate@{lead}}} of the least deprived fifth and {{most_rate@{lead}}} of the "
        f"most deprived fifth reliably recovered, of everyone whose referral ended.",
        table=table,
        columns=_GAP_COLUMNS,
    )


def _summed(rows: pl.DataFrame) -> dict[str, Mapping[str, Any]]:
    made = rows.group_by("group").agg(pl.col(stage).sum() for stage in ended.COUNTS).sort("group")
    return {row["group"]: row for row in made.to_dicts()}


def _steps(group: str, least: Mapping[str, Any], most: Mapping[str, Any]) -> list[dict[str, Any]]:
    made = decompose_ratio(ended.chain(least), ended.chain(most), official_denominator="official_base")
    whole = _ends(group, _WHOLE_WAY, "ended", "recovered", least, most) | {
        "ratio": made.ratio.estimate,
        "ratio_low": made.ratio.low,
        "ratio_high": made.ratio.high,
    }
    before = _ends(group, _BEFORE, "ended", "official_base", least, most) | {"of_the_gap": made.share_before.estimate}
    steps = [
        _ends(group, _WORDS[step["to_stage"]], step["from_stage"], step["to_stage"], least, most)
        | {"ratio": step["ratio"], "ratio_low": step["low"], "ratio_high": step["high"]}
        | {"of_the_gap": step["share_of_log_ratio"]}
        for step in made.table.to_dicts()
    ]
    return [whole, *steps, before]


def _ends(group: str, step: str, of: str, to: str, least: Mapping[str, Any], most: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "group": group,
        "step": step,
        "least": least[to],
        "least_before": least[of],
        "most": most[to],
        "most_before": most[of],
        "least_rate": least[to] / least[of] if least[of] else None,
        "most_rate": most[to] / most[of] if most[of] else None,
    }


_STANDARD_COLUMNS = (
    Column("group", "Whose referrals"),
    Column("recovered", "Reliably recovered", Kind.COUNT, within="ended"),
    Column("ended", "Referrals that ended", Kind.COUNT),
    Column("crude", "Share, unadjusted", Kind.SHARE, of="recovered", among="ended"),
    Column("standardised", "At everyone's mix of deprivation", Kind.SHARE, of="recovered", among="ended"),
    Column("low", "95% interval from", Kind.SHARE, of="recovered", among="ended"),
    Column("high", "to", Kind.SHARE, of="recovered", among="ended"),
    Column("covered", "Part of that mix there is someone of", Kind.SHARE),
)


def _standardised(counts: pl.DataFrame, everyone: pl.DataFrame) -> Answer:
    reference = {row["decile"]: row["ended"] for row in ended.counted(everyone, "decile").to_dicts()}
    rows = [
        _at_mix(str(group), part, reference)
        for (group,), part in counts.partition_by("group", as_dict=True, maintain_order=True).items()
    ]
    table = framed(rows, _STANDARD_COLUMNS)
    lead = largest(table, "ended")
    return Answer(
        title="At everyone's mix of deprivation",
        estimand="The share of everyone whose referral ended that would reliably recover at everyone's mix of deciles.",
        assumptions=(
            SHOW_BOTH,
            "This adjusts for deprivation: it says what a service's share would be elsewhere, not whether it is fair.",
            "People without a decile are a group of their own.",
        ),
        inclusion=_apart(counts, {}),
        sentence=f"{{group@{lead}}}: {{crude@{lead}}} of everyone whose referral ended reliably recovered; at "
        f"everyone's mix of deprivation it would be {{standardised@{lead}}}.",
        table=table,
        columns=_STANDARD_COLUMNS,
        chart=Chart(shape=Shape.RANGES, x="group", y="standardised", low="low", high="high"),
    )


def _at_mix(group: str, part: pl.DataFrame, reference: Mapping[str, int]) -> dict[str, Any]:
    own = {row["decile"]: row for row in part.to_dicts()}
    none: Mapping[str, Any] = {"recovered": 0, "ended": 0}
    made = directly_standardised(
        [own.get(decile, none)["recovered"] for decile in reference],
        [own.get(decile, none)["ended"] for decile in reference],
        list(reference.values()),
    )
    return {
        "group": group,
        "recovered": int(part["recovered"].sum()),
        "ended": int(part["ended"].sum()),
        "crude": made.crude_share,
        "standardised": made.share.estimate,
        "low": made.share.low,
        "high": made.share.high,
        "covered": made.weight_covered,
    }


_MODELS = {
    "first scores, age and gender": ("gender", "age"),
    "the same, and deprivation": ("gender", "age", "decile"),
}
_SCORES = ("phq9", "gad7")
_ADJUSTED_COLUMNS = (
    Column("group", "Whose courses"),
    Column("adjusted_for", "Adjusted for"),
    Column("recovered", "Reliably recovered", Kind.COUNT, within="courses"),
    Column("courses", "Courses in the official base, with first scores", Kind.COUNT),
    Column("crude", "Official share, unadjusted", Kind.SHARE, of="recovered", among="courses"),
    Column("expected", "Expected of people like these", Kind.NUMBER, of="recovered", among="courses"),
    Column("ratio", "Observed over expected", Kind.NUMBER, of="recovered", among="courses", digits=2),
    Column("ratio_low", "95% interval from", Kind.NUMBER, of="recovered", among="courses", digits=2),
    Column("ratio_high", "to", Kind.NUMBER, of="recovered", among="courses", digits=2),
    Column("adjusted", "Share, adjusted", Kind.SHARE, of="recovered", among="courses"),
)
_ADJUSTED_ESTIMAND = (
    "How many reliably recovered, over how many would if they did as people of like scores and age do anywhere."
)


def _adjusted(rows: pl.DataFrame, everyone: pl.DataFrame) -> tuple[Answer, ...]:
    """Observed over expected by a model of everyone's courses, and how well that model expects."""
    title = "Against what is expected of people like these"
    courses, base = _scored(rows), _scored(everyone)
    excluded = int(rows["official_base"].sum()) - courses.height
    inclusion = Inclusion(
        n_in=courses.height + excluded, n_used=courses.height, n_excluded={"no first PHQ-9 or GAD-7": excluded}
    )
    models = {name: fitted(base, scores=_SCORES, categories=categories) for name, categories in _MODELS.items()}
    known = {name: model for name, model in models.items() if model is not None}
    if not known or courses.is_empty():
        why = f"A model needs at least {FEWEST_EACH_WAY} courses that reliably recovered and as many that did not."
        return (nothing_to_say(title, estimand=_ADJUSTED_ESTIMAND, why=why, inclusion=inclusion),)
    overall = float(base["recovered"].mean())  # type: ignore[arg-type]
    made = [row for name, model in known.items() for row in _expected(courses, name, model, overall)]
    table = framed(made, _ADJUSTED_COLUMNS).sort("group", maintain_order=True)
    lead = largest(table, "courses")
    answer = Answer(
        title=title,
        estimand=_ADJUSTED_ESTIMAND,
        assumptions=(
            SHOW_BOTH,
            "Services' ratios answer for different people, and are not to be set against each other.",
            "The model knows what is recorded and no more. Those who left before a first score are in none of it.",
            "To adjust for deprivation as well is to count as expected whatever deprivation goes with.",
        ),
        inclusion=inclusion,
        sentence=f"{{group@{lead}}}: the official share is {{crude@{lead}}}; adjusted for {{adjusted_for@{lead}}} it "
        f"is {{adjusted@{lead}}}.",
        table=table,
        columns=_ADJUSTED_COLUMNS,
        chart=Chart(
            shape=Shape.RANGES, x="group", y="ratio", low="ratio_low", high="ratio_high", series="adjusted_for"
        ),
        measures=("M195",),
    )
    return answer, _calibration(known, base.height)


def _scored(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter("official_base", pl.col("phq9").is_not_null(), pl.col("gad7").is_not_null())


def _expected(courses: pl.DataFrame, name: str, model: CaseMix, overall: float) -> list[dict[str, Any]]:
    by_group = (
        courses.with_columns(expected=model.of(courses))
        .group_by("group")
        .agg(n=pl.len(), recovered=pl.col("recovered").sum(), expected=pl.col("expected").mean())
    )
    return [_over_expected(name, row, overall) for row in by_group.sort("group").to_dicts()]


def _over_expected(name: str, row: Mapping[str, Any], overall: float) -> dict[str, Any]:
    made = indirectly_standardised([row["recovered"]], [row["n"]], [row["expected"]], overall_share=overall)
    return {
        "group": row["group"],
        "adjusted_for": name,
        "recovered": row["recovered"],
        "courses": row["n"],
        "crude": row["recovered"] / row["n"],
        "expected": made.expected,
        "ratio": made.ratio.estimate,
        "ratio_low": made.ratio.low,
        "ratio_high": made.ratio.high,
        "adjusted": made.adjusted_share.estimate,
    }


_CALIBRATION_COLUMNS = (
    Column("model", "Adjusted for"),
    Column("tenth", "Tenth of expectation (1 lowest)", Kind.NUMBER, digits=0),
    Column("n", "Courses", Kind.COUNT),
    Column("recovered", "Reliably recovered", Kind.COUNT, within="n"),
    Column("expected_share", "Expected share", Kind.SHARE, of="recovered", among="n"),
    Column("share", "Share", Kind.SHARE, of="recovered", among="n"),
    Column("c_statistic", "C statistic of the model", Kind.NUMBER, digits=3),
)


def _calibration(models: Mapping[str, CaseMix], courses: int) -> Answer:
    table = pl.concat(
        model.calibration().with_columns(model=pl.lit(name), c_statistic=pl.lit(model.c_statistic))
        for name, model in models.items()
    ).select(column.name for column in _CALIBRATION_COLUMNS)
    return Answer(
        title="How well the model expects",
        estimand="Reliable recovery by tenths of what the model expects, over all courses of everyone.",
        assumptions=("The model is judged on the courses it was fitted to, which flatters it a little.",),
        inclusion=Inclusion(n_in=courses, n_used=courses, n_excluded={}),
        sentence="Of two courses, one that reliably recovered and one that did not, the model gives the former the "
        "higher expectation with a chance of {c_statistic@0}; one half would be none.",
        table=table,
        columns=_CALIBRATION_COLUMNS,
        chart=Chart(shape=Shape.POINTS, x="expected_share", y="share", series="model"),
    )


ANALYSIS = Analysis(
    name="deprivation",
    title=TITLE,
    question="Do people from deprived places recover less often, and how much of it does the official figure not see?",
    answer=answer,
    sources=_SOURCES,
    not_for="Judging a person by where they live, or a service by a figure adjusted for deprivation alone.",
    measures=("M195",),
)
