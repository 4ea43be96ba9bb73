"""The person's own pages of consent."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from allcomers.service.consents import actions, selectors
from allcomers.service.consents.forms import AnswerForm, TakeBackForm
from allcomers.service.consents.models import Asked
from allcomers.service.consents.purposes import BY_LAW, ITEMS, NO_DIFFERENCE, PURPOSES
from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.governance.request import ServiceRequest


@require_safe
def mine(request: ServiceRequest) -> HttpResponse:
    """Everything that can be agreed to, what holds, and what was given to whom."""
    page = {
        "groups": selectors.lines_of(request.access.subject),
        "given": list(selectors.disclosures_of(request.access.subject)),
        "by_law": BY_LAW,
        "no_difference": NO_DIFFERENCE,
        "today": timezone.localdate(),
    }
    return render(request, "consents/mine.jinja", page)


@require_http_methods(["GET", "POST"])
def answer_mine(request: ServiceRequest, purpose: str) -> HttpResponse:
    asked = PURPOSES.get(purpose)
    if asked is None:
        raise Http404
    page = {"purpose": asked, "items": ITEMS, "no_difference": NO_DIFFERENCE, "mine": True}
    if request.method != "POST":
        return render(request, "consents/answer.jinja", {**page, "form": AnswerForm.shown(request, purpose=asked)})
    form = AnswerForm.sent(request, purpose=asked)
    if not form.is_valid():
        return render(request, "consents/answer.jinja", {**page, "form": form}, status=422)
    actions.answer(
        by=request.access.actor, person=request.access.subject, purpose=asked, asked=Asked.PORTAL, **form.answers()
    )
    form.saved()
    return redirect("consents:mine")


@require_http_methods(["GET", "POST"])
def take_back_mine(request: ServiceRequest, consent_id: UUID) -> HttpResponse:
    consent = selectors.consent_of(request.access.subject, consent_id)
    if consent is None:
        raise Http404
    page = {"consent": consent, "mine": True}
    if request.method != "POST":
        return render(request, "consents/take_back.jinja", {**page, "form": TakeBackForm.shown(request, of=consent)})
    form = TakeBackForm.sent(request, of=consent)
    if form.is_valid():
        try:
            actions.take_back(
                by=request.access.actor,
                person=request.access.subject,
                consent=consent,
                asked=Asked.PORTAL,
                version=form.version,
            )
        except ChangedMeanwhileError:
            return render(request, "consents/taken_back_already.jinja", page, status=409)
    return redirect("consents:mine")
