"""Whether people got what guidance puts first for their problem, at enough of a dose.

No figure here says that a match makes someone recover: those who are matched differ from those who are not.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from allcomers.analyses import ended, matching
from allcomers.analyses.answer import Analysis, Answer, Chart, Column, Kind, Shape, nothing_to_say
from allcomers.analyses.finding import Inclusion
from allcomers.analyses.matching import (
    ACCEPTABLE,
    FEWEST_CONTACTS,
    MATCHED,
    NOT_RECOMMENDED,
    PHQ9,
    UNSAID,
    VERDICTS,
    match_shares,
)
from allcomers.analyses.proportions import wilson
from allcomers.analyses.records import Records
from allcomers.analyses.rows import framed, largest
from allcomers.analyses.stepping import stepped_up
from allcomers.analyses.stratified import mantel_haenszel
from allcomers.codes.guidance import MORE_SEVERE_PHQ9
from allcomers.measures.catalogue.terms import FINISHED

TITLE = "Treatment that guidance puts first"
ALL_PROBLEMS = "all problems"

_SEVERE_PHQ9 = PHQ9.bands.bands[-1].low if PHQ9.bands else MORE_SEVERE_PHQ9

_ESTIMAND = (
    "The share of courses of therapy that guidance put first for the problem and severity when the course began."
)
_ASSUMPTIONS = (
    "The table of guidance is recalled and was not read again (unverified): see its lines before relying on a figure.",
    f"A course is {FEWEST_CONTACTS} or more contacts of one therapy in a referral that finished; a referral can hold "
    "several.",
    "Whether the person preferred or declined something is not in the data set, so what is acceptable only then may be "
    "either: the bounds take it, and what cannot be judged, both ways.",
    "Codes do not say whether therapy for trauma or obsessions was of the kind meant; cognitive behavioural therapy is "
    "taken as it.",
)
_SOURCES = (
    "NICE guidelines NG222, CG90, CG113, CG159, NG116, CG26, CG31 (recalled, not re-read; unverified).",
    "Mantel & Haenszel 1959, J Natl Cancer Inst 22:719, and Greenland & Robins 1985, Biometrics 41:55 (not re-read).",
)


def answer(records: Records) -> Answer:
    """Courses by whether guidance puts them first, for each problem.

    `parts` are the referrals, what cannot be judged, low intensity alone at high scores, dose, stepping up after no
    response, and recovery by match within strata of severity.
    """
    read = records.pathways(matching.read(), where=f"{ended.ENDED} and {FINISHED}")
    if read.is_empty():
        why = f"No course of treatment finished in {records.period.label}."
        return nothing_to_say(TITLE, estimand=_ESTIMAND, why=why)
    judged = matching.judged(read)
    courses = matching.courses(judged)
    with_course = courses["pathway_no"].n_unique()
    inclusion = Inclusion(
        n_in=read.height,
        n_used=with_course,
        n_excluded={f"no therapy with {FEWEST_CONTACTS} contacts recorded": read.height - with_course},
    )
    if courses.is_empty():
        why = f"No therapy is recorded with {FEWEST_CONTACTS} contacts, so that nothing can be judged."
        return nothing_to_say(TITLE, estimand=_ESTIMAND, why=why, inclusion=inclusion)
    people = matching.people(judged, courses)
    parts = (
        _by_person(people),
        _why_unknown(courses, inclusion),
        _low_alone(judged),
        _doses(courses, inclusion),
        stepped_up(records),
        _recovery(people),
    )
    return _by_course(records, courses, inclusion, parts)


def _verdict_columns(whole: str, heading: str) -> tuple[Column, ...]:
    return (
        Column(whole, heading, Kind.COUNT),
        Column(MATCHED, "First line", Kind.COUNT, within=whole),
        Column(ACCEPTABLE, "Acceptable if preferred", Kind.COUNT, within=whole),
        Column(NOT_RECOMMENDED, "Not recommended", Kind.COUNT, within=whole),
        Column(UNSAID, "Cannot be judged", Kind.COUNT, within=whole),
        Column("share", "First line, of those judged", Kind.SHARE, of=MATCHED, among=whole),
        Column("low", "At least", Kind.SHARE, of=MATCHED, among=whole),
        Column("high", "At most", Kind.SHARE, of=MATCHED, among=whole),
    )


_COURSE_COLUMNS = (
    Column("group", "Whose courses"),
    Column("problem", "Problem"),
    *_verdict_columns("courses", "Courses of therapy"),
)


def _tallied(rows: pl.DataFrame, keys: Sequence[str], whole: str) -> list[dict[str, Any]]:
    counts = rows.group_by(*keys).agg(
        pl.len().alias(whole), *((pl.col("verdict") == verdict).sum().alias(verdict) for verdict in VERDICTS)
    )
    return [row | _shares(row) for row in counts.sort(*keys).to_dicts()]


def _shares(row: Mapping[str, Any]) -> dict[str, Any]:
    made = match_shares(*(row[verdict] for verdict in VERDICTS))
    return {"share": made.estimate, "low": made.low, "high": made.high}


def _by_course(records: Records, courses: pl.DataFrame, inclusion: Inclusion, parts: tuple[Answer, ...]) -> Answer:
    every = courses.with_columns(problem=pl.lit(ALL_PROBLEMS))
    rows = [row for each in (every, courses) for row in _tallied(each, ["group", "problem"], "courses")]
    table = framed(rows, _COURSE_COLUMNS).sort("group", maintain_order=True)
    lead = largest(table, "courses", pl.col("problem") == ALL_PROBLEMS)
    return Answer(
        title=TITLE,
        estimand=_ESTIMAND,
        assumptions=_ASSUMPTIONS,
        inclusion=inclusion,
        sentence=f"{{group@{lead}}}: of the courses that can be judged, {{share@{lead}}} were of a therapy that "
        f"guidance puts first; counting what cannot be judged, between {{low@{lead}}} and {{high@{lead}}}.",
        table=table,
        columns=_COURSE_COLUMNS,
        chart=Chart(shape=Shape.RANGES, x="group" if records.by else "problem", y="share", low="low", high="high"),
        parts=parts,
        measures=("M076", "M195"),
    )


_PERSON_COLUMNS = (Column("group", "Whose referrals"), *_verdict_columns("referrals", "Referrals with a course"))


def _by_person(people: pl.DataFrame) -> Answer:
    table = framed(_tallied(people, ["group"], "referrals"), _PERSON_COLUMNS)
    lead = largest(table, "referrals")
    return Answer(
        title="The same, for each referral",
        estimand="The share of finished referrals with at least one course of a therapy that guidance puts first.",
        assumptions=(*_ASSUMPTIONS, "A referral counts by the best of its courses."),
        inclusion=Inclusion(n_in=people.height, n_used=people.height, n_excluded={}),
        sentence=f"{{group@{lead}}}: {{share@{lead}}} of the referrals that can be judged held a course that guidance "
        f"puts first; between {{low@{lead}}} and {{high@{lead}}} of all.",
        table=table,
        columns=_PERSON_COLUMNS,
        chart=Chart(shape=Shape.RANGES, x="group", y="share", low="low", high="high"),
    )


_UNKNOWN_COLUMNS = (
    Column("group", "Whose courses"),
    Column("why", "Why it cannot be judged"),
    Column("unknown", "Courses", Kind.COUNT, within="courses"),
    Column("courses", "Of all courses", Kind.COUNT),
    Column("share", "Share", Kind.SHARE, of="unknown", among="courses"),
)


def _why_unknown(courses: pl.DataFrame, inclusion: Inclusion) -> Answer:
    title = "What cannot be judged, and why"
    estimand = "The share of courses for which the records do not say enough."
    every = courses.group_by("group").agg(courses=pl.len().cast(pl.Int64))
    unknown = courses.filter(pl.col("verdict") == UNSAID).group_by("group", "why").agg(unknown=pl.len().cast(pl.Int64))
    if unknown.is_empty():
        return nothing_to_say(title, estimand=estimand, why="Every course can be judged.", inclusion=inclusion)
    table = (
        unknown.join(every, "group")
        .with_columns(share=pl.col("unknown") / pl.col("courses"))
        .sort("group", "why")
        .select(column.name for column in _UNKNOWN_COLUMNS)
    )
    lead = largest(table, "unknown")
    return Answer(
        title=title,
        estimand=estimand,
        assumptions=_ASSUMPTIONS[:1],
        inclusion=inclusion,
        sentence=f"{{group@{lead}}}: {{share@{lead}}} of courses cannot be judged for one reason: {{why@{lead}}}.",
        table=table,
        columns=_UNKNOWN_COLUMNS,
    )


_LOW_COLUMNS = (
    Column("group", "Whose referrals"),
    Column("from_score", "First PHQ-9"),
    Column("referrals", "Finished referrals with such a score", Kind.COUNT),
    Column("low_alone", "Low intensity and nothing else", Kind.COUNT, within="referrals"),
    Column("share", "Share", Kind.SHARE, of="low_alone", among="referrals"),
    Column("low", "95% interval from", Kind.SHARE, of="low_alone", among="referrals"),
    Column("high", "to", Kind.SHARE, of="low_alone", among="referrals"),
)


def _low_alone(judged: pl.DataFrame) -> Answer:
    title = "Low intensity alone, at high scores"
    estimand = "The share of finished referrals with a high first PHQ-9 in which no high-intensity therapy was given."
    scored = judged.filter(pl.col("phq9").is_not_null())
    inclusion = Inclusion(
        n_in=judged.height,
        n_used=int((scored["phq9"] >= MORE_SEVERE_PHQ9).sum()),
        n_excluded={
            "no first PHQ-9": judged.height - scored.height,
            "a lower first PHQ-9": int((scored["phq9"] < MORE_SEVERE_PHQ9).sum()),
        },
    )
    table = pl.concat(_low_from(scored, score) for score in (MORE_SEVERE_PHQ9, _SEVERE_PHQ9)).sort(
        "group", "from_score"
    )
    if table.is_empty():
        why = f"Nobody who finished had a first PHQ-9 of {MORE_SEVERE_PHQ9} or more."
        return nothing_to_say(title, estimand=estimand, why=why, inclusion=inclusion)
    lead = largest(table, "referrals")
    return Answer(
        title=title,
        estimand=estimand,
        assumptions=("Internet-enabled therapy counts as high intensity, as it does nationally.", *_ASSUMPTIONS[:1]),
        inclusion=inclusion,
        sentence=f"{{group@{lead}}}: of those whose first PHQ-9 was {{from_score@{lead}}}, {{share@{lead}}} "
        "were given low intensity and nothing else.",
        table=table,
        columns=_LOW_COLUMNS,
        chart=Chart(shape=Shape.RANGES, x="group", y="share", low="low", high="high", series="from_score"),
    )


def _low_from(scored: pl.DataFrame, score: int) -> pl.DataFrame:
    counted = (
        scored.filter(pl.col("phq9") >= score)
        .group_by("group")
        .agg(referrals=pl.len().cast(pl.Int64), low_alone=pl.col("low_alone").sum().cast(pl.Int64))
    )
    limits = wilson(counted["low_alone"], counted["referrals"]).table
    made = counted.with_columns(limits["share"], limits["low"], limits["high"], from_score=pl.lit(f"{score} or more"))
    return made.select(column.name for column in _LOW_COLUMNS)


_DOSE_COLUMNS = (
    Column("group", "Whose courses"),
    Column("problem", "Problem"),
    Column("courses", "First-line courses with a number in guidance", Kind.COUNT),
    Column("short", "With fewer contacts than that", Kind.COUNT, within="courses"),
    Column("share", "Share", Kind.SHARE, of="short", among="courses"),
    Column("low", "95% interval from", Kind.SHARE, of="short", among="courses"),
    Column("high", "to", Kind.SHARE, of="short", among="courses"),
    Column("mean_contacts", "Mean contacts", Kind.NUMBER, among="courses"),
)


def _doses(courses: pl.DataFrame, inclusion: Inclusion) -> Answer:
    title = "Short of the dose"
    estimand = "The share of first-line courses with fewer contacts than guidance gives as the fewest."
    dosed = courses.filter(pl.col("verdict") == MATCHED, pl.col("fewest").is_not_null())
    if dosed.is_empty():
        return nothing_to_say(
            title, estimand=estimand, why="No first-line course has such a number.", inclusion=inclusion
        )
    every = dosed.with_columns(problem=pl.lit(ALL_PROBLEMS))
    table = pl.concat(_dosed(each) for each in (every, dosed)).sort("group", maintain_order=True)
    lead = largest(table, "courses")
    return Answer(
        title=title,
        estimand=estimand,
        assumptions=(
            "Someone who was well sooner needs no more: short is not the same as too little.",
            *_ASSUMPTIONS[:2],
        ),
        inclusion=Inclusion(
            n_in=courses.height,
            n_used=dosed.height,
            n_excluded={"not first line, or no number": courses.height - dosed.height},
        ),
        sentence=f"{{group@{lead}}}: {{share@{lead}}} of {{courses@{lead}}} first-line courses had fewer contacts than "
        "guidance gives as the fewest.",
        table=table,
        columns=_DOSE_COLUMNS,
        chart=Chart(shape=Shape.RANGES, x="problem", y="share", low="low", high="high"),
    )


def _dosed(courses: pl.DataFrame) -> pl.DataFrame:
    counted = courses.group_by("group", "problem").agg(
        courses=pl.len().cast(pl.Int64),
        short=(pl.col("contacts") < pl.col("fewest")).sum().cast(pl.Int64),
        mean_contacts=pl.col("contacts").mean(),
    )
    limits = wilson(counted["short"], counted["courses"]).table
    made = counted.with_columns(limits["share"], limits["low"], limits["high"]).sort("group", "problem")
    return made.select(column.name for column in _DOSE_COLUMNS)


_RECOVERY_COLUMNS = (
    Column("group", "Whose referrals"),
    Column("severity", "First PHQ-9"),
    Column("matched", "First line", Kind.COUNT),
    Column("matched_recovered", "Of them reliably recovered", Kind.COUNT, within="matched"),
    Column("matched_share", "Share", Kind.SHARE, of="matched_recovered", among="matched"),
    Column("other", "Judged, not first line", Kind.COUNT),
    Column("other_recovered", "Of them reliably recovered", Kind.COUNT, within="other"),
    Column("other_share", "Share", Kind.SHARE, of="other_recovered", among="other"),
    Column("difference", "Difference, like with like", Kind.SHARE, of="matched_recovered", among="other"),
    Column("difference_low", "95% interval from", Kind.SHARE, of="matched_recovered", among="other"),
    Column("difference_high", "to", Kind.SHARE, of="matched_recovered", among="other"),
    Column("ratio", "Ratio, like with like", Kind.NUMBER, of="matched_recovered", among="other", digits=2),
    Column("ratio_low", "95% interval from", Kind.NUMBER, of="matched_recovered", among="other", digits=2),
    Column("ratio_high", "to", Kind.NUMBER, of="matched_recovered", among="other", digits=2),
)
_ALL_STRATA = "all, within strata"


def _recovery(people: pl.DataFrame) -> Answer:
    title = "Recovery by match, within strata of severity"
    estimand = "Reliable recovery of those whose course guidance puts first beside that of others, at like first PHQ-9."
    based = people.filter("official_base")
    judged = based.filter(pl.col("verdict") != UNSAID)
    inclusion = Inclusion(
        n_in=people.height,
        n_used=judged.height,
        n_excluded={
            "not in the official base": people.height - based.height,
            "cannot be judged": based.height - judged.height,
        },
    )
    if judged.is_empty():
        return nothing_to_say(title, estimand=estimand, why="No course can be judged.", inclusion=inclusion)
    table = framed(_strata(judged), _RECOVERY_COLUMNS)
    lead = largest(table, "matched", pl.col("severity") == _ALL_STRATA)
    return Answer(
        title=title,
        estimand=estimand,
        assumptions=(
            "This compares people and says nothing of cause: who is offered what depends on what no record says.",
            "The difference and the ratio are taken to be alike in every stratum of severity.",
            *_ASSUMPTIONS[:1],
        ),
        inclusion=inclusion,
        sentence=f"{{group@{lead}}}: {{matched_share@{lead}}} of those with a first-line course reliably recovered and "
        f"{{other_share@{lead}}} of others judged. Who got which was not by chance.",
        table=table,
        columns=_RECOVERY_COLUMNS,
    )


def _strata(judged: pl.DataFrame) -> list[dict[str, Any]]:
    first = pl.col("verdict") == MATCHED
    counted = judged.group_by("group", "severity").agg(
        matched=first.sum(),
        matched_recovered=(first & pl.col("recovered")).sum(),
        other=(~first).sum(),
        other_recovered=(~first & pl.col("recovered")).sum(),
    )
    rows = []
    for (group,), part in counted.sort("group", "severity").partition_by("group", as_dict=True).items():
        sums = {name: int(part[name].sum()) for name in _COUNTED}
        rows += [_with_two_shares({"group": group, "severity": _ALL_STRATA, **sums}) | _pooled(part)]
        rows += [_with_two_shares(row) for row in part.to_dicts()]
    return rows


_COUNTED = ("matched", "matched_recovered", "other", "other_recovered")


def _pooled(strata: pl.DataFrame) -> dict[str, float | None]:
    made = mantel_haenszel(strata["matched_recovered"], strata["matched"], strata["other_recovered"], strata["other"])
    return {
        "difference": made.difference.estimate,
        "difference_low": made.difference.low,
        "difference_high": made.difference.high,
        "ratio": made.ratio.estimate,
        "ratio_low": made.ratio.low,
        "ratio_high": made.ratio.high,
    }


def _with_two_shares(row: Mapping[str, Any]) -> dict[str, Any]:
    shares = {f"{who}_share": row[f"{who}_recovered"] / row[who] if row[who] else None for who in ("matched", "other")}
    return {**row, **shares}


ANALYSIS = Analysis(
    name="treatment_match",
    title=TITLE,
    question="Did people get what guidance recommends for their problem and its severity, and enough of it?",
    answer=answer,
    sources=_SOURCES,
    not_for="Judging a clinician or one person's care, or saying that a match makes people recover. The guidance table "
    "is unverified until someone has read each line against its guideline.",
    measures=("M076", "M195"),
)
