"""Small published tables, written as NHS England writes them. A test names only the cells it is about."""

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

PROVIDER = {
    "OrgType": "Provider",
    "OrgCode": "ZZP01",
    "OrgName": "Example Vale Talking Therapies",
    "VariableType": "Total",
    "VariableA": "NULL",
    "VariableB": "NULL",
    "Count_ReferralsReceived": "300",
    "Count_AccessingServices": "NULL",
    "Count_FinishedCourseTreatment": "115",
    "Count_AtCaseness": "110",
    "Count_NotAtCaseness": "5",
    "Count_Improvement": "70",
    "Percentage_Improvement": "61",
    "Count_Deterioration": "5",
    "Percentage_Deterioration": "5",
    "Count_NoReliableChange": "35",
    "Percentage_NoReliableChange": "30",
    "Count_ReliableRecovery": "40",
    "Percentage_ReliableRecovery": "37",
    "Count_Recovery": "45",
    "Percentage_Recovery": "41",
}
MONTHLY = (
    "REPORTING_PERIOD_START",
    "REPORTING_PERIOD_END",
    "GROUP_TYPE",
    "ORG_CODE1",
    "ORG_NAME1",
    "ORG_CODE2",
    "ORG_NAME2",
    "MEASURE_ID",
    "MEASURE_NAME",
    "MEASURE_VALUE_SUPPRESSED",
)

Row = Mapping[str, str]
WriteAnnual = Callable[..., Path]


def as_csv(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([heading, *rows])
    return text.getvalue()


@pytest.fixture
def annual_text() -> Callable[..., str]:
    """An annual table as text: each row is the provider above with the given cells changed."""

    def text(*rows: Row, without: Sequence[str] = (), heading: Callable[[str], str] = str) -> str:
        columns = dict.fromkeys([*PROVIDER, *(name for row in rows for name in row)])
        names = [name for name in columns if name not in without]
        cells = [[{**PROVIDER, **row}.get(name, "NULL") for name in names] for row in rows or ({},)]
        return as_csv([heading(name) for name in names], cells)

    return text


@pytest.fixture
def annual(tmp_path: Path, annual_text: Callable[..., str]) -> WriteAnnual:
    """An annual table as a file."""

    def write(*rows: Row, name: str = "psych-ther-ann-rep-csv-2023-24-main.csv", **options: object) -> Path:
        path = tmp_path / name
        path.write_text(annual_text(*rows, **options), encoding="utf-8", newline="")
        return path

    return write


@pytest.fixture
def zipped(tmp_path: Path) -> Callable[..., Path]:
    """A ZIP of the given members."""

    def write(name: str = "psych-ther-ann-rep-csvs-2023-24.zip", /, **members: str) -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, text in members.items():
                archive.writestr(member, text)
        return path

    return write


@pytest.fixture
def monthly(tmp_path: Path) -> Callable[..., Path]:
    """A monthly activity file: (organisation type, code, second code, measure, value) a row."""

    def write(
        *rows: tuple[str, str, str, str, str],
        start: str = "2025-04-01",
        end: str = "2025-04-30",
        value_column: str = "MEASURE_VALUE_SUPPRESSED",
        name: str = "monthly.csv",
    ) -> Path:
        path = tmp_path / name
        heading = [value_column if column == "MEASURE_VALUE_SUPPRESSED" else column for column in MONTHLY]
        cells = [
            (start, end, group, code, f"Name of {code}", second, second, measure, f"Name of {measure}", value)
            for group, code, second, measure, value in rows
        ]
        path.write_text(as_csv(heading, cells), encoding="utf-8")
        return path

    return write
