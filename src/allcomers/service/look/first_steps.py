"""What is left to do before anybody can be seen here: on the start page of whoever can do it, until it is done."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from allcomers.service.governance import table
from allcomers.service.governance.decisions import Access, fitting_grant


@dataclass(frozen=True)
class Step:
    """One thing to do.

    Parameters
    ----------
    name : the page on which it is done; the step is for those whom this page opens to.
    left : says what is left to do; empty when nothing is.
    links : whether the page is linked to. What is done outside the service has no page.
    """

    name: str
    left: Callable[[], str]
    links: bool = True


STEPS: list[Step] = []
"""Apps add theirs in `AppConfig.ready`."""


def left_for(access: Access) -> list[dict[str, str]]:
    """What is left for the viewer to do: words, and an address where there is one."""
    entries = table.entries()
    theirs = [one for one in STEPS if fitting_grant(entries[one.name], access.roles, frozenset())]
    found = [(one, one.left()) for one in theirs]
    return [{"text": text, "href": reverse(one.name) if one.links else ""} for one, text in found if text]
