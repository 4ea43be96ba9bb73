"""The patient's place on a phone and at a desk: joining, the record, consents, a change for the worse, a correction."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_service import DESK, PHONE, a_context, faults, follow, service, sign_in

__all__ = ["service"]

PASSWORD = "otter velvet lantern"  # noqa: S105 - of nobody
OWN_PAGES = (
    "/my/",
    "/my/waiting/",
    "/my/record/",
    "/my/record/scores/",
    "/my/record/messages/",
    "/my/record/copy/",
    "/my/record/wrong/",
    "/my/record/wrong/ask/",
    "/my/worse/",
    "/problems/mine/",
    "/consents/mine/",
    "/consents/mine/other_care/",
)


def found(page: Page, name: str, place: str) -> None:
    """Staff open a page of somebody's record."""
    page.goto("/people/")
    follow(page.get_by_role("link", name=name))
    follow(page.get_by_role("link", name=place).first)


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_every_page_of_the_place_passes_axe_and_fits(browser: Browser, service: str, width: int) -> None:
    context = a_context(browser, service, width=width)
    page = sign_in(context, "waiting" if width == DESK else "patient")
    wrong = []
    for address in OWN_PAGES:
        page.goto(address)
        wrong += faults(page)
    context.close()
    assert wrong == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_person_is_invited_joins_says_things_got_worse_and_staff_see_it(
    browser: Browser, service: str, scripts: bool
) -> None:
    name, born = ("SPECIMEN, Tomasz", "30 11 1979") if scripts else ("SPECIMEN, Eira", "29 2 2004")
    desk = a_context(browser, service, width=DESK, scripts=scripts)
    staff = sign_in(desk, "counsellor" if scripts else "therapist")
    found(staff, name, "Invite to their place")
    wrong = faults(staff) if scripts else []
    email = f"{'with' if scripts else 'without'}@place.example"
    staff.get_by_label("Their e-mail address").fill(email)
    follow(staff.get_by_role("button", name="Make a link"))
    address = staff.locator("p.app-code").inner_text()

    phone = a_context(browser, service, width=PHONE, scripts=scripts)
    page = phone.new_page()

    def look() -> None:
        if scripts:
            wrong.extend(faults(page))

    page.goto(address)
    for label, part in zip(("Day", "Month", "Year"), born.split(), strict=True):
        page.get_by_label(label).fill(part)
    page.get_by_label("Your postcode").fill("ZZ99 3VZ")
    follow(page.get_by_role("button", name="Continue"))
    page.get_by_label("Choose a password").fill("short")
    follow(page.get_by_role("button", name="Save the password"))
    expect(page.get_by_text("There is a problem")).to_be_visible()
    look()
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_label("Type it once more").fill(PASSWORD)
    follow(page.get_by_role("button", name="Save the password"))
    expect(page.get_by_text("Your place is ready")).to_be_visible()
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Sign in", exact=True))
    follow(page.get_by_role("link", name="Tell us things have got worse"))
    expect(page.get_by_role("heading", name="Where to get help now")).to_be_visible()
    page.get_by_label("I am not sure").check()
    page.get_by_label("What has changed?").fill("I do not sleep.")
    follow(page.get_by_role("button", name="Tell us"))
    expect(page.get_by_text("We have what you told us")).to_be_visible()
    look()
    phone.close()

    follow(staff.get_by_role("link", name="Alerts"))
    follow(staff.get_by_role("link", name=name))
    expect(staff.get_by_text("I do not sleep.")).to_be_visible()
    wrong += faults(staff) if scripts else []
    desk.close()
    assert wrong == []


def test_a_person_agrees_staff_give_exactly_that_and_the_person_takes_it_back(browser: Browser, service: str) -> None:
    phone = a_context(browser, service, width=PHONE)
    page = sign_in(phone, "patient")
    page.goto("/consents/mine/employer/")
    page.get_by_label("Yes").check()
    page.get_by_label("Who is it for?").fill("Acme")
    page.get_by_label("The words").fill("I need a quiet desk.")
    follow(page.get_by_role("button", name="Save"))
    expect(page.get_by_text("I need a quiet desk.").first).to_be_visible()
    desk = a_context(browser, service, width=DESK)
    staff = sign_in(desk, "pwp")
    found(staff, "SAMPLE, Margaret", "Consent and sharing")
    wrong = faults(staff)
    follow(staff.get_by_role("link", name=re.compile("Make the letter.*Acme")))
    follow(staff.get_by_role("button", name="Make the letter"))
    expect(staff.get_by_text("Copy or print these words")).to_be_visible()
    wrong += faults(staff)
    page.reload()
    expect(page.get_by_role("rowheader", name="Acme")).to_be_visible()
    wrong += faults(page)
    follow(page.get_by_role("link", name=re.compile("Take this back.*Acme")))
    follow(page.get_by_role("button", name="Take it back"))
    staff.go_back()
    staff.reload()
    expect(staff.get_by_role("heading", name="This cannot be given")).to_be_visible()
    for context in (phone, desk):
        context.close()
    assert wrong == []


def test_a_person_takes_a_copy_and_asks_for_a_correction(browser: Browser, service: str, tmp_path: Path) -> None:
    context = a_context(browser, service, width=PHONE)
    page = sign_in(context, "patient")
    page.goto("/my/record/copy/")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Save the page").click()
    assert taken.value.suggested_filename == "my-record.html"
    taken.value.save_as(tmp_path / "my-record.html")
    copy = context.new_page()
    copy.goto((tmp_path / "my-record.html").as_uri())
    wrong = faults(copy)
    expect(copy.get_by_role("heading", name="My record")).to_be_visible()
    page.goto("/my/record/wrong/ask/")
    page.get_by_label("My name, date of birth").check()
    page.get_by_label("What is wrong?").fill("My name has one t.")
    page.get_by_label("What should it say?").fill("It has two.")
    follow(page.get_by_role("button", name="Send"))
    expect(page.get_by_text("Being looked at")).to_be_visible()
    wrong += faults(page)
    context.close()
    assert wrong == []
