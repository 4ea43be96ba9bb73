"""From derived pathways to figures that may leave: calculation, disclosure control and tidy frames in one call."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

from allcomers.exceptions import MeasureRequestError
from allcomers.measures import calculate, catalogue, disclosure, output
from allcomers.measures.calculate import Figures, Telling
from allcomers.measures.levels import Level, check_listed
from allcomers.measures.measure import Category, Measure
from allcomers.measures.periods import Period
from allcomers.measures.rounding import SMALLEST_SHOWN
from allcomers.pathways.deriving import Held


@dataclass(frozen=True)
class Result:
    """Figures fit to leave, and what their reader has to know.

    Attributes
    ----------
    frames : as `output.frame` gives them: everyone, then each breakdown variable.
    notes : sentences.
    """

    frames: tuple[pl.DataFrame, ...]
    notes: tuple[str, ...]


def chosen(ids: Sequence[str]) -> list[Measure]:
    """The measures of these ids; every official one when there are none.

    Raises
    ------
    MeasureRequestError : an id is no measure's.
    """
    known = catalogue.by_id()
    unknown = [id_ for id_ in ids if id_ not in known]
    if unknown:
        raise MeasureRequestError(
            where="--only",
            found=f"there is no measure {', '.join(unknown)}",
            expected="official ids such as M192",
            next_step="`allcomers define` lists them",
        )
    return [known[id_] for id_ in ids] or list(catalogue.all())


def run(
    held: Held,
    periods: Sequence[Period],
    *,
    measures: Sequence[Measure],
    levels: Sequence[Level],
    breakdowns: bool = False,
    compat: str | None = None,
    absent: Collection[str] = (),
    organisations: pl.DataFrame | None = None,
    named: bool = False,
    tell: Telling = lambda _: None,
) -> Result:
    """Measures after disclosure control.

    Parameters
    ----------
    breakdowns : also by every category: the measures that are published quarterly, or all where they were `named`.
    compat : "official" takes known slips of the published wording literally; a note then counts the rows that differ.
    absent : national tables that the data set does not have.
    organisations : the list that gives names; providers that it lacks are refused.

    Raises
    ------
    PeriodError, MeasureRequestError : as `calculate.measure`.
    """

    def figures(wanted: Sequence[Measure], categories: Sequence[Category] = ()) -> Figures:
        return calculate.measure(
            held, periods, measures=wanted, levels=levels, categories=categories, absent=absent, tell=tell
        )

    wanted = calculate.with_official(measures, compat=compat)
    everyone = figures(wanted)
    names: dict[str, str] = {}
    if organisations is not None:
        check_listed(everyone.organisations.leaves, organisations)
        names = _names(organisations)
    tell("withholding what could be worked out")
    shown = disclosure.shown(everyone)
    frames = [output.frame(everyone, shown, names)]
    if breakdowns:
        apart = calculate.with_official([each for each in measures if named or each.broken_down], compat=compat)
        categories = calculate.categories_with_official(calculate.every_category(), compat=compat)
        broken_down = figures(apart, categories)
        tell("withholding what could be worked out of breakdowns")
        cells = disclosure.shown(broken_down)
        shown = disclosure.also_withheld(everyone, shown, broken_down, cells)
        frames = [output.frame(everyone, shown, names), output.frame(*disclosure.of_groups(broken_down, cells), names)]
    notes = _notes(everyone, shown)
    if compat == "official":
        notes += _compared(calculate.differing(figures(measures), everyone))
    return Result(tuple(frames), notes)


def _names(organisations: pl.DataFrame) -> dict[str, str]:
    names: dict[str, str] = {}
    for code, name in (("code", "name"), ("icb_code", "icb_name"), ("region_code", "region_name")):
        if name in organisations.columns:
            names.update(organisations.select(code, name).drop_nulls().iter_rows())
    return names


def _notes(everyone: Figures, shown: disclosure.Shown) -> tuple[str, ...]:
    return (
        *(
            (f"{len(everyone.unavailable)} measures are not available: their tables are not in the data set.",)
            * bool(everyone.unavailable)
        ),
        *((f"{shown.secondary:,} counts are withheld only to protect others.",) * bool(shown.secondary)),
    )


def _compared(differing: dict[str, int]) -> tuple[str, ...]:
    return tuple(
        f"{id_}: {_not_small(count)} rows differ between the official wording taken literally and its sense."
        for id_, count in differing.items()
    )


def _not_small(count: int) -> str:
    """A note leaves the service too."""
    return "fewer than 5" if 0 < count < SMALLEST_SHOWN else f"{count:,}"
