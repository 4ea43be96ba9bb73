"""Figures on every base, with intervals that contain the truth."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allcomers.published.figures import FIGURE, FIGURE_COLUMNS, FIGURES, figures
from allcomers.published.tables import read_tables

CONTRACT = (
    "period,org_type,org_code,org_name,variable_type,variable_a,variable_b,"
    "figure,base,kind,numerator,denominator,low,value,high"
)
EVERY_BASE = {"official", "at_caseness", "finished", "entered", "referred"}
HEADING = (
    "OrgType,OrgCode,OrgName,VariableType,VariableA,VariableB,Count_ReferralsReceived,Count_AccessingServices,"
    "Count_FinishedCourseTreatment,Count_AtCaseness,Count_NotAtCaseness,Count_Improvement,Count_Deterioration,"
    "Count_NoReliableChange,Count_ReliableRecovery,Count_Recovery"
)
ENTERED = {"Count_AccessingServices": "200"}


def figures_of(path: Path) -> pl.DataFrame:
    return figures(read_tables([path]).counts)


def test_the_columns_and_values_are_the_contract_for_machine_use(annual: Callable[..., Path]) -> None:
    frame = figures_of(annual(ENTERED))
    assert ",".join(frame.columns) == CONTRACT == ",".join(FIGURE_COLUMNS)
    assert (
        set(frame["figure"])
        == set(FIGURE)
        == {
            "recovery",
            "reliable_recovery",
            "reliable_improvement",
            "reliable_deterioration",
            "no_reliable_change",
            "finished",
        }
    )
    assert set(frame["base"]) == EVERY_BASE
    assert set(frame["kind"]) == {"official", "all_comers"}
    assert frame.filter(kind="official")["base"].unique().to_list() == ["official"]
    assert frame.filter(base="official")["kind"].unique().to_list() == ["official"]


def test_each_figure_has_the_bases_the_table_allows(annual: Callable[..., Path]) -> None:
    def bases(frame: pl.DataFrame, figure: str) -> set[str]:
        return set(frame.filter(figure=figure)["base"])

    with_entered, without = figures_of(annual(ENTERED)), figures_of(annual({}))
    assert bases(with_entered, "recovery") == EVERY_BASE
    assert bases(without, "recovery") == EVERY_BASE - {"entered"}
    assert bases(with_entered, "reliable_improvement") == EVERY_BASE - {"at_caseness"}
    assert bases(with_entered, "finished") == {"entered", "referred"}


def test_the_worked_example_of_the_methods(annual: Callable[..., Path]) -> None:
    """Recovered 45, finished 115, not at caseness 5: 43 of 117 - 5 to 47 of 113 - 7 (methods, section 0)."""
    row = figures_of(annual({})).row(
        by_predicate=(pl.col("figure") == "recovery") & (pl.col("base") == "official"), named=True
    )
    assert (row["numerator"], row["denominator"]) == (45, 110)
    assert row["low"] == pytest.approx(38.39, abs=0.005)
    assert row["value"] == pytest.approx(100 * 45 / 110, abs=5e-5)
    assert row["high"] == pytest.approx(44.34, abs=0.005)


def test_a_withheld_count_leaves_no_value_and_keeps_its_interval(annual: Callable[..., Path]) -> None:
    """Recovered withheld (0 to 4) of 115 - 5 (106 to 112)."""
    frame = figures_of(annual({"Count_Recovery": "*", "Count_ReliableRecovery": "*"}))
    row = frame.row(by_predicate=(pl.col("figure") == "recovery") & (pl.col("base") == "official"), named=True)
    assert (row["numerator"], row["value"], row["low"]) == (None, None, 0)
    assert row["high"] == pytest.approx(100 * 4 / 106, abs=1e-4)


def test_no_figure_is_made_of_a_count_that_is_not_applicable(annual: Callable[..., Path]) -> None:
    frame = figures_of(annual({"Count_Recovery": "NULL"}))
    assert "recovery" not in set(frame["figure"])
    assert "reliable_recovery" in set(frame["figure"])


def test_four_decimals_print_as_four_decimals(annual: Callable[..., Path]) -> None:
    """Dividing by 10,000 in Polars gives 50.121500000000005; a reader of figures.csv should not meet that."""
    england = {"OrgType": "England", "Count_Recovery": "318013", "Count_FinishedCourseTreatment": "671648"}
    frame = figures_of(annual({**england, "Count_NotAtCaseness": "37164", "Count_AtCaseness": "633828"}))
    for column in ("low", "value", "high"):
        assert all(len(str(cell).partition(".")[2]) <= 4 for cell in frame[column])
    assert frame.filter(pl.col("value").is_between("low", "high", closed="both")).height == frame.height


COUNTS_UNDER_40_ARE_COMMON = st.integers(0, 8) | st.integers(0, 40) | st.integers(0, 3000)


@st.composite
def true_counts(draw: st.DrawFn) -> dict[str, int]:
    """True counts of a row, drawn by how a course ended so that the parts agree. Referrals are of other people."""
    ends = [draw(COUNTS_UNDER_40_ARE_COMMON) for _ in range(8)]
    reliably, only_recovered, improved, unchanged, worse, well_improved, well_unchanged, _unscored = ends
    at_caseness = reliably + only_recovered + improved + unchanged + worse
    return {
        "referred": draw(COUNTS_UNDER_40_ARE_COMMON),
        "entered": draw(COUNTS_UNDER_40_ARE_COMMON),
        "finished": sum(ends),
        "at_caseness": at_caseness,
        "not_at_caseness": well_improved + well_unchanged,
        "reliably_improved": reliably + improved + well_improved,
        "reliably_deteriorated": worse,
        "no_reliable_change": only_recovered + unchanged + well_unchanged,
        "reliably_recovered": reliably,
        "recovered": reliably + only_recovered,
    }


def _printed(count: int, *, exact: bool) -> str:
    if exact:
        return str(count)
    return "*" if count < 5 else str((count + 2) // 5 * 5)


@pytest.mark.parametrize("level", ["Provider", "England"])
def test_the_interval_of_every_figure_contains_the_truth(level: str, tmp_path: Path) -> None:
    path = tmp_path / "psych-ther-ann-rep-csv-2023-24-main.csv"

    @given(truths=st.lists(true_counts(), min_size=1, max_size=30))
    @settings(deadline=None, derandomize=True, max_examples=60)
    def check(truths: list[dict[str, int]]) -> None:
        rows = [
            f"{level},ZZ,Name,Group,{index},NULL,"
            + ",".join(_printed(count, exact=level == "England") for count in truth.values())
            for index, truth in enumerate(truths)
        ]
        path.write_text("\n".join([HEADING, *rows]) + "\n", encoding="utf-8")
        for row in figures_of(path).iter_rows(named=True):
            _assert_contains(row, truths[int(row["variable_a"])])

    check()


def _assert_contains(row: dict[str, object], truth: dict[str, int]) -> None:
    figure = FIGURE[str(row["figure"])]
    base = next(base for base in figure.bases if base.name == row["base"])
    numerator = truth[figure.numerator]
    denominator = truth[base.plus] - (truth[base.minus] if base.minus else 0)
    if denominator == 0:
        return
    true_percent = 100 * numerator / denominator
    low, high = row["low"], row["high"]
    assert isinstance(low, float)
    assert low <= true_percent + 1e-9
    assert high is None or true_percent <= float(str(high)) + 1e-9
    # Only a period ratio may be without an upper end.
    assert high is not None or not base.contains_outcomes


def test_every_figure_says_what_it_is() -> None:
    for figure in FIGURES:
        assert all((figure.title, figure.phrase, figure.official_wording))
        assert len({base.name for base in figure.bases}) == len(figure.bases)
        assert all(base.formula and base.meaning for base in figure.bases)
