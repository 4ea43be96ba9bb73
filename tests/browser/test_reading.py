"""Every page can be read: by axe's rules, on a phone, at four times the size, by keyboard, on paper."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import DESK, ENDS, OPEN_ALL, PHONE, RUN_AXE

PROVIDER = "provider/ZZP01.html"


@pytest.fixture
def checked(browser: Browser, address: str) -> Iterator[Page]:
    """A tab into which axe 4.12 is put with every page."""
    context = browser.new_context(viewport={"width": PHONE, "height": 900}, base_url=address)
    context.add_init_script(Axe().axe_script)
    yield context.new_page()
    context.close()


def _one_of_each_kind(pages: list[str]) -> set[str]:
    """Every page at the top, and the first of each folder: the others of a folder have the same template."""
    return {page for page in pages if "/" not in page} | {page for page in pages if page == min(_beside(page, pages))}


def _beside(page: str, pages: list[str]) -> list[str]:
    return [other for other in pages if other.rpartition("/")[0] == page.rpartition("/")[0]]


def test_every_page_passes_axe_and_fits_its_width_on_a_phone_and_at_a_desk(checked: Page, site: Path) -> None:
    """Every page at both widths. Contrast takes axe most of its time and no colour depends on the width, so at the desk
    it is looked at on one page of each kind; there every `details` is open too."""
    wrong: list[str] = []
    pages = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    in_full = _one_of_each_kind(pages)
    for path in pages:
        checked.set_viewport_size({"width": PHONE, "height": 900})
        checked.goto(f"/{path}")
        if path in in_full:
            checked.evaluate(OPEN_ALL)
        for width in (PHONE, DESK):
            checked.set_viewport_size({"width": width, "height": 900})
            found = checked.evaluate(RUN_AXE, width == PHONE or path in in_full)
            wrong += [f"{path} at {width} px: {violation}" for violation in found]
            content, window = checked.evaluate(ENDS)
            if content > window:
                wrong.append(f"{path} at {width} px is {content} px wide")
    assert len(pages) > 60
    assert wrong == []


def test_axe_finds_what_is_wrong(checked: Page) -> None:
    """The check above can fail: a picture without words, and pale text."""
    checked.goto("/index.html")
    checked.evaluate("() => document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=assets/mark.svg><p style=color:#ddd>pale</p>')")  # fmt: skip  # noqa: E501
    found = checked.evaluate(RUN_AXE, True)
    assert {line.split(":")[0] for line in found} >= {"image-alt", "color-contrast"}


@pytest.mark.parametrize("path", ["index.html", "england.html", PROVIDER, "compare/provider-2023-24.html", "find.html"])
def test_at_four_times_the_size_nothing_runs_off_the_page(browser: Browser, address: str, path: str) -> None:
    """A 1280 px window at 400 % is 320 px wide with four device pixels each (WCAG 1.4.10)."""
    context = browser.new_context(viewport={"width": 320, "height": 256}, device_scale_factor=4)
    page = context.new_page()
    page.goto(f"{address}/{path}")
    content, window = page.evaluate(ENDS)
    assert content <= window
    for region in page.locator(".scroll").all():
        assert region.get_attribute("tabindex") == "0"  # what is wider scrolls in its own region, by keyboard too
    context.close()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_text_is_not_small(page: Page, address: str, width: int) -> None:
    """Nothing that is read is set under 13 px, nor drawn under 10 px in a chart on a phone."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{address}/{PROVIDER}")
    smallest = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll('main *, footer *')].filter(e => !e.closest('svg') &&
        [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())
        ).map(e => parseFloat(getComputedStyle(e).fontSize)))"""
    )
    assert smallest >= 13
    drawn = page.evaluate(
        "() => [...document.querySelectorAll('.chart svg text')].map(t => t.getBoundingClientRect()).filter("
        "b => b.width > b.height).map(b => b.height)"
    )
    assert drawn
    assert min(drawn) >= 10


def test_the_skip_link_comes_first_and_leads_to_the_page(page: Page, address: str) -> None:
    page.goto(f"{address}/{PROVIDER}")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the page")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")


def test_focus_is_seen_wherever_the_keyboard_goes(page: Page, address: str) -> None:
    page.goto(f"{address}/{PROVIDER}")
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            "() => { const e = document.activeElement; const s = getComputedStyle(e);"
            "return [e.outerHTML.slice(0, 80), s.outlineStyle, parseFloat(s.outlineWidth)] }"
        )
        seen.append(outline)
    assert [entry for entry in seen if entry[1] == "none" or entry[2] < 2] == []
    assert len({entry[0] for entry in seen}) > 20


def test_details_open_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/{PROVIDER}")
    details = page.locator("details", has_text="Ethnic group").first
    expect(details.get_by_role("table")).to_be_hidden()
    details.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(details.get_by_role("table")).to_be_visible()
    page.keyboard.press("Enter")
    expect(details.get_by_role("table")).to_be_hidden()


def test_on_paper_everything_is_shown_and_nothing_is_cut(page: Page, address: str) -> None:
    page.goto(f"{address}/{PROVIDER}")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 794, "height": 1123})  # A4 at 96 dots an inch
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for table in page.locator("main table").all():
        box = table.bounding_box()
        assert box is not None
        assert box["height"] > 20  # a table inside closed details is printed too
    expect(page.locator("nav[aria-label=Main]")).to_be_hidden()
    assert page.evaluate("() => [...document.querySelectorAll('.scroll')].every(e => getComputedStyle(e).overflowX === 'visible')")  # fmt: skip  # noqa: E501
    content, window = page.evaluate(ENDS)
    assert content <= window
    assert len(page.pdf()) > 20_000


def test_labels_of_a_chart_do_not_lie_over_each_other(page: Page, address: str) -> None:
    """Numbers on the axes and at the points of the trend, on the page of every level."""
    overlapping = """() => [...document.querySelectorAll('.chart svg')].flatMap(svg => {
        const boxes = [...svg.querySelectorAll('text')].filter(t => t.textContent.trim()).map(
            t => [t.textContent, t.getBoundingClientRect()]);
        return boxes.flatMap(([a, p], i) => boxes.slice(i + 1).filter(([b, q]) =>
            Math.min(p.right, q.right) - Math.max(p.left, q.left) > 2 &&
            Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 4).map(([b]) => `${a} over ${b}`)) })"""
    for path in ("england.html", "region/ZZR01.html", "icb/ZZB01.html", "sub-icb/ZZS01.html", PROVIDER):
        page.goto(f"{address}/{path}")
        assert page.evaluate(overlapping) == [], path


def test_the_ring_lies_over_the_services_own_dot(page: Page, address: str) -> None:
    """Its place in the drawing comes from Python, the dots from the SVG: both at the share the table prints."""
    page.goto(f"{address}/{PROVIDER}")
    for figure, row in zip(page.locator(".funnel").all(), page.locator("table.standing tbody tr").all(), strict=True):
        svg = page.request.get(str(figure.locator("img").evaluate("image => image.src"))).text()
        ring = figure.locator(".ring").evaluate("ring => [parseFloat(ring.style.left), parseFloat(ring.style.top)]")
        width, height = (float(size) for size in re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups())  # type: ignore[union-attr]
        at = ring[0] / 100 * width, ring[1] / 100 * height
        shift = [tuple(map(float, pair)) for pair in re.findall(r'transform="translate\(([\d.]+),([\d.]+)\)"', svg)]
        left, top = next(pair for pair in shift if pair != (0.0, 0.0) and pair[0] > 20)
        dots = [(x + left, y + top) for x, y in shift]
        assert min((x - at[0]) ** 2 + (y - at[1]) ** 2 for x, y in dots) < 1, row.inner_text()
