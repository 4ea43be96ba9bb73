"""Comparison, on tables small enough to work by hand."""

from collections.abc import Callable

import polars as pl
import pytest

from allcomers.observatory.headline import Totals, totals
from allcomers.observatory.standing import SMALLEST_COMPARED, Standing, limit_rows, standing
from allcomers.published.figures import figures
from allcomers.published.tables import PublishedTables

Read = Callable[..., PublishedTables]


def _provider(number: int, **cells: str) -> dict[str, str]:
    return {"OrgCode": f"ZZP{number:02}", "OrgName": f"P{number}"} | cells


def _standing(read: Read, *rows: dict[str, str]) -> Standing | None:
    counts = read(*rows).counts
    found = totals(counts, figures(counts))
    members: dict[str, Totals] = {code: by_period["2023-24"] for (_, code), by_period in found.items()}
    return standing("provider", "2023-24", members)


def _three(read: Read, *more: dict[str, str]) -> Standing:
    """Official rates 40/110, 50/110 and 60/110; among everyone referred 40/300, 50/500 and 60/400."""
    made = _standing(
        read,
        _provider(1),
        _provider(2, Count_ReferralsReceived="500", Count_ReliableRecovery="50"),
        _provider(3, Count_ReferralsReceived="400", Count_ReliableRecovery="60"),
        *more,
    )
    assert made is not None
    return made


def test_shares_and_sizes_are_those_of_the_table(read: Read) -> None:
    made = _three(read)
    spots = {
        code: (round(official.percent, 2), round(everyone.percent, 2))
        for code, (official, everyone) in made.positions.items()
    }
    assert spots == {"ZZP01": (36.36, 13.33), "ZZP02": (45.45, 10.0), "ZZP03": (54.55, 15.0)}
    official, everyone = made.positions["ZZP02"]
    assert (official.size, everyone.size) == (110, 500)
    assert made.organisations == 3


def test_ranks_follow_the_rates_and_differ_between_the_bases(read: Read) -> None:
    """By hand: official 3 > 2 > 1; among everyone 3 > 1 > 2. Two of three swap: Spearman 1 − 6·2 / (3·8) = 0.5."""
    made = _three(read)
    assert made.movement.spearman_observed == pytest.approx(0.5)
    for side, order in ((0, ["ZZP03", "ZZP02", "ZZP01"]), (1, ["ZZP03", "ZZP01", "ZZP02"])):
        assert sorted(made.positions, key=lambda code: made.positions[code][side].rank) == order
    for pair in made.positions.values():
        for spot in pair:
            assert 1 <= spot.rank_low <= spot.rank <= spot.rank_high <= 3
            assert spot.shrunken_low < spot.shrunken < spot.shrunken_high


def test_the_shrunken_estimate_lies_between_the_figure_and_the_mean(read: Read) -> None:
    made = _three(read)
    target = made.everyone.funnel.target_share
    assert target is not None
    for _, spot in made.positions.values():
        low, high = sorted((spot.percent, 100 * target))
        assert low - 0.5 <= spot.shrunken <= high + 0.5


def test_fewer_than_three_are_not_compared(read: Read) -> None:
    assert SMALLEST_COMPARED == 3
    assert _standing(read, _provider(1), _provider(2)) is None


def test_withheld_and_impossible_ones_are_left_out_with_a_reason(read: Read) -> None:
    made = _three(
        read,
        _provider(4, Count_ReliableRecovery="*"),
        _provider(5, Count_ReferralsReceived="50"),
    )
    assert made.excluded == {
        "ZZP04": "official numerator missing",
        "ZZP05": "official denominator above the all-comers one",
    }
    assert set(made.positions) == {"ZZP01", "ZZP02", "ZZP03"}


def test_a_withheld_count_below_caseness_takes_nothing_from_the_official_base(read: Read) -> None:
    made = _three(read, _provider(4, Count_NotAtCaseness="*"))
    assert made.positions["ZZP04"][0].size == 115


def test_the_ring_lies_on_the_dot(read: Read) -> None:
    """Across and down are percent of the drawing: a share at the frame's foot is at the foot of its plot."""
    made = _three(read)
    frame = made.everyone.frame
    left, bottom = frame.place(0, frame.y_min)
    right, top = frame.place(frame.x_max, frame.y_max)
    assert left == pytest.approx(100 * frame.left / frame.outer_width, abs=0.01)
    assert bottom == pytest.approx(100 * (frame.top + frame.height) / frame.outer_height, abs=0.01)
    assert right == pytest.approx(100 * (frame.left + frame.width) / frame.outer_width, abs=0.01)
    assert top == pytest.approx(100 * frame.top / frame.outer_height, abs=0.01)
    for official, everyone in made.positions.values():
        for spot in (official, everyone):
            assert left <= spot.across <= right
            assert top <= spot.down <= bottom


def test_the_limits_narrow_with_size_and_the_wider_pair_is_outside(read: Read) -> None:
    rows = pl.DataFrame(limit_rows(_three(read).everyone)).sort("size")
    inner, outer = rows.filter(limit="95 %"), rows.filter(limit="99.8 %")
    assert (outer["low"] <= inner["low"] + 1e-9).all()
    assert (outer["high"] >= inner["high"] - 1e-9).all()
    width = (inner["high"] - inner["low"]).to_list()
    assert width[-1] < width[5]
