"""Each kind of fault, planted by hand in the valid submission: found by the rule that is about it, and counted."""

import polars as pl
import pytest

from allcomers import dataset
from allcomers.dataset import BY_NAME, TABLES
from allcomers.dataset.model import HasParent, Unique
from allcomers.dataset.rules import BY_ID

HEADER, PATIENT, PRACTICE = "IDS000Header", "IDS001MPI", "IDS002GP"
REFERRAL, CONTACT, ACTIVITY = "IDS101Referral", "IDS201CareContact", "IDS202CareActivity"
REFERRAL_SCORE, ACTIVITY_SCORE = "IDS606CodedScoreAssessmentRefer", "IDS607CodedScoreAssessmentAct"


def test_the_valid_submission_breaks_no_rule(checked, valid):
    result = checked(valid)
    assert result.findings == ()
    assert result.clean
    assert result.rows == 62  # lines of tests/data/valid_submission without headers
    assert result.absent == ()


FAULTS = [
    (CONTACT, 1, {"CareContDate": "07/04/2025"}, "IDS20107", 1),
    (CONTACT, 1, {"CareContDate": "2025-02-30"}, "IDS20107", 1),
    (CONTACT, 1, {"CareContDate": None}, "IDS20106", 1),
    (CONTACT, 1, {"CareContDate": "2025-05-01"}, "IDS20108", 1),
    (CONTACT, 1, {"CareContDate": "2025-03-31"}, "IDS20170", 1),
    (CONTACT, 6, {"CareContDate": "2025-04-01"}, "IDS20171", 1),
    (CONTACT, 1, {"CareContTime": "quarter past"}, "IDS20109", 1),
    (CONTACT, 1, {"AttendOrDNACode": "9"}, "IDS20128", 1),
    (CONTACT, 1, {"AttendOrDNACode": "55"}, "IDS20127", 1),
    (CONTACT, 1, {"AppType": "99"}, "IDS20156", 1),
    (CONTACT, 1, {"ConsMechanism": "77"}, "IDS20120", 1),
    (CONTACT, 1, {"LanguageCodeTreat": "xx"}, "IDS20163", 1),
    (CONTACT, 1, {"ClinContDurOfCareCont": "1h"}, "IDS20114", 1),
    (CONTACT, 1, {"ClinContDurOfCareCont": "1441"}, "AC141", 1),
    (CONTACT, 1, {"ServiceRequestId": "R99"}, "IDS20142", 1),
    (CONTACT, 4, {"AppType": "02", "CareContDate": "2025-04-30"}, "AC140", 1),
    (CONTACT, 4, {"CareContDate": "2025-04-03", "CareContTime": "13:30:00"}, "IDS20168", 2),
    (CONTACT, 6, {"AttendOrDNACode": "5"}, "IDS20169", 1),
    (CONTACT, 2, {"Cancellation": None}, "IDS20166", 1),
    (CONTACT, 1, {"Cancellation": "N"}, "IDS20167", 1),
    (ACTIVITY, 1, {"CodeProcAndProcStatus": "304891005"}, "IDS20230", 1),
    (ACTIVITY, 2, {"FindSchemeInUse": None}, "IDS20214", 1),
    (ACTIVITY, 2, {"CodeFind": "depression"}, "IDS20228", 1),
    (ACTIVITY, 5, {"UnitMeasure": None}, "IDS20226", 1),
    (ACTIVITY_SCORE, 2, {"PersScore": "22"}, "IDS60707", 1),
    (ACTIVITY_SCORE, 2, {"PersScore": "12.5"}, "IDS60711", 1),
    (ACTIVITY_SCORE, 2, {"CodedAssToolType": "445455006"}, "IDS60710", 1),
    (ACTIVITY_SCORE, 9, {"PersScore": "0.50"}, "AC161", 1),
    (ACTIVITY_SCORE, 6, {"PersScore": "Z"}, "IDS60707", 1),
    (REFERRAL_SCORE, 1, {"AssToolCompDate": "2025-03-31"}, "IDS60618", 1),
    (REFERRAL_SCORE, 3, {"PersScore": "NO"}, "IDS60615", 1),
    (REFERRAL, 1, {"OnsetDate": "2024/10"}, "IDS10142", 1),
    (REFERRAL, 1, {"OnsetDate": "October"}, "IDS10132", 1),
    (REFERRAL, 1, {"OnsetDate": "1990-01"}, "IDS10141", 1),
    (REFERRAL, 2, {"EndCode": None}, "IDS10137", 1),
    (REFERRAL, 1, {"EndCode": "46"}, "IDS10138", 1),
    (REFERRAL, 1, {"ServDischDate": "2025-03-31", "EndCode": "46"}, "IDS10129", 1),
    (REFERRAL, 1, {"SourceOfReferralIAPT": "ZZ"}, "IDS10118", 1),
    (PATIENT, 1, {"Gender": "7"}, "IDS00131", 1),
    (PATIENT, 1, {"GenderIdentity": "7"}, "AC102", 1),
    (PATIENT, 1, {"NHSNumberStatus": "07"}, "IDS00117", 1),
    (PATIENT, 1, {"NHSNumber": None}, "IDS00161", 1),
    (PATIENT, 1, {"NHSNumber": "9990000001"}, "IDSREJ006", 1),
    (PATIENT, 1, {"Postcode": "LS14AP"}, "IDSREJ007", 1),
    (PATIENT, 1, {"PersonBirthDate": "1890-01-01"}, "IDSREJ008", 1),
    (PATIENT, 1, {"PersonBirthDate": "28/02/1990"}, "AC101", 1),
    (PATIENT, 1, {"OrgIDLocalPatientId": "ZX2"}, "IDS00153", 1),
    (PRACTICE, 2, {"EndDateGMPRegistration": "2025-04-09"}, "IDS00223", 1),
    (PRACTICE, 3, {"GMPCodeReg": "P84001"}, "IDS00223", 1),
    (PRACTICE, 2, {"EndDateGMPRegistration": None}, "IDS00222", 2),
    (PRACTICE, 1, {"LocalPatientId": "P9"}, "IDS00220", 1),
    (PRACTICE, 1, {"LocalPatientId": "P9"}, "IDS00145", 1),
    (HEADER, 1, {"DatSetVer": "2.0"}, "IDS00003", 1),
    (HEADER, 1, {"DateTimeDatSetCreate": "yesterday"}, "IDS00021", 1),
    ("IDS003AccommStatus", 1, {"AccommodationTypeEndDate": "2019-08-31"}, "AC117", 1),
    ("IDS004EmpStatus", 3, {"EmpSupportDischargeDate": "2025-04-01"}, "AC131", 1),
    ("IDS004EmpStatus", 3, {"EmpSupportReferral": None}, "IDS00435", 1),
    ("IDS011SocPerCircumstances", 1, {"SocPerCircumstance": "20430006"}, "IDS01109", 1),
    ("IDS108WaitingTimePauses", 1, {"PauseEndDate": "2025-02-28"}, "IDS10813", 1),
    ("IDS601MedHistPrevDiag", 1, {"DiagDate": "1970-01-01"}, "AC153", 1),
    ("IDS603PresentingComplaints", 1, {"PresComp": "F3"}, "IDS60309", 1),
    ("IDS902CarePersQual", 3, {"QualPlannedCompletionDate": None}, "IDS90214", 1),
    ("IDS902CarePersQual", 1, {"QualAwardedDate": "2004-12-31"}, "IDS90212", 1),
    ("IDS902CarePersQual", 3, {"QualPlannedCompletionDate": "2027-05-01"}, "IDS90215", 1),
]
"""Table, row, what its cells are changed to, the rule that must be broken, and in how many records."""

NO_FAULTS = [
    (CONTACT, 1, {"CareContDate": "2025-04-30"}),
    (CONTACT, 1, {"AttendOrDNACode": " 5 "}),
    (CONTACT, 1, {"LanguageCodeTreat": "q5"}),
    (REFERRAL_SCORE, 3, {"PersScore": "0"}),
    (ACTIVITY_SCORE, 9, {"PersScore": "5.0"}),
    (ACTIVITY_SCORE, 2, {"PersScore": "21"}),
    (PATIENT, 1, {"PersonBirthDate": "1904-05-02"}),
    ("IDS603PresentingComplaints", 1, {"PresComp": "F32.9"}),
]
"""Changes to values at the edge of what is allowed."""


@pytest.fixture(scope="module")
def broken(together, read_valid):
    """What each change breaks, all of them checked in one run."""
    changes = {repr(change[:3]): change for change in [*FAULTS, *NO_FAULTS]}
    variants = {}
    for name, (table, row, values, *_) in changes.items():
        variants[name] = read_valid()
        variants[name][table] = with_cells(variants[name][table], row, **values)
    return together(variants)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault[3]} {fault[2]}")
def test_a_fault_is_found_by_its_rule(broken, fault):
    assert broken[repr(fault[:3])].get(fault[3]) == fault[4]


@pytest.mark.parametrize("change", NO_FAULTS, ids=lambda change: f"{change[0][:6]} {change[2]}")
def test_a_value_at_the_edge_of_what_is_allowed_is_no_fault(broken, change):
    assert broken[repr(change[:3])] == {}


def test_a_late_discharge_is_accepted_with_a_follow_up(checked, valid):
    """R1 was discharged in March; its April contact is a follow-up, so rule IDS10129 lets it through."""
    valid[REFERRAL] = with_cells(valid[REFERRAL], 1, ServDischDate="2025-03-31", EndCode="46")
    valid[CONTACT] = with_cells(valid[CONTACT], 1, AppType="06")
    assert "IDS10129" not in checked(valid).broken()


def test_a_record_sent_twice_is_found(together, read_valid):
    """Twice means the same key; where a key field may be blank, blanks differ, so those are filled in first."""
    variants = {}
    for table in (table for table in TABLES if table.key):
        variants[table.code] = frames = read_valid()
        rows = frames[table.name].with_columns(pl.col(table.key).fill_null("X"))
        frames[table.name] = pl.concat([rows, rows.head(1)])
    for code, found in together(variants).items():
        keyed = [rule for rule in found if isinstance(BY_ID[rule].test, Unique)]
        assert keyed, code
        assert all(found[rule] == 2 for rule in keyed), code


def test_an_orphan_is_found_in_every_table(together, read_valid):
    variants = {}
    for table in (table for table in TABLES if table.parent):
        variants[table.code] = frames = read_valid()
        frames[table.name] = with_cells(frames[table.name], 1, **{table.parent.field: "NOBODY"})
    for code, found in together(variants).items():
        orphaned = [rule for rule in found if isinstance(BY_ID[rule].test, HasParent) and BY_ID[rule].table[:6] == code]
        assert [found[rule] for rule in orphaned] == [1], code


def test_a_rejected_patient_takes_everything_that_belongs_to_them(checked, valid):
    """P1's identifier is too long, and with the patient go one referral, two contacts and so on, worked out by hand."""
    valid = {name: _renamed(frame, "P1", "P" * 21) for name, frame in valid.items()}
    rejected = {table.table: table.rejected for table in checked(valid).tables if table.rejected}
    assert rejected == {
        PATIENT: 1,
        PRACTICE: 1,
        "IDS003AccommStatus": 1,
        "IDS004EmpStatus": 1,
        "IDS007DisabilityType": 1,
        "IDS011SocPerCircumstances": 2,
        REFERRAL: 1,
        "IDS108WaitingTimePauses": 1,
        CONTACT: 2,
        ACTIVITY: 1,
        "IDS205InternetTherLog": 1,
        "IDS603PresentingComplaints": 1,
        REFERRAL_SCORE: 1,
        ACTIVITY_SCORE: 3,
    }


def test_a_bad_header_turns_the_whole_submission_away(checked, valid):
    valid[HEADER] = with_cells(valid[HEADER], 1, DatSetVer="1.5")
    result = checked(valid)
    assert {"IDS00003", "IDSREJ015"} <= result.broken()
    assert result.rejected == result.rows == 62
    assert result.rejected_submissions == ("ZX1 2025-04",)


@pytest.mark.parametrize("gone", [HEADER, PATIENT, REFERRAL])
def test_a_table_may_be_absent_from_the_start(valid, gone):
    """In a session of its own, where nothing is left of an earlier check."""
    del valid[gone]
    with dataset.from_frames(valid) as opened:
        assert gone in dataset.check(opened).absent


def test_two_headers_turn_the_submission_away(checked, valid):
    valid[HEADER] = pl.concat([valid[HEADER], valid[HEADER]])
    assert "IDSREJ015" in checked(valid).broken()


@pytest.mark.parametrize(
    ("table", "rule", "how"),
    [
        (HEADER, "IDSREJ002", "absent"),
        (HEADER, "IDSREJ002", "empty"),
        (PATIENT, "IDSREJ003", "absent"),
        (PRACTICE, "IDSREJ005", "empty"),
        (REFERRAL, "IDSREJ004", "absent"),
    ],
)
def test_a_submission_without_a_core_table_is_turned_away(checked, valid, table, rule, how):
    if how == "absent":
        del valid[table]
    else:
        valid[table] = valid[table].head(0)
    result = checked(valid)
    assert rule in result.broken()
    assert result.rejected == result.rows


def test_a_submission_about_another_month_is_turned_away(checked, valid):
    valid[HEADER] = with_cells(
        valid[HEADER], 1, ReportingPeriodStartDate="2025-07-01", ReportingPeriodEndDate="2025-07-31"
    )
    assert "IDSREJ012" in checked(valid).broken()


def test_rejecting_every_referral_turns_the_submission_away(checked, valid):
    valid[REFERRAL] = valid[REFERRAL].with_columns(OrgIDComm=pl.lit(None, pl.String))
    result = checked(valid)
    assert "IDSREJ101" in result.broken()
    assert result.rejected == result.rows


@pytest.mark.parametrize("gone", [PATIENT, CONTACT, ACTIVITY])
def test_input_rows_are_accepted_or_rejected(checked, valid, gone):
    """Holds with a table gone, which spoils much else."""
    del valid[gone]
    for counted in checked(valid).tables:
        assert counted.rows == counted.accepted + counted.rejected == len(valid[counted.table])


def test_every_missing_field_is_found(checked, valid):
    """The last field of each table is left out, all at once."""
    last = {table.name: table.submitted[-1].name for table in TABLES}
    result = checked({name: frame.drop(last[name]) for name, frame in valid.items()})
    missing = {finding.table: finding.field for finding in result.findings if finding.rule.id == "AC002"}
    assert missing == last


def test_a_missing_table_that_any_service_fills_is_told(checked, valid):
    del valid[ACTIVITY_SCORE]
    result = checked(valid)
    assert [(finding.rule.id, finding.table) for finding in result.findings] == [("AC001", ACTIVITY_SCORE)]
    assert result.absent == (ACTIVITY_SCORE,)


def test_an_extract_as_returned_is_not_blamed_for_what_it_leaves_out(checked, valid):
    """No NHS number, birth date or local identifiers: records meet by RecordNumber, rules on the rest are silent."""
    for name in valid:
        if "LocalPatientId" in BY_NAME[name].by_name:
            renamed = valid[name].rename({"LocalPatientId": "RecordNumber"})
            valid[name] = renamed.drop("NHSNumber", "PersonBirthDate", "Postcode", strict=False)
    result = checked(valid)
    assert result.broken() == set()
    assert {"IDS00111", "IDSREJ006", "IDS00120", "IDSREJ007"} <= set(result.not_applicable)


def test_submissions_are_checked_each_by_itself(checked, valid):
    """April and May side by side: the May file repeats identifiers, which is no fault, and has one contact of April."""
    both = {}
    for name, frame in valid.items():
        may = frame.with_columns(UniqueSubmissionID=pl.lit("2"))
        both[name] = pl.concat([frame.with_columns(UniqueSubmissionID=pl.lit("1")), may])
    both[HEADER] = with_cells(
        both[HEADER], 2, ReportingPeriodStartDate="2025-05-01", ReportingPeriodEndDate="2025-05-31"
    )
    result = checked(both)
    early = next(finding for finding in result.findings if finding.rule.id == "IDS20170")
    assert result.form == "submissions"
    assert early.count == 7
    assert early.submissions == (("ZX1 2025-05 (submission 2)", 7),)
    assert "IDS10103" not in result.broken()


def test_a_history_may_have_its_parts_in_different_months(checked, valid):
    """The referral was last sent in May, its contacts in April: in a history they meet, in submissions they do not."""
    parted = {name: frame.with_columns(UniqueSubmissionID=pl.lit("1")) for name, frame in valid.items()}
    may = with_cells(parted[HEADER], 1, ReportingPeriodStartDate="2025-05-01", ReportingPeriodEndDate="2025-05-31")
    parted[HEADER] = pl.concat([parted[HEADER], may.with_columns(UniqueSubmissionID=pl.lit("2"))])
    parted[REFERRAL] = with_cells(parted[REFERRAL], 1, UniqueSubmissionID="2")
    assert checked(parted, form="history").broken() == set()
    assert "IDS20142" in checked(parted, form="submissions").broken()
    assert checked(parted).form == "history"


def test_mixed_versions_are_told(checked, valid):
    old = with_cells(
        valid[HEADER], 1, DatSetVer="2.0", ReportingPeriodStartDate="2022-03-01", ReportingPeriodEndDate="2022-03-31"
    )
    valid = {name: frame.with_columns(UniqueSubmissionID=pl.lit("2")) for name, frame in valid.items()}
    valid[HEADER] = pl.concat([valid[HEADER], old.with_columns(UniqueSubmissionID=pl.lit("1"))])
    assert "AC007" in checked(valid).broken()


def test_a_record_that_names_no_submission_is_told(checked, valid):
    valid = {name: frame.with_columns(UniqueSubmissionID=pl.lit("1")) for name, frame in valid.items()}
    valid[CONTACT] = with_cells(valid[CONTACT], 1, UniqueSubmissionID=None)
    finding = next(f for f in checked(valid).findings if f.rule.id == "AC006")
    assert (finding.table, finding.count) == (CONTACT, 1)


def test_records_of_a_submission_without_header_are_rejected(checked, valid):
    valid = {name: frame.with_columns(UniqueSubmissionID=pl.lit("1")) for name, frame in valid.items()}
    valid[CONTACT] = with_cells(valid[CONTACT], 1, UniqueSubmissionID="7")
    result = checked(valid)
    assert "IDSREJ002" in result.broken()
    assert result.rejected_submissions == ("provider not given month not given (submission 7)",)
    assert next(table.rejected for table in result.tables if table.table == CONTACT) == 1


def test_the_format_of_dates_is_guessed(checked, valid):
    dates = ["07/04/2025", "14-04-2025", "20250403", "45764", "30 Apr 2025", "2025-04-22", "2025-04-29 00:00:00"]
    valid[CONTACT] = valid[CONTACT].with_columns(CareContDate=pl.Series(dates))
    finding = next(finding for finding in checked(valid).findings if finding.rule.id == "IDS20107")
    assert finding.count == 6
    for looks in ("DD/MM/YYYY", "DD-MM-YYYY", "YYYYMMDD", "spreadsheet", "DD-Mon-YYYY", "with a time of day"):
        assert f"1 of them look like {looks}" in finding.hint or looks in finding.hint


def test_typed_tables_give_the_same_result_as_text(checked, valid):
    typed = {name: _typed(frame, name) for name, frame in valid.items()}
    assert typed[CONTACT].schema["CareContDate"] == pl.Date
    assert checked(typed).findings == ()


def test_no_value_from_a_record_is_told_unless_asked(checked, valid):
    """Every cell that is spoilt holds the same mark, which must then be nowhere in the result."""
    mark = "Zaphod"
    spoilt = {
        name: frame.with_columns(pl.all().exclude("LocalPatientId").fill_null(mark)) for name, frame in valid.items()
    }
    spoilt[CONTACT] = spoilt[CONTACT].with_columns(CareContDate=pl.lit(mark), AppType=pl.lit(mark))
    silent, shown = checked(spoilt), checked(spoilt, rows=True)
    assert not silent.clean
    assert mark not in str(silent.as_json())
    assert mark in str(shown.examples["IDS20107"])
    assert shown.examples["IDS20107"][0]["row"] == 1


def _renamed(frame: pl.DataFrame, old: str, new: str) -> pl.DataFrame:
    return frame.with_columns(pl.all().replace(old, new)) if "LocalPatientId" in frame.columns else frame


def _typed(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    dates = [field.name for field in BY_NAME[name].submitted if field.type == "date"]
    numbers = [field.name for field in BY_NAME[name].submitted if field.type == "integer"]
    return frame.with_columns(pl.col(dates).str.to_date(), pl.col(numbers).cast(pl.Int64))


def with_cells(frame: pl.DataFrame, row: int, **values: str | None) -> pl.DataFrame:
    """The table with some cells of one row, the first being 1, changed."""
    return frame.with_columns(
        pl.when(pl.int_range(pl.len()) == row - 1).then(pl.lit(value)).otherwise(pl.col(name)).alias(name)
        for name, value in values.items()
    )
