"""What may be shown: national rounding and suppression, and a second withholding where sums would give a count away.

Below England a count under 5, zero included, is withheld, and other counts are rounded to 5. Whoever adds and takes
away published figures can then still narrow a withheld count: an exact total less its other parts, a quarter less two
of its months. So the bounds that such sums leave are worked out for every withheld count of 1 to 4, and where fewer
than three values are left, another figure of the same sum is withheld as well, until none is left so narrow.

Rules: NHS England, dashboard SQL and annual data 2024-25. The rule for small means and medians was not found; they are
withheld where fewer than 5 rows are behind them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from allcomers.measures.calculate import Figures, Floats
from allcomers.measures.levels import Level, Organisations
from allcomers.measures.measure import Share, terms
from allcomers.measures.periods import Period
from allcomers.measures.rounding import HALF_ROUNDING, ROUNDED_TO, SMALLEST_SHOWN

LEAST_LEFT = 3
"""Fewest values that a withheld count of 1 to 4 must still be able to have."""
SUMS: Mapping[str, tuple[str, ...]] = {
    "M023": ("M024", "M025", "M026", "M027"),
    "M031": ("M032", "M033", "M034", "M035"),
    "M038": ("M043", "M044"),
    "M076": ("M185", "M187", "M189"),
}
"""Measures that are the sum of others. A sum counts where it holds in the figures."""

Flags = npt.NDArray[np.bool_]
_PATIENCE = 4
"""Rounds of one more figure at a time; after them each round withholds one more than the last, so that it ends soon."""
_UNBOUNDED = 1e9
_LEVEL_PAIRS = (
    (Level.ENGLAND, Level.REGION),
    (Level.ENGLAND, Level.ICB),
    (Level.ENGLAND, Level.SUB_ICB),
    (Level.ENGLAND, Level.PROVIDER),
    (Level.ENGLAND, Level.SUB_ICB_PROVIDER),
    (Level.REGION, Level.ICB),
    (Level.REGION, Level.SUB_ICB),
    (Level.REGION, Level.PROVIDER),
    (Level.ICB, Level.SUB_ICB),
    (Level.ICB, Level.PROVIDER),
    (Level.ICB, Level.SUB_ICB_PROVIDER),
    (Level.REGION, Level.SUB_ICB_PROVIDER),
    (Level.SUB_ICB, Level.SUB_ICB_PROVIDER),
    (Level.PROVIDER, Level.SUB_ICB_PROVIDER),
)
PERIOD, CATEGORY, ORGANISATION, MEASURE = range(4)


@dataclass(frozen=True, slots=True)
class Sum:
    """Figures along one axis of the array of which one is the sum of others, wherever that is so in the figures."""

    axis: int
    whole: int
    parts: tuple[int, ...]


@dataclass(frozen=True)
class Shown:
    """Figures fit to leave.

    Attributes
    ----------
    values : as they may be shown, rounded; NaN where withheld or null. Shaped like the figures'.
    withheld : where a value is kept back; the rest of the NaN are null.
    secondary : counts kept back only to protect others, for whoever wants to know what the protection costs.
    """

    values: Floats
    withheld: Flags
    secondary: int


def shown(figures: Figures) -> Shown:
    """The figures after suppression, secondary suppression and rounding."""
    below = np.array([node.level is not Level.ENGLAND for node in figures.organisations.nodes])[None, None, :, None]
    counted = np.array([each.kind in ("count", "sum") for each in figures.measures])
    counts = np.where(counted, np.nan_to_num(figures.over), 0.0)
    small = below & (counts < SMALLEST_SHOWN) & counted
    hidden = protected(counts[..., counted], small[..., counted], below, list(_sums(figures, counted)))
    withheld = small.copy()
    withheld[..., counted] = hidden
    secondary = int((withheld & ~small).sum())
    withheld |= _shares_withheld(figures, below, withheld) | (below & (figures.behind < SMALLEST_SHOWN))
    values = np.where(below, _rounded_below(figures, counted), _rounded_england(figures, counted))
    return Shown(np.where(withheld, np.nan, values), withheld, secondary)


def bounds(counts: Floats, small: Flags, hidden: Flags, below: Flags, sums: Sequence[Sum]) -> tuple[Floats, Floats]:
    """The least and greatest value that each count can have, for someone who has read everything that is shown.

    Parameters
    ----------
    counts : exact counts. small : withheld as under 5, which the reader is taken to know. hidden : withheld at all.
    below : where figures are rounded.
    """
    rounded = np.floor((counts + HALF_ROUNDING) / ROUNDED_TO) * ROUNDED_TO
    low = np.where(below, np.maximum(rounded - HALF_ROUNDING, SMALLEST_SHOWN), counts)
    high = np.where(below, rounded + HALF_ROUNDING, counts)
    low, high = np.where(hidden, 0.0, low), np.where(hidden, np.where(small, SMALLEST_SHOWN - 1.0, _UNBOUNDED), high)
    applies = [_holds(counts, each) for each in sums]
    changed = True
    while changed:
        changed = False
        for each, where in zip(sums, applies, strict=True):
            changed |= _narrow(low, high, each, where)
    return low, high


def protected(counts: Floats, small: Flags, below: Flags, sums: Sequence[Sum]) -> Flags:
    """What to withhold so that no small count can be worked out: `small`, and others that stand in sums with them."""
    hidden = small.copy()
    columns = list(range(counts.shape[MEASURE]))
    rounds = 0
    while columns:
        rounds += 1
        # Only the measures in which something was exposed are looked at again.
        part, of_part = (..., columns), _within(sums, columns)
        low, high = bounds(counts[part], small[part], hidden[part], below, of_part)
        exposed = (small & (counts > 0))[part] & (high - low < LEAST_LEFT - 1)
        before = hidden[part]
        hidden[part] = _more_hidden(counts[part], exposed, before, of_part, many=max(1, rounds - _PATIENCE))
        if (hidden[part] == before).all():
            break
        columns = _linked([columns[at] for at in np.flatnonzero(exposed.any(axis=(0, 1, 2)))], sums)
    return hidden


def _linked(columns: Sequence[int], sums: Sequence[Sum]) -> list[int]:
    """The measures, and those that stand in a sum with one of them."""
    found = set(columns)
    for each in sums:
        members = {each.whole, *each.parts}
        if each.axis == MEASURE and members & found:
            found |= members
    return sorted(found)


def _within(sums: Sequence[Sum], columns: Sequence[int]) -> list[Sum]:
    """The sums, of these measures alone."""
    place = {column: at for at, column in enumerate(columns)}
    return [
        Sum(each.axis, place[each.whole], tuple(place[part] for part in each.parts)) if each.axis == MEASURE else each
        for each in sums
        if each.axis != MEASURE or {each.whole, *each.parts} <= set(place)
    ]


Cell = tuple[int, ...]


def _more_hidden(counts: Floats, exposed: Flags, hidden: Flags, sums: Sequence[Sum], *, many: int) -> Flags:
    """So many more figures withheld beside each count that is too narrow."""
    hidden = hidden.copy()
    by_place: dict[tuple[int, int], list[Sum]] = {}
    for each in sums:
        for member in (each.whole, *each.parts):
            by_place.setdefault((each.axis, member), []).append(each)
    for cell in np.argwhere(exposed):
        _hide_near(tuple(int(at) for at in cell), by_place, counts, hidden, many)
    return hidden


def _hide_near(
    start: Cell, by_place: Mapping[tuple[int, int], list[Sum]], counts: Floats, hidden: Flags, many: int
) -> None:
    """Withhold the smallest shown figure in the sums of a cell; where there is none, in those of its neighbours."""
    seen, near = {start}, [start]
    while near:
        found = [
            (cell, each)
            for cell in near
            for axis in range(4)
            for each in by_place.get((axis, cell[axis]), ())
            if _holds_at(counts, cell, each)
        ]
        neighbours = {other for cell, each in found for other in _members(cell, each)} - seen
        if open_to := [other for other in neighbours if not hidden[other]]:
            for other in sorted(open_to, key=lambda other: (counts[other], other))[:many]:
                hidden[other] = True
            return
        seen |= neighbours
        near = list(neighbours)


def _members(cell: Cell, each: Sum) -> list[Cell]:
    return [(*cell[: each.axis], along, *cell[each.axis + 1 :]) for along in (each.whole, *each.parts)]


def _holds_at(counts: Floats, cell: Cell, each: Sum) -> bool:
    whole, *parts = _members(cell, each)
    return bool(counts[whole] == sum(counts[part] for part in parts))


def _narrow(low: Floats, high: Floats, each: Sum, where: Flags) -> bool:
    """Narrow every cell of a sum by the others; whether anything moved."""
    # Views with the axis of the sum first, so that what is written reaches the arrays.
    lows, highs = np.moveaxis(low, each.axis, 0), np.moveaxis(high, each.axis, 0)
    parts = list(each.parts)
    least, most = lows[parts], highs[parts]
    least_sum, most_sum = least.sum(axis=0), most.sum(axis=0)
    whole_low = np.where(where, np.maximum(lows[each.whole], least_sum), lows[each.whole])
    whole_high = np.where(where, np.minimum(highs[each.whole], most_sum), highs[each.whole])
    parts_low = np.where(where, np.maximum(least, whole_low - (most_sum - most)), least)
    parts_high = np.where(where, np.minimum(most, whole_high - (least_sum - least)), most)
    moved = bool(
        (whole_low > lows[each.whole]).any()
        or (whole_high < highs[each.whole]).any()
        or (parts_low > least).any()
        or (parts_high < most).any()
    )
    lows[each.whole], highs[each.whole] = whole_low, whole_high
    lows[parts], highs[parts] = parts_low, parts_high
    return moved


def _holds(counts: Floats, each: Sum) -> Flags:
    along = np.moveaxis(counts, each.axis, 0)
    parts: Floats = along[list(each.parts)].sum(axis=0)
    same: Flags = np.asarray(along[each.whole] == parts)
    return same


def _sums(figures: Figures, counted: Flags) -> Iterator[Sum]:
    """Every sum in which published figures stand: across organisations, categories, periods and measures."""
    for whole, under in organisation_sums(figures.organisations):
        yield Sum(ORGANISATION, whole, under)
    variables: dict[str, list[int]] = {}
    for at, category in enumerate(figures.categories):
        if category is not None:
            variables.setdefault(category.variable, []).append(at)
    for places in variables.values():
        yield Sum(CATEGORY, 0, tuple(places))
    for whole, period in enumerate(figures.periods):
        for tiles in _tilings(figures.periods, period):
            yield Sum(PERIOD, whole, tiles)
    place = {each.id: at for at, each in enumerate(m for m, c in zip(figures.measures, counted, strict=True) if c)}
    for id_, added in SUMS.items():
        if {id_, *added} <= set(place):
            yield Sum(MEASURE, place[id_], tuple(place[each] for each in added))


def _tilings(periods: Sequence[Period], whole: Period) -> Iterator[tuple[int, ...]]:
    """The sets of periods of one length that together are another."""
    inside = [(at, each) for at, each in enumerate(periods) if each != whole and whole.holds(each)]
    for months in sorted({each.months for _, each in inside}):
        alike = sorted((each, at) for at, each in inside if each.months == months)
        tiles: list[int] = []
        ends_on = None
        for each, at in alike:
            if ends_on is None or each.starts_on > ends_on:
                tiles.append(at)
                ends_on = each.ends_on
        if len(tiles) * months == whole.months:
            yield tuple(tiles)


def organisation_sums(organisations: Organisations) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Each organisation with those that make it up, a level at a time."""
    for whole, part in _LEVEL_PAIRS:
        if whole in organisations.levels and part in organisations.levels:
            yield from ((above, tuple(under)) for above, under in organisations.below(whole, part))


def _shares_withheld(figures: Figures, below: Flags, withheld: Flags) -> Flags:
    """Shares with few people above or below the line, or of a count that is kept back to protect another."""
    shares = np.array([each.kind == "percentage" for each in figures.measures])
    few: Flags = below & shares & ((figures.over < SMALLEST_SHOWN) | (figures.under < SMALLEST_SHOWN))
    place = {each.id: at for at, each in enumerate(figures.measures)}
    for at, each in enumerate(figures.measures):
        if isinstance(each.of, Share) and isinstance(each.of.of, str):
            named = [place[id_] for _, id_ in terms(each.of.of) if id_ in place]
            few[..., at] |= withheld[..., named].any(axis=-1)
    return few


def _rounded_below(figures: Figures, counted: Flags) -> Floats:
    """Counts to 5, whole percents, other statistics to one decimal."""
    counts = np.floor((figures.over + HALF_ROUNDING) / ROUNDED_TO) * ROUNDED_TO
    shares = np.array([each.kind == "percentage" for each in figures.measures])
    return np.where(counted, counts, np.where(shares, percent(figures, 1), one_decimal(figures.values)))


def _rounded_england(figures: Figures, counted: Flags) -> Floats:
    shares = np.array([each.kind == "percentage" for each in figures.measures])
    return np.where(counted, figures.over, np.where(shares, percent(figures, 10), one_decimal(figures.values)))


def percent(figures: Figures, steps: int) -> Floats:
    """Percentages with `steps` steps a point, halves upwards, from whole numbers so that no binary fraction decides."""
    with np.errstate(divide="ignore", invalid="ignore"):
        rounded = np.floor((2 * 100 * steps * figures.over + figures.under) / (2 * figures.under)) / steps
    return np.where(figures.under > 0, rounded, np.nan)


def one_decimal(values: Floats) -> Floats:
    """One decimal, halves upwards."""
    return np.floor(values * 10 + 0.5) / 10


def also_withheld(everyone: Figures, shown_of: Shown, broken_down: Figures, cells: Shown) -> Shown:
    """Everyone's figures, less those that had to be withheld to protect a category of a breakdown."""
    withheld = shown_of.withheld.copy()
    place = {each.id: at for at, each in enumerate(everyone.measures)}
    for at, each in enumerate(broken_down.measures):
        withheld[:, 0, :, place[each.id]] |= cells.withheld[:, 0, :, at]
    return Shown(np.where(withheld, np.nan, shown_of.values), withheld, shown_of.secondary + cells.secondary)


def of_groups(broken_down: Figures, cells: Shown) -> tuple[Figures, Shown]:
    """The categories alone: everyone's figures stand in the other table."""
    figures = replace(
        broken_down,
        categories=broken_down.categories[1:],
        over=broken_down.over[:, 1:],
        under=broken_down.under[:, 1:],
        behind=broken_down.behind[:, 1:],
    )
    return figures, Shown(cells.values[:, 1:], cells.withheld[:, 1:], cells.secondary)
