"""What may be shown: national rounding and suppression, and a second withholding where the rest gives a count away.

Below England a count under 5, zero included, is withheld, and other counts are rounded to 5. A percentage is withheld
where fewer than 5 people are above the line, below it, or between the two. Whoever adds and takes away what is left can
then still narrow a withheld count: an exact total less its other parts, a quarter less two of its months, a
denominator that only one percentage fits. `withholding` finds what has to be kept back besides; here is listed what it
has to reckon with: every sum and percentage in which published figures stand.

Two doors: `shown` for figures as `calculate` makes them, and `protected` for any tidy table of counts that is to leave.

Rules: NHS England, dashboard SQL and annual data 2024-25. The rule for small means and medians was not found; they are
withheld where fewer than 5 rows are behind them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from allcomers.measures.calculate import Figures
from allcomers.measures.levels import Level, Organisations
from allcomers.measures.measure import Measure, Share, terms
from allcomers.measures.periods import Period
from allcomers.measures.rounding import SMALLEST_SHOWN
from allcomers.measures.withholding import (
    Cells,
    Equations,
    Flags,
    Floats,
    Shares,
    Side,
    Table,
    decide,
    rounded_to_five,
)

_END_CODES = ("M057", "M058", "M059", "M060", "M061", "M062", "M063", "M066", "M069", "M070", "M071", "M072")
SUMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("M023", ("M024", "M025", "M026", "M027")),
    ("M031", ("M032", "M033", "M034", "M035")),
    ("M038", ("M043", "M044")),
    ("M056", ("M073", "M074", "M075", "M076")),
    ("M056", (*_END_CODES, "M340", "M341", "M342", "M344")),
    ("M076", ("M185", "M187", "M189")),
    ("M184", ("M121", "M046")),
    ("M184", ("M121", "M122", "M047")),
    ("M296", ("M298", "M300", "M301")),
    ("M306", ("M308", "M310", "M311")),
)
"""Measures that are the sum of others. A sum counts where it holds in the figures."""
MEANS: Mapping[str, tuple[str, str]] = {"M141": ("M089", "M076")}
"""Means whose sum is a measure too, so that the two give away how many there were."""
_ONE_DECIMAL = 10

LEVEL_PAIRS = (
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

    def cells(self, places: Cells) -> Cells:
        """The equation of every line along the axis: one a row, the whole first."""
        along = np.moveaxis(places, self.axis, -1)
        return along[..., [self.whole, *self.parts]].reshape(-1, 1 + len(self.parts))


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
    counted = np.array([each.kind in ("count", "sum") for each in figures.measures])
    values, few = rounded(figures), national(figures)
    printed, withheld = np.where(few, np.nan, values), few.copy()
    across = list(_sums_across(figures))
    for places in _linked(figures.measures, counted):
        withheld[..., places] |= _decided(_of(figures, places), printed[..., places], across)
    return Shown(np.where(withheld, np.nan, values), withheld, int((withheld & ~few & counted).sum()))


def _below(figures: Figures) -> Flags:
    """Whether figures are of less than England, shaped to go with the arrays."""
    return np.array([node.level is not Level.ENGLAND for node in figures.organisations.nodes])[None, None, :, None]


def national(figures: Figures) -> Flags:
    """What the national rule keeps back: few people counted, above or below a line, or behind a statistic."""
    kinds = np.array([each.kind for each in figures.measures])
    counted, shares = np.isin(kinds, ("count", "sum")), kinds == "percentage"
    over = np.where(counted, np.nan_to_num(figures.over), figures.over)
    of_share = shares & ((over < SMALLEST_SHOWN) | (figures.under < SMALLEST_SHOWN))
    few = (counted & (over < SMALLEST_SHOWN)) | of_share | (figures.behind < SMALLEST_SHOWN)
    return np.asarray(_below(figures) & few)


def _linked(measures: Sequence[Measure], counted: Flags) -> list[list[int]]:
    """The counts, and what is made of them, in groups that nothing ties to each other: each is decided alone."""
    place = {each.id: at for at, each in enumerate(measures)}
    ties = [{whole, *parts} for whole, parts in SUMS]
    ties += [{each.id, *(id_ for _, id_ in (*each.over, *each.under))} for each in _ratios(measures)]
    group_of = {at: {at} for at in np.flatnonzero(counted).tolist()}
    for tie in ties:
        merged: set[int] = set().union(*(group_of.get(place[id_], {place[id_]}) for id_ in tie if id_ in place))
        group_of |= dict.fromkeys(merged, merged)
    return sorted({min(group): sorted(group) for group in group_of.values()}.values())


@dataclass(frozen=True, slots=True)
class _Ratio:
    """A measure that is made of published counts: both sides as signed ids; no numerator where it is not published.

    `is_part` says that those above the line are among those below it.
    """

    id: str
    over: tuple[tuple[int, str], ...]
    under: tuple[tuple[int, str], ...]
    scale: int = 100
    is_part: bool = False


def _ratios(measures: Sequence[Measure]) -> Iterator[_Ratio]:
    """The percentages, and the means of which the sum is a measure too."""
    known = {each.id for each in measures}
    for each in measures:
        if isinstance(each.of, Share) and isinstance(each.of.among, str):
            over = tuple(terms(each.of.of)) if isinstance(each.of.of, str) else ()
            ratio = _Ratio(each.id, over, tuple(terms(each.of.among)), is_part=not each.of.of_others)
        elif each.id in MEANS:
            above, below = MEANS[each.id]
            ratio = _Ratio(each.id, ((1, above),), ((1, below),), scale=1)
        else:
            continue
        if {id_ for _, id_ in (*ratio.over, *ratio.under)} <= known:
            yield ratio


def _of(figures: Figures, places: Sequence[int]) -> Figures:
    """Some of the measures."""
    return replace(
        figures,
        measures=tuple(figures.measures[at] for at in places),
        over=figures.over[..., places],
        under=figures.under[..., places],
        behind=figures.behind[..., places],
    )


def _decided(figures: Figures, printed: Floats, across: Sequence[Sum]) -> Flags:
    """Where the figures of measures that are tied to each other have to be withheld; `across` are their other sums.

    A percentage is a cell too: that of the people between, who are below its line and not above it. It is not printed,
    but whoever knows both sides knows it.
    """
    kinds = np.array([each.kind for each in figures.measures])
    ratios = [_as_in(figures, each) for each in _ratios(figures.measures)]
    of_parts = np.isin([each.id for each in figures.measures], [each.id for each in ratios if each.is_part])
    between = np.where(of_parts, figures.under - figures.over, 0.0)
    counts = np.nan_to_num(np.where(np.isin(kinds, ("count", "sum")), figures.over, between))
    cells: Cells = np.arange(counts.size).reshape(counts.shape)
    below = np.broadcast_to(_below(figures), counts.shape)
    # Where one of two percentages has to go, the one that is published less often goes.
    ratios.sort(key=lambda each: figures.measures[_place(figures.measures)[each.id]].broken_down)
    shares = {each.id: _shares(each, figures.measures, cells, printed, below) for each in ratios}
    sums = [*across, *_sums_of_measures(figures.measures, ratios)]
    table = Table(
        counts=counts.ravel(),
        rounded=below.ravel(),
        known=np.zeros(counts.size, dtype=bool),
        unprinted=np.broadcast_to(~np.isin(kinds, ("count", "sum")), counts.shape).ravel(),
        equations=Equations.of([each.cells(cells) for each in sums], counts.ravel()),
        shares=tuple(shares.values()),
    )
    decided = decide(table)
    withheld = decided.counts.reshape(counts.shape)
    for id_, lines in zip(shares, decided.shares, strict=True):
        own = _place(figures.measures)[id_]
        withheld[..., own] = lines.reshape(counts.shape[:3]) & ~np.isnan(printed[..., own])
    return withheld


def _place(measures: Sequence[Measure]) -> dict[str, int]:
    return {each.id: at for at, each in enumerate(measures)}


def _shares(ratio: _Ratio, measures: Sequence[Measure], cells: Cells, printed: Floats, below: Flags) -> Shares:
    """A ratio on every line of the array."""
    place = _place(measures)
    own = place[ratio.id]

    def side(signed: Sequence[tuple[int, str]]) -> Side:
        return tuple((sign, cells[..., place[id_]].ravel()) for sign, id_ in signed)

    shortened = below[..., own].ravel()  # England's are printed however few they rest on, and to a decimal
    steps = np.where(shortened & (ratio.scale > 1), 1.0, _ONE_DECIMAL)
    return Shares(
        over=side(ratio.over),
        under=side(ratio.under),
        between=side(((1, ratio.id),)) if ratio.is_part else (),
        printed=np.round(printed[..., own].ravel() * steps),
        scale=ratio.scale,
        steps=steps,
        least=np.where(shortened, SMALLEST_SHOWN, 0.0),
    )


def _sums_across(figures: Figures) -> Iterator[Sum]:
    """The sums in which the figures of every measure stand: across organisations, categories and periods."""
    for whole, under in organisation_sums(figures.organisations):
        yield Sum(ORGANISATION, whole, under)
    variables: dict[str, list[int]] = {}
    for at, category in enumerate(figures.categories):
        if category is not None:
            variables.setdefault(category.variable, []).append(at)
    for places in variables.values():
        yield Sum(CATEGORY, 0, tuple(places))
    for whole, period in enumerate(figures.periods):
        for tiles in tilings(figures.periods, period):
            yield Sum(PERIOD, whole, tiles)


def _as_in(figures: Figures, ratio: _Ratio) -> _Ratio:
    """The ratio, of parts only where its numerator is nowhere above its denominator, as a sum counts where it holds."""
    own = _place(figures.measures)[ratio.id]
    return replace(ratio, is_part=ratio.is_part and not (figures.over[..., own] > figures.under[..., own]).any())


def _sums_of_measures(measures: Sequence[Measure], ratios: Sequence[_Ratio]) -> Iterator[Sum]:
    """The sums in which some of these measures are another."""
    place = _place(measures)
    for whole_id, parts in _measure_sums(ratios):
        if {whole_id, *parts} <= place.keys():
            yield Sum(MEASURE, place[whole_id], tuple(place[id_] for id_ in parts))


def _measure_sums(ratios: Sequence[_Ratio]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Measures that add up to another; a percentage stands for the people between its two sides."""
    yield from SUMS
    for each in ratios:
        if each.is_part and each.over:
            (whole,) = (id_ for sign, id_ in each.under if sign > 0)
            yield whole, (*(id_ for sign, id_ in each.under if sign < 0), *(id_ for _, id_ in each.over), each.id)


def tilings(periods: Sequence[Period], whole: Period) -> Iterator[tuple[int, ...]]:
    """The sets of periods of one length that together are another; the periods' places."""
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
    """Each organisation with those that make it up, a level at a time.

    Not where a level between says as much: whoever knows what the regions add up to, and the boards of each, learns
    nothing more about a board from the sum of all of them.
    """
    parts = {
        (whole, part): dict(organisations.below(whole, part))
        for whole, part in LEVEL_PAIRS
        if whole in organisations.levels and part in organisations.levels
    }
    for (whole, part), sums in parts.items():
        for above, under in sums.items():
            if not any(_by_way_of(between, parts, (whole, part), above) == set(under) for between in Level):
                yield above, tuple(under)


_Parts = Mapping[tuple[Level, Level], Mapping[int, Sequence[int]]]


def _by_way_of(between: Level, parts: _Parts, levels: tuple[Level, Level], above: int) -> set[int]:
    """The parts of an organisation that the sums of a level between lead to; none where one of these is missing."""
    middle = parts.get((levels[0], between), {}).get(above, ())
    lower = parts.get((between, levels[1]), {})
    return {each for one in middle for each in lower[one]} if all(one in lower for one in middle) else set()


def rounded(figures: Figures) -> Floats:
    """Values as nationally: below England counts to 5 and whole percents; England's counts exact, all else to 0.1."""
    kinds = np.array([each.kind for each in figures.measures])
    below, counted = _below(figures), np.isin(kinds, ("count", "sum"))
    steps = np.where(below, 1, _ONE_DECIMAL)
    others = np.where(kinds == "percentage", percent(figures.over, figures.under, steps), one_decimal(figures.values))
    return np.where(counted, np.where(below, rounded_to_five(figures.over), figures.over), others)


def percent(over: Floats, under: Floats, steps: int | npt.NDArray[np.int_]) -> Floats:
    """Percentages with `steps` steps a point, halves upwards, from whole numbers so that no binary fraction decides."""
    with np.errstate(divide="ignore", invalid="ignore"):
        rounded = np.floor((2 * 100 * steps * over + under) / (2 * under)) / steps
    return np.where(under > 0, rounded, np.nan)


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


def protected(
    frame: pl.DataFrame,
    *,
    counts: Sequence[str],
    shares: Mapping[str, tuple[str, str]] | None = None,
    adding: Mapping[str, Sequence[str]] | None = None,
    within: Sequence[str] = (),
) -> pl.DataFrame:
    """A tidy table of counts and their percentages, fit to leave the service.

    The whole of each group of rows is taken to be known exactly, since it is printed somewhere else: where one row of a
    group is small, another is withheld with it.

    Parameters
    ----------
    frame : a row a group of people, nobody in two rows of one group; counts are whole numbers and never null.
    counts : the columns that count people.
    shares : percentages to make: for each column, those of its numerator and its denominator, both among `counts`.
    adding : columns of counts that are the sum of others.
    within : rows alike in these columns are parts of one whole; all rows are when empty.

    Returns
    -------
    The same rows in the same order. Counts are rounded to 5 and percentages are whole, from exact counts, 0 to 100;
    null where withheld.
    """
    shares, adding = shares or {}, adding or {}
    place = {name: at for at, name in enumerate((*counts, *shares))}
    exact = frame.select(pl.col(counts).cast(pl.Float64)).to_numpy().reshape(len(frame), len(counts))
    between = [exact[:, place[among]] - exact[:, place[over]] for over, among in shares.values()]
    assert all((each >= 0).all() for each in between), "a numerator is above its denominator"
    rows = np.column_stack([exact, *between])
    groups = _groups(frame, within)
    every = np.vstack([rows, *(rows[group].sum(axis=0, keepdims=True) for group in groups)])
    cells: Cells = np.arange(every.size).reshape(every.shape)
    columns = [(whole, tuple(parts)) for whole, parts in adding.items()]
    columns += [(among, (over, name)) for name, (over, among) in shares.items()]
    sums = [cells[:, [place[whole], *(place[part] for part in parts)]] for whole, parts in columns]
    sums += [cells[[whole, *group]].T for whole, group in enumerate(groups, start=len(frame))]
    of_row = np.broadcast_to((np.arange(len(every)) < len(frame))[:, None], every.shape)
    unprinted = np.broadcast_to(np.arange(len(place)) >= len(counts), every.shape)
    table = Table(
        counts=every.ravel(),
        rounded=of_row.ravel(),
        known=~of_row.ravel(),
        unprinted=(unprinted & of_row).ravel(),
        equations=Equations.of(sums, every.ravel()),
        shares=tuple(_printed_share(each, name, place, cells[: len(frame)], rows) for name, each in shares.items()),
    )
    return _written(frame, table, list(counts), list(shares))


def _groups(frame: pl.DataFrame, within: Sequence[str]) -> list[Cells]:
    """The rows of each group."""
    if not within:
        return [np.arange(len(frame))] if len(frame) else []
    numbered = frame.select(within).with_row_index("row")
    return [group["row"].to_numpy().astype(np.intp) for group in numbered.partition_by(within, maintain_order=True)]


def _printed_share(sides: tuple[str, str], name: str, place: Mapping[str, int], cells: Cells, rows: Floats) -> Shares:
    """A whole percentage on every row that has enough people on both sides."""
    over, among = (place[side] for side in sides)
    few = (rows[:, over] < SMALLEST_SHOWN) | (rows[:, among] < SMALLEST_SHOWN)
    return Shares(
        over=((1, cells[:, over]),),
        under=((1, cells[:, among]),),
        between=((1, cells[:, place[name]]),),
        printed=np.where(few, np.nan, percent(rows[:, over], rows[:, among], 1)),
        scale=100,
        steps=np.ones(len(rows)),
        least=np.full(len(rows), float(SMALLEST_SHOWN)),
    )


def _written(frame: pl.DataFrame, table: Table, counts: list[str], shares: list[str]) -> pl.DataFrame:
    """The frame with what may be shown."""
    decided = decide(table)
    shown = np.where(decided.counts, np.nan, rounded_to_five(table.counts))
    by_row = shown.reshape(-1, len(counts) + len(shares))[: len(frame)]
    written = [pl.Series(name, by_row[:, at], nan_to_null=True).cast(pl.Int64) for at, name in enumerate(counts)]
    for name, each, lines in zip(shares, table.shares, decided.shares, strict=True):
        written.append(pl.Series(name, np.where(lines, np.nan, each.printed), nan_to_null=True))
    return frame.with_columns(written)
