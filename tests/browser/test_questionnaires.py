"""A person answers on a telephone, is shown help at once, and staff see the alert: with and without JavaScript."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.test_portal import found
from tests.browser.test_service import DESK, PHONE, a_context, faults, follow, service, sign_in

__all__ = ["service"]


def asked(page: Page, name: str) -> str:
    """A member of staff asks somebody for PHQ-9 and GAD-7: the address that is shown once."""
    follow(page.get_by_role("navigation", name="Menu").get_by_role("link", name="Find a person"))
    follow(page.get_by_role("link", name=name))
    follow(page.get_by_role("link", name="Questionnaires").first)
    follow(page.get_by_role("link", name="Ask for questionnaires"))
    page.get_by_label("Patient Health Questionnaire, 9 items", exact=True).check()
    page.get_by_label("Generalised Anxiety Disorder scale, 7 items", exact=True).check()
    follow(page.get_by_role("button", name="Ask for these"))
    return page.locator("p.app-code").inner_text()


def followed(context: BrowserContext, address: str, born: tuple[str, str, str]) -> Page:
    page = context.new_page()
    page.goto(address)
    for label, part in zip(("Day", "Month", "Year"), born, strict=True):
        page.get_by_label(label).fill(part)
    page.get_by_label("Your postcode").fill("ZZ99 3VZ")
    follow(page.get_by_role("button", name="Continue"))
    return page


def choose(page: Page, answer: str) -> None:
    page.get_by_label(answer, exact=True).check()
    follow(page.get_by_role("button", name="Continue"))


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_person_answers_and_is_shown_help_and_staff_see_and_close_the_alert(
    browser: Browser, service: str, scripts: bool
) -> None:
    trouble = f"I lie awake {'longer' if scripts else 'again'}"
    desk = a_context(browser, service, width=DESK, scripts=scripts)
    staff = sign_in(desk, "pwp")
    address = asked(staff, "SAMPLE, Jamal")
    phone = a_context(browser, service, width=PHONE, scripts=scripts)
    page = followed(phone, address, ("4", "7", "1988"))
    wrong = faults(page) if scripts else []

    def look() -> None:
        if scripts:
            wrong.extend(faults(page))

    follow(page.get_by_role("button", name="Go on"))
    expect(page.get_by_text("Question 1 of 10")).to_be_visible()
    look()
    follow(page.get_by_role("button", name="Continue"))
    expect(page.get_by_text("There is a problem")).to_be_visible()
    look()
    for _ in range(8):
        choose(page, "Several days")
    follow(page.get_by_role("link", name="Back"))
    expect(page.get_by_label("Several days")).to_be_checked()
    choose(page, "Not at all")
    forgotten = phone.new_page()
    forgotten.goto(page.url)
    choose(page, "More than half the days")  # the ninth
    expect(page.get_by_role("heading", name="If you need help now")).to_be_visible()
    expect(page.get_by_text("If you are in danger now, ring 999").first).to_be_visible()
    look()
    page.get_by_label("I am not sure").check()
    page.get_by_label("Yes, please ring me").check()
    follow(page.get_by_role("button", name="Continue"))
    expect(page.get_by_text("Please use the help above now")).to_be_visible()
    look()
    follow(page.get_by_role("link", name="Go on with the questions"))
    choose(page, "I would rather not answer")  # the functioning question
    look()
    page.get_by_label("Is anything missing from this?").fill("The nights")
    follow(page.get_by_role("button", name="Send these answers"))
    for _ in range(8):
        choose(page, "0" if page.get_by_label("0", exact=True).count() else "Not at all")
    expect(page.get_by_role("heading", name="What troubles you most")).to_be_visible()
    page.get_by_label("How much has this troubled you in the last two weeks?").select_option("8")
    follow(page.get_by_role("button", name="Save and go on"))
    expect(page.get_by_text("There is a problem")).to_be_visible()
    look()
    page.get_by_label("What troubles you most? In your own words").fill(trouble)
    follow(page.get_by_role("button", name="Save, and write another"))
    expect(page.get_by_label(trouble)).to_have_value("8")
    look()
    follow(page.get_by_role("button", name="Go on without this"))
    follow(page.get_by_role("button", name="Send these answers"))
    expect(page.get_by_text("8 of 10")).to_be_visible()
    expect(page.get_by_text("The total is 9 of 27.")).to_be_visible()  # seven ones and a two
    look()
    page.reload()
    expect(page.get_by_role("heading", name="This link does not work any more")).to_be_visible()
    choose(forgotten, "Nearly every day")  # a tab that was left open: it cannot be saved, and is heard
    expect(forgotten.get_by_role("heading", name="Our staff have been told")).to_be_visible()
    wrong += faults(forgotten) if scripts else []
    phone.close()

    found(staff, "SAMPLE, Jamal", "Questionnaires")
    expect(staff.get_by_role("heading", name=trouble)).to_be_visible()
    wrong += faults(staff) if scripts else []
    follow(staff.get_by_role("link", name="Enter what they say troubles them most"))
    wrong += faults(staff) if scripts else []
    staff.get_by_label(trouble).select_option("6")
    follow(staff.get_by_role("button", name="Save", exact=True))
    expect(staff.get_by_text("By staff, as they were told").first).to_be_visible()

    follow(staff.get_by_role("link", name="Alerts"))
    expect(staff.get_by_role("row", name=re.compile("SAMPLE, Jamal")).first).to_contain_text("wants a call")
    wrong += faults(staff) if scripts else []
    follow(staff.get_by_role("link", name="SAMPLE, Jamal").last)
    wrong += faults(staff) if scripts else []
    follow(staff.get_by_role("link", name="Acknowledge"))
    follow(staff.get_by_role("button", name="I look after it"))
    follow(staff.get_by_role("link", name="Write down what you did"))
    staff.get_by_label("What did you do?").fill("Rang, safety plan agreed")
    follow(staff.get_by_role("button", name="Save"))
    follow(staff.get_by_role("link", name="Close it"))
    wrong += faults(staff) if scripts else []
    staff.get_by_label("Why does nothing more").fill("Safe with family")
    follow(staff.get_by_role("button", name="Close it"))
    expect(staff.get_by_text("Safe with family")).to_be_visible()
    desk.close()
    assert wrong == []
