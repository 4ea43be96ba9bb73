"""Referring oneself on a phone, with and without JavaScript, and the referral in the inbox; axe on every page."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_service import DESK, PHONE, a_context, faults, follow, service, sign_in

__all__ = ["service"]  # the fixture: a running demonstration
SHOTS = os.environ.get("ALLCOMERS_SCREENSHOTS")


class Walk:
    """Goes from page to page, and gathers what is wrong with each."""

    def __init__(self, page: Page, name: str, *, axe: bool) -> None:
        self.page, self.name, self.axe, self.wrong, self.number = page, name, axe, list[str](), 0

    def look(self) -> None:
        self.number += 1
        if self.axe:
            self.wrong += faults(self.page)
        if SHOTS:
            self.page.screenshot(path=Path(SHOTS) / f"{self.name}-{self.number:02}.png", full_page=True)

    def onward(self, button: str = "Continue", **texts: str) -> None:
        for label, text in texts.items():
            self.page.get_by_label(label.replace("_", " "), exact=True).fill(text)
        self.look()
        follow(self.page.get_by_role("button", name=button, exact=True))


def refer(walk: Walk, family_name: str) -> None:
    """From the start page to the reference."""
    page = walk.page
    page.goto("/referrals/")
    walk.look()
    follow(page.get_by_role("link", name="Start", exact=True))
    walk.onward()
    expect(page.get_by_role("link", name="Choose yes or no")).to_be_visible()
    page.get_by_label("Yes", exact=True).check()
    walk.onward()
    expect(page.get_by_role("link", name="999")).to_be_visible()
    walk.look()
    follow(page.get_by_role("link", name="Continue with the referral anyway"))
    page.get_by_label("I do not know").check()
    walk.onward(Day="31", Month="2", Year="1985", Postcode="ZZ99 3VZ")
    expect(page.get_by_role("link", name="The date must be a real date")).to_be_visible()
    expect(page.get_by_label("Postcode")).to_have_value("ZZ99 3VZ")
    walk.onward(Day="28", Month="2", Year="1985")
    page.get_by_label("I am, about myself").check()
    walk.onward()
    walk.onward(Given_name="Wren", Family_name=family_name)
    walk.onward(Mobile_phone="07700 900 982")
    page.get_by_label("What brings you here?").fill("I cannot sleep.\nשלום")
    walk.onward()
    page.get_by_label("Loneliness").check()
    walk.onward()
    walk.onward()
    walk.onward("Skip all of these")
    walk.onward()
    walk.onward()
    expect(page.get_by_text("I cannot sleep.")).to_be_visible()
    walk.onward("Send the referral")
    expect(page.get_by_role("heading", name="Your referral has reached us")).to_be_visible()
    walk.look()


@pytest.mark.parametrize(("scripts", "width"), [(True, PHONE), (False, PHONE), (True, DESK)])
def test_somebody_refers_themselves_and_staff_see_it(browser: Browser, service: str, scripts: bool, width: int) -> None:
    context = a_context(browser, service, width=width, scripts=scripts)
    family = f"Canary{'script' if scripts else 'plain'}{width}"
    walk = Walk(context.new_page(), f"{family}", axe=scripts)
    refer(walk, family)
    context.close()
    assert walk.wrong == []
    if scripts:
        assert staff_see(browser, service, family, width) == []


def staff_see(browser: Browser, service: str, family: str, width: int) -> list[str]:
    """Find it at the top of the inbox, and signpost it; what axe finds on the way."""
    context: Any = a_context(browser, service, width=width)
    walk = Walk(sign_in(context, "administrator"), f"inbox-{width}", axe=True)
    page = walk.page
    page.goto("/referrals/inbox/")
    walk.look()
    follow(page.get_by_role("link", name=f"{family.upper()}, Wren"))
    expect(page.get_by_text("I cannot sleep.")).to_be_visible()
    walk.onward("Decide")
    expect(page.get_by_role("link", name="Choose what happens with this referral")).to_be_visible()
    page.get_by_label("Tell them of another service").check()
    page.get_by_label("Why, in words the person may read").fill("They can see you sooner.")
    walk.onward("Decide")
    expect(page.get_by_role("link", name=f"{family.upper()}, Wren")).not_to_be_visible()
    context.close()
    return walk.wrong
