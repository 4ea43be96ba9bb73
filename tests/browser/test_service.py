"""The service in a real browser: signing in, a record, faults, a draft; with and without JavaScript; axe throughout."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.conftest import PATIENCE_MS
from tests.demonstration import demonstration

PHONE, DESK = 320, 1280
PUBLIC = (
    "/",
    "/sign-in/",
    "/accessibility/",
    "/demo/",
    "/sign-in/password/forgotten/",
    "/people/gone/",
    "/no-such-page",
)
EXPECTED = re.compile(r"Failed to load resource.*\b(403|404|409|410|422)\b")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, filled_demonstration: Path) -> Iterator[str]:
    """The address of a running demonstration."""
    with demonstration(tmp_path_factory.mktemp("service"), filled_demonstration) as address:
        yield address


def a_context(browser: Browser, service: str, *, width: int, scripts: bool = True) -> BrowserContext:
    context = browser.new_context(
        base_url=service, viewport={"width": width, "height": 800}, java_script_enabled=scripts
    )
    context.set_default_timeout(PATIENCE_MS)
    return context


def sign_in(context: BrowserContext, name: str) -> Page:
    """As a person does it; the demonstration's page stands in for the phone that shows the code."""
    page = context.new_page()
    password, code = the_phone(page, f"{name}@demo.example")
    while code == "in half a minute":
        time.sleep(1)
        password, code = the_phone(page, f"{name}@demo.example")
    page.goto("/sign-in/")
    page.get_by_label("Email").fill(f"{name}@demo.example")
    page.get_by_label("Password").fill(password)
    follow(page.get_by_role("button", name="Sign in", exact=True))
    if code != "none needed":
        page.get_by_label("Code", exact=False).fill(code)
        follow(page.get_by_role("button", name="Sign in", exact=True))
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    return page


def the_phone(page: Page, email: str) -> tuple[str, str]:
    page.goto("/demo/")
    row = page.locator("tr", has=page.get_by_role("rowheader", name=email, exact=True))
    return page.locator(".app-code").first.inner_text(), row.locator(".app-code").inner_text()


def follow(link: Locator) -> None:
    """Click what leads to a page, and wait for that page: a click returns before it, and axe would read the old one."""
    with link.page.expect_event("load"):
        link.click()


def faults(page: Page) -> list[str]:
    """What axe finds, and whether the page is wider than its window."""
    found = Axe().run(page).response["violations"]
    said = [f"{page.url}: {one['id']} {[node['html'][:100] for node in one['nodes']][:2]}" for one in found]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*said, *([f"{page.url} is {wide} px too wide"] if wide > 0 else [])]


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_public_pages_pass_axe_fit_and_break_no_policy(browser: Browser, service: str, width: int) -> None:
    page = a_context(browser, service, width=width).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    wrong = []
    for address in PUBLIC:
        page.goto(address)
        wrong += faults(page)
    page.context.close()
    assert wrong == []
    assert [one for one in said if not EXPECTED.search(one)] == []


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_staff_open_a_record_meet_their_faults_and_get_their_draft_back(
    browser: Browser, service: str, width: int
) -> None:
    context = a_context(browser, service, width=width)
    said: list[str] = []
    page = sign_in(context, "supervisor" if width == PHONE else "duty")
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    wrong = faults(page)
    follow(page.get_by_role("navigation", name="Menu").get_by_role("link", name="Find a person"))
    wrong += faults(page)
    follow(page.get_by_role("link", name="SAMPLE, Margaret"))
    expect(page).to_have_title(re.compile("^MS – "))
    wrong += faults(page)
    follow(page.get_by_role("link", name="Change details"))
    page.get_by_label("Given name").fill("")
    follow(page.get_by_role("button", name="Save"))
    expect(page.get_by_role("link", name="Enter a given name")).to_be_visible()
    wrong += faults(page)
    page.get_by_role("link", name="Enter a given name").click()
    expect(page.get_by_label("Given name")).to_be_focused()
    page.get_by_label("Given name").fill("Margaret")
    page.get_by_label("What they like to be called").fill("Jem")
    expect(page.get_by_text("What you typed was kept")).to_be_visible()
    page.goto(page.url)
    follow(page.get_by_role("link", name="Bring it back").first)
    expect(page.get_by_label("What they like to be called")).to_have_value("Jem")
    wrong += faults(page)
    follow(page.get_by_role("link", name="Back to the summary"))
    follow(page.get_by_role("link", name="Who opened this record"))
    wrong += faults(page)
    context.close()
    assert wrong == []
    assert [one for one in said if not EXPECTED.search(one)] == []


def test_the_service_administrators_and_leads_pages_pass_axe(browser: Browser, service: str) -> None:
    wrong = []
    for name, places in (("service", ("Staff",)), ("lead", ("Emergency access",)), ("auditor", ("Audit",))):
        context = a_context(browser, service, width=PHONE)
        page = sign_in(context, name)
        for place in places:
            follow(page.get_by_role("navigation", name="Menu").get_by_role("link", name=place))
            wrong += faults(page)
        if name == "service":
            follow(page.get_by_role("link", name="Add somebody"))
            wrong += faults(page)
        context.close()
    assert wrong == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_patient_sees_who_opened_the_record(browser: Browser, service: str, scripts: bool) -> None:
    context = a_context(browser, service, width=PHONE, scripts=scripts)
    page = sign_in(context, "patient")
    page.goto("/my/")
    expect(page.get_by_text("Hello Margaret")).to_be_visible()
    follow(page.get_by_role("link", name="See who opened your record"))
    expect(page.get_by_role("cell", name="Somebody became responsible for your care").first).to_be_visible()
    follow(page.get_by_role("button", name="Sign out"))
    expect(page.get_by_role("link", name="sign in")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Hello Margaret")).not_to_be_visible()
    context.close()
