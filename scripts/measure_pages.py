"""The reference pages of the measures: one each, one a breakdown variable, the standards, the slips and an index."""

import re
from collections.abc import Iterable, Iterator, Sequence

from allcomers.measures import breakdowns, catalogue, defects, explaining, standards
from allcomers.measures.measure import Category, Measure
from allcomers.measures.not_computed import NOT_COMPUTED
from allcomers.measures.statement import statement

FOLDER = "measures"


def pages() -> Iterator[tuple[str, str]]:
    """Every page as (path below the generated folder, Markdown)."""
    for measure in catalogue.all():
        yield f"{FOLDER}/{_slug(measure.id)}.md", _measure(measure)
    for variable in _variables():
        yield f"{FOLDER}/{_slug(variable)}.md", _variable(breakdowns.of(variable))
    yield f"{FOLDER}/standards.md", _standards()
    yield f"{FOLDER}/slips.md", _slips()
    yield f"{FOLDER}/index.md", _index()


def _measure(measure: Measure) -> str:
    rows = [(heading, "<br>".join(lines)) for heading, lines in explaining.facts(measure)]
    query = (
        f"## As a query\n\nOver the tables that `allcomers derive` writes; "
        f"`allcomers define {measure.id} --sql tsql` writes it in another dialect.\n\n"
        f"```sql\n{statement(measure)}\n```"
    )
    return _page(f"{measure.id} {measure.name}", _table(("", ""), rows), query)


def _variable(categories: tuple[Category, ...]) -> str:
    rows = [(one.a, one.b, explaining.belonging(one), one.status, one.note) for one in categories]
    headings = ("Category", "Within it", "Who is in it", "Status", "Note")
    return _page(f"{categories[0].variable} {categories[0].type}", _table(headings, rows))


def _standards() -> str:
    rows = [
        (
            one.name,
            _linked(one.measure),
            f"{one.level:,} {one.unit}",
            str(one.starts_on or ""),
            str(one.ends_on or ""),
            str(one.status),
            one.source,
            one.note,
        )
        for one in standards.STANDARDS
    ]
    headings = ("Standard", "Measure", "Level", "From", "To", "Level is", "Source", "Note")
    return _page(
        "Standards and targets",
        "A level that is not verified is never shown as passed or failed.",
        _table(headings, rows),
    )


def _slips() -> str:
    rows = [
        (one.id, ", ".join(_touched(one)), one.found, one.read, "yes" if one.differs else "no")
        for one in defects.DEFECTS
    ]
    headings = ("Slip", "In", "Printed", "Read here", "Another form with --compat official")
    return _page("Slips in the official wording", _table(headings, rows))


def _touched(defect: defects.Defect) -> Iterator[str]:
    yield from (_linked(one.id) for one in catalogue.all() if one.defect == defect.id)
    yield from (_linked(id_) for id_ in dict.fromkeys(c.variable for c in breakdowns.all() if c.defect == defect.id))


def _index() -> str:
    parts = []
    for family, module in catalogue.FAMILIES.items():
        rows = [(_linked(one.id), one.name, one.kind, str(one.frequency), one.status) for one in module.MEASURES]
        parts.append(f"## {family}\n\n" + _table(("Id", "Name", "Kind", "Published", "Status"), rows))
    rows = [(_linked(one), breakdowns.of(one)[0].type, str(len(breakdowns.of(one)))) for one in _variables()]
    parts.append("## Breakdowns\n\n" + _table(("Id", "Variable", "Categories"), rows))
    missing = [(id_, reason) for id_, reason in NOT_COMPUTED.items()]
    parts.append("## Not computed\n\n" + (_table(("Id", "Why"), missing) if missing else "None."))
    more = "See also the [standards](standards.md) and the [slips in the official wording](slips.md)."
    return _page("Measures", more, *parts)


def _variables() -> Iterator[str]:
    yield from dict.fromkeys(one.variable for one in breakdowns.all())


def _linked(id_: str) -> str:
    return f"[{id_}]({_slug(id_)}.md)"


def _page(title: str, *parts: str) -> str:
    return "\n\n".join((f"# {title}", *(part for part in parts if part))) + "\n"


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |" for line in lines)


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
