"""Saying what troubles one most: by a link, from one's place, through staff on the telephone. One page for all."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from allcomers.service.accounts.models import User
from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.governance.request import ServiceRequest
from allcomers.service.problems import actions, selectors, wording
from allcomers.service.problems.forms import ProblemsForm, StrikeForm
from allcomers.service.problems.models import AT_ONCE, Occasion, Problem
from allcomers.service.problems.reading import Standing, standing
from allcomers.service.questionnaires import selectors as questionnaires
from allcomers.service.questionnaires.risk.selectors import waits_for_person
from allcomers.service.questionnaires.views import needs_crisis_text
from allcomers.service.questionnaires.ways import BY_LINK

KEPT = "What you said is kept."


@require_http_methods(["GET", "POST"])
@needs_crisis_text
def answer(request: ServiceRequest) -> HttpResponse:
    """By a link, once the questions of the last questionnaire were answered; it can be passed over."""
    assert request.access.link_id is not None
    asked = questionnaires.request_of_link(request.access.subject, request.access.link_id)
    if asked is None:
        raise Http404
    unfinished = list(questionnaires.unfinished(asked))
    if not unfinished:
        return render(request, "questionnaires/finished.jinja", status=409)
    for one in unfinished:
        if waits_for_person(one):  # help to be had now goes before anything else
            return redirect(BY_LINK.page("crisis", one))
    if request.method == "POST" and "pass" in request.POST:
        actions.pass_over(by=request.access.actor, person=request.access.subject, request=asked)
        return redirect(BY_LINK.onwards(unfinished[0]))
    now = standing(request.access.subject, Occasion.Mode.LINK, asked, timezone.localdate())
    return _ask(request, now, lambda: BY_LINK.onwards(unfinished[0]))


@require_http_methods(["GET", "POST"])
@needs_crisis_text
def mine(request: ServiceRequest) -> HttpResponse:
    """From one's own place, on any day."""
    now = standing(request.access.subject, Occasion.Mode.PLACE, None, timezone.localdate())
    return _ask(request, now, lambda: reverse("portal:scores"))


@require_http_methods(["GET", "POST"])
@needs_crisis_text
def key(request: ServiceRequest, person_id: UUID) -> HttpResponse:
    """Staff enter what somebody said on the telephone or on paper, in their words."""
    now = standing(request.access.subject, Occasion.Mode.STAFF, None, timezone.localdate())
    onwards = reverse("questionnaires:record", kwargs={"person_id": person_id})
    return _ask(request, now, lambda: onwards, member=request.access.member)


def _ask(request: ServiceRequest, now: Standing, onwards: Any, member: User | None = None) -> HttpResponse:
    if request.method != "POST":
        return _page(request, ProblemsForm.shown(request, standing=now))
    form = ProblemsForm.sent(request, standing=now)
    whole = form.is_valid()
    if form.stale:
        return redirect(onwards()) if form.said_already() else _changed(request, form, now)
    if not whole:
        return _page(request, form, status=422)
    try:
        _keep(request, form, member)
    except ChangedMeanwhileError as meanwhile:
        return _changed(request, ProblemsForm.sent(request, standing=meanwhile.current), meanwhile.current)
    form.saved()
    return redirect(request.path if "another" in request.POST else onwards())


def _keep(request: ServiceRequest, form: ProblemsForm, member: User | None) -> None:
    """What was said. By a link, saying nothing is passing the page over; elsewhere nothing happened."""
    now, said = form.standing, form.given()
    by, person = request.access.actor, request.access.subject
    if said:
        actions.say(
            by=by, person=person, mode=now.mode, request=now.request, member=member, version=form.version, **said
        )
        if now.mode == Occasion.Mode.PLACE:
            messages.success(request, KEPT)
    elif now.request is not None:
        actions.pass_over(by=by, person=person, request=now.request)


def _changed(request: ServiceRequest, form: ProblemsForm, now: Standing) -> HttpResponse:
    form.is_valid()
    return _page(request, form.against(now), status=409, changed=True)


def _page(request: ServiceRequest, form: ProblemsForm, status: int = 200, **more: Any) -> HttpResponse:
    numbers_are = wording.WHAT_IT_IS if form.standing.mode == Occasion.Mode.STAFF else wording.WHAT_IT_IS_TO_YOU
    page = {"form": form, "now": form.standing, "at_once": AT_ONCE, "numbers_are": numbers_are, **more}
    return render(request, "problems/say.jinja", page, status=status)


@require_http_methods(["GET", "POST"])
def strike(request: ServiceRequest, row_id: UUID) -> HttpResponse:
    """Strike through what staff entered."""
    row = selectors.entered_by_staff(request.access.subject, row_id)
    if row is None:
        raise Http404
    page = {"row": row, "problem": row if isinstance(row, Problem) else row.problem}
    if request.method != "POST":
        return render(request, "problems/strike.jinja", {**page, "form": StrikeForm.shown(request, of=row)})
    form = StrikeForm.sent(request, of=row)
    if not form.is_valid():
        return render(request, "problems/strike.jinja", {**page, "form": form}, status=422)
    try:
        actions.strike(
            by=request.access.actor, member=request.access.member, row=row, version=form.version, **form.answers()
        )
    except ChangedMeanwhileError as meanwhile:
        again = form.against(meanwhile.current)
        return render(request, "problems/strike.jinja", {**page, "form": again}, status=409)
    form.saved()
    return redirect("questionnaires:record", person_id=request.access.subject.pk)
