"""The national tables: what each month's row of a referral knows, and which national fields are left to the extract."""

import re
from collections.abc import Callable
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from allcomers import dataset
from allcomers.dataset import HISTORY, SUBMISSIONS
from allcomers.dataset.tables import BY_NAME
from allcomers.engine import Session
from allcomers.engine.running import DuckEngine
from allcomers.pathways import deriving, national
from allcomers.pathways.derivations import Derivations

Frames = dict[str, pl.DataFrame]
Row = dict[str, str | None]

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "pathways.md"
JANUARY, FEBRUARY, MARCH = 1498, 1499, 1500
MONTHS = {"1": ("2025-01-01", "2025-01-31"), "2": ("2025-02-01", "2025-02-28"), "3": ("2025-03-01", "2025-03-31")}
OPEN: Row = {"ServDischDate": None, "EndCode": None}
CONTACTS = {"1": ("2025-01-20", "01"), "2": ("2025-02-10", "02"), "3": ("2025-03-10", "02")}
"""An assessment and two treatment sessions, each in the file of its month."""
SCORES = {"1": (21, 17), "2": (20, 16), "3": (5, 4)}
"""PHQ-9 and GAD-7 at each of them."""


def ended(on: str) -> Row:
    return {"ServDischDate": on, "EndCode": "46"}


def sent(referrals: dict[str, Row], months: dict[str, tuple[str, str]] = MONTHS) -> Frames:
    """One person's referral, received on 5 January, as sent in the files named; each contact in that of its month."""
    contacts = {n: contact for n, contact in CONTACTS.items() if n in months}
    person = {"LocalPatientId": "P", "PersonBirthDate": "1990-05-01"}
    referral = {"ServiceRequestId": "R", "LocalPatientId": "P", "ReferralRequestReceivedDate": "2025-01-05"}
    attended = {"ServiceRequestId": "R", "PlannedCareContIndicator": "Y", "AttendOrDNACode": "5"}
    rows = {
        "IDS000Header": [
            {
                "UniqueSubmissionID": n,
                "OrgIDProv": "ZX1",
                "ReportingPeriodStartDate": from_,
                "ReportingPeriodEndDate": to,
            }
            for n, (from_, to) in months.items()
        ],
        "IDS001MPI": [{"UniqueSubmissionID": n, **person} for n in referrals],
        "IDS101Referral": [{"UniqueSubmissionID": n, **referral, **row} for n, row in referrals.items()],
        "IDS201CareContact": [
            {"UniqueSubmissionID": n, "CareContactId": f"C{n}", "CareContDate": on, "AppType": kind, **attended}
            for n, (on, kind) in contacts.items()
        ],
        "IDS202CareActivity": [
            {"UniqueSubmissionID": n, "CareActId": f"A{n}", "CareContactId": f"C{n}"} for n in contacts
        ],
        "IDS607CodedScoreAssessmentAct": [
            {"UniqueSubmissionID": n, "CareActId": f"A{n}", "CodedAssToolType": tool, "PersScore": str(score)}
            for n in contacts
            for tool, score in zip(("720433000", "445455005"), SCORES[n], strict=True)
        ],
    }
    return {name: pl.DataFrame(each, infer_schema_length=None) for name, each in rows.items()}


Written = Callable[[Frames, str], dict[str, pl.DataFrame]]


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Written:
    """Writes the national tables of a data set and reads them."""

    def write(frames: Frames, form: str) -> dict[str, pl.DataFrame]:
        folder = tmp_path_factory.mktemp("national")
        with Session(memory_gb=1, threads=1) as session:
            opened = dataset.from_frames(frames, session=session, form=form)
            national.write(deriving.prepare(opened, DuckEngine(session)), opened, folder)
        return {path.stem: pl.read_parquet(path) for path in folder.iterdir()}

    return write


def referrals(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    return tables["IDS101Referral"].sort("UniqueSubmissionID")


@pytest.fixture(scope="module", params=[SUBMISSIONS, HISTORY])
def by_month(request, written) -> pl.DataFrame:
    """Discharged on 20 March: sent open twice and then ended, or, in one history, once."""
    last = {"3": ended("2025-03-20")}
    rows = {"1": OPEN, "2": OPEN, **last} if request.param == SUBMISSIONS else last
    return referrals(written(sent(rows), request.param))


def test_each_month_knows_what_had_happened_by_its_end(by_month):
    """Worked by hand: assessed in January, one session by February, the outcome in March."""
    assert by_month["Unique_MonthID"].to_list() == [JANUARY, FEBRUARY, MARCH]
    assessed, first, second = date(2025, 1, 20), date(2025, 2, 10), date(2025, 3, 10)
    expected = {
        "UsePathway_Flag": ["True", "True", "True"],
        "ServDischDate": [None, None, date(2025, 3, 20)],
        "EndCode": [None, None, "46"],
        "Assessment_FirstDate": [assessed, assessed, assessed],
        "TherapySession_FirstDate": [None, first, first],
        "TherapySession_SecondDate": [None, None, second],
        "TherapySession_LastDate": [None, first, second],
        "CareContact_Count": [1, 2, 3],
        "TreatmentCareContact_Count": [0, 1, 2],
        "CompletedTreatment_Flag": [None, None, "True"],
        "PHQ9_FirstScore": [21, 21, 21],
        "PHQ9_LastScore": [None, None, 5],
        "ADSM_LastScore": [None, None, 4],
        "Caseness_Flag": [None, None, "True"],
        "Recovery_Flag": [None, None, "True"],
        "ReliableImprovement_Flag": [None, None, "True"],
        "Age_ReferralRequest_ReceivedDate": [34, 34, 34],
        "Age_ServiceDischarge_Date": [None, None, 34],
    }
    assert {name: by_month[name].to_list() for name in expected} == expected


def test_published_sql_finds_who_waited_for_treatment_in_each_month(by_month):
    """M038 at the end of the month: open, and without a treatment session. That is so in January alone."""
    waiting = by_month.filter(
        pl.col("UsePathway_Flag") == "True",
        pl.col("ServDischDate").is_null(),
        pl.col("TherapySession_FirstDate").is_null(),
    )
    assert waiting["Unique_MonthID"].to_list() == [JANUARY]


@pytest.fixture(scope="module")
def until_february(written) -> pl.DataFrame:
    return referrals(written(sent({"1": OPEN, "2": OPEN}, {n: MONTHS[n] for n in ("1", "2")}), SUBMISSIONS))


def test_the_row_of_a_month_does_not_hang_on_later_files(by_month, until_february):
    derived = [name for name in Derivations().by_national if name in until_february.columns]
    assert_frame_equal(until_february.select(derived), by_month.head(2).select(derived))


def test_a_discharge_that_was_undone_stands_in_its_own_month(written):
    """Ended on 28 March after two sessions, and open again in April: as sent then, and as sent now."""
    months = MONTHS | {"4": ("2025-04-01", "2025-04-30")}
    rows = referrals(written(sent({"3": ended("2025-03-28"), "4": OPEN}, months), SUBMISSIONS))
    assert rows["CompletedTreatment_Flag"].to_list() == ["True", None]
    assert rows["Recovery_Flag"].to_list() == ["True", None]
    assert rows["TreatmentCareContact_Count"].to_list() == [2, 2]


def test_what_a_refresh_replaced_has_no_derived_pathway(written):
    months = {"1": MONTHS["1"], "2": MONTHS["2"], "4": MONTHS["2"]}
    rows = referrals(written(sent({"1": OPEN, "2": OPEN, "4": OPEN}, months), SUBMISSIONS))
    assert rows["UsePathway_Flag"].to_list() == ["True", None, "True"]
    # The contact of February is in the file that was replaced.
    assert rows["TreatmentCareContact_Count"].to_list() == [0, None, 0]


def test_a_data_set_that_names_no_month_is_taken_whole(written):
    frames = sent({"3": ended("2025-03-20")})
    del frames["IDS000Header"]
    rows = referrals(written(frames, SUBMISSIONS))
    assert rows["CompletedTreatment_Flag"].to_list() == ["True"]


def test_care_clusters_are_clipped_to_the_month(written):
    """Worked by hand for March, which has 31 days."""
    clusters = {
        "2025-03-04": (None, 28, "True", None, "True"),
        "2025-01-15": ("2025-03-10", 10, None, "True", None),
        "2025-03-07": ("2025-03-07", 1, "True", "True", None),
        "2025-01-16": ("2025-02-10", 0, None, None, None),
    }
    frames = sent({"3": OPEN})
    frames["IDS803CareCluster"] = pl.DataFrame(
        [
            {"UniqueSubmissionID": "3", "LocalPatientId": "P", "StartDateCareClust": start, "EndDateCareClust": row[0]}
            for start, row in clusters.items()
        ]
    )
    found = written(frames, SUBMISSIONS)["IDS803CareCluster"].sort("UniqueID_IDS803")
    names = ("DayCount", "StartedInRP_Flag", "EndedInRP_Flag", "OpenAtRPEnd_Flag")
    assert found.select(f"CareCluster_{name}" for name in names).rows() == [row[1:] for row in clusters.values()]


def test_the_page_names_every_field_that_is_left_to_the_extract():
    """Each is named, or covered by a name with a star, and nothing that is derived is."""
    section = PAGE.read_text().split("## Left to the extract")[1].split("\n## ")[0]
    patterns = [name for line in section.splitlines() if line.startswith("| `") for name in _names(line)]
    left = {name for table in BY_NAME.values() for name in national.left_to_the_extract(table)}
    made = {field.name for table in BY_NAME.values() for field in table.fields} - left
    assert [name for name in sorted(left) if not _covered(name, patterns)] == []
    assert [pattern for pattern in patterns if not any(fnmatchcase(name, pattern) for name in left)] == []
    assert [name for name in sorted(made) if _covered(name, patterns)] == []


def _names(line: str) -> list[str]:
    return re.findall(r"`([^`]+)`", line.split("|")[1])


def _covered(name: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
