"""What to withhold so that nobody who has read everything else can work out a small count.

The reader is taken to know every interval that is printed (a rounded count is the true one to within 2, a withheld one
under 5), every sum in which the counts stand, and every percentage beside them. `bounds` works out what that leaves
each count, narrowing one by another until nothing moves. `decide` withholds more until every withheld count of 1 to 4
can still have three values.

Cells are numbered from 0 and everything about them is an array; equations are arrays of cells end to end.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from allcomers.measures.rounding import HALF_ROUNDING, ROUNDED_TO, SMALLEST_SHOWN

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Cells = npt.NDArray[np.intp]

LEAST_LEFT = 3
"""Fewest values that a withheld count of 1 to 4 must still be able to have."""
_UNBOUNDED = 1e9
_PATIENCE = 4
"""Rounds of one more figure at a time; after them each round withholds one more than the last, so that it ends soon."""
_UNKNOWN_NUMERATORS = 100
"""Below this many people a percentage tells something of its denominator even if the numerator is not published."""


@dataclass(frozen=True)
class Equations:
    """Sums that hold: in each, the whole less its parts is nothing.

    Attributes
    ----------
    cells : the members of each equation, end to end, the whole first.
    starts : where each begins.
    """

    cells: Cells
    starts: Cells

    @classmethod
    def of(cls, rows: Sequence[Cells], counts: Floats) -> "Equations":
        """Those of the equations (arrays of one equation a row, the whole first) that hold in the counts."""
        held = [each[2 * counts[each[:, 0]] == counts[each].sum(axis=1)] for each in rows]
        lengths = np.repeat([each.shape[1] for each in held], [len(each) for each in held]).astype(np.intp)
        cells = np.concatenate([each.ravel() for each in held]) if held else np.empty(0, dtype=np.intp)
        return cls(cells, np.cumsum(lengths) - lengths)

    @property
    def lengths(self) -> Cells:
        """How many members each equation has."""
        return np.diff(self.starts, append=len(self.cells))

    @property
    def equation(self) -> Cells:
        """Which equation each member belongs to."""
        return np.repeat(np.arange(len(self.starts)), self.lengths)

    def touching(self, marked: Flags) -> "Equations":
        """The equations that have a marked cell."""
        if not len(self.starts):
            return self
        return self.only(np.logical_or.reduceat(marked[self.cells], self.starts))

    def only(self, wanted: Flags) -> "Equations":
        """Some of the equations."""
        kept = self.lengths[wanted]
        return Equations(self.cells[np.repeat(wanted, self.lengths)], np.cumsum(kept) - kept)

    def implied(self, low: Floats, high: Floats) -> tuple[Floats, Floats]:
        """For each member, the least and greatest value that the others leave it.

        Parameters
        ----------
        low, high : the ends of each member.
        """
        whole_low, whole_high, lengths = low[self.starts], high[self.starts], self.lengths
        parts_low = np.add.reduceat(low, self.starts) - whole_low
        parts_high = np.add.reduceat(high, self.starts) - whole_high
        least = np.repeat(whole_low - parts_high, lengths) + high
        most = np.repeat(whole_high - parts_low, lengths) + low
        least[self.starts], most[self.starts] = parts_low, parts_high
        return least, most

    def narrow(self, low: Floats, high: Floats, changed: Flags) -> None:
        """Narrow every cell by the others of its equations, and mark those that moved."""
        if len(self.starts):
            ends = low[self.cells], high[self.cells]
            _apply(self.cells, self.implied(*ends), ends, low, high, changed)


Ends = tuple[Floats, Floats]
Side = tuple[tuple[int, Cells], ...]
"""Counts added (1) or taken away (-1), for each line of a table: what a share has above or below the line."""


@dataclass(frozen=True)
class Shares:
    """A ratio printed on many lines of a table.

    Attributes
    ----------
    over, under : numerator and denominator; an empty numerator is one that is not published.
    between : the cells of those below the line and not above it; empty where nobody is (a mean).
    printed : as printed, times `steps`; NaN where it is not.
    scale : 100 for percentages, 1 for means.
    steps : printed steps a point: 1 for whole numbers, 10 for one decimal.
    least : the fewest that a numerator which is not published can be where the ratio is printed.
    """

    over: Side
    under: Side
    between: Side
    printed: Floats
    scale: int
    steps: Floats
    least: Floats

    @property
    def sides(self) -> tuple[tuple[int, Cells], ...]:
        """Every term."""
        return (*self.over, *self.under, *self.between)

    def on(self, lines: Flags) -> "Shares":
        """Some of the lines alone."""

        def of(side: Side) -> Side:
            return tuple((sign, cells[lines]) for sign, cells in side)

        return replace(
            self,
            over=of(self.over),
            under=of(self.under),
            between=of(self.between),
            printed=self.printed[lines],
            steps=self.steps[lines],
            least=self.least[lines],
        )

    def touching(self, marked: Flags) -> Flags:
        """The printed lines that have a marked cell."""
        some = np.zeros(len(self.printed), dtype=bool)
        for _, cells in self.sides:
            some |= marked[cells]
        return some & ~np.isnan(self.printed)

    def narrow(self, low: Floats, high: Floats, changed: Flags) -> None:
        """Narrow the counts on both sides to those that make what is printed."""
        under_low, under_high = _ends(self.under, low, high)
        if self.over:
            over_low, over_high = _ends(self.over, low, high)
        else:
            over_low, over_high = self.least, under_high
        few = over_high - over_low <= _UNKNOWN_NUMERATORS
        if not few.any():
            return
        some = self.on(few)
        found = some.fitting((over_low[few], over_high[few]), (under_low[few], under_high[few]))
        for side, ends in zip((some.over, some.under, some.between), found, strict=True):
            _narrow_side(side, ends, low, high, changed)

    def fitting(self, over: Ends, under: Ends) -> tuple[Ends, Ends, Ends]:
        """The hulls of numerator, denominator and what is between, over the whole numbers that make what is printed."""
        least, most = np.maximum(over[0], 0), over[1]
        found = [(np.full_like(least, np.inf), np.full_like(least, -np.inf)) for _ in range(3)]
        for step in range(int((most - least).max(initial=-1)) + 1):
            above = least + step
            low, high = self._denominators(above)
            low, high = np.maximum(low, under[0]), np.minimum(high, under[1])
            fits = (above <= most) & (low <= high)
            sides = ((above, above), (low, high), (low - above, high - above))
            for (hull_low, hull_high), ends in zip(found, sides, strict=True):
                np.minimum(hull_low, ends[0], out=hull_low, where=fits)
                np.maximum(hull_high, ends[1], out=hull_high, where=fits)
        return found[0], found[1], found[2]

    def _denominators(self, above: Floats) -> tuple[Floats, Floats]:
        """The least and greatest whole number under a numerator that gives what is printed, halves upwards."""
        twice = 2 * self.scale * self.steps * above
        with np.errstate(divide="ignore", invalid="ignore"):
            most = np.where(self.printed > 0, np.floor_divide(twice, 2 * self.printed - 1), _UNBOUNDED)
        return np.floor_divide(twice, 2 * self.printed + 1) + 1, most


@dataclass(frozen=True)
class Table:
    """Counts, and all that is known of them together.

    Attributes
    ----------
    counts : exact.
    rounded : which are shown to the nearest 5; the others are exact.
    known : which the reader knows from elsewhere, so that withholding them would protect nothing.
    unprinted : which are never shown, such as those who did not recover, but can be worked out from what is.
    shares : those to give up first come first.
    """

    counts: Floats
    rounded: Flags
    known: Flags
    unprinted: Flags
    equations: Equations
    shares: tuple[Shares, ...] = ()

    @property
    def small(self) -> Flags:
        """Withheld by the national rule."""
        return self.rounded & ~self.unprinted & (self.counts < SMALLEST_SHOWN)

    @property
    def protected(self) -> Flags:
        """Counts of 1 to 4, printed or not: nobody is to learn which."""
        return self.rounded & (self.counts > 0) & (self.counts < SMALLEST_SHOWN)

    def part(self, equations: Equations) -> tuple[Cells, "Table"]:
        """The cells of some equations, and these alone as a table, without shares."""
        cells, own = np.unique(equations.cells, return_inverse=True)
        of_part = Equations(own.astype(np.intp), equations.starts)
        flags = self.rounded[cells], self.known[cells], self.unprinted[cells]
        return cells, Table(self.counts[cells], *flags, equations=of_part)

    def exposed(self, low: Floats, high: Floats) -> Flags:
        """The protected counts to which the bounds leave too few values."""
        return self.protected & (high - low < LEAST_LEFT - 1)


@dataclass(frozen=True)
class Decision:
    """What to withhold: counts, and for each of the table's shares its lines."""

    counts: Flags
    shares: tuple[Flags, ...]


def rounded_to_five(counts: Floats) -> Floats:
    """Counts to the nearest 5."""
    return np.floor((counts + HALF_ROUNDING) / ROUNDED_TO) * ROUNDED_TO


def bounds(table: Table, withheld: Flags) -> tuple[Floats, Floats]:
    """The least and greatest value that each count can have, for someone who has read everything that is shown.

    Parameters
    ----------
    withheld : the counts kept back; of those that are small and could be printed the reader is taken to know it.
    """
    return _narrowed(table, *_printed(table, withheld), everything=True)


def decide(table: Table) -> Decision:
    """What to withhold so that no small count can be worked out.

    The small counts themselves; then, for each that is too narrow, the smallest other figure of a sum that narrows it;
    last the percentages that narrow one although no sum alone does.
    """
    withheld, alone = _counts_withheld(replace(table, shares=()))
    shares = tuple(_without(each, _of_withheld(each, withheld)) for each in table.shares)
    rounds = 0
    while True:
        low, high = _narrowed(replace(table, shares=shares), *alone)
        pinned = (low > alone[0]) | (high < alone[1])
        rounds += 1
        pinning = _pinning(table, shares, (low, high), pinned, rounds)
        if not any(lines.any() for lines in pinning):
            return Decision(withheld & ~table.unprinted, tuple(np.isnan(each.printed) for each in shares))
        shares = tuple(_without(each, lines) for each, lines in zip(shares, pinning, strict=True))


def _pinning(table: Table, shares: tuple[Shares, ...], ends: Ends, pinned: Flags, rounds: int) -> list[Flags]:
    """Printed shares of the counts nearest to exposed ones that shares have narrowed: themselves, or through sums.

    At first one share of each such count; where that has not been enough, all of them, and then of all that led there.
    """
    exposed = table.exposed(*ends) & pinned
    told = np.zeros(len(pinned), dtype=bool)
    for each in shares:
        lines = each.touching(pinned)
        for _, cells in each.sides:
            told[cells[lines]] = True
    rank = np.where(told & pinned, np.arange(len(pinned), dtype=float), np.inf)
    nearest = exposed & np.isfinite(rank)
    behind = _behind(table, exposed & ~nearest, ends, pinned)
    if rounds > 3 * _PATIENCE:
        nearest = _marked(exposed, behind.cells) & told & pinned
    else:
        nearest = _marked(nearest, _smallest(rank, behind, exposed & ~nearest)[0])
    return [each.touching(nearest) for each in shares] if rounds > _PATIENCE else _one_each(shares, nearest)


def _one_each(shares: tuple[Shares, ...], marked: Flags) -> list[Flags]:
    """For each marked count the first of the printed shares that it stands in."""
    lines, left = [], marked.copy()
    for each in shares:
        some = each.touching(left)
        lines.append(some)
        for _, cells in each.sides:
            left[cells[some]] = False
    return lines


def _marked(marks: Flags, cells: Cells) -> Flags:
    marks = marks.copy()
    marks[cells] = True
    return marks


def _without(shares: Shares, lines: Flags) -> Shares:
    return replace(shares, printed=np.where(lines, np.nan, shares.printed))


def _of_withheld(shares: Shares, withheld: Flags) -> Flags:
    """Shares of a count that is kept back would give it away."""
    lines = np.zeros(len(shares.printed), dtype=bool)
    for _, cells in shares.over:
        lines |= withheld[cells]
    return lines


def _counts_withheld(table: Table) -> tuple[Flags, Ends]:
    """The counts to keep back where only sums are known of them, and the ends that this leaves."""
    withheld = table.small | table.unprinted
    while True:
        ends = bounds(table, withheld)
        exposed = table.exposed(*ends)
        if not exposed.any():
            return withheld, ends
        # Only what led to an exposed count is looked at until it is exposed no more; then everything again.
        cells, part = table.part(_behind(table, exposed, ends, _moved(table, withheld, ends)))
        more = np.zeros_like(withheld)
        more[cells] = _safe(part, withheld[cells]) & ~withheld[cells]
        if not more.any():
            more[_smallest(_rank(table, withheld), table.equations, exposed)[0]] = True
        if not more.any():
            return withheld, ends
        withheld |= more


def _moved(table: Table, withheld: Flags, ends: Ends) -> Flags:
    """The counts of which the others tell more than is printed of them."""
    low, high = _printed(table, withheld)
    return (ends[0] > low) | (ends[1] < high)


def _behind(table: Table, exposed: Flags, ends: Ends, narrowed: Flags) -> Equations:
    """The equations that leave exposed counts too little, and those that gave these their ends, and so on."""
    equations = table.equations.touching(narrowed if exposed.any() else exposed)
    if not len(equations.starts):
        return equations
    cells = equations.cells
    low, high = ends[0][cells], ends[1][cells]
    least, most = equations.implied(low, high)
    gives = narrowed[cells] & ((least >= low) | (most <= high))
    marks = exposed
    while True:
        behind = equations.only(np.logical_or.reduceat(gives & marks[cells], equations.starts))
        wider = _marked(marks, behind.cells)
        if (wider == marks).all():
            return behind
        marks = wider


def _safe(table: Table, withheld: Flags) -> Flags:
    """What to keep back so that these equations expose nothing."""
    rounds = 0
    while True:
        ends = bounds(table, withheld)
        exposed = table.exposed(*ends)
        rounds += 1
        more = np.zeros_like(withheld)
        near = replace(table, equations=table.equations.touching(exposed))
        binding = _behind(near, exposed, ends, _moved(near, withheld, ends))
        for _ in range(max(1, rounds - _PATIENCE)):
            rank = _rank(table, withheld | more)
            chosen, left = _smallest(rank, binding, exposed)
            more[chosen] = True
            more[_smallest(rank, table.equations, left)[0]] = True
        if not more.any():
            return withheld
        withheld = withheld | more


def _rank(table: Table, withheld: Flags) -> Floats:
    """The order in which counts are kept back to protect others, smallest first; never those that cannot be."""
    order = table.counts * len(table.counts) + np.arange(len(table.counts))
    return np.where(withheld | table.known, np.inf, order)


def _smallest(rank: Floats, equations: Equations, wanted: Flags) -> tuple[Cells, Flags]:
    """For each wanted cell the lowest in rank of its equations, or else of its neighbours' and theirs; who had none."""
    chosen = []
    while wanted.any() and len(equations.starts):
        spread = rank.copy()
        of_equation = np.minimum.reduceat(rank[equations.cells], equations.starts)
        np.minimum.at(spread, equations.cells, of_equation[equations.equation])
        served = wanted & np.isfinite(spread)
        chosen.append((spread[served] % len(rank)).astype(np.intp))
        wanted = wanted & ~served
        if (np.isfinite(spread) == np.isfinite(rank)).all():
            break
        rank = spread
    return np.unique(np.concatenate([*chosen, np.empty(0, dtype=np.intp)])), wanted


def _narrowed(table: Table, low: Floats, high: Floats, *, everything: bool = False) -> Ends:
    """The ends narrowed until nothing moves; the equations are only tried from the start where everything is."""
    low, high = low.copy(), high.copy()
    active = table.equations if everything else table.equations.touching(np.zeros(len(low), dtype=bool))
    lines = [~np.isnan(each.printed) for each in table.shares]
    while True:
        changed = np.zeros(len(low), dtype=bool)
        active.narrow(low, high, changed)
        for each, some in zip(table.shares, lines, strict=True):
            if some.any():
                each.on(some).narrow(low, high, changed)
        if not changed.any():
            return low, high
        if (low > high)[changed].any():
            raise ArithmeticError("counts contradict the sums and percentages in which they are said to stand")
        active = table.equations.touching(changed)
        lines = [each.touching(changed) for each in table.shares]


def _printed(table: Table, withheld: Flags) -> tuple[Floats, Floats]:
    """What each count says by itself."""
    middle = rounded_to_five(table.counts)
    low = np.where(table.rounded, np.maximum(middle - HALF_ROUNDING, SMALLEST_SHOWN), table.counts)
    high = np.where(table.rounded, middle + HALF_ROUNDING, table.counts)
    most = np.where(table.small, SMALLEST_SHOWN - 1.0, _UNBOUNDED)
    return np.where(withheld, 0.0, low), np.where(withheld, most, high)


def _ends(side: Side, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    least = sum((low[cells] if sign > 0 else -high[cells] for sign, cells in side), np.zeros(len(side[0][1])))
    most = sum((high[cells] if sign > 0 else -low[cells] for sign, cells in side), np.zeros(len(side[0][1])))
    return least, most


def _narrow_side(side: Side, ends: tuple[Floats, Floats], low: Floats, high: Floats, changed: Flags) -> None:
    """Narrow the terms of a side whose sum lies between two ends, where any number fits at all."""
    if not side:
        return
    least, most = _ends(side, low, high)
    fits = ends[0] <= ends[1]
    for sign, cells in side:
        own = low[cells], high[cells]
        own_low, own_high = own if sign > 0 else (-own[1], -own[0])
        term_low, term_high = ends[0] - (most - own_high), ends[1] - (least - own_low)
        new = (term_low, term_high) if sign > 0 else (-term_high, -term_low)
        _apply(cells[fits], (new[0][fits], new[1][fits]), (own[0][fits], own[1][fits]), low, high, changed)


def _apply(cells: Cells, implied: Ends, own: Ends, low: Floats, high: Floats, changed: Flags) -> None:
    """Narrow the ends of cells, which are their own, to what is implied; mark those that moved."""
    up, down = implied[0] > own[0], implied[1] < own[1]
    np.maximum.at(low, cells[up], implied[0][up])
    np.minimum.at(high, cells[down], implied[1][down])
    changed[cells[up | down]] = True
