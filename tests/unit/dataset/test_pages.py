"""The reference pages: one a table, with every field and every rule."""

import importlib.util
from pathlib import Path

import pytest

from allcomers.dataset import TABLES
from allcomers.dataset.rules import NOT_EVALUATED, RULES

SCRIPT = Path(__file__).parents[3] / "scripts" / "dataset_pages.py"


@pytest.fixture(scope="module")
def pages():
    specification = importlib.util.spec_from_file_location("dataset_pages", SCRIPT)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return dict(module.pages())


def test_every_table_has_a_page_with_its_fields_and_rules(pages):
    for table in TABLES:
        page = pages[f"tables/{table.name}.md"]
        assert all(f"`{field.name}`" in page for field in table.fields)
        assert all(f"| {rule.id} |" in page for rule in RULES if rule.table == table.name)


def test_rules_that_are_not_evaluated_are_listed_with_the_reason(pages):
    index = pages["tables/index.md"]
    assert all(rule.id in index and rule.reason in index for rule in NOT_EVALUATED)


def test_every_line_of_a_table_has_the_same_number_of_cells(pages):
    """A bar in a pattern or a value must not split a cell."""
    for path, page in pages.items():
        for block in page.split("\n\n"):
            lines = [line.replace("\\|", "") for line in block.splitlines() if line.startswith("|")]
            assert len({line.count("|") for line in lines}) <= 1, path
