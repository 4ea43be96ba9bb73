"""The two ways of answering, which share every page: the person by their link, and staff for them."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from allcomers.instruments.model import Item
from allcomers.service.governance.decisions import Access
from allcomers.service.problems.selectors import gone_through
from allcomers.service.questionnaires import asking, selectors
from allcomers.service.questionnaires.models import Response
from allcomers.service.questionnaires.risk.selectors import waits_for_person


@dataclass(frozen=True)
class Way:
    """One way of answering: how its addresses begin, and which questionnaires it reaches."""

    prefix: str
    by_staff: bool

    def response(self, access: Access, response_id: Any) -> Response | None:
        """The questionnaire, where it is the visitor's to answer."""
        if self.by_staff:
            return selectors.response_of(access.subject, response_id)
        assert access.link_id is not None
        return selectors.response_of_link(access.subject, access.link_id, response_id)

    def page(self, name: str, response: Response, **more: Any) -> str:
        return reverse(f"questionnaires:{self.prefix}{name}", kwargs={"response_id": response.pk, **more})

    def home(self, response: Response) -> str:
        if self.by_staff:
            return reverse("questionnaires:record", kwargs={"person_id": response.person_id})
        return reverse("questionnaires:answer")

    def back(self, response: Response, item: Item | None) -> str:
        """Where “Back” leads from a question, or from the page with all of them."""
        every = asking.items(response.instrument)
        before = every.index(item) - 1 if item is not None else -1
        return self.home(response) if before < 0 else self.page("item", response, number=every[before].number)

    def onwards(self, response: Response) -> str:
        """What comes next: the crisis text if an answer asks for it, what was not reached yet, and then the end.

        Before the end of the last questionnaire the person is asked what troubles them most, once a request.
        """
        if waits_for_person(response):
            return self.page("crisis", response)
        item = selectors.first_unanswered(response)
        if item is None:
            return self._before_the_end(response) or self.page("finish", response)
        if response.layout == Response.Layout.LIST:
            return self.page("whole", response)
        return self.page("item", response, number=item.number)

    def _before_the_end(self, response: Response) -> str:
        """The page about own problems, where it comes next; staff have a way to it from the record."""
        asked = response.request
        if self.by_staff or asked is None or selectors.unfinished(asked).exclude(pk=response.pk).exists():
            return ""
        return "" if gone_through(asked) else reverse("problems:answer")


BY_LINK = Way("", by_staff=False)
BY_STAFF = Way("key_", by_staff=True)
