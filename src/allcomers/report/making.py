"""A report made from records: each analysis asked, each answer made fit to leave, the headline pairs beside them."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import polars as pl

from allcomers.analyses.answer import Analysis
from allcomers.analyses.catalogue import CHAPTERS, Chapter
from allcomers.analyses.records import Records
from allcomers.measures import run
from allcomers.measures.levels import Level
from allcomers.report import headline
from allcomers.report.headline import Pair
from allcomers.report.protecting import Protected, fit_to_leave
from allcomers.report.provenance import Provenance

Telling = Callable[[str], None]
SHARED = ("score", "contact", "session")
"""Tables that several analyses read: made once for a report."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """One analysis with its answer, fit to leave."""

    analysis: Analysis
    protected: Protected


@dataclass(frozen=True, kw_only=True)
class Report:
    """All that a report says.

    Attributes
    ----------
    label : whom it is about. period : as a reader would write it.
    pairs : headline figures.
    chapters : each with its sections; chapters without any are left out.
    notes : what was not available.
    """

    label: str
    period: str
    pairs: tuple[Pair, ...]
    chapters: tuple[tuple[Chapter, tuple[Section, ...]], ...]
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def sections(self) -> tuple[Section, ...]:
        """Every section, in order."""
        return tuple(section for _, sections in self.chapters for section in sections)


def report(
    records: Records,
    *,
    name: str,
    provenance: Provenance,
    organisations: pl.DataFrame,
    only: Sequence[str] = (),
    tell: Telling = lambda _: None,
) -> Report:
    """Ask every analysis, or those named in `only`, of the records.

    Parameters
    ----------
    name : of whom the records tell, for the title.
    organisations : the list that gives boards and regions; for the headline figures of one of them.
    """
    tell("official measures and their counterparts")
    found = run.run(
        records.held,
        [records.period],
        measures=headline.measures(),
        levels=[records.level],
        organisations=organisations,
        named=True,
    )
    with ExitStack() as shared:
        for table in SHARED:
            shared.enter_context(records.held.made(table))
        chapters = tuple((chapter, _sections(chapter, records, only, tell)) for chapter in CHAPTERS)
    return Report(
        label=name,
        period=f"{records.period.starts_on:%-d %B %Y} to {records.period.ends_on:%-d %B %Y}",
        pairs=headline.pairs(found.frames[0], headline.ENGLAND if records.level is Level.ENGLAND else records.label),
        chapters=tuple((chapter, sections) for chapter, sections in chapters if sections),
        notes=(*records.held.notes, *found.notes),
        provenance=provenance,
    )


def _sections(chapter: Chapter, records: Records, only: Sequence[str], tell: Telling) -> tuple[Section, ...]:
    made = []
    for analysis in chapter.analyses:
        if only and analysis.name not in only:
            continue
        tell(analysis.title)
        answer = analysis.ask(records)
        made.append(Section(analysis=analysis, protected=fit_to_leave(answer, national=records.is_national)))
    return tuple(made)


def name_of(records: Records, organisations: pl.DataFrame) -> str:
    """Whom records tell of: an organisation's name and code, or its code where no list has it; or England."""
    code = records.label
    if records.level is Level.ENGLAND:
        return code
    for column, name in (("code", "name"), ("icb_code", "icb_name"), ("region_code", "region_name")):
        if found := organisations.filter(pl.col(column) == code)[name].drop_nulls().to_list():
            return f"{found[0]} ({code})"
    return code
