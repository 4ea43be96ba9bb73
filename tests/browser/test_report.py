"""A report reads on a phone and at a desk, with every part of it open, and leaves nothing to a script."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from typer.testing import CliRunner

from allcomers.cli import app
from allcomers.synthetic import Plan, write
from tests.browser.accessibility import DESK, ENDS, OPEN_ALL, PHONE, RUN_AXE


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of 300 made-up referrals."""
    folder = tmp_path_factory.mktemp("report")
    write(folder / "data", Plan(referrals=300, start=date(2024, 4, 1), months=12, seed=1), workers=1)
    out = folder / "report.html"
    result = CliRunner().invoke(app, ["report", str(folder / "data"), "--period", "2024/25", "--out", str(out)])
    assert result.exit_code == 0, result.output
    return out


@pytest.fixture
def opened(browser: Browser, report: Path) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": PHONE, "height": 900}, bypass_csp=True)
    context.add_init_script(Axe().axe_script)
    page = context.new_page()
    page.goto(report.as_uri())
    page.evaluate(OPEN_ALL)
    yield page
    context.close()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_it_passes_axe_and_fits(opened: Page, width: int) -> None:
    opened.set_viewport_size({"width": width, "height": 900})
    assert opened.evaluate(RUN_AXE, True) == []
    content, window = opened.evaluate(ENDS)
    assert content <= window


def test_a_headline_number_leads_to_its_definition(opened: Page) -> None:
    number = opened.locator(".pair a").first
    target = number.get_attribute("href")
    number.click()
    assert target is not None
    definition = opened.locator(target)
    assert definition.is_visible()
    assert "numerator" in definition.inner_text().lower()
