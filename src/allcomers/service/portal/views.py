"""The patient's place: what happens next, the wait, saying that things have got worse, and joining."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allcomers.service.accounts.models import User
from allcomers.service.governance import danger
from allcomers.service.governance.request import ServiceRequest
from allcomers.service.people import links
from allcomers.service.people.selectors import allocations_of
from allcomers.service.portal import actions, selectors
from allcomers.service.portal.forms import JoinForm, WorseForm
from allcomers.service.portal.waiting import waiting_of
from allcomers.service.questionnaires.risk import actions as risk
from allcomers.service.questionnaires.views import crisis_paragraphs

JOINED = "Your place is ready. Sign in with your e-mail address and the password you chose."


@require_safe
def home(request: ServiceRequest) -> HttpResponse:
    person = request.access.subject
    page = {
        "waiting": waiting_of(person),
        "to_be_answered": selectors.to_be_answered(person) if crisis_paragraphs() else [],
        "allocations": allocations_of(person),
    }
    return render(request, "portal/home.jinja", page)


@require_safe
def waiting(request: ServiceRequest) -> HttpResponse:
    return render(request, "portal/waiting.jinja", {"waiting": waiting_of(request.access.subject)})


@require_http_methods(["GET", "POST"])
def worse(request: ServiceRequest) -> HttpResponse:
    """Help to be had now comes first; then one question, and somebody of ours looks."""
    paragraphs = crisis_paragraphs()
    if not paragraphs:
        return render(request, "portal/worse_refused.jinja", status=503)
    page: dict[str, Any] = {"paragraphs": paragraphs}
    if request.method != "POST":
        return render(request, "portal/worse.jinja", {**page, "form": WorseForm.shown(request)})
    form = WorseForm.sent(request)
    if form.is_valid():
        risk.raise_by_person(by=request.access.actor, person=request.access.subject, **form.answers())
    elif not form.can_wait and (heard := danger.heard(request)):
        heard.tell(by=request.access.actor)
    else:
        return render(request, "portal/worse.jinja", {**page, "form": form}, status=422)
    form.saved()
    return redirect("portal:worse_sent")


@require_safe
def worse_sent(request: ServiceRequest) -> HttpResponse:
    return render(request, "portal/worse_sent.jinja", {"paragraphs": crisis_paragraphs()})


@require_POST
def questionnaires(request: ServiceRequest, request_id: UUID) -> HttpResponse:
    """Go on to what waits to be answered: the pages are those that a link opens."""
    asked = selectors.to_be_answered_with_id(request.access.subject, request_id)
    if asked is None:
        raise Http404
    link = actions.open_questionnaires(by=request.access.actor, asked=asked)
    request.session[links.OPENED] = str(link.pk)
    return redirect(links.PAGES[link.purpose])


@require_http_methods(["GET", "POST"])
def join(request: ServiceRequest) -> HttpResponse:
    """What an invitation opens, after the second fact: choose a password."""
    assert request.access.link_id is not None
    invitation = selectors.invitation_of_link(request.access.subject, request.access.link_id)
    if invitation is None:
        raise Http404
    about = {"user": User(email=invitation.email, name=request.access.subject.full_name)}
    page = {"email": invitation.email}
    if request.method != "POST":
        return render(request, "portal/join.jinja", {**page, "form": JoinForm.shown(request, of=invitation, **about)})
    form = JoinForm.sent(request, of=invitation, **about)
    if not form.is_valid():
        return render(request, "portal/join.jinja", {**page, "form": form}, status=422)
    try:
        actions.join(by=request.access.actor, invitation=invitation, password=form.cleaned_data["password"])
    except actions.JoinedAlreadyError:
        return redirect("people:link_gone")
    request.session.flush()
    messages.success(request, JOINED)
    return redirect("account_login")
