"""The generated pages of the measures."""

import importlib.util
import re
from pathlib import Path

import pytest

from allcomers.measures import breakdowns, catalogue
from allcomers.measures.not_computed import NOT_COMPUTED

SCRIPT = Path(__file__).parents[3] / "scripts" / "measure_pages.py"


@pytest.fixture(scope="module")
def pages():
    spec = importlib.util.spec_from_file_location("measure_pages", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return dict(module.pages())


def test_every_id_has_a_page(pages):
    ids = [one.id for one in catalogue.all()] + list({one.variable for one in breakdowns.all()})
    assert {f"measures/{id_.lower()}.md" for id_ in ids} <= pages.keys()
    assert all(id_ in pages["measures/index.md"] for id_ in (*ids, *NOT_COMPUTED))


def test_every_page_that_is_linked_is_there(pages):
    linked = {f"measures/{name}" for text in pages.values() for name in re.findall(r"\]\(([^)]+\.md)\)", text)}
    assert linked <= pages.keys()


def test_a_page_has_the_definition_and_the_query(pages):
    page = pages["measures/m192.md"]
    assert page.startswith("# M192 Percentage_Recovery\n")
    assert "| Denominator | M076 Count_FinishedCourseTreatment<br>less M179 Count_NotAtCaseness |" in page
    assert "```sql" in page


def test_every_slip_says_where_it_is(pages):
    rows = [line for line in pages["measures/slips.md"].splitlines() if line.startswith("| ")][2:]
    assert all("](" in row for row in rows)
