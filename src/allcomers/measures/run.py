"""From derived pathways to figures that may leave: calculation, disclosure control and tidy frames in one call."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

from allcomers.exceptions import MeasureRequestError
from allcomers.measures import calculate, catalogue, defects, disclosure, output
from allcomers.measures.breakdowns import NEEDED
from allcomers.measures.calculate import Asked, Figures
from allcomers.measures.counting import Telling
from allcomers.measures.levels import Level, check_listed
from allcomers.measures.measure import Measure
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


def chosen(ids: Sequence[str], *, counterparts: bool = False, breakdowns: bool = False) -> list[Measure]:
    """The measures of these ids; every official one when there are none.

    Parameters
    ----------
    counterparts : each with its all-comers counterparts after it. breakdowns : they are asked for by category as well.

    Raises
    ------
    MeasureRequestError : an id is no measure's, or that of one which no category divides.
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
    undivided = [id_ for id_ in ids if breakdowns and calculate.is_of_no_pathway(known[id_])]
    if undivided:
        raise MeasureRequestError(
            where="--breakdowns",
            found=f"{', '.join(undivided)} counts employment records, which belong to no one referral",
            expected="Measures of referrals and of what happened in them",
            next_step="Ask for those without --breakdowns",
        )
    asked = [known[id_] for id_ in ids] or list(catalogue.all())
    return [one for each in asked for one in (each, *each.all_comers)] if counterparts else asked


def run(
    held: Held,
    periods: Sequence[Period],
    *,
    measures: Sequence[Measure],
    levels: Sequence[Level],
    breakdowns: bool = False,
    compat: str | None = None,
    organisations: pl.DataFrame | None = None,
    named: bool = False,
    tell: Telling = lambda _: None,
) -> Result:
    """Measures after disclosure control.

    Parameters
    ----------
    breakdowns : also by every category: the measures that are published quarterly, or all where they were `named`.
    compat : "official" takes known slips of the published wording literally; a note then counts the rows that differ.
    organisations : the list that gives names; providers that it lacks are refused.

    Raises
    ------
    PeriodError, MeasureRequestError : as `calculate.measure`.
    """
    asked = [Asked(calculate.with_official(measures, compat=compat))]
    if breakdowns:
        apart = calculate.with_official([each for each in measures if named or each.broken_down], compat=compat)
        categories = calculate.categories_with_official(calculate.every_category(held), compat=compat)
        asked.append(Asked(apart, categories))
    if compat == "official":
        asked.append(Asked([each for each in measures if defects.as_printed(each) != each]))
    figures = calculate.together(held, periods, asked, levels=levels, tell=tell)
    everyone = figures[0]
    names: dict[str, str] = {}
    if organisations is not None:
        check_listed(everyone.organisations.leaves, organisations)
        names = _names(organisations)
    tell("withholding what could be worked out")
    shown = disclosure.shown(everyone)
    frames = [output.frame(everyone, shown, names)]
    if breakdowns:
        tell("withholding what could be worked out of breakdowns")
        cells = disclosure.shown(figures[1])
        shown = disclosure.also_withheld(everyone, shown, figures[1], cells)
        frames = [output.frame(everyone, shown, names), output.frame(*disclosure.of_groups(figures[1], cells), names)]
    notes = _notes(everyone, shown) + (_not_broken_down(held.absent) if breakdowns else ())
    if compat == "official":
        notes += _compared(calculate.differing(figures[-1], everyone))
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


def _not_broken_down(absent: Collection[str]) -> tuple[str, ...]:
    return tuple(
        f"Nothing is broken down by {variable}: {table} is not in the data set."
        for variable, table in NEEDED.items()
        if table in absent
    )


def _compared(differing: dict[str, int]) -> tuple[str, ...]:
    return tuple(
        f"{id_}: {_not_small(count)} rows differ between the official wording taken literally and its sense."
        for id_, count in differing.items()
    )


def _not_small(count: int) -> str:
    """A note leaves the service too."""
    return "fewer than 5" if 0 < count < SMALLEST_SHOWN else f"{count:,}"
