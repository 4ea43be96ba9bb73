"""Every shape in which the tables have been published reads into the same columns."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from allcomers.published.figures import bounds, count_names, figures
from allcomers.published.layouts import ANNUAL, LEVELS, MONTHLY, plain
from allcomers.published.tables import as_published, read_tables

WriteTable = Callable[..., Path]
EXPECTED = {
    "referred": 300,
    "entered": 200,
    "finished": 115,
    "at_caseness": 110,
    "not_at_caseness": 5,
    "reliably_improved": 70,
    "reliably_deteriorated": 5,
    "no_reliable_change": 35,
    "reliably_recovered": 40,
    "recovered": 45,
}
"""What the fixture's provider prints, read by eye."""


def without_underscores(name: str) -> str:
    """The headings of 2017-18 to 2019-20, when "entered treatment" was called first treatment."""
    return "CountFirstTreatment" if name == "Count_AccessingServices" else name.replace("_", "")


@pytest.mark.parametrize(
    ("year", "org_type", "heading", "extra"),
    [
        ("2017-18", "CCG", without_underscores, "CountPairedADSM"),
        ("2018-19", "STP", without_underscores, "CountPairedADSM"),
        ("2019-20", "Provider", without_underscores, "CountPairedADSM"),
        ("2020-21", "Commissioning Region", str, "Count_AppropriatePairedADSM"),
        ("2021-22", "CCG", str, "Count_SecondTreatment"),
        ("2022-23", "ICB", str, "Count_SecondTreatment"),
        ("2023-24", "SubICB", str, "Count_EndedReferrals"),
        ("2024-25", "Sub ICB", str, "Mean_TreatmentAppointmentsReliableRecovery"),
    ],
)
def test_each_years_wording_reads_into_the_same_counts(
    annual: WriteTable, year: str, org_type: str, heading: Callable[[str], str], extra: str
) -> None:
    cells = {"OrgType": org_type, "Count_AccessingServices": "200", extra: "7"}
    tables = read_tables([annual(cells, name=f"psych-ther-ann-rep-csv-{year}-main.csv", heading=heading)])
    row = tables.counts.row(0, named=True)
    assert {name: row[name] for name in count_names()} == EXPECTED
    assert row["period"] == tables.sources[0].period == year
    assert row["recovery_published_percent"] == 41
    assert tables.sources[0].unknown_columns == (heading(extra),)
    assert row[as_published(heading(extra))] == "7"
    assert tables.faults.is_empty()


@pytest.mark.parametrize(
    ("org_type", "level"), [(published, level.key) for level in LEVELS for published in level.published]
)
def test_every_organisation_type_has_a_level(annual: WriteTable, org_type: str, level: str) -> None:
    for spelling in (org_type, org_type.upper(), org_type.replace(" ", "")):
        assert read_tables([annual({"OrgType": spelling})]).counts["level"].to_list() == [level]


def test_two_wordings_of_one_count_are_read_once(annual: WriteTable) -> None:
    tables = read_tables([annual({"Count_FirstTreatment": "190", "Count_AccessingServices": "200"})])
    assert tables.counts["entered"].to_list() == [200]
    assert tables.sources[0].unknown_columns == ("Count_FirstTreatment",)
    twice = read_tables([annual({"CountRecovery": "9"})])
    assert (twice.counts["recovered"].to_list(), twice.sources[0].unknown_columns) == ([45], ("CountRecovery",))


@pytest.mark.parametrize("name", ["row", "level", "period", "referred", "source", "row_id"])
def test_an_unknown_column_cannot_be_taken_for_one_of_ours(annual: WriteTable, name: str) -> None:
    tables = read_tables([annual({name: "9"})])
    assert tables.counts.select("row", "level", "period", "referred").row(0) == (2, "provider", "2023-24", 300)
    assert len(tables.sources[0].unknown_columns) == 1
    assert tables.sources[0].unknown_columns[0].startswith(name)


def test_the_employment_status_table_of_the_same_zip_is_not_the_main_table(
    zipped: Callable[..., Path], annual_text: Callable[..., str]
) -> None:
    """It has the labels, referrals and finished courses too (official metadata 2024-25)."""
    absent = [name for name in ANNUAL_CELLS if name not in ("Count_ReferralsReceived", "Count_FinishedCourseTreatment")]
    tables = read_tables(
        [
            zipped(
                **{
                    "psych-ther-ann-rep-csv-2023-24-employment-status.csv": annual_text(without=absent),
                    "psych-ther-ann-rep-csv-2023-24-main.csv": annual_text(),
                }
            )
        ]
    )
    assert [source.member for source in tables.sources] == ["psych-ther-ann-rep-csv-2023-24-main.csv"]
    assert [name.rpartition("› ")[2] for name in tables.not_read] == [
        "psych-ther-ann-rep-csv-2023-24-employment-status.csv"
    ]


ANNUAL_CELLS = (
    "Count_ReferralsReceived",
    "Count_AccessingServices",
    "Count_FinishedCourseTreatment",
    "Count_AtCaseness",
    "Count_NotAtCaseness",
    "Count_Improvement",
    "Percentage_Improvement",
    "Count_Deterioration",
    "Percentage_Deterioration",
    "Count_NoReliableChange",
    "Percentage_NoReliableChange",
    "Count_ReliableRecovery",
    "Percentage_ReliableRecovery",
    "Count_Recovery",
    "Percentage_Recovery",
)

MEASURES = (("M001", "300"), ("M031", "200"), ("M076", "115"), ("M179", "5"), ("M191", "45"), ("M192", "41"))


@pytest.mark.parametrize("value_column", ["MEASURE_VALUE_SUPPRESSED", "MEASURE_VALUE"])
@pytest.mark.parametrize(("start", "end"), [("2025-04-01", "2025-04-30"), ("01/04/2025", "30/04/2025")])
def test_the_monthly_file_in_both_spellings_and_both_ways_of_dating(
    monthly: WriteTable, value_column: str, start: str, end: str
) -> None:
    rows = [("Provider", "ZZP01", "NULL", measure, value) for measure, value in MEASURES]
    tables = read_tables([monthly(*rows, start=start, end=end, value_column=value_column)])
    row = tables.counts.row(0, named=True)
    assert (row["period"], row["variable_type"], row["level"]) == ("2025-04", "Total", "provider")
    assert [row[part] for part in bounds("referred")] == [298, 300, 302]
    assert [row[name] for name in ("entered", "finished", "not_at_caseness", "recovered")] == [200, 115, 5, 45]
    assert row["at_caseness"] is None  # the monthly file has no such measure
    recovery = figures(tables.counts).filter(figure="recovery", base="official")
    assert recovery["value"].to_list() == pytest.approx([100 * 45 / 110], abs=5e-5)
    assert tables.percentages_checked == 1


def test_a_monthly_file_says_what_of_it_was_not_used(monthly: WriteTable) -> None:
    tables = read_tables(
        [
            monthly(
                ("Provider", "ZZP01", "NULL", "M001", "300"),
                ("Provider", "ZZP01", "All", "M076", "115"),
                ("Provider", "ZZP01", "NULL", "M999", "1"),
                ("Provider", "ZZP01", "NULL", "M998", "1"),
                ("SubICB-Provider", "ZZS01", "ZZP01", "M001", "20"),
            )
        ]
    )
    (source,) = tables.sources
    assert (source.rows, source.measures_not_used, source.rows_not_used) == (5, 2, 3)
    assert tables.counts.select("org_code", "referred", "finished").rows() == [("ZZP01", 300, 115)]


def test_a_measure_printed_twice_in_a_month_is_listed(monthly: WriteTable) -> None:
    tables = read_tables(
        [monthly(*[("Provider", "ZZP01", "NULL", "M001", value) for value in ("300", "305")])],
    )
    assert tables.counts["referred"].to_list() == [300]
    assert tables.faults.select("row", "fault", "found").rows() == [(3, "conflicting_row", "M001 is printed again")]


def test_a_year_in_one_monthly_file_is_a_span_of_months(monthly: WriteTable) -> None:
    path = monthly(("England", "All", "NULL", "M001", "7"), start="2024-04-01", end="2025-03-31")
    assert read_tables([path]).counts.select("period", "referred_low").rows() == [("2024-04..2025-03", 7)]


def test_layouts_name_each_column_once() -> None:
    for layout in (ANNUAL, MONTHLY):
        spellings = [spelling for column in layout.columns for spelling in column.spellings]
        assert len(spellings) == len(set(spellings))
        assert all(spelling == plain(spelling) for spelling in spellings)


def test_years_with_and_without_a_column_stand_together(annual: WriteTable) -> None:
    paths = [annual({"Count_Extra": "1"}, name="2024-25.csv"), annual({}, name="2023-24.csv")]
    counts = read_tables(paths).counts
    assert counts.select("period", as_published("Count_Extra")).rows() == [("2023-24", None), ("2024-25", "1")]
    assert counts["row_id"].to_list() == [0, 1]
    assert counts.schema["referred"] == pl.Int64
