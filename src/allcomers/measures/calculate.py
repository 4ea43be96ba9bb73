"""The only evaluator of measures: everything is counted once a source, then added up to organisations and measures.

Nothing is rounded or withheld here: `disclosure` does that to what leaves.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from allcomers.exceptions import PeriodError
from allcomers.measures import adding_up, breakdowns, catalogue, defects
from allcomers.measures.adding_up import Floats, Numbers
from allcomers.measures.aggregates import Aggregate, Recipe, Signed, recipe
from allcomers.measures.counting import Telling, counted
from allcomers.measures.levels import Level, Organisations, check_known
from allcomers.measures.measure import Category, Measure
from allcomers.measures.periods import Period
from allcomers.pathways import narrowing
from allcomers.pathways.deriving import Held
from allcomers.pathways.narrowing import Days

ALL_LEVELS = tuple(Level)


@dataclass(frozen=True)
class Figures:
    """Exact figures, before disclosure control: none of this may leave as it is.

    Attributes
    ----------
    categories : what the second axis stands for; None is everyone.
    over, under : arrays of period by category by organisation by measure. A value is `scale` times `over` divided by
        `under`, which is NaN where nothing is divided. NaN in `over` is null: no rows to speak of.
    behind : how many rows a statistic rests on; NaN for counts and shares.
    present : period by organisation: whether it has any row that counts.
    unavailable : ids of measures whose tables the data set does not have.
    """

    periods: tuple[Period, ...]
    categories: tuple[Category | None, ...]
    organisations: Organisations
    measures: tuple[Measure, ...]
    over: Floats
    under: Floats
    behind: Floats
    present: npt.NDArray[np.bool_]
    unavailable: frozenset[str] = frozenset()

    @cached_property
    def values(self) -> Floats:
        """The figures themselves, percentages from 0 to 100."""
        scale = np.array([100.0 if each.kind == "percentage" else 1.0 for each in self.measures])
        divided = np.array([each.kind in ("percentage", "mean") for each in self.measures])
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = scale * self.over / self.under
        return np.where(divided, np.where(self.under > 0, ratio, np.nan), self.over)


@dataclass(frozen=True)
class Asked:
    """Measures of everyone and, where there are any, of each of some categories."""

    measures: Sequence[Measure]
    categories: Sequence[Category] = ()


def measure(
    held: Held,
    periods: Sequence[Period],
    *,
    measures: Sequence[Measure] | None = None,
    levels: Sequence[Level] = ALL_LEVELS,
    categories: Sequence[Category] = (),
    tell: Telling = lambda _: None,
) -> Figures:
    """Measures for each period, level and category.

    Parameters
    ----------
    held : derived pathways, as `pathways.deriving.hold` gives them. Measures that need a table which the data set does
        not have are not available.
    measures : which; every official one when None.
    categories : of these and of everyone; of everyone alone when empty.
    tell : called with a few words as the work goes on.

    Raises
    ------
    PeriodError : a period lies outside the data.
    MeasureRequestError : a level is asked for of which nothing is known.
    """
    asked = Asked(catalogue.all() if measures is None else measures, categories)
    return together(held, periods, [asked], levels=levels, tell=tell)[0]


def together(
    held: Held,
    periods: Sequence[Period],
    asked: Sequence[Asked],
    *,
    levels: Sequence[Level],
    tell: Telling = lambda _: None,
) -> list[Figures]:
    """As `measure`, several at once over the same organisations: what they share is counted once."""
    recipes = [_recipes(one.measures, held.absent) for one in asked]
    needed = [{aggregate for each in made.values() for aggregate in each.aggregates} for made in recipes]
    _check_held(held, periods, _days(set().union(*needed), periods))
    broken_down = {aggregate for one, each in zip(asked, needed, strict=True) if one.categories for aggregate in each}
    categories = tuple(dict.fromkeys(category for one in asked for category in one.categories))
    found = list(counted(held, periods, set().union(*needed), broken_down, categories, tell))
    tell("adding up")
    leaves = adding_up.leaves(found)
    check_known(leaves, levels)
    organisations = Organisations(leaves, levels)
    numbers = adding_up.numbers(found, organisations, periods=len(periods), categories=len(categories))
    place = {category: at for at, category in enumerate(categories, start=1)}
    return [
        _figures(one, made, numbers, tuple(periods), organisations, [0, *(place[each] for each in one.categories)])
        for one, made in zip(asked, recipes, strict=True)
    ]


def days(measures: Sequence[Measure], periods: Sequence[Period]) -> list[Days]:
    """The days on which a referral was under way of which the measures ask anything, for `deriving.hold`."""
    needed = {aggregate for each in _recipes(measures, ()).values() for aggregate in each.aggregates}
    return narrowing.merged(_days(needed, periods))


def _days(aggregates: Collection[Aggregate], periods: Sequence[Period]) -> set[Days]:
    """Those of each period, and as many a while before it as some aggregates look back."""
    back = {dt.timedelta(days=each.looks_back_days) for each in aggregates}
    return {Days(each.starts_on - one, each.ends_on - one) for each in periods for one in back}


def is_of_no_pathway(measure: Measure) -> bool:
    """Whether rows are counted that belong to no one pathway, and so to no category."""
    (made,) = _recipes([measure], ()).values()
    return any(each.source.table == "employment_record" for each in made.aggregates)


def with_official(measures: Sequence[Measure], *, compat: str | None) -> list[Measure]:
    """The measures, with the official wording taken literally where compat is "official"."""
    return [defects.as_printed(each) for each in measures] if compat == "official" else list(measures)


def categories_with_official(categories: Sequence[Category], *, compat: str | None) -> list[Category]:
    """As `with_official`, for categories."""
    return [defects.category_as_printed(each) for each in categories] if compat == "official" else list(categories)


def differing(corrected: Figures, official: Figures) -> dict[str, int]:
    """For each of some corrected measures, how many rows have another value when the wording is taken literally."""
    place = {each.id: at for at, each in enumerate(official.measures)}
    ours, theirs = corrected.values, official.values[..., [place[each.id] for each in corrected.measures]]
    present = (corrected.present | official.present)[:, None, :, None]
    apart = ~((ours == theirs) | (np.isnan(ours) & np.isnan(theirs))) & present
    counts = apart.sum(axis=(0, 1, 2))
    return {each.id: int(count) for each, count in zip(corrected.measures, counts, strict=True)}


def every_category(held: Held) -> tuple[Category, ...]:
    """The 138 official categories, less those of whose variable the data set has no table."""
    return breakdowns.available(held.absent)


def _recipes(measures: Sequence[Measure], absent: Collection[str]) -> dict[str, Recipe]:
    """How to make each of the measures that are available."""
    named: Mapping[str, Measure] = {**catalogue.by_id(), **{each.id: each for each in measures}}
    return {each.id: recipe(each, named) for each in measures if not set(each.optional) & set(absent)}


def _check_held(held: Held, periods: Sequence[Period], needed: Collection[Days]) -> None:
    """Refuse a period that begins before the first referral or ends in a month after the last event."""
    outside = [each.label for each in periods if not _overlap(each, held.reach)]
    if outside:
        reach = f"The data set reaches from {held.reach.first:%Y-%m} to {held.reach.last:%Y-%m}" if held.reach else ""
        raise PeriodError(
            where="--period",
            found=f"{', '.join(outside)} lies outside the data",
            expected=reach or "There are none",
            next_step="Ask for a period within them",
        )
    if held.within is not None and not all(any(days.holds(each) for days in held.within) for each in needed):
        raise ValueError(f"pathways were derived for {held.within}, and measures ask of {sorted(needed)}")


def _overlap(period: Period, reach: Days | None) -> bool:
    return reach is not None and period.starts_on <= reach.last and period.ends_on >= reach.first


def _figures(
    asked: Asked,
    recipes: Mapping[str, Recipe],
    numbers: Numbers,
    periods: tuple[Period, ...],
    organisations: Organisations,
    places: Sequence[int],
) -> Figures:
    """The numbers put together to measures, which are the last axis; NaN where a measure is not available."""
    shape = (len(periods), len(places), len(organisations.nodes), len(asked.measures))
    over, under, behind = (np.full(shape, np.nan) for _ in range(3))
    present = np.zeros((shape[0], shape[2]), dtype=bool)
    for at, each in enumerate(asked.measures):
        if each.id not in recipes:
            continue
        made = recipes[each.id]
        over[..., at] = _sum(made.over, numbers, places)
        if made.under:
            under[..., at] = _sum(made.under, numbers, places)
        if made.behind:
            behind[..., at] = numbers[made.behind][:, places]
            over[..., at][behind[..., at] == 0] = np.nan
        for aggregate in made.aggregates:
            present |= np.nan_to_num(numbers[aggregate][:, 0]) != 0
    if Level.ENGLAND in organisations.levels:
        present[:, 0] = True
    return Figures(
        periods,
        (None, *asked.categories),
        organisations,
        tuple(asked.measures),
        over=over,
        under=under,
        behind=behind,
        present=present,
        unavailable=frozenset(each.id for each in asked.measures if each.id not in recipes),
    )


def _sum(signed: Iterable[Signed], numbers: Numbers, places: Sequence[int]) -> Floats:
    """Numbers added and taken away, of the categories in these places."""
    return np.asarray(sum(sign * numbers[each][:, places] for sign, each in signed))
