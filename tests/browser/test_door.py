"""A professional refers somebody, the person cancels by a link, and staff see both; a passkey signs somebody in."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_referrals import Walk
from tests.browser.test_service import DESK, PHONE, a_context, faults, follow, service, sign_in

__all__ = ["service"]


def refer(walk: Walk, family_name: str) -> None:
    """From the start page for professionals to the reference."""
    page = walk.page
    page.goto("/referrals/professional/")
    walk.look()
    follow(page.get_by_role("link", name="Start", exact=True))
    page.get_by_label("Yes", exact=True).check()
    walk.onward()
    expect(page.get_by_role("heading", name="Please get help for them now")).to_be_visible()
    walk.look()
    follow(page.get_by_role("link", name="Continue with the referral"))
    page.get_by_label("GP, or GP practice").check()
    walk.onward(Name="Gwen Example", Job="GP", Organisation="Elm Street Surgery")
    expect(page.get_by_role("link", name="Enter a telephone number")).to_be_visible()
    walk.onward(Telephone="01632 960 002")
    page.get_by_label("I do not know").check()
    walk.onward(Given_name="Wren", Family_name=family_name, Day="28", Month="2", Year="1985", Postcode="ZZ99 3VZ")
    walk.onward(Mobile_phone="07700 900 982")
    page.get_by_label("Why are they referred?").fill("Low since the spring.")
    walk.onward()
    walk.onward()
    page.get_by_label("Yes", exact=True).check()
    walk.onward()
    page.get_by_label("They know, and they agreed").check()
    walk.onward()
    expect(page.get_by_text("Low since the spring.")).to_be_visible()
    walk.onward("Send the referral")
    expect(page.get_by_role("heading", name="The referral has reached us")).to_be_visible()
    walk.look()


@pytest.mark.parametrize(("scripts", "width"), [(True, PHONE), (False, PHONE)])
def test_a_professional_refers_somebody_and_staff_see_from_whom(
    browser: Browser, service: str, scripts: bool, width: int
) -> None:
    context = a_context(browser, service, width=width, scripts=scripts)
    family = f"Doorway{'script' if scripts else 'plain'}"
    walk = Walk(context.new_page(), family, axe=scripts)
    refer(walk, family)
    context.close()
    assert walk.wrong == []
    if not scripts:
        return
    desk: Any = a_context(browser, service, width=DESK)
    staff = Walk(sign_in(desk, "administrator"), "professional-inbox", axe=True)
    staff.page.goto("/referrals/inbox/")
    staff.look()
    follow(staff.page.get_by_role("link", name=f"{family.upper()}, Wren"))
    expect(staff.page.get_by_text("Gwen Example, GP, Elm Street Surgery")).to_be_visible()
    staff.look()
    staff.page.goto("/quarantine/")
    staff.look()
    desk.close()
    assert staff.wrong == []


def authenticator(page: Page) -> None:
    """A passkey's device, which Chromium plays: it holds keys, and says that its owner is there."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_a_passkey_is_set_up_and_signs_somebody_in_without_a_password(browser: Browser, service: str) -> None:
    context = a_context(browser, service, width=DESK)
    page = sign_in(context, "counsellor")
    authenticator(page)
    page.goto("/sign-in/second/passkeys/add/")
    wrong = faults(page)
    page.get_by_label("Name").fill("My laptop")
    page.get_by_role("checkbox").check()  # to sign in with, and not only as the second step
    follow(page.get_by_role("button", name="Add a passkey"))
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    wrong += faults(page)
    page.goto("/sign-in/second/passkeys/")
    expect(page.get_by_text("My laptop")).to_be_visible()
    wrong += faults(page)
    follow(page.get_by_role("button", name="Sign out"))
    page.goto("/sign-in/")
    follow(page.get_by_role("button", name="Use a passkey"))
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.goto("/people/")
    expect(page.get_by_role("heading", name="Find a person")).to_be_visible()
    context.close()
    assert wrong == []
