"""Derives pathways from the records alone, by the national rules, to see what a synthetic data set really says.

It reads nothing but the tables, so that a fault in the generator shows. It is deliberately short: the project's own
derivations cover far more, and are compared with this in tests.
"""

from collections.abc import Mapping
from functools import cache

import numpy as np
import polars as pl

from allcomers.synthetic import groups, therapies
from allcomers.synthetic.questionnaires import outcome, questionnaire

Frames = Mapping[str, pl.DataFrame]

TREATMENT_TYPES = ("02", "03", "05")
ASSESSMENT_TYPES = ("01", "03")
ATTENDED = ("5", "6")


def pathways(frames: Frames, last_day: int) -> pl.DataFrame:
    """One row a referral: dates, sessions, intensities, first and last scores, outcome flags, groups."""
    referrals = frames["IDS101Referral"].select(
        "ServiceRequestId", "LocalPatientId", "OrgID_Provider", "ReferralRequestReceivedDate", "ServDischDate",
        "SourceOfReferralIAPT",
    )  # fmt: skip
    contacts = _contacts(frames, referrals, last_day)
    parts = [
        _assessments(contacts),
        _sessions(_treatment(frames, contacts)),
        _intensities(frames, contacts),
        _therapies(frames, contacts),
        _last_seen_by(frames, contacts),
        _appointments(frames),
        _employment_support(frames, contacts),
        _scores(frames, contacts),
    ]
    whole = referrals
    for part in parts:
        whole = whole.join(part, on="ServiceRequestId", how="left")
    whole = whole.with_columns(finished=pl.col("ServDischDate").is_not_null() & (pl.col("sessions").fill_null(0) >= 2))
    return _with_groups(frames, _with_outcome(frames, whole))


def _contacts(frames: Frames, referrals: pl.DataFrame, last_day: int) -> pl.DataFrame:
    """Attended contacts between referral and discharge."""
    attended = pl.col("AttendOrDNACode").is_in(ATTENDED) | (pl.col("PlannedCareContIndicator") == "N")
    window = referrals.select("ServiceRequestId", "ReferralRequestReceivedDate", until=_until(last_day))
    return (
        frames["IDS201CareContact"]
        .filter(attended)
        .select("CareContactId", "ServiceRequestId", "AppType", day="CareContDate")
        .join(window, on="ServiceRequestId")
        .filter(pl.col("day").is_between(pl.col("ReferralRequestReceivedDate"), pl.col("until")))
    )


def _until(last_day: int) -> pl.Expr:
    return pl.col("ServDischDate").fill_null(pl.lit(last_day, pl.Int32).cast(pl.Date))


def _assessments(contacts: pl.DataFrame) -> pl.DataFrame:
    first = contacts.filter(pl.col("AppType").is_in(ASSESSMENT_TYPES)).group_by("ServiceRequestId")
    return first.agg(assessed=pl.col("day").min())


def _supported(frames: Frames) -> pl.DataFrame:
    support = pl.col("CodeProcAndProcStatus") == therapies.EMPLOYMENT_SUPPORT
    return frames["IDS202CareActivity"].filter(support).select("CareContactId").unique()


def _treatment(frames: Frames, contacts: pl.DataFrame) -> pl.DataFrame:
    """Sessions: treatment contacts without employment support, and internet therapy logs."""
    treated = contacts.filter(pl.col("AppType").is_in(TREATMENT_TYPES)).join(
        _supported(frames), on="CareContactId", how="anti"
    )
    return pl.concat([treated.select("ServiceRequestId", "day"), _logs(frames)])


def _logs(frames: Frames) -> pl.DataFrame:
    return frames["IDS205InternetTherLog"].select("ServiceRequestId", day="StartDateIntEnabledTherLog")


def _sessions(events: pl.DataFrame) -> pl.DataFrame:
    day = pl.col("day")
    return events.group_by("ServiceRequestId").agg(
        first_session=day.min(),
        second_session=day.sort().get(1, null_on_oob=True),
        last_session=day.max(),
        sessions=pl.len(),
    )


def _intensities(frames: Frames, contacts: pl.DataFrame) -> pl.DataFrame:
    """Which intensities were recorded, and the stages: runs of at least two sessions of one intensity.

    Counselling and collaborative care count as high intensity here, as in the published step table; the national list
    for the stage measures leaves them out.
    """
    high = dict(zip(therapies.CODES, therapies.HIGH.tolist(), strict=True))
    coded = (
        frames["IDS202CareActivity"]
        .select(
            "CareContactId",
            high=pl.col("CodeProcAndProcStatus").replace_strict(high, default=None, return_dtype=pl.Boolean),
        )
        .drop_nulls()
        .join(contacts.filter(pl.col("AppType").is_in(TREATMENT_TYPES)), on="CareContactId")
        .select("ServiceRequestId", "day", "high")
    )
    events = pl.concat([coded, _logs(frames).with_columns(high=pl.lit(True))]).sort("ServiceRequestId", "day")
    same_next = (pl.col("high") == pl.col("high").shift(-1).over("ServiceRequestId")).fill_null(False)
    events = events.with_columns(stage=same_next, place=pl.int_range(pl.len()).over("ServiceRequestId"))
    staged = pl.col("high").filter(pl.col("stage"))
    return events.group_by("ServiceRequestId").agg(
        any_low=(~pl.col("high")).any(),
        any_high=pl.col("high").any(),
        first_stage_high=staged.first(),
        stages=staged.n_unique(),
    )


def _therapies(frames: Frames, contacts: pl.DataFrame) -> pl.DataFrame:
    """Attended treatment contacts by therapy code, a column a code."""
    treated = contacts.filter(pl.col("AppType").is_in(TREATMENT_TYPES)).select("CareContactId", "ServiceRequestId")
    coded = (
        frames["IDS202CareActivity"].select("CareContactId", "CodeProcAndProcStatus").join(treated, on="CareContactId")
    )
    code = pl.col("CodeProcAndProcStatus")
    return coded.group_by("ServiceRequestId").agg(
        (code == one).sum().cast(pl.UInt8).alias(one) for one in therapies.CODES
    )


def _last_seen_by(frames: Frames, contacts: pl.DataFrame) -> pl.DataFrame:
    """Who held the last treatment contact."""
    treated = contacts.filter(pl.col("AppType").is_in(TREATMENT_TYPES))
    held = frames["IDS202CareActivity"].select("CareContactId", "CarePersLocalId").join(treated, on="CareContactId")
    return held.group_by("ServiceRequestId").agg(last_seen_by=pl.col("CarePersLocalId").sort_by("day").last())


def _appointments(frames: Frames) -> pl.DataFrame:
    """Appointments, those missed without notice, and whether the first was."""
    missed = pl.col("AttendOrDNACode").is_in(("3", "7"))
    return (
        frames["IDS201CareContact"]
        .group_by("ServiceRequestId")
        .agg(
            appointments=pl.len(),
            missed=missed.sum(),
            missed_first=missed.sort_by("CareContDate").first(),
        )
    )


def _employment_support(frames: Frames, contacts: pl.DataFrame) -> pl.DataFrame:
    supported = contacts.join(_supported(frames), on="CareContactId", how="semi")
    return supported.group_by("ServiceRequestId").agg(employment_support=pl.col("day").min())


def _scores(frames: Frames, contacts: pl.DataFrame) -> pl.DataFrame:
    """First and last score of each questionnaire, the last only where there are two."""
    keys = {questionnaire(key).code: key for key in ("PHQ9", "GAD7", *groups.SPECIFIC_INSTRUMENT.values())}
    dated = (
        frames["IDS607CodedScoreAssessmentAct"]
        .filter(pl.col("CodedAssToolType").is_in(list(keys)))
        .join(frames["IDS202CareActivity"].select("CareActId", "CareContactId"), on="CareActId")
        .join(contacts.select("CareContactId", "ServiceRequestId", "day"), on="CareContactId")
    )
    parts = []
    for code, key in keys.items():
        steps = (pl.col("PersScore").cast(pl.Float64) * questionnaire(key).steps_per_point).round().cast(pl.Int64)
        ordered = steps.sort_by("day")
        one = dated.filter(pl.col("CodedAssToolType") == code).group_by("ServiceRequestId")
        last = pl.when(pl.len() >= 2).then(ordered.last())
        parts.append(one.agg(ordered.first().alias(f"{key}_first"), last.alias(f"{key}_last")))
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.join(part, on="ServiceRequestId", how="full", coalesce=True)
    return whole


@cache
def _stratum_of_code(block: str) -> dict[str, str]:
    grouping = groups.PROBLEM if block == "problem" else next(g for g in groups.GROUPINGS if g.block == block)
    return {code: level.stratum for level in grouping.levels for code in level.codes}


def _with_outcome(frames: Frames, whole: pl.DataFrame) -> pl.DataFrame:
    """Outcome flags of finished courses, on the problem's own questionnaire, or GAD-7 where only that has a pair."""
    problems = frames["IDS603PresentingComplaints"].select(
        "ServiceRequestId",
        problem=pl.col("PresComp").replace_strict(_stratum_of_code("problem"), default=groups.UNRECORDED_PROBLEM),
    )
    whole = whole.join(problems, on="ServiceRequestId", how="left").with_columns(
        pl.col("problem").fill_null(groups.UNRECORDED_PROBLEM)
    )
    parts = [_outcome_of(whole.filter(pl.col("problem").is_in(list(groups.SPECIFIC_INSTRUMENT)).not_()), "GAD7")]
    for stratum, key in groups.SPECIFIC_INSTRUMENT.items():
        of_problem = whole.filter(pl.col("problem") == stratum)
        own_first, own_pair = (pl.col(f"{key}_{which}").is_not_null() for which in ("first", "last"))
        chosen = own_pair | (own_first & pl.col("GAD7_last").is_null())
        parts += [_outcome_of(of_problem.filter(chosen), key), _outcome_of(of_problem.filter(~chosen), "GAD7")]
    return pl.concat(parts)


def _outcome_of(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    names = ("PHQ9_first", "PHQ9_last", f"{key}_first", f"{key}_last")
    p1, p2, a1, a2 = (rows[name].fill_null(0).to_numpy().astype(np.int64) for name in names)
    found = outcome((p1, p2), (a1, a2), key)
    there = [rows[name].is_not_null().to_numpy() for name in names]
    first = rows["finished"].to_numpy() & there[0] & there[2]
    paired = first & there[1] & there[3]
    return rows.with_columns(
        pl.Series("case", first & found.at_caseness),
        pl.Series("not_case", first & ~found.at_caseness),
        pl.Series("recovered", paired & found.recovered),
        pl.Series("improved", paired & found.improved),
        pl.Series("worse", paired & found.worse),
        pl.Series("unchanged", paired & ~found.improved & ~found.worse),
    )


def _with_groups(frames: Frames, whole: pl.DataFrame) -> pl.DataFrame:
    """The published group of each pathway's person, a column a grouping."""
    patient = frames["IDS001MPI"].select("LocalPatientId", "PersonBirthDate", *_patient_strata())
    whole = whole.join(patient, on="LocalPatientId", how="left").with_columns(age=_age_band())
    for block in ("orientation", "religion"):
        whole = whole.join(_circumstance(frames, block), on="LocalPatientId", how="left")
    clusters = frames["IDS803CareCluster"].select("LocalPatientId", cluster=_mapped("AMHCareClustCodeFin", "cluster"))
    whole = whole.join(clusters, on="LocalPatientId", how="left").join(
        _conditions(frames), on="ServiceRequestId", how="left"
    )
    filled = [pl.col(name).fill_null(groups.NOT_STATED) for name in ("orientation", "religion", "cluster")]
    disability = frames["IDS007DisabilityType"].group_by("LocalPatientId").agg(disability=pl.col("DisabCode"))
    return whole.join(disability, on="LocalPatientId", how="left").with_columns(filled)


def _mapped(field: str, block: str) -> pl.Expr:
    return pl.col(field).replace_strict(_stratum_of_code(block), default=groups.NOT_STATED)


def _patient_strata() -> list[pl.Expr]:
    unknown_ethnicity = "Not stated/Not known/Invalid / All"
    return [
        _mapped("Gender", "gender").alias("gender"),
        pl.col("EthnicCategory")
        .replace_strict(_stratum_of_code("ethnicity"), default=unknown_ethnicity)
        .alias("ethnicity"),
        pl.col("IndicesOfDeprivationDecile")
        .cast(pl.String)
        .replace_strict(_stratum_of_code("imd"), default=groups.NOT_STATED)
        .alias("imd"),
    ]


def _age_band() -> pl.Expr:
    """Age band in whole years at referral."""
    born, on = pl.col("PersonBirthDate"), pl.col("ReferralRequestReceivedDate")
    before = _day_of_year(on) < _day_of_year(born)
    age = on.dt.year() - born.dt.year() - before.cast(pl.Int32)
    band = pl.lit(groups.AGE.strata[-1])
    for stratum, (_, above) in reversed(list(zip(groups.AGE.strata, groups.AGE_BOUNDS, strict=True))[:-1]):
        band = pl.when(age < above).then(pl.lit(stratum)).otherwise(band)
    return band


def _day_of_year(day: pl.Expr) -> pl.Expr:
    """Month and day as one number that compares like a date within a year."""
    return day.dt.month().cast(pl.Int32) * 100 + day.dt.day()


def _circumstance(frames: Frames, block: str) -> pl.DataFrame:
    strata = _stratum_of_code(block)
    stated = frames["IDS011SocPerCircumstances"].filter(pl.col("SocPerCircumstance").is_in(list(strata)))
    return stated.select("LocalPatientId", _mapped("SocPerCircumstance", block).alias(block))


def _conditions(frames: Frames) -> pl.DataFrame:
    none = pl.col("LongTermCondition") == "748031000000103"
    return (
        frames["IDS602LongTermCondition"]
        .group_by("ServiceRequestId")
        .agg(has_condition=(~none).any(), has_no_condition=none.any())
    )
