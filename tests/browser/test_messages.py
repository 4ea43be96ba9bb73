"""Staff send a link by text, the person follows it, and staff see how it went; and an alert pages the duty worker."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_questionnaires import choose, followed
from tests.browser.test_service import DESK, PHONE, a_context, faults, follow, sign_in
from tests.demonstration import demonstration

BORN = ("30", "11", "1979")
MOBILE = "07700 900 982"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("messages")


@pytest.fixture(scope="module")
def service(folder: Path, filled_demonstration: Path) -> Iterator[str]:
    """A demonstration in a folder of ours, where what it would send is written."""
    with demonstration(folder, filled_demonstration) as address:
        yield address


def written(folder: Path, known: set[str], **like: str) -> dict[str, Any]:
    """The next message that is like this, once the worker of the demonstration has written it."""
    for _ in range(150):
        for path in (folder / "messages").glob("*.json"):
            message: dict[str, Any] = json.loads(path.read_text() or "{}")
            if path.name not in known and like.items() <= message.items():
                known.add(path.name)
                return message
        time.sleep(0.2)
    raise AssertionError(f"no message like {like} in half a minute")


def opened(page: Page, name: str, place: str) -> None:
    follow(page.get_by_role("navigation", name="Menu").get_by_role("link", name="Find a person"))
    follow(page.get_by_role("link", name=name))
    follow(page.get_by_role("link", name=place).last)


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_link_sent_by_text_is_followed_and_an_answer_about_risk_pages_duty(
    browser: Browser, service: str, folder: Path, scripts: bool
) -> None:
    written(folder, set(), subject="Some questions for you")  # what the demonstration begins with
    known = {path.name for path in (folder / "messages").glob("*.json")}
    desk = a_context(browser, service, width=DESK if scripts else PHONE, scripts=scripts)
    staff = sign_in(desk, "counsellor")
    opened(staff, "SPECIMEN, Tomasz", "Questionnaires")
    follow(staff.get_by_role("link", name="Ask for questionnaires"))
    wrong = faults(staff) if scripts else []
    staff.get_by_label("PHQ-9 item 9", exact=False).check()
    staff.get_by_label("Text message to number ending 982").check()
    follow(staff.get_by_role("button", name="Ask for these"))
    expect(staff.get_by_text("The link goes by text message to number ending 982.")).to_be_visible()
    wrong += faults(staff) if scripts else []

    text = written(folder, known, channel="text", to=MOBILE, subject="Some questions for you")
    address = next(word for word in text["body"].split() if "/people/link/" in word)
    phone = a_context(browser, service, width=PHONE, scripts=scripts)
    page = followed(phone, address, BORN)
    follow(page.get_by_role("button", name="Go on"))
    choose(page, "More than half the days")
    expect(page.get_by_role("heading", name="If you need help now")).to_be_visible()

    paged = written(folder, known, to="duty@demo.example", subject="A new alert")
    assert paged["body"].endswith(f"{service}/questionnaires/alerts/")
    assert "Tomasz" not in paged["body"]
    page.get_by_label("I am safe for now").check()
    follow(page.get_by_role("button", name="Continue"))
    follow(page.get_by_role("button", name="Go on without this"))
    follow(page.get_by_role("button", name="Send these answers"))
    phone.close()

    opened(staff, "SPECIMEN, Tomasz", "Messages")
    expect(staff.get_by_text("Not sent: it was no longer needed").first).to_be_visible()
    wrong += faults(staff) if scripts else []
    follow(staff.get_by_role("navigation", name="Menu").get_by_role("link", name="Messages"))
    expect(staff.get_by_role("heading", name="Messages not delivered")).to_be_visible()
    wrong += faults(staff) if scripts else []
    desk.close()
    assert wrong == []
