"""Writes the reference of the published tables and of the command line, from their declarations.

python scripts/published_pages.py [FOLDER]        the folder is docs/reference/generated unless given
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import typer
from page_text import markdown_page, markdown_table
from typer.cli import get_docs_for_click

from allcomers.cli import app
from allcomers.observatory.site import COLUMN_MEANINGS
from allcomers.published.faults import KINDS
from allcomers.published.figures import FIGURES, Figure
from allcomers.published.layouts import COUNTS, LAYOUTS, LEVELS, PERCENTAGES, Layout, percent_column

DEFAULT_FOLDER = Path(__file__).parent.parent / "docs" / "reference" / "generated"


def pages() -> Iterator[tuple[str, str]]:
    """Every page as (path below the folder, Markdown)."""
    yield "published-layouts.md", layouts_page()
    yield "figures.md", figures_page()
    yield "faults.md", faults_page()
    yield "commands.md", commands_page()


def write(into: Path) -> None:
    """Write every page into a folder, which is made where it is missing."""
    into.mkdir(parents=True, exist_ok=True)
    for path, text in pages():
        (into / path).write_text(text, encoding="utf-8")


def layouts_page() -> str:
    """What can be read: the counts, the columns of each layout, the kinds of organisation."""
    counts = [
        (f"`{one.name}`", one.meaning, _codes(one.annual), _code(one.measure_id), "yes" if one.required else "no")
        for one in COUNTS
    ]
    percentages = [(f"`{name}`", _code(annual), _code(monthly)) for name, (annual, monthly) in PERCENTAGES.items()]
    levels = [(level.name, level.key, ", ".join(level.published)) for level in LEVELS]
    return markdown_page(
        "Published layouts",
        "The layouts of NHS England's tables that can be read. Names of columns and of organisation types are compared "
        "without case, spaces or underscores. A column that is not listed is kept as text, under `published: ` and "
        "its name, and is named on the site's data page.",
        "## Counts",
        markdown_table(("Our name", "What is counted", "Annual column", "Monthly measure", "Required"), counts),
        "## Percentages",
        "They are compared with the interval of our own figure, and printed as the official rate.",
        markdown_table(("Figure", "Annual column", "Monthly measure"), percentages),
        *(part for layout in LAYOUTS for part in _layout(layout)),
        "## Kinds of organisation",
        markdown_table(("Kind", "Key", "Organisation types as published"), levels),
    )


def _layout(layout: Layout) -> tuple[str, ...]:
    above = {count.name for count in COUNTS} | {percent_column(figure) for figure in PERCENTAGES}
    rows = [
        (f"`{one.name}`", _codes(one.spellings), "yes" if one.required else "no")
        for one in layout.columns
        if one.name not in above
    ]
    return (
        f"## The {layout.name} layout",
        f"This is {layout.description}. Beside the counts and percentages above it has these columns, shown as they "
        "are compared.",
        markdown_table(("Our name", "Wordings", "Required"), rows),
    )


def figures_page() -> str:
    """Every figure on every base, and the columns of figures.csv."""
    columns = [(", ".join(f"`{name}`" for name in names.split(", ")), meaning) for names, meaning in COLUMN_MEANINGS]
    return markdown_page(
        "Figures",
        "Each figure is one count over another, of the same period. A base that does not contain the outcomes gives a "
        "ratio that can pass 100 %, because the people differ.",
        *(part for figure in FIGURES for part in _figure(figure)),
        "## Columns of `figures.csv`",
        markdown_table(("Column", "Holds"), columns),
    )


def _figure(figure: Figure) -> tuple[str, ...]:
    rows = [
        (
            f"`{base.name}`",
            "official" if base.name == "official" else "all comers",
            f"{figure.numerator.replace('_', ' ')} ÷ ({base.formula})",
            base.meaning,
            "yes" if base.contains_outcomes else "no",
        )
        for base in figure.bases
    ]
    return (
        f"## {figure.title}",
        f"`{figure.name}`. Official wording: {figure.official_wording}.",
        markdown_table(("Base", "Kind", "Formula", "Divided by", "Contains the outcomes"), rows),
    )


def faults_page() -> str:
    """Every kind of fault, what it means and what is done with the row."""
    rows = [(f"`{kind.code}`", kind.severity, kind.meaning, kind.handling) for kind in KINDS]
    return markdown_page(
        "Faults in published tables",
        "Every instance is a row of `faults.csv`. A *fault* cannot be true of a correct table; a *note* can be, and a "
        "reader should know of it.",
        markdown_table(("Kind", "Severity", "Meaning", "What is done"), rows),
    )


def commands_page() -> str:
    """The help of every command, as Typer gives it."""
    command = typer.main.get_command(app)
    return get_docs_for_click(obj=command, ctx=typer.Context(command), name="allcomers", title="Commands")


def _code(text: str | None) -> str:
    return f"`{text}`" if text else "none"


def _codes(texts: Iterable[str]) -> str:
    return ", ".join(map(_code, texts))


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_FOLDER)
