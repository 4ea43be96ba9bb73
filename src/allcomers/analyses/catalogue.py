"""Every analysis, in the chapters of a report."""

from collections.abc import Mapping
from dataclasses import dataclass

from allcomers.analyses.answer import Analysis
from allcomers.exceptions import MeasureRequestError


@dataclass(frozen=True, slots=True)
class Chapter:
    """Analyses that answer one complaint about the figures."""

    name: str
    title: str
    analyses: tuple[Analysis, ...]


CHAPTERS: tuple[Chapter, ...] = ()


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
        raise MeasureRequestError(
            where=name, found="there is no such analysis", expected=f"One of: {', '.join(known)}"
        )
    return known[name]
