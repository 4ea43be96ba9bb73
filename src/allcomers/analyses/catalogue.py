"""Every analysis, in the chapters of a report."""

from collections.abc import Mapping
from dataclasses import dataclass

from allcomers.analyses import (
    bounds,
    change,
    complexity,
    denominators,
    deprivation,
    digital,
    discordance,
    dose,
    durability,
    effect_size,
    employment,
    evidence,
    imputation,
    natural_recovery,
    provider_comparison,
    score_integrity,
    treatment_match,
    waits,
    workforce,
)
from allcomers.analyses.answer import Analysis
from allcomers.exceptions import MeasureRequestError


@dataclass(frozen=True, slots=True)
class Chapter:
    """Analyses that answer one complaint about the figures."""

    name: str
    title: str
    analyses: tuple[Analysis, ...]


_CHAPTERS = (
    ("left-out", "Whom the rates leave out", (denominators, bounds, imputation)),
    ("better", "What counts as better", (change, natural_recovery, effect_size, dose, durability, discordance)),
    ("scores", "Whether the scores can be trusted", (score_integrity,)),
    ("waiting", "Waiting", (waits,)),
    ("fit", "Whether people got what fits", (treatment_match, digital)),
    ("lives", "Whose lives these are", (complexity, deprivation, employment)),
    ("services", "Services beside each other", (provider_comparison,)),
    ("makers", "Who does the work, and who says so", (workforce, evidence)),
)
CHAPTERS = tuple(
    Chapter(name, title, tuple(module.ANALYSIS for module in modules)) for name, title, modules in _CHAPTERS
)


def by_name() -> Mapping[str, Analysis]:
    """Every analysis by the name with which it is asked for."""
    return {one.name: one for chapter in CHAPTERS for one in chapter.analyses}


def named(name: str) -> Analysis:
    """The analysis of that name.

    Raises
    ------
    MeasureRequestError : there is none.
    """
    known = by_name()
    if name not in known:
        raise MeasureRequestError(where=name, found="there is no such analysis", expected=f"One of: {', '.join(known)}")
    return known[name]
