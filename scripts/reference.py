"""Writes the generated part of the reference: a page for each instrument, code list, and whatever else joins WRITERS.

    python scripts/reference.py [FOLDER]        the folder is docs/reference/generated unless given

A writer returns its pages as (path below the folder, Markdown). To add a kind of page, add a writer to WRITERS.
"""

import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import dataset_pages
import measure_pages
import permission_pages
import published_pages
import safety_pages
from page_text import markdown_page, markdown_table, slug

from allcomers import codes, instruments
from allcomers.codes import CodeList
from allcomers.instruments.model import Bands, Instrument, Item, Scale, Status, Threshold

DEFAULT_FOLDER = Path(__file__).parent.parent / "docs" / "reference" / "generated"
Pages = Iterable[tuple[str, str]]


def instrument_pages() -> Pages:
    """One page an instrument, and their index."""
    rows = []
    for one in instruments.all():
        path = f"{slug(one.key)}.md"
        rows.append((f"[{one.key}]({path})", one.name, one.construct, str(one.caseness or "none")))
        yield f"instruments/{path}", _instrument(one)
    yield (
        "instruments/index.md",
        markdown_page("Instruments", markdown_table(("Key", "Name", "Measures", "Caseness"), rows)),
    )


def code_pages() -> Pages:
    """One page a code list, and their index."""
    rows = []
    for one in codes.all():
        path = f"{slug(one.name)}.md"
        doubtful = sum(code.meaning_status is not Status.VERIFIED for code in one)
        rows.append((f"[{one.name}]({path})", ", ".join(one.fields), str(len(one.codes)), str(doubtful)))
        yield f"codes/{path}", _code_list(one)
    headings = ("List", "Fields", "Codes", "Meanings not verified")
    yield "codes/index.md", markdown_page("Code lists", markdown_table(headings, rows))


WRITERS: tuple[Callable[[], Pages], ...] = (
    instrument_pages,
    code_pages,
    dataset_pages.pages,
    measure_pages.pages,
    published_pages.pages,
    safety_pages.pages,
    permission_pages.pages,
)


def write(folder: Path) -> int:
    """Every page of every writer into an emptied `folder`; how many."""
    shutil.rmtree(folder, ignore_errors=True)
    pages = [page for writer in WRITERS for page in writer()]
    for path, text in pages:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return len(pages)


def _instrument(one: Instrument) -> str:
    parts = [
        markdown_table(("Fact", "Value"), _facts(one)),
        "## Scores\n\n" + markdown_table(("Version", "Made by", "From", "To", "Status"), map(_scale, one.scales)),
        "## Thresholds\n\n" + _thresholds(one),
        "## Bands\n\n" + _bands(one.bands) if one.bands else "",
        "## Items\n\n" + _items(one),
        "## Sources\n\n" + "\n".join(f"- {source}" for source in one.sources),
        one.note,
    ]
    return markdown_page(one.name, *parts)


def _facts(one: Instrument) -> list[tuple[str, str]]:
    named = {"SNOMED CT": one.snomed, "LOINC, total": one.loinc, "LOINC, panel": one.loinc_panel}
    facts = {
        "Key": one.key,
        "Measures": one.construct,
        "Direction": f"{one.direction} ({one.direction_status})",
        "National use": one.national_use,
        "Problems": one.problems,
        "Anxiety measure token": f"{one.adsm} ({one.adsm_status})" if one.adsm else "",
        "National fields": ", ".join(one.fields or ()),
        **{name: f"{concept.code} ({concept.status})" for name, concept in named.items() if concept},
        "Blank items allowed": f"{one.missing.allowed} ({one.missing.status}). {one.missing.source}",
        "Reversed items": f"{_numbers(one.reversed_items)} ({one.reversed_status})" if one.reversed_items else "",
        "Not scored from items": one.scoring_gap,
        "Licence": f"{one.licence.terms} ({one.licence.status})",
    }
    return [(name, value) for name, value in facts.items() if value]


def _scale(scale: Scale) -> tuple[str, ...]:
    ends = (str(scale.low), str(scale.high)) if scale.high else ("", "")
    return (", ".join(scale.versions), str(scale.rule), *ends, str(scale.status))


def _thresholds(one: Instrument) -> str:
    def row(name: str, threshold: Threshold) -> tuple[str, ...]:
        return (name.replace("_", " "), str(threshold), str(threshold.status), threshold.source, threshold.note)

    rows = [row(name, threshold) for name, threshold in one.thresholds.items()]
    return markdown_table(("Threshold", "Score", "Status", "Source", "Note"), rows) if rows else "None nationally."


def _bands(one: Bands) -> str:
    rows = [(str(band.low), str(band.high), band.label) for band in one.bands]
    return (
        markdown_table(("From", "To", "Band"), rows)
        + f"\n\nStatus: {one.status}. Source: {one.source}. {one.note}".rstrip()
    )


def _items(one: Instrument) -> str:
    rows = [
        (str(item.number), item.text or item.about, item.expected, _said_of(one, item))
        for item in (*one.items, *one.further_items)
    ]
    licence = "" if one.licence.reproduced else "The wording is not reproduced, for its licence.\n\n"
    options = "\n\n" + markdown_table(("Scores", "Answer"), [(str(o.value), o.label) for o in one.options])
    return licence + markdown_table(("Item", "Wording", "Answers", ""), rows) + (options if one.options else "")


def _said_of(one: Instrument, item: Item) -> str:
    said = "" if item in one.items else "not in the total"
    return f"about safety: somebody looks from {item.risk.value} ({item.risk.status})" if item.risk else said


def _code_list(one: CodeList) -> str:
    rows = [
        (f"`{code.code}`", code.meaning, code.group, str(code.status), str(code.meaning_status), code.note)
        for code in one
    ]
    held = f"Held by {', '.join(one.fields)}, in version {' and '.join(one.versions)} of the data set."
    sources = "Sources: " + "; ".join(one.sources) + "."
    return markdown_page(
        one.name,
        held,
        markdown_table(("Code", "Meaning", "Group", "Code is", "Meaning is", "Note"), rows),
        one.note,
        sources,
    )


def _numbers(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_FOLDER
    sys.stdout.write(f"{write(folder)} pages in {folder}\n")


if __name__ == "__main__":
    main()
