"""Each course of therapy held against the guidance that was in force when it began."""

from collections.abc import Mapping

import polars as pl

from allcomers import instruments
from allcomers.analyses import ended
from allcomers.analyses.proportions import Interval
from allcomers.analyses.records import NOT_RECORDED
from allcomers.codes.guidance import CANNOT_BE_JUDGED, INTERNET, RECOMMENDATIONS, Recommendation
from allcomers.codes.therapy import OTHER_HIGH_COUNT, Intensity
from allcomers.instruments.columns import band_sql
from allcomers.pathways.derivations.therapy import counted_therapies, plain_name, therapy_name

FEWEST_CONTACTS = 2
"""Contacts of one therapy that make a course of it."""
MATCHED, ACCEPTABLE, NOT_RECOMMENDED, UNSAID = "matched", "acceptable", "not_recommended", "unknown"
VERDICTS = (MATCHED, ACCEPTABLE, NOT_RECOMMENDED, UNSAID)

PHQ9 = instruments.get("PHQ9")
_THERAPIES = {therapy_name(field): plain_name(field) for field in counted_therapies()}
_OTHER = therapy_name(OTHER_HIGH_COUNT)
_LOW = {therapy_name(field) for field, kinds in counted_therapies().items() if kinds[0].intensity is Intensity.LOW}


def read() -> Mapping[str, str]:
    counts = {name: column for name, column in _THERAPIES.items() if name != _OTHER}
    return {
        "pathway_no": "pathway_no",
        "descriptor": "problem_descriptor",
        "phq9": "phq9_first",
        "severity": f"coalesce({band_sql(PHQ9, 'phq9_first')}, '{NOT_RECORDED}')",
        "began_on": "first_treatment_on",
        "low_alone": "first_low_intensity_on is not null and first_high_intensity_on is null",
        "official_base": ended.STAGES["official_base"],
        "recovered": ended.STAGES["recovered"],
        **counts,
        _OTHER: f"{_THERAPIES[_OTHER]} - internet_therapy_count",
        INTERNET: "internet_therapy_count",
    }


def judged(rows: pl.DataFrame) -> pl.DataFrame:
    """With `line`, the number of the recommendation that holds of each referral, or with `why` none does."""
    line = pl.coalesce(*(pl.when(_holds(one)).then(number) for number, one in enumerate(RECOMMENDATIONS)))
    has_guidance = pl.any_horizontal(_is_of(one) for one in RECOMMENDATIONS).fill_null(value=False)
    why = (
        pl.when(pl.col("descriptor").is_null())
        .then(pl.lit("problem not recorded"))
        .when(~has_guidance)
        .then(pl.lit("no guidance transcribed for the problem"))
        .when(pl.col("line").is_null())
        .then(pl.lit("severity not recorded, or before the guidance"))
    )
    return rows.with_columns(line=line).with_columns(why=why)


def _is_of(one: Recommendation) -> pl.Expr:
    return pl.any_horizontal(pl.col("descriptor").str.starts_with(code) for code in one.descriptors)


def _holds(one: Recommendation) -> pl.Expr:
    holds = _is_of(one) & (pl.col("began_on") >= one.from_on)
    if one.until_on is not None:
        holds &= pl.col("began_on") <= one.until_on
    if one.phq9_from is not None:
        holds &= pl.col("phq9") >= one.phq9_from
    if one.phq9_below is not None:
        holds &= pl.col("phq9") < one.phq9_below
    return holds


def courses(rows: pl.DataFrame) -> pl.DataFrame:
    """A row a course: pathway_no, group, problem, therapy, contacts, verdict, why (where unknown), fewest contacts."""
    long = (
        rows.unpivot(
            [*_THERAPIES, INTERNET],
            index=["pathway_no", "group", "line", "why"],
            variable_name="therapy",
            value_name="contacts",
        )
        .filter(pl.col("contacts") >= FEWEST_CONTACTS)
        .join(_guidance(), ["line", "therapy"], "left")
    )
    unjudged = pl.col("therapy").is_in(CANNOT_BE_JUDGED)
    verdict = (
        pl.when(pl.col("line").is_null() | unjudged)
        .then(pl.lit(UNSAID))
        .otherwise(pl.col("verdict").fill_null(NOT_RECOMMENDED))
    )
    problems = {number: one.problem for number, one in enumerate(RECOMMENDATIONS)}
    return long.with_columns(
        verdict=verdict,
        problem=pl.col("line").replace_strict(problems, default=None, return_dtype=pl.String).fill_null("not judged"),
    ).with_columns(why=pl.when(pl.col("verdict") == UNSAID).then(pl.col("why").fill_null("therapy not told apart")))


def _guidance() -> pl.DataFrame:
    """line, therapy, verdict and fewest contacts, as guidance has them; a therapy that it does not name is absent."""
    rows = [
        {
            "line": number,
            "therapy": therapy,
            "verdict": verdict,
            "fewest": one.fewest_low if therapy in _LOW else one.fewest_high,
        }
        for number, one in enumerate(RECOMMENDATIONS)
        for verdict, therapies in ((MATCHED, one.first_line), (ACCEPTABLE, one.if_preferred), (UNSAID, one.unclear))
        for therapy in therapies
    ]
    schema = {"line": pl.Int32, "therapy": pl.String, "verdict": pl.String, "fewest": pl.Int64}
    return pl.DataFrame(rows, schema=schema)


def people(rows: pl.DataFrame, of: pl.DataFrame) -> pl.DataFrame:
    """One row a referral with a course: the best that is known of its courses; unknown before not recommended."""
    best = pl.col("verdict").replace_strict({MATCHED: 0, ACCEPTABLE: 1, UNSAID: 2, NOT_RECOMMENDED: 3})
    of_person = of.group_by("pathway_no").agg(best=best.min())
    names = {0: MATCHED, 1: ACCEPTABLE, 2: UNSAID, 3: NOT_RECOMMENDED}
    made = of_person.select("pathway_no", verdict=pl.col("best").replace_strict(names))
    return rows.select("pathway_no", "group", "severity", "official_base", "recovered").join(made, "pathway_no")


def match_shares(matched: int, acceptable: int, not_recommended: int, unknown: int) -> Interval:
    """The matched share of what is known, between bounds.

    Parameters
    ----------
    matched, acceptable, not_recommended, unknown : courses by verdict.

    Returns
    -------
    estimate : matched of those judged. low : what is unknown, or acceptable only if preferred, is not matched. high :
        all of it is. Bounds and not a confidence interval; all None where there is no course, the estimate where none
        is judged.
    """
    known = matched + acceptable + not_recommended
    every = known + unknown
    return Interval(
        estimate=matched / known if known else None,
        low=matched / every if every else None,
        high=(matched + acceptable + unknown) / every if every else None,
    )
