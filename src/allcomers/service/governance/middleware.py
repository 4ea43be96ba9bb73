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
from allcomers.service.governance import audit, drafts, limits, table
from allcomers.service.governance.decisions import (
    Access,
    fitting_grant,
    may_break_glass,
    own_access,
    relationships_between,
)
from allcomers.service.governance.permissions import Audience, Entry
from allcomers.service.governance.tokens import MisdirectedFormError
from allcomers.service.people import links

log = logging.getLogger(__name__)
Respond = Callable[[HttpRequest], HttpResponse]


class AccessMiddleware:
    """Decides, lets the view run, and writes down what was shown."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with audit.gathering():
            response = self.get_response(request)
            access: Access | None = getattr(request, "access", None)
            if access is not None and 200 <= response.status_code < 300:
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
            return render(request, "look/misdirected.jinja", status=409)
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
    return limits.exceeded(access.name, sign_in.address(request), *entry.rate)


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
    own_access(access, person)
    return None


def _by_link(request: HttpRequest, access: Access, parameters: dict[str, Any]) -> HttpResponse | None:
    link = links.link_in_session(request, purpose=access.entry.link)
    if link is None:
        return HttpResponseRedirect(reverse("people:link_gone"))
    access.link_id = link.pk
    own_access(access, link.person)
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
        access.relationships = relationships_between(access.user, access.person, names=names)
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
    return render(request, "look/403.jinja", {"emergency": emergency}, status=403)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send somebody to sign in and back. What they had just sent is kept as a draft."""
    back = request.get_full_path()
    if request.method == "POST":
        draft = drafts.keep(request)
        back = f"{request.path}?{urlencode({'draft': draft.pk})}" if draft else request.path
        messages.info(
            request, "You were signed out, so nothing was saved. " + ("We kept what you typed." if draft else "")
        )
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': back})}")


_DECIDE = {
    Audience.PUBLIC: _anyone,
    Audience.SIGNED_IN: _signed_in,
    Audience.PERSON: _the_person,
    Audience.LINK: _by_link,
    Audience.STAFF: _staff,
}
