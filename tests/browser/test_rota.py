"""Teams, duty, supervision, a death and a protected address in a browser: narrow and wide, with and without scripts."""

import os
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_service import DESK, PHONE, a_context, faults, follow, sign_in
from tests.demonstration import demonstration

SHOTS = os.environ.get("ALLCOMERS_SCREENSHOTS")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, filled_demonstration: Path) -> Iterator[str]:
    with demonstration(tmp_path_factory.mktemp("rota"), filled_demonstration) as address:
        yield address


Look = Callable[[str], None]
WAYS = [(PHONE, True), (PHONE, False), (DESK, True)]


def looking(page: Page, scripts: bool, wrong: list[str]) -> Look:
    """Looks a page over: axe and its width, where scripts run; a picture, where one is asked for."""

    def look(name: str) -> None:
        if scripts:
            wrong.extend(faults(page))
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{name}-{page.viewport_size['width']}.png", full_page=True)  # type: ignore[index]

    return look


def fill_day(page: Page, legend: str, day: date) -> None:
    group = page.get_by_role("group", name=re.compile(legend))
    for label, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        group.get_by_label(label, exact=True).fill(str(value))


def menu(page: Page, name: str) -> None:
    follow(page.get_by_role("navigation", name="Menu").get_by_role("link", name=name, exact=True))


@pytest.mark.parametrize(("width", "scripts"), WAYS)
def test_a_service_administrator_makes_a_team_and_puts_somebody_into_it(
    browser: Browser, service: str, width: int, scripts: bool
) -> None:
    context, wrong = a_context(browser, service, width=width, scripts=scripts), list[str]()
    page, team = sign_in(context, "service"), f"East {width} {scripts}"
    look = looking(page, scripts, wrong)
    menu(page, "Teams")
    look("teams")
    follow(page.get_by_role("button", name="Make a team").or_(page.get_by_role("link", name="Make a team")))
    follow(page.get_by_role("button", name="Make", exact=True))
    expect(page.get_by_role("link", name="Enter a name")).to_be_visible()
    look("team-fault")
    page.get_by_label("Name of the team").fill(team)
    follow(page.get_by_role("button", name="Make", exact=True))
    page.goto("/")
    expect(page.get_by_role("link", name=re.compile("Put staff into a team: nobody is in"))).to_be_visible()
    look("start")
    menu(page, "Teams")
    follow(page.get_by_role("link", name=team))
    follow(page.get_by_role("link", name="Put somebody into the team"))
    page.get_by_label("Who").select_option(label="Alex Example")
    look("join")
    follow(page.get_by_role("button", name="Save"))
    look("team")
    follow(page.get_by_role("link", name=re.compile("Alex Example")))
    look("until")
    page.get_by_label("It ends at once").check()
    follow(page.get_by_role("button", name="Save"))
    expect(page.get_by_role("cell", name="Over")).to_be_visible()
    follow(page.get_by_role("link", name="Change its name, or close it"))
    fill_day(page, "Closed from", date.today())  # noqa: DTZ011 - the day of whoever types it
    look("close")
    follow(page.get_by_role("button", name="Save"))
    expect(page.get_by_text("nobody is accepted into it")).to_be_visible()
    context.close()
    assert wrong == []


@pytest.mark.parametrize(("width", "scripts"), WAYS)
def test_a_clinical_lead_plans_duty_and_supervision(browser: Browser, service: str, width: int, scripts: bool) -> None:
    context, wrong = a_context(browser, service, width=width, scripts=scripts), list[str]()
    page = sign_in(context, "lead")
    look, later = looking(page, scripts, wrong), date.today() + timedelta(days=60)  # noqa: DTZ011
    menu(page, "Duty")
    expect(page.get_by_text("On duty now: Dita Example")).to_be_visible()
    look("duty")
    follow(page.get_by_role("link", name="Plan duty"))
    page.get_by_label("Who is on duty").select_option(label="Dita Example")
    page.get_by_label("Until what time").fill("08:00")
    fill_day(page, "From which day", later)
    follow(page.get_by_role("button", name="Plan"))
    expect(page.get_by_role("link", name=re.compile("The end cannot be before the beginning"))).to_be_visible()
    look("plan-fault")
    page.get_by_label("Until what time").fill("17:00")
    follow(page.get_by_role("button", name="Plan"))
    look("duty-planned")
    follow(page.get_by_role("link", name=re.compile("^End it")).last)
    look("shift")
    follow(page.get_by_role("button", name="Take it out of the rota"))
    menu(page, "Supervision")
    look("supervision")
    follow(page.get_by_role("link", name="Begin supervision"))
    page.get_by_label("Who supervises").select_option(label="Sunil Example")
    page.get_by_label("Whose cases").select_option(label="Priya Example")
    look("supervise")
    follow(page.get_by_role("button", name="Begin"))
    expect(page.get_by_role("link", name=re.compile("Sunil Example supervises Priya Example already"))).to_be_visible()
    context.close()
    assert wrong == []


@pytest.mark.parametrize(("width", "scripts"), [(PHONE, False), (DESK, True)])
def test_a_death_is_recorded_of_the_right_person_and_taken_back(
    browser: Browser, service: str, width: int, scripts: bool
) -> None:
    context, wrong = a_context(browser, service, width=width, scripts=scripts), list[str]()
    page = sign_in(context, "counsellor" if scripts else "administrator")
    look = looking(page, scripts, wrong)
    menu(page, "Find a person")
    follow(page.get_by_role("link", name="SPECIMEN, Tomasz"))
    follow(page.get_by_role("link", name="Record a death"))
    look("death")
    fill_day(page, "Their date of birth", date(1979, 11, 29))
    fill_day(page, "When did they die", date(2026, 1, 2))
    page.get_by_label("Who told us, and how?").fill("His sister, by telephone")
    follow(page.get_by_role("button", name="Record that they have died"))
    expect(page.get_by_role("link", name=re.compile("This is not the date of birth in this record"))).to_be_visible()
    look("death-fault")
    fill_day(page, "Their date of birth", date(1979, 11, 30))
    follow(page.get_by_role("button", name="Record that they have died"))
    expect(page.get_by_label("Whose record this is").get_by_text("Has died")).to_be_visible()
    look("died")
    page.get_by_label("Why is it taken back?").fill("It was his brother")
    follow(page.get_by_role("button", name="Take it back"))
    expect(page.get_by_text("Has died")).not_to_be_visible()
    context.close()
    assert wrong == []


def test_a_protected_address_is_gone_from_the_pages_and_asked_for_in_an_emergency(
    browser: Browser, service: str
) -> None:
    context, wrong = a_context(browser, service, width=PHONE), list[str]()
    page = sign_in(context, "therapist")
    look = looking(page, True, wrong)
    menu(page, "Find a person")
    follow(page.get_by_role("link", name="SPECIMEN, Eira"))
    follow(page.get_by_role("link", name="Protect the address"))
    look("protect")
    page.get_by_label("Who asked for it, and why?").fill("The person, on the telephone")
    follow(page.get_by_role("button", name="Protect the address"))
    look("protected")
    follow(page.get_by_role("link", name="opens the address"))
    expect(page.get_by_text("ZZ99 3VZ")).not_to_be_visible()
    look("address-refused")
    follow(page.get_by_role("link", name=re.compile("emergency")))
    page.get_by_role("radio").first.check()
    page.get_by_label("In your own words").fill("She is missing, and the police ask")
    follow(page.get_by_role("button").last)
    page.goto(re.sub(r"/people/([^/]+)/.*", r"/people/\1/address/", page.url))
    expect(page.get_by_text("ZZ99 3VZ")).to_be_visible()
    look("address")
    follow(page.get_by_role("link", name="End the protection"))
    look("stop-protecting")
    context.close()
    assert wrong == []
