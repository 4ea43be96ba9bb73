"""Every kind of fault is found, listed with its file and row, and nothing else is."""

from collections.abc import Callable
from pathlib import Path

import pytest

from allcomers.published.faults import COLUMNS, KIND, KINDS
from allcomers.published.figures import figures
from allcomers.published.tables import PublishedTables, read_tables

WriteTable = Callable[..., Path]
Cells = dict[str, str]

FAULTY: dict[str, tuple[tuple[Cells, ...], int, str]] = {
    "repeated_row": (({}, {"OrgName": "The same, renamed"}), 3, "also printed at row 2 as Example Vale"),
    "conflicting_row": (({}, {"Count_ReferralsReceived": "310"}), 3, "also printed at row 2"),
    "not_a_count": (({}, {"OrgCode": "ZZ2", "Count_Improvement": "1,234"}), 3, "reliably_improved is “1,234”"),
    "part_exceeds_whole": (({"Count_Recovery": "200", "Percentage_Recovery": "*"},), 2, "recovered = 200, more than"),
    "percentage_outside_interval": (({"Percentage_Recovery": "46"},), 2, "recovery 46.0 %, but 45 over finished"),
    "unknown_organisation_type": (({"OrgType": "Health Board"},), 2, "“Health Board”"),
    "not_rounded": (({"Count_ReferralsReceived": "301"},), 2, "referred = 301"),
    "more_finished_than_referred": (({"Count_ReferralsReceived": "100"},), 2, "finished 115, referred 100"),
}
"""Kind of fault: the rows of a table, the row at fault, part of what is said."""


def faults_of(path: Path) -> list[tuple[str, int, str]]:
    return read_tables([path]).faults.select("fault", "row", "found").rows()


def test_every_kind_of_fault_has_a_case_here_and_says_what_is_done() -> None:
    assert set(FAULTY) == set(KIND)
    assert all(kind.meaning.endswith(".") and kind.handling.endswith(".") for kind in KINDS)


@pytest.mark.parametrize("kind", FAULTY)
def test_a_fault_is_listed_with_its_file_and_row(annual: WriteTable, kind: str) -> None:
    rows, row_number, words = FAULTY[kind]
    path = annual(*rows)
    faults = read_tables([path]).faults
    assert tuple(faults.columns) == COLUMNS
    listed = faults.filter(fault=kind)
    assert listed["row"].unique().to_list() == [row_number]
    assert listed["file"].unique().to_list() == [path.name]
    assert listed["severity"].to_list() == [KIND[kind].severity] * listed.height
    assert listed["handling"].to_list() == [KIND[kind].handling] * listed.height
    assert any(words in found for found in listed["found"])
    assert set(faults["fault"]) == {kind}


def test_a_table_without_faults_lists_none(annual: WriteTable) -> None:
    assert faults_of(annual({})) == []


@pytest.mark.parametrize(
    "cells",
    [
        {"Count_AtCaseness": "130"},
        {"Count_Recovery": "130", "Count_AtCaseness": "NULL"},
        {"Count_ReliableRecovery": "60"},
        {"Count_ReliableRecovery": "80", "Count_Recovery": "80"},
        {"Count_Deterioration": "40"},
    ],
)
def test_each_way_in_which_parts_can_pass_their_whole(annual: WriteTable, cells: Cells) -> None:
    assert "part_exceeds_whole" in {fault for fault, _, _ in faults_of(annual(cells))}


def test_what_rounding_can_explain_is_not_a_fault(annual: WriteTable) -> None:
    """At caseness 115 of finished 115 can be 113 of 117; at caseness 120 is at least 118, which 117 cannot hold."""
    close = {"Count_AtCaseness": "115", "Count_NotAtCaseness": "*", "Count_FinishedCourseTreatment": "115"}
    assert faults_of(annual(close)) == []
    assert [fault for fault, _, _ in faults_of(annual({**close, "Count_AtCaseness": "120"}))] == ["part_exceeds_whole"]


def test_one_decimal_is_checked_for_england(annual: WriteTable) -> None:
    """45 of 110 is 40.909…, so England may print 40.9 and not 41."""
    england = {"OrgType": "England", "Percentage_ReliableRecovery": "36.4", "Percentage_Deterioration": "4.3"}
    england |= {"Percentage_Improvement": "60.9", "Percentage_NoReliableChange": "30.4"}
    assert faults_of(annual({**england, "Percentage_Recovery": "40.9"})) == []
    assert [fault for fault, _, _ in faults_of(annual({**england, "Percentage_Recovery": "41"}))] == [
        "percentage_outside_interval"
    ]


def test_percentages_that_could_be_recomputed_are_counted(annual: WriteTable) -> None:
    assert read_tables([annual({})]).percentages_checked == 5
    assert read_tables([annual({"Percentage_Recovery": "*", "Count_Improvement": "NULL"})]).percentages_checked == 3


def test_nothing_is_dropped_because_of_a_fault_except_a_row_printed_twice(annual: WriteTable) -> None:
    def recovery(tables: PublishedTables) -> list[int]:
        return figures(tables.counts).filter(figure="recovery", base="official")["numerator"].to_list()

    impossible = read_tables([annual({"Count_Recovery": "200"})])
    assert recovery(impossible) == [200]
    other = {"OrgCode": "ZZ2", "Count_Recovery": "50", "Percentage_Recovery": "45"}
    twice = read_tables([annual({}, {"Count_Recovery": "40"}, other)])
    assert recovery(twice) == [45, 50]
    assert twice.faults["fault"].to_list() == ["conflicting_row"]


def test_a_cell_that_is_not_a_count_is_left_out_of_the_figures_that_need_it(annual: WriteTable) -> None:
    tables = read_tables([annual({}, {"OrgCode": "ZZ2", "Count_Recovery": "-5"}, {"OrgCode": "ZZ3"})])
    made = figures(tables.counts).filter(org_code="ZZ2")["figure"].unique()
    assert "recovery" not in made
    assert "reliable_recovery" in made


def test_an_unknown_organisation_type_is_listed_once(annual: WriteTable) -> None:
    rows = [{"OrgType": "Health Board", "OrgCode": f"ZZ{number}"} for number in range(3)]
    tables = read_tables([annual(*rows)])
    assert tables.faults["fault"].to_list() == ["unknown_organisation_type"]
    assert tables.counts["level"].to_list() == [None] * 3
    assert set(figures(tables.counts)["org_code"]) == {"ZZ0", "ZZ1", "ZZ2"}
