"""XmR control chart of one organisation's months, with the rules of NHS England's Making Data Count."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.lib.stride_tricks import sliding_window_view

from allcomers.analyses.finding import Finding, Floats, Inclusion, Numbers, Texts, Truths, floats, reasons_column
from allcomers.exceptions import AllcomersError

LIMIT_FACTOR = 2.66
SCREENING_FACTOR = 3.267
RUN = 7
FEWEST_FIRM = 12

# A special cause is named by the first of these that holds.
RULES = {
    "outside": "outside the limits",
    "trend": "seven rising or falling",
    "two_of_three": "two of three near a limit",
    "shift": "seven on one side of the mean",
}


@dataclass(frozen=True, kw_only=True)
class Rebase:
    """New limits from the point at `position` (counted from 1), and the recorded reason for them."""

    position: int
    because: str


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """The limits of one run of points between rebases, in the unit of the values; None with fewer than two points."""

    first_position: int
    because: str
    n_used: int
    mean: float | None
    mean_moving_range: float | None
    lower_limit: float | None
    upper_limit: float | None
    provisional: bool


@dataclass(frozen=True, kw_only=True)
class ControlChart(Finding):
    """Attributes: `stretches`, one more than there are rebases, and `table`, a row a month as given.

    Columns of `table`: position (from 1), value, excluded ("missing" or null), moving_range (null after a gap), mean,
    lower_limit, upper_limit, whether each rule holds (outside, trend, two_of_three, shift), signal (the first that
    does, in words, or null) and direction ("high", "low", "rising", "falling" or null).
    """

    stretches: tuple[Stretch, ...]
    table: pl.DataFrame


def control_chart(values: Numbers, *, rebases: Sequence[Rebase] = (), screen: bool = False) -> ControlChart:
    """Mean, limits at mean ± 2.66 × mean moving range, and the four signs of special cause.

    A missing month is not filled in: no moving range crosses it and every run of points ends at it.

    Parameters
    ----------
    values : one figure a month in order, any unit; null where missing.
    rebases : where the limits start anew, each with its reason. Runs do not cross a rebase.
    screen : drop moving ranges of at least 3.267 × their mean once before making the limits. NHS England's own
        spreadsheet does not.

    Raises
    ------
    AllcomersError : a rebase without a reason or out of order.

    Source
    ------
    NHS England, Making Data Count; Wheeler & Chambers 1992, Understanding Statistical Process Control (not re-read).
    """
    points = floats(values)
    starts = _starts(rebases, len(points))
    parts = [
        _stretch(points[start.position - 1 : end], start, screen)
        for start, end in zip(starts, [start.position - 1 for start in starts[1:]] + [len(points)], strict=True)
    ]
    reasons = np.where(np.isnan(points), "missing", "")
    table = pl.concat([table for _, table in parts])
    return ControlChart(
        estimand="Whether each month differs from the others by more than the months usually differ.",
        assumptions=(
            "Months are in order, equally spaced, and would be alike and independent if nothing changed.",
            "The size of the denominator is about the same every month; the chart does not know it.",
            "Fewer than 12 points make provisional limits.",
            "A signal says that something changed, not what, nor whether for the better.",
        ),
        inclusion=Inclusion.of(reasons),
        stretches=tuple(stretch for stretch, _ in parts),
        table=table.insert_column(0, pl.Series("position", range(1, len(points) + 1), dtype=pl.Int64)).insert_column(
            2, reasons_column(reasons).alias("excluded")
        ),
    )


def _starts(rebases: Sequence[Rebase], points: int) -> list[Rebase]:
    starts = [Rebase(position=1, because="first point"), *rebases]
    for before, rebase in zip(starts, rebases, strict=False):
        if not rebase.because.strip():
            raise AllcomersError(
                where=f"rebase at point {rebase.position}",
                found="no reason",
                expected="A recorded reason why the process changed there",
            )
        if not before.position < rebase.position <= points:
            raise AllcomersError(
                where=f"rebase at point {rebase.position}",
                found=f"a position that is not after {before.position} and within {points}",
                expected="Positions in rising order, counted from 1",
            )
    return starts


def _stretch(points: Floats, start: Rebase, screen: bool) -> tuple[Stretch, pl.DataFrame]:
    moving_range = np.abs(np.diff(points, prepend=np.nan))
    n_used = int((~np.isnan(points)).sum())
    mean = float(np.nanmean(points)) if n_used else np.nan
    mean_range = _mean_range(moving_range[~np.isnan(moving_range)], screen)
    half_width = LIMIT_FACTOR * mean_range
    stretch = Stretch(
        first_position=start.position,
        because=start.because,
        n_used=n_used,
        mean=_known(mean),
        mean_moving_range=_known(mean_range),
        lower_limit=_known(mean - half_width),
        upper_limit=_known(mean + half_width),
        provisional=n_used < FEWEST_FIRM,
    )
    return stretch, _rows(points, moving_range, mean, half_width)


def _mean_range(ranges: Floats, screen: bool) -> float:
    if not len(ranges):
        return np.nan
    mean = float(ranges.mean())
    kept = ranges[ranges < SCREENING_FACTOR * mean]
    return float(kept.mean()) if screen and len(kept) else mean


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value


def _rows(points: Floats, moving_range: Floats, mean: float, half_width: float) -> pl.DataFrame:
    distance = _distance(points, mean)
    # A comparison with a missing month is false, so it ends a run of either kind.
    step = np.diff(points)
    rising, falling = (_in_run(steps, RUN - 1, members=RUN, points=len(points)) for steps in (step > 0, step < 0))
    rules = {
        "outside": _beyond(distance, half_width),
        "trend": rising | falling,
        "two_of_three": _two_of_three(distance, _beyond(distance, half_width * 2 / 3)),
        "shift": _shift(distance),
    }
    signal = np.select(list(rules.values()), list(RULES.values()), default="")
    every = np.ones(len(points))
    numbers = {
        "value": points,
        "moving_range": moving_range,
        "mean": mean * every,
        "lower_limit": (mean - half_width) * every,
        "upper_limit": (mean + half_width) * every,
    }
    return pl.DataFrame(
        {name: pl.Series(column, nan_to_null=True, dtype=pl.Float64) for name, column in numbers.items()}
        | rules
        | {"signal": reasons_column(signal), "direction": reasons_column(_direction(signal, distance, rising))}
    )


def _distance(points: Floats, mean: float) -> Floats:
    """Distance from the mean, 0 where missing or where only the last binary digits differ."""
    distance: Floats = np.nan_to_num(points - mean)
    distance[np.abs(distance) <= 1e-12 * np.abs(np.nan_to_num(mean))] = 0.0
    return distance


def _beyond(distance: Floats, limit: float) -> Truths:
    beyond: Truths = (np.abs(distance) > limit) & (distance != 0)
    return beyond


def _shift(distance: Floats) -> Truths:
    above, below = (_in_run(side, RUN, members=RUN, points=len(side)) for side in (distance > 0, distance < 0))
    return above | below


def _two_of_three(distance: Floats, near: Truths) -> Truths:
    """The near points of any three in a row that lie on one side with two of them near its limit."""
    if len(distance) < 3:
        return np.zeros(len(distance), dtype=bool)
    one_side = np.abs(sliding_window_view(np.sign(distance), 3).sum(axis=1)) == 3
    two_near = sliding_window_view(near, 3).sum(axis=1) >= 2
    return _members(one_side & two_near, width=3, points=len(distance)) & near


def _in_run(holds: Truths, length: int, *, members: int, points: int) -> Truths:
    """The points of every run of `length` that hold; a run of steps between points has one more member."""
    if len(holds) < length:
        return np.zeros(points, dtype=bool)
    return _members(sliding_window_view(holds, length).sum(axis=1) == length, width=members, points=points)


def _members(hits: Truths, *, width: int, points: int) -> Truths:
    """Every point in a window that was hit."""
    marked: Truths = np.zeros(points, dtype=bool)
    for offset in range(width):
        marked[offset : offset + len(hits)] |= hits
    return marked


def _direction(signal: Texts, distance: Floats, rising: Truths) -> Texts:
    return np.select(
        [signal == "", signal == RULES["trend"]],
        ["", np.where(rising, "rising", "falling")],
        default=np.where(distance > 0, "high", "low"),
    )
