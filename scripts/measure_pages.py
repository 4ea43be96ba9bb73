"""The reference pages of the measures: one each, one a breakdown variable, the standards, the slips and an index."""

from collections.abc import Iterator

from page_text import markdown_page, markdown_table, slug

from allcomers.measures import breakdowns, catalogue, defects, explaining, standards
from allcomers.measures.measure import Category, Measure
from allcomers.measures.not_computed import NOT_COMPUTED
from allcomers.measures.statement import statement

FOLDER = "measures"


def pages() -> Iterator[tuple[str, str]]:
    """Every page as (path below the generated folder, Markdown)."""
    for measure in (*catalogue.all(), *catalogue.counterparts()):
        yield f"{FOLDER}/{slug(measure.id)}.md", _measure(measure)
    for variable in _variables():
        yield f"{FOLDER}/{slug(variable)}.md", _variable(breakdowns.of(variable))
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
    return markdown_page(f"{measure.id} {measure.name}", markdown_table(("", ""), rows), query)


def _variable(categories: tuple[Category, ...]) -> str:
    rows = [(one.a, one.b, explaining.belonging(one), one.status, one.note) for one in categories]
    headings = ("Category", "Within it", "Who is in it", "Status", "Note")
    return markdown_page(f"{categories[0].variable} {categories[0].type}", markdown_table(headings, rows))


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
    return markdown_page(
        "Standards and targets",
        "A level that is not verified is never shown as passed or failed.",
        markdown_table(headings, rows),
    )


def _slips() -> str:
    rows = [
        (one.id, ", ".join(_touched(one)), one.found, one.read, "yes" if one.differs else "no")
        for one in defects.DEFECTS
    ]
    headings = ("Slip", "In", "Printed", "Read here", "Another form with --compat official")
    return markdown_page("Slips in the official wording", markdown_table(headings, rows))


def _touched(defect: defects.Defect) -> Iterator[str]:
    yield from (_linked(one.id) for one in catalogue.all() if one.defect == defect.id)
    yield from (_linked(id_) for id_ in dict.fromkeys(c.variable for c in breakdowns.all() if c.defect == defect.id))


def _index() -> str:
    parts = []
    for family, module in catalogue.FAMILIES.items():
        rows = [(_linked(one.id), one.name, one.kind, str(one.frequency), one.status) for one in module.MEASURES]
        parts.append(f"## {family}\n\n" + markdown_table(("Id", "Name", "Kind", "Published", "Status"), rows))
    ours = [(_linked(one.id), one.name, _linked(catalogue.official_of(one).id)) for one in catalogue.counterparts()]
    parts.append("## Of everyone who came\n\n" + markdown_table(("Id", "Name", "Beneath"), ours))
    rows = [(_linked(one), breakdowns.of(one)[0].type, str(len(breakdowns.of(one)))) for one in _variables()]
    parts.append("## Breakdowns\n\n" + markdown_table(("Id", "Variable", "Categories"), rows))
    missing = [(id_, reason) for id_, reason in NOT_COMPUTED.items()]
    parts.append("## Not computed\n\n" + (markdown_table(("Id", "Why"), missing) if missing else "None."))
    more = "See also the [standards](standards.md) and the [slips in the official wording](slips.md)."
    return markdown_page("Measures", more, *parts)


def _variables() -> Iterator[str]:
    yield from dict.fromkeys(one.variable for one in breakdowns.all())


def _linked(id_: str) -> str:
    return f"[{id_}]({slug(id_)}.md)"
