"""A report as one HTML file that needs nothing else, and its tables as CSV."""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2
import polars as pl
import polars.selectors as cs

from allcomers.analyses.answer import Answer, Column, Kind
from allcomers.exceptions import UnusableSourceError
from allcomers.measures import catalogue, explaining
from allcomers.report import headline, style
from allcomers.report.answer_charts import chart_svg
from allcomers.report.making import Report, Section
from allcomers.report.protecting import Protected

MOST_ROWS = 60
"""Rows of a table that the page shows; the CSV has them all."""
WITHHELD = "*"
_SIGNIFICANT_DIGITS = 10
"""Of numbers in files: beyond them a sum depends on the order of its terms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One answer of a section, as the template writes it."""

    anchor: str
    answer: Answer
    sentence: str
    inclusion: str
    chart: str | None
    headings: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    more_rows: int
    parts: tuple["_Part", ...]


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("allcomers.report", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["Kind"] = Kind
    return environment


def html(report: Report) -> str:
    """The report as one page: style sheet, charts and mark are inside it."""
    mark = base64.b64encode(style.mark().encode()).decode()
    return (
        _environment()
        .get_template("report.html")
        .render(
            report=report,
            css=style.css(),
            mark=f"data:image/svg+xml;base64,{mark}",
            parts={
                section.analysis.name: _part(section.protected, section.analysis.name) for section in report.sections
            },
            definitions=_definitions(report),
            tables=tuple(csv_tables(report)),
        )
    )


def _part(protected: Protected, anchor: str) -> _Part:
    answer = protected.answer
    shown = _without_lone_group(answer)
    return _Part(
        anchor=anchor,
        answer=answer,
        sentence=answer.said,
        inclusion=protected.inclusion,
        chart=chart_svg(answer),
        headings=shown,
        rows=tuple(_rows(protected, shown)),
        more_rows=max(0, answer.table.height - MOST_ROWS),
        parts=tuple(_part(part, f"{anchor}-{at}") for at, part in enumerate(protected.parts, start=1)),
    )


def _without_lone_group(answer: Answer) -> tuple[Column, ...]:
    """The columns, but for a group that is the same in every row and so says nothing."""
    alone = "group" in answer.table.columns and answer.table["group"].n_unique() < 2
    return tuple(column for column in answer.columns if not (alone and column.name == "group"))


def _rows(protected: Protected, columns: Sequence[Column]) -> Iterator[tuple[str, ...]]:
    for at, row in enumerate(protected.answer.table.head(MOST_ROWS).iter_rows(named=True)):
        yield tuple(_cell(protected, column, row[column.name], at) for column in columns)


def _cell(protected: Protected, column: Column, value: object, at: int) -> str:
    hidden = protected.withheld.get(column.name)
    return WITHHELD if hidden is not None and hidden[at] else column.written(value)


def _definitions(report: Report) -> list[tuple[str, str, list[tuple[str, tuple[str, ...]]]]]:
    """Id, name and facts of every measure that the report names."""
    beside = [id_ for section in report.sections for id_ in section.analysis.measures]
    known = catalogue.by_id()
    ids = dict.fromkeys((*headline.listed(report.pairs), *beside))
    return [(id_, known[id_].name, list(explaining.facts(known[id_]))) for id_ in ids]


def csv_tables(report: Report) -> Iterator[tuple[str, Protected]]:
    """Every table of the report under the name of its file, without the ending."""
    for section in report.sections:
        yield from _named_tables(section)


def _named_tables(section: Section) -> Iterator[tuple[str, Protected]]:
    waiting = [(section.analysis.name, section.protected)]
    while waiting:
        name, protected = waiting.pop(0)
        if not protected.answer.table.is_empty():
            yield name, protected
        waiting += [(f"{name}-{at}", part) for at, part in enumerate(protected.parts, start=1)]


def write(report: Report, out: Path, csv: Path | None = None) -> None:
    """Write the page, and the tables as CSV into a folder; withheld values are `*`.

    Raises
    ------
    UnusableSourceError : a file cannot be written. Nothing is left half written.
    """
    text = html(report)
    try:
        if csv is not None:
            csv.mkdir(parents=True, exist_ok=True)
            for name, protected in csv_tables(report):
                _whole_file(csv / f"{name}.csv", _csv_text(protected))
        out.parent.mkdir(parents=True, exist_ok=True)
        _whole_file(out, text)
    except OSError as error:
        raise UnusableSourceError(
            where=str(error.filename or out),
            found=f"it cannot be written: {error.strerror or error}",
            next_step="Name another file, or make room",
        ) from error


def _whole_file(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.part")
    try:
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _csv_text(protected: Protected) -> str:
    """Values as they may be shown: shares 0–1, `*` where withheld, empty where there is none."""
    table = protected.answer.table
    table = table.with_columns(cs.float().round_sig_figs(_SIGNIFICANT_DIGITS))
    return table.select(_starred(table[name], protected.withheld.get(name)) for name in table.columns).write_csv()


def _starred(column: pl.Series, withheld: pl.Series | None) -> pl.Series:
    if withheld is None or not withheld.any():
        return column
    return column.cast(pl.String).set(withheld, WITHHELD)
