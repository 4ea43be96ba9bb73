"""Where the permission table is enforced: no view runs before its entry has been found and a grant fits."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from allcomers.service.accounts import sign_in
from allcomers.service.governance import audit, danger, drafts, limits, table, whole_pages
from allcomers.service.governance.decisions import (
    Access,
    fitting_grant,
    may_break_glass,
    own_access,
    relationships_between,
)
from allcomers.service.governance.permissions import Audience, Entry
from allcomers.service.governance.tokens import MisdirectedFormError
from allcomers.service.governance.viewers import Viewer
from allcomers.service.people import links

log = logging.getLogger(__name__)
Respond = Callable[[HttpRequest], HttpResponse]
SHOWN_AGAIN = {409, 422}
"""Answers to a form that was not taken: they show the record again, and what somebody else saved since."""
ROOM_IN_DANGER = 10
"""How many times as much is taken of what says that somebody may not be safe: more than anybody sends by hand."""


class AccessMiddleware:
    """Decides, lets the view run, and writes down what was shown."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with audit.gathering():
            response = self.get_response(request)
            access: Access | None = getattr(request, "access", None)
            if access is not None and (200 <= response.status_code < 300 or response.status_code in SHOWN_AGAIN):
                _write_down(access, searched=request.method == "POST")
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], parameters: dict[str, Any]
    ) -> HttpResponse | None:
        assert request.resolver_match is not None
        name = request.resolver_match.view_name
        entry = table.entries().get(name)
        if entry is None:
            log.error("the URL %s has no entry in the permission table", name)
            raise PermissionDenied
        source = f"{name} {audit.address_hash(sign_in.address(request))}"
        access = Access(name, entry, source=source)
        request.access = access  # type: ignore[attr-defined]
        if _too_many(request, access):
            return _slow_down(request, entry)
        return _DECIDE[entry.audience](request, access, parameters)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, MisdirectedFormError):
            drafts.keep(request)
            return danger.told(request) or render(request, "look/misdirected.jinja", status=409)
        if isinstance(error, links.PersonHasDiedError):
            return render(request, "people/no_links.jinja", status=409)
        return None


def _write_down(access: Access, *, searched: bool) -> None:
    entry = access.entry
    if entry.lists and access.people_shown is None:
        raise AssertionError(f"{access.name} lists people and did not say whom it showed")
    if entry.lists and searched:
        audit.record("search.made", by=access.actor, shown=len(access.people_shown or ()))
    if not entry.reads:
        return
    people = access.people_shown or ([access.person.pk] if access.person else [])
    for person in dict.fromkeys(people):
        audit.record(entry.reads, by=access.actor, person=person)


def _too_many(request: HttpRequest, access: Access) -> bool:
    entry = access.entry
    if entry.rate is None or request.method not in entry.rate_methods:
        return False
    (most, seconds), whose = entry.rate, _whose_try(request, entry)
    if not limits.exceeded(access.name, whose, most, seconds):
        return False
    in_danger = danger.heard(request) is not None
    return not in_danger or limits.exceeded(f"{access.name} danger", whose, most * ROOM_IN_DANGER, seconds)


def _whose_try(request: HttpRequest, entry: Entry) -> str:
    """By whom requests are counted: many people who are known may share one network address."""
    user, link = sign_in.user(request), request.session.get(links.OPENED)
    if entry.audience == Audience.LINK and link:
        return f"link {link}"
    return f"user {user.pk}" if entry.audience == Audience.PERSON and user else sign_in.address(request)


def _slow_down(request: HttpRequest, entry: Entry) -> HttpResponse:
    assert entry.rate is not None
    response = render(request, "look/429.jinja", {"minutes": -(-entry.rate[1] // 60)}, status=429)
    response.headers["Retry-After"] = str(entry.rate[1])
    return response


def _anyone(request: HttpRequest, access: Access, parameters: dict[str, Any]) -> HttpResponse | None:
    access.user = sign_in.user(request)
    if access.user is not None and sign_in.second_factor_given(request):
        # For the menu, and how much waits there: the page shows nobody's data.
        access.roles = access.user.roles(timezone.localdate())
    return None


def _signed_in(request: HttpRequest, access: Access, parameters: dict[str, Any]) -> HttpResponse | None:
    _anyone(request, access, parameters)
    return None if access.user else to_sign_in(request)


def _the_person(request: HttpRequest, access: Access, parameters: dict[str, Any]) -> HttpResponse | None:
    access.user = sign_in.user(request)
    if access.user is None:
        return to_sign_in(request)
    person = getattr(access.user, "person", None)
    if person is None:
        raise Http404
    if person.withdrawn:
        return danger.told(request) or render(request, "people/place_closed.jinja", status=410)
    own_access(access, person)
    return None


def _by_link(request: HttpRequest, access: Access, parameters: dict[str, Any]) -> HttpResponse | None:
    link = links.link_in_session(request, purpose=access.entry.link)
    if link is None:
        return danger.told(request) or HttpResponseRedirect(reverse("people:link_gone"))
    access.link_id, person = link.pk, links.whose(link)
    assert person is not None, "a link of nobody is not open"
    own_access(access, person)
    return None


def _staff(request: HttpRequest, access: Access, parameters: dict[str, Any]) -> HttpResponse | None:
    access.user = sign_in.user(request)
    if access.user is None:
        return to_sign_in(request)
    access.roles = access.user.roles(timezone.localdate())
    if not access.roles:
        raise PermissionDenied
    if not sign_in.second_factor_given(request):
        return HttpResponseRedirect(
            f"{reverse('accounts:second_factor')}?{urlencode({'next': request.get_full_path()})}"
        )
    if access.entry.person is not None:
        access.person = access.entry.person(parameters)
        if access.person is None:
            raise Http404
        names = table.relationships_granted(access.roles)
        access.relationships = relationships_between(access.user, access.person, names=names) - {
            name for name, holds in access.entry.rows if not holds(Viewer(access.user.pk, timezone.now()), parameters)
        }
    fitting = fitting_grant(access.entry, access.roles, access.relationships)
    if fitting is None:
        return _refuse(request, access)
    one, role, relationship = fitting
    access.role, access.relationship, access.purpose = role.value, relationship, one.purpose.value
    return None


def _refuse(request: HttpRequest, access: Access) -> HttpResponse:
    """Say no in the same words whatever the record holds; the attempt is written down."""
    person = access.person
    audit.record("access.refused", by=access.actor, person=person, outcome=audit.REFUSED)
    emergency = None
    if person is not None and may_break_glass(access.entry, access.roles):
        emergency = reverse("governance:break_glass", kwargs={"person_id": person.pk})
    access.person = None
    return danger.told(request) or render(request, "look/403.jinja", {"emergency": emergency}, status=403)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send somebody to sign in and back. What they had just sent is kept as a draft; of danger in it staff are told."""
    if request.method != "POST":
        return HttpResponseRedirect(_sign_in_and_back(request.get_full_path()))
    draft = drafts.keep(request)
    form_page = whole_pages.address_of(request)
    onwards = _sign_in_and_back(f"{form_page}?{urlencode({'draft': draft.pk})}" if draft else form_page)
    page = danger.told(request, onwards=onwards)
    if page is not None:
        return whole_pages.in_place_of_it(request, page)
    messages.info(request, "You were signed out, so nothing was saved. " + ("We kept what you typed." if draft else ""))
    return whole_pages.redirect_to(request, onwards)


def _sign_in_and_back(back: str) -> str:
    return f"{reverse('account_login')}?{urlencode({'next': back})}"


_DECIDE = {
    Audience.PUBLIC: _anyone,
    Audience.SIGNED_IN: _signed_in,
    Audience.PERSON: _the_person,
    Audience.LINK: _by_link,
    Audience.STAFF: _staff,
}
