"""Writes the reference of the data set: a page for each table, with its fields and rules, from their declarations."""

from collections.abc import Iterator

from page_text import markdown_page, markdown_table

from allcomers.dataset.model import Field, NotEvaluated, Rule, Table
from allcomers.dataset.rules import NOT_EVALUATED, RULES, STRUCTURE
from allcomers.dataset.tables import TABLES


def pages() -> Iterator[tuple[str, str]]:
    """Every page as (path below the folder, Markdown)."""
    rows = [
        (f"[{table.name}]({table.name}.md)", table.meaning, str(len(table.submitted)), str(len(table.fields)))
        for table in TABLES
    ]
    yield (
        "tables/index.md",
        markdown_page(
            "Tables of the data set",
            "The national data set, version 2.1, as declared in `allcomers.dataset.tables`.",
            markdown_table(("Table", "Holds", "Submitted fields", "All fields"), rows),
            "## Rules on what can be read at all",
            markdown_table(
                ("Rule", "Leads to", "What is wrong", "What to do"), [_structural(rule) for rule in STRUCTURE]
            ),
            "## National rules that the data set alone cannot decide",
            markdown_table(("Rule", "Leads to", "Table", "Why"), [_not_evaluated(rule) for rule in NOT_EVALUATED]),
        ),
    )
    for table in TABLES:
        yield f"tables/{table.name}.md", table_page(table)


def table_page(table: Table) -> str:
    """One table: what identifies a record, every field, every rule."""
    submitted = [_field(field) for field in table.fields if field.submitted]
    derived = [(f"`{f.name}`", f.meaning, f.type, f.item, f.origin.value) for f in table.fields if not f.submitted]
    rules = [_rule(rule) for rule in RULES if rule.table == table.name]
    key = ", ".join(f"`{name}`" for name in table.key) or "one record a submission"
    parent = f" Belongs to `{table.parent.table}` by `{table.parent.field}`." if table.parent else ""
    monthly = " Sent only in the submission of its own month." if table.monthly else ""
    return markdown_page(
        table.name,
        f"{table.meaning[0].upper()}{table.meaning[1:]}.",
        f"Identified within a submission by {key}.{parent}{monthly}",
        "## Submitted fields",
        markdown_table(("Field", "Holds", "Type", "Mandation", "How that is known", "Values", "Item"), submitted),
        *(
            ["## Derived fields", markdown_table(("Field", "Holds", "Type", "Item", "Origin"), derived)]
            if derived
            else []
        ),
        "## Rules",
        markdown_table(("Rule", "Leads to", "Field", "What is wrong", "What to do", "Status"), rules),
    )


def _field(field: Field) -> tuple[str, ...]:
    values = f"[{field.codes}](../codes/index.md)" if field.codes else field.values
    return (
        f"`{field.name}`",
        field.meaning,
        field.type,
        field.mandation,
        field.basis.value,
        values,
        " ".join(filter(None, (field.item, field.dictionary))),
    )


def _rule(rule: Rule) -> tuple[str, ...]:
    status = f"{rule.status}. {rule.note}".rstrip(". ") + "."
    return rule.id, rule.severity.value, f"`{rule.field}`" if rule.field else "", rule.meaning, rule.remedy, status


def _structural(rule: Rule) -> tuple[str, ...]:
    return rule.id, rule.severity.value, rule.meaning, rule.remedy


def _not_evaluated(rule: NotEvaluated) -> tuple[str, ...]:
    return rule.id, rule.severity.value, f"[{rule.table}]({rule.table}.md)", rule.reason
