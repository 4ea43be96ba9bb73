"""What somebody sent that cannot be saved, and that says that they may not be safe: it reaches staff all the same.

A session ends, a link is used up, somebody else finishes a form: what was sent is then not saved. But the token of a
form is signed for one person, so that it can be told whom it is about without a session. An app says in its
`AppConfig.ready` how its forms are read for danger: `danger.READERS["worse"] = worse`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from allcomers.service.accounts import sign_in
from allcomers.service.governance import audit, drafts
from allcomers.service.governance.decisions import Access
from allcomers.service.governance.permissions import SELF, Purpose
from allcomers.service.governance.tokens import TOKEN, FormToken
from allcomers.service.people import links
from allcomers.service.people.models import Person


@dataclass(frozen=True)
class Heard:
    """What says so: an action that tells staff (it is given `by`), and whether it says all that the form held."""

    tell: Callable[..., object]
    whole: bool = False


READERS: dict[str, Callable[[FormToken, QueryDict], Heard | None]] = {}
"""By the name of a form: what of it says that somebody may not be safe; None where nothing does."""


def heard(request: HttpRequest) -> Heard | None:
    """What says so in what was posted, however long ago the form was shown.

    Nothing is heard of a visitor who is known to be another person than the one for whom it was shown: who wrote it
    cannot be told then, and nobody is to be rung up about somebody else.
    """
    token = FormToken.read(request.POST.get(TOKEN, ""), oldest_seconds=None)
    read = None if token is None else READERS.get(token.form)
    if token is None or read is None or _from_somebody_else(request, token):
        return None
    return read(token, request.POST)


def _from_somebody_else(request: HttpRequest, token: FormToken) -> bool:
    access: Access | None = getattr(request, "access", None)
    visitor: Person | None = getattr(sign_in.user(request), "person", None)
    if access is not None and access.relationship == SELF:
        visitor = access.subject
    if visitor is None or str(visitor.pk) == token.person:
        return False
    shown_for = Person.objects.filter(pk=token.person).first() if token.person else None
    return links.who_is_now(shown_for) != visitor  # unless they were found to be one since


def told(request: HttpRequest, *, onwards: str = "") -> HttpResponse | None:
    """Tell staff, and show where to get help; None where nothing says that somebody may not be safe.

    `onwards` is where the page leads, for whoever wants to go on with the form.
    """
    found = heard(request)
    if found is None:
        return None
    access: Access | None = getattr(request, "access", None)
    by = audit.Actor("public") if access is None else access.actor
    found.tell(by=replace(by, purpose=Purpose.SAFETY.value))
    if found.whole:
        drafts.forget_sent(request)
    if access is not None:
        access.person = None  # the form may be about somebody else than the page
    page = {"onwards": "" if found.whole else onwards}
    return render(request, "look/told.jinja", page, status=409)
