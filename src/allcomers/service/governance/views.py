"""Pages of governance: drafts, access in an emergency, the audit, who opened a record."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allcomers.service.governance import actions, drafts, selectors
from allcomers.service.governance.models import BreakGlassReason
from allcomers.service.governance.page_forms import BreakGlassForm, ReviewForm
from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.governance.request import ServiceRequest

DIGITS = 18  # what the largest number of a database still holds


@require_POST
def keep_draft(request: ServiceRequest) -> HttpResponse:
    """Called by the page while somebody types (HTMX); answers with when it was kept."""
    draft = drafts.keep(request, only_for=request.access.member.pk)
    return render(request, "governance/kept.jinja", {"draft": draft})


@require_POST
def drop_draft(request: ServiceRequest, number: int) -> HttpResponse:
    drafts.drop(number, request.access.member.pk)
    back = request.POST.get("next", "")
    here = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return HttpResponseRedirect(back if here else reverse("look:start"))


@require_http_methods(["GET", "POST"])
def break_glass(request: ServiceRequest, person_id: UUID) -> HttpResponse:
    if request.method != "POST":
        return render(request, "governance/break_glass.jinja", {"form": BreakGlassForm.shown(request)})
    form = BreakGlassForm.sent(request)
    if not form.is_valid():
        return render(request, "governance/break_glass.jinja", {"form": form}, status=422)
    actions.break_glass(
        by=request.access.actor,
        user=request.access.member,
        person=request.access.subject,
        reason=BreakGlassReason(form.cleaned_data["reason"]),
        words=form.cleaned_data["words"],
    )
    return redirect("people:person", person_id=person_id)


@require_safe
def break_glass_queue(request: ServiceRequest) -> HttpResponse:
    lists = {"waiting": selectors.to_review(), "reviewed": selectors.reviewed()[:50]}
    return render(request, "governance/break_glass_queue.jinja", lists)


@require_http_methods(["GET", "POST"])
def review(request: ServiceRequest, number: UUID) -> HttpResponse:
    found = selectors.access_with_id(number)
    if found is None:
        raise Http404
    page = {"opened": found, "own": found.user_id == request.access.member.pk}
    if request.method != "POST":
        form = ReviewForm.shown(request, about=found.pk)
        return render(request, "governance/review.jinja", {**page, "form": form})
    form = ReviewForm.sent(request, about=found.pk)
    if not form.is_valid():
        return render(request, "governance/review.jinja", {**page, "form": form}, status=422)
    try:
        actions.review(by=request.access.actor, reviewer=request.access.member, opened=found, **form.answers())
    except actions.OwnReviewError:
        form.add_error(None, "You opened this record yourself, so somebody else has to review it")
        return render(request, "governance/review.jinja", {**page, "form": form}, status=422)
    except ChangedMeanwhileError:
        form.add_error(None, "Somebody else has reviewed this meanwhile, so nothing was saved")
        return render(request, "governance/review.jinja", {**page, "form": form}, status=409)
    return redirect("governance:break_glass_queue")


@require_safe
def events(request: ServiceRequest) -> HttpResponse:
    kind = request.GET.get("event", "").replace("\0", "")
    part = selectors.part_of_audit(event=kind, before=_number(request, "before"), after=_number(request, "after"))
    return render(request, "governance/events.jinja", {"part": part, "kind": kind})


def _number(request: ServiceRequest, name: str) -> int | None:
    """A number in the address; None where there is none that could be an event's."""
    given = request.GET.get(name, "")
    return int(given) if given.isdecimal() and len(given) <= DIGITS else None


@require_safe
def opened(request: ServiceRequest, person_id: UUID) -> HttpResponse:
    return render(request, "governance/opened.jinja", _trace(request, person_id, own=False))


@require_safe
def mine(request: ServiceRequest) -> HttpResponse:
    return render(request, "governance/mine.jinja", _trace(request, request.access.subject.pk, own=True))


def _trace(request: ServiceRequest, person_id: UUID, *, own: bool) -> dict[str, Any]:
    by_person = "person" in request.GET
    page, trace = selectors.page_of_trace(person_id, request.GET.get("page"), own=own, by_person=by_person)
    return {"page": page, "trace": trace, "by_person": by_person, "mine": own}
