"""Someone finds their local service: by name, town or code, with a script or without, from a server or a disk."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect


@pytest.fixture(scope="session")
def places(site: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads((site / "data" / "places.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(params=["served", "from the disk"])
def root(request: pytest.FixtureRequest, address: str, site: Path) -> str:
    return address if request.param == "served" else site.as_uri()


@pytest.fixture(scope="session")
def provider(places: list[dict[str, str]]) -> dict[str, str]:
    return next(place for place in places if place["level"] == "provider")


def test_by_name_town_and_code(page: Page, root: str, provider: dict[str, str]) -> None:
    for start in ("index.html", "find.html"):
        for words in (
            provider["name"].split(" (")[0].upper(),
            f" {provider['town'].lower()}",
            provider["code"].lower(),
        ):
            page.goto(f"{root}/{start}")
            page.get_by_label("Find your local service by name, place or code").fill(words)
            link = page.locator(f".results a[href$='{provider['page']}']")
            expect(link).to_have_text(provider["name"])
            expect(page.locator("#found")).to_contain_text("found")
            link.click()
            expect(page.get_by_role("heading", level=1)).to_have_text(provider["name"])


def test_enter_opens_the_first(page: Page, address: str, provider: dict[str, str]) -> None:
    page.goto(f"{address}/index.html")
    page.keyboard.press("Tab")
    box = page.get_by_role("searchbox")
    box.focus()
    page.keyboard.type(provider["code"])
    expect(page.locator(".results a")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(provider["name"])


def test_nothing_found_says_what_to_try(page: Page, address: str) -> None:
    page.goto(f"{address}/index.html")
    page.get_by_role("searchbox").fill("xyzzy <b>")
    expect(page.locator("#found")).to_contain_text("Nothing found. Try a town")
    expect(page.locator(".results a")).to_have_count(0)
    page.get_by_role("searchbox").fill("")
    expect(page.locator("#found")).to_have_text("")


def test_without_a_script_by_a_to_z_and_by_town(plain_page: Page, root: str, provider: dict[str, str]) -> None:
    plain_page.goto(f"{root}/index.html")
    expect(plain_page.get_by_role("searchbox")).to_be_hidden()  # a box that cannot answer is not shown
    plain_page.get_by_role("link", name="All services and areas, A to Z").click()
    plain_page.get_by_role("link", name=provider["name"], exact=True).click()
    expect(plain_page.get_by_role("heading", level=1)).to_have_text(provider["name"])
    plain_page.goto(f"{root}/find.html")
    plain_page.get_by_role("link", name="By town").click()
    expect(plain_page.get_by_role("heading", name=provider["town"])).to_be_visible()
    plain_page.get_by_role("link", name=provider["name"], exact=True).click()
    expect(plain_page.get_by_role("heading", level=1)).to_have_text(provider["name"])


def test_without_a_script_every_chart_and_number_is_there(
    plain_page: Page, root: str, provider: dict[str, str]
) -> None:
    plain_page.goto(f"{root}/{provider['page']}")
    expect(plain_page.locator("svg.hundred").first).to_be_visible()
    funnels = plain_page.locator(".funnel img")
    expect(funnels).to_have_count(2)
    for funnel in funnels.all():
        size = funnel.bounding_box()
        assert size is not None
        assert size["height"] > 100
    details = plain_page.locator("details").first
    details.locator("summary").click()
    expect(details.get_by_role("table")).to_be_visible()
