"""A person who came by a link and gave the second fact, and what they press."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from allcomers.service.governance import audit
from allcomers.service.people.models import Person
from allcomers.service.questionnaires import actions
from allcomers.service.questionnaires.models import MeasureRequest, Response

FACTS = {
    "date_of_birth_day": "27",
    "date_of_birth_month": "3",
    "date_of_birth_year": "1985",
    "postcode": "ZZ99 3VZ",
}
START = "/questionnaires/answer/"


def facts_of(person: Person) -> dict[str, str]:
    """What a link asks somebody."""
    born = {f"date_of_birth_{part}": str(getattr(person.date_of_birth, part)) for part in ("day", "month", "year")}
    return {**born, "postcode": person.postcode}


class Visit:
    """One browser of one person, from the link on."""

    def __init__(self, request: MeasureRequest, token: str, browser: Client | None = None) -> None:
        self.request, self.token, self.browser = request, token, browser or Client()
        self.browser.get(reverse("people:open_link", kwargs={"token": token}))
        assert self.browser.post("/people/check/", facts_of(request.person))["Location"] == START

    def begin(self, layout: str = "items") -> str:
        """Start, and return the address of what comes next."""
        where: str = self.send(START, layout=layout)["Location"]
        return where

    def send(self, where: str, **fields: Any) -> Any:
        """Open a page, fill in its form and send it."""
        return self.browser.post(where, {"form_token": self.form_token(where), **fields})

    def form_token(self, where: str) -> str:
        page = self.browser.get(where)
        assert page.status_code == 200, (page.status_code, page.headers)
        found = re.search(r'name="form_token" value="([^"]+)"', page.content.decode())
        assert found
        return found[1]

    def response(self, key: str = "PHQ9") -> Response:
        return Response.objects.get(request=self.request, instrument_key=key)

    def page(self, name: str, key: str = "PHQ9", **more: Any) -> str:
        return reverse(f"questionnaires:{name}", kwargs={"response_id": self.response(key).pk, **more})


@pytest.fixture
def visit(db: None) -> Callable[..., Visit]:
    """`visit(person, "PHQ9", "GAD7")`: asked, followed, and the second fact given."""

    def make(person: Person, *keys: str) -> Visit:
        return Visit(*actions.ask(by=audit.SYSTEM, person=person, keys=keys or ("PHQ9",)))

    return make


def answers(count: int, value: object = 1, **others: object) -> dict[str, str]:
    """`answers(10, 1, item_9=0)`: every item of a list answered alike, but some."""
    return {
        **{f"item_{number}": str(value) for number in range(1, count + 1)},
        **{k: str(v) for k, v in others.items()},
    }
