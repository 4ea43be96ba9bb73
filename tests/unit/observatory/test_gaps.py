"""Groups, gaps and slopes, on tables small enough to work by hand."""

from collections.abc import Callable
from math import log

import pytest

from allcomers.observatory import words
from allcomers.observatory.gaps import GroupTable, group_tables
from allcomers.published.deprivation import DEPRIVATION
from allcomers.published.figures import figures
from allcomers.published.tables import PublishedTables

Read = Callable[..., PublishedTables]
ENGLAND = {"OrgType": "England", "OrgCode": "All", "OrgName": "All"}


def _group(variable: str, label: str, referred: int, finished: int, reliable: int, b: str = "NULL") -> dict[str, str]:
    """A group none of which was below the cut-offs, so that its official base is all that finished."""
    return ENGLAND | {
        "VariableType": variable,
        "VariableA": label,
        "VariableB": b,
        "Count_ReferralsReceived": str(referred),
        "Count_FinishedCourseTreatment": str(finished),
        "Count_AtCaseness": str(finished),
        "Count_NotAtCaseness": "0",
        "Count_Improvement": str(reliable),
        "Count_ReliableRecovery": str(reliable),
        "Count_Recovery": str(reliable),
    }


def _tables(read: Read, *rows: dict[str, str]) -> list[GroupTable]:
    counts = read(*rows).counts
    (found,) = group_tables(counts, figures(counts)).values()
    return found


def _tenths(*, least_first: bool) -> list[dict[str, str]]:
    """Reliable recovery among everyone from 20 % in the least deprived tenth down to 11 %, each tenth of 1,000."""
    rows = []
    for place in range(1, 11):
        number = place if least_first else 11 - place
        word = {1: "Least", 10: "Most"}.get(place, "Less" if place <= 5 else "More")
        rows.append(_group(DEPRIVATION, f"{number:02} {word} deprived", 1000, 500, 210 - 10 * place))
    return rows


def test_a_gap_and_the_share_of_it_before_the_official_base_begins(read: Read) -> None:
    """Women 200/1000 = 20 % (400 finished), men 100/1000 = 10 % (250 finished): ratio 2, of which the steps before the
    base are 0.40 / 0.25 = 1.6, so ln 1.6 / ln 2 = 67.8 % of it opens before."""
    (table,) = _tables(read, _group("Gender", "Female", 1000, 400, 200), _group("Gender", "Male", 1000, 250, 100))
    assert table.gap is not None
    assert (table.gap.better.label, table.gap.worse.label) == ("Female", "Male")
    assert table.gap.decomposition.ratio.estimate == pytest.approx(2)
    assert table.gap.decomposition.share_before.estimate == pytest.approx(log(1.6) / log(2))
    sentence = words.gap(table.gap)
    assert sentence.startswith("Of every 100 referred, 20 reliably recovered among “Female” and 10 among “Male”: 2.00")
    assert "68% (95% interval " in sentence
    assert sentence.endswith("opens before the official rate begins to count, and cannot be seen in it.")


def test_steps_that_pull_in_opposite_directions_have_no_share(read: Read) -> None:
    """Women 150/300 of those who finish, men 200/500: the official rate is higher for those who recover less often."""
    (table,) = _tables(read, _group("Gender", "Female", 1000, 300, 150), _group("Gender", "Male", 1000, 500, 200))
    assert table.gap is not None
    assert words.gap(table.gap).endswith(
        "The steps before and after the official base begins pull in opposite directions."
    )


def test_the_widest_gap_leaves_out_unknown_small_and_total_groups(read: Read) -> None:
    (table,) = _tables(
        read,
        _group("Ethnic Group", "White", 1000, 500, 250, b="British"),
        _group("Ethnic Group", "Black", 1000, 500, 150, b="African"),
        _group("Ethnic Group", "Mixed", 99, 50, 1, b="Other"),
        _group("Ethnic Group", "Not stated/Not known/Invalid", 1000, 500, 5),
        _group("Ethnic Group", "White", 5000, 500, 1, b="All"),
    )
    assert table.gap is not None
    assert (table.gap.better.label, table.gap.worse.label) == ("White: British", "Black: African")
    assert [group.label for group in table.groups][-1] == "White (all)"
    assert len(table.groups) == 5  # all are shown


def test_one_usable_group_makes_no_gap(read: Read) -> None:
    (table,) = _tables(read, _group("Gender", "Female", 1000, 400, 200), _group("Gender", "Male", 1000, 400, 0))
    assert table.gap is None


@pytest.mark.parametrize("least_first", [True, False])
def test_deprivation_is_placed_by_words_in_either_direction(read: Read, least_first: bool) -> None:
    """A straight line from 20 % to 11 % at mid-ranks 0.05 to 0.95: slope −10 points, ends 20.5 % and 10.5 %."""
    (table,) = _tables(read, *_tenths(least_first=least_first))
    assert table.places is not None
    assert [table.places[group.label] for group in table.groups] == list(range(1, 11))
    assert "Least" in table.groups[0].label
    assert table.slope_everyone is not None
    assert table.slope_official is not None
    assert table.slope_everyone.slope_index.estimate == pytest.approx(-0.10)
    assert table.slope_everyone.relative_index.estimate == pytest.approx(20.5 / 10.5)
    assert table.slope_official.slope_index.estimate == pytest.approx(-0.20)  # the same over half as many
    assert table.gap is not None
    assert "Least" in table.gap.better.label
    assert "Most" in table.gap.worse.label
    assert "changes by −10.0 points" in words.slope(table)


def test_labels_whose_direction_is_not_told_have_no_slope(read: Read) -> None:
    rows = [_group(DEPRIVATION, f"Decile {place}", 1000, 500, 100 + place) for place in range(1, 11)]
    (table,) = _tables(read, *rows)
    assert (table.places, table.slope_everyone, table.gap) == ({}, None, None)
    assert words.slope(table).startswith("The labels do not tell which end is the most deprived")


def test_a_withheld_tenth_leaves_no_slope_and_says_so(read: Read) -> None:
    rows = _tenths(least_first=True)
    rows[4] |= {"Count_ReliableRecovery": "*"}
    provider = [row | {"OrgType": "Provider", "OrgCode": "ZZP01"} for row in rows]
    (table,) = _tables(read, *provider)
    assert table.slope_everyone is None
    assert words.slope(table) == "A tenth is missing, withheld or under 100 referrals, so no slope is worked out."


def test_breakdowns_come_in_the_order_declared(read: Read) -> None:
    tables = _tables(
        read,
        _group("Religion", "None", 1000, 400, 200),
        _group("Age Group", "18 to 25", 1000, 400, 200),
        _group(DEPRIVATION, "01 Least deprived", 1000, 400, 200),
        _group("Consultation Medium", "Telephone", 1000, 400, 200),
    )
    assert [table.breakdown.title for table in tables] == ["Deprivation of the area people live in", "Age", "Religion"]
