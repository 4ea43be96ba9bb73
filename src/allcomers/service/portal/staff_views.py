"""Pages of the staff: inviting somebody, answering corrections, and what people who wait are told."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.governance.request import ServiceRequest
from allcomers.service.portal import actions, selectors
from allcomers.service.portal.forms import AnswerCorrectionForm, InviteForm, WaitForm
from allcomers.service.portal.models import FEWEST_PEOPLE, OLDEST_DAYS, Correction

A_PAGE = 25


@require_http_methods(["GET", "POST"])
def invite(request: ServiceRequest, person_id: UUID) -> HttpResponse:
    """Make a link to join. Its address is shown once: only a hash of it is kept."""
    person = request.access.subject
    page: dict[str, Any] = {"days": settings.ALLCOMERS.invitation_link_days}
    if person.account_id is not None:
        return render(request, "portal/joined_already.jinja", status=200 if request.method == "GET" else 409)
    if request.method != "POST":
        initial = {"email": next((one.value for one in selectors.contacts_of(person) if one.channel == "email"), "")}
        return render(request, "portal/invite.jinja", {**page, "form": InviteForm.shown(request, initial=initial)})
    form = InviteForm.sent(request)
    if not form.is_valid():
        return render(request, "portal/invite.jinja", {**page, "form": form}, status=422)
    try:
        _, token = actions.invite(
            by=request.access.actor, person=person, member=request.access.member, email=form.cleaned_data["email"]
        )
    except actions.JoinedAlreadyError:
        return render(request, "portal/joined_already.jinja", status=409)
    form.saved()
    address = settings.ALLCOMERS.url.rstrip("/") + reverse("people:open_link", kwargs={"token": token})
    return render(request, "portal/invited.jinja", {**page, "address": address})


@require_safe
def corrections(request: ServiceRequest) -> HttpResponse:
    """What people asked to be put right and nobody has answered, the oldest first."""
    waiting = selectors.corrections_to_answer(request.access.visible_people())
    page = Paginator(waiting, A_PAGE).get_page(request.GET.get("page"))
    request.access.shown([one.person_id for one in page.object_list])
    return render(request, "portal/corrections.jinja", {"page": page})


@require_safe
def corrections_of(request: ServiceRequest, person_id: UUID) -> HttpResponse:
    asked = list(selectors.corrections_of(request.access.subject))
    return render(request, "portal/corrections_of.jinja", {"corrections": asked})


@require_http_methods(["GET", "POST"])
def correction(request: ServiceRequest, correction_id: UUID) -> HttpResponse:
    """One of them, and its answer."""
    found = selectors.correction_of(request.access.subject, correction_id)
    if found is None:
        raise Http404
    if request.method != "POST":
        answered = found.state != Correction.State.ASKED
        form = None if answered else AnswerCorrectionForm.shown(request, of=found)
        return render(request, "portal/correction.jinja", {"correction": found, "form": form})
    form = AnswerCorrectionForm.sent(request, of=found)
    if not form.is_valid():
        return render(request, "portal/correction.jinja", {"correction": found, "form": form}, status=422)
    try:
        actions.answer_correction(
            by=request.access.actor,
            member_id=request.access.member.pk,
            correction=found,
            version=form.version,
            **form.answers(),
        )
    except ChangedMeanwhileError as meanwhile:
        page = {"correction": meanwhile.current, "form": None, "too_late": form.cleaned_data["words"]}
        return render(request, "portal/correction.jinja", page, status=409)
    form.saved()
    return redirect("portal:corrections_of", person_id=found.person_id)


@require_http_methods(["GET", "POST"])
def waits(request: ServiceRequest) -> HttpResponse:
    """What people who wait are told, and saying it anew."""
    stated = selectors.wait_stated()
    page = {"stated": stated, "fewest": FEWEST_PEOPLE, "oldest_weeks": OLDEST_DAYS // 7}
    page["told"] = stated is not None and stated.may_be_told(timezone.localdate())
    if request.method != "POST":
        return render(request, "portal/waits.jinja", {**page, "form": WaitForm.shown(request)})
    form = WaitForm.sent(request)
    if not form.is_valid():
        return render(request, "portal/waits.jinja", {**page, "form": form}, status=422)
    actions.state_wait(by=request.access.actor, member=request.access.member, **form.answers())
    form.saved()
    return redirect("portal:waits")
