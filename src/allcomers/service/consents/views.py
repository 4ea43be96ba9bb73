"""Pages of the staff: what somebody agrees to, recording what they said, and giving what may be given."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from allcomers.service.consents import actions, disclosure, selectors
from allcomers.service.consents.forms import AnswerForm, GiveForm, TakeBackByStaffForm, WithoutAgreementForm
from allcomers.service.consents.models import Consent, LegalBasis
from allcomers.service.consents.purposes import BY_LAW, ITEMS, NO_DIFFERENCE, PURPOSES
from allcomers.service.governance.permissions import CLINICAL, Role
from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.governance.request import ServiceRequest

A_PAGE = 25


@require_safe
def of_person(request: ServiceRequest, person_id: UUID) -> HttpResponse:
    person = request.access.subject
    clinical = request.access.role in CLINICAL
    senior = {Role.CLINICAL_LEAD, Role.SUPERVISOR} & request.access.roles
    page = {
        "groups": selectors.lines_of(person),
        "given": list(selectors.disclosures_of(person)),
        "decided": list(selectors.legal_bases_of(person)),
        "by_law": BY_LAW,
        "clinical": clinical,
        "senior": bool(senior) and clinical,
        "today": timezone.localdate(),
    }
    return render(request, "consents/of_person.jinja", page)


@require_http_methods(["GET", "POST"])
def ask(request: ServiceRequest, person_id: UUID, purpose: str) -> HttpResponse:
    """Write down what somebody said when they were asked, in these words."""
    asked = PURPOSES.get(purpose)
    if asked is None:
        raise Http404
    page = {"purpose": asked, "items": ITEMS, "no_difference": NO_DIFFERENCE, "mine": False}
    if request.method != "POST":
        form = AnswerForm.shown(request, purpose=asked, by_staff=True)
        return render(request, "consents/answer.jinja", {**page, "form": form})
    form = AnswerForm.sent(request, purpose=asked, by_staff=True)
    if not form.is_valid():
        return render(request, "consents/answer.jinja", {**page, "form": form}, status=422)
    actions.answer(
        by=request.access.actor,
        person=request.access.subject,
        purpose=asked,
        recorded_by=request.access.member,
        **form.answers(),
    )
    form.saved()
    return redirect("consents:of_person", person_id=person_id)


@require_http_methods(["GET", "POST"])
def take_back(request: ServiceRequest, person_id: UUID, consent_id: UUID) -> HttpResponse:
    consent = _consent(request, consent_id)
    page = {"consent": consent, "mine": False}
    if request.method != "POST":
        form = TakeBackByStaffForm.shown(request, of=consent)
        return render(request, "consents/take_back.jinja", {**page, "form": form})
    form = TakeBackByStaffForm.sent(request, of=consent)
    if not form.is_valid():
        return render(request, "consents/take_back.jinja", {**page, "form": form}, status=422)
    try:
        actions.take_back(
            by=request.access.actor,
            person=request.access.subject,
            consent=consent,
            asked=form.cleaned_data["asked"],
            version=form.version,
        )
    except ChangedMeanwhileError:
        return render(request, "consents/taken_back_already.jinja", page, status=409)
    form.saved()
    return redirect("consents:of_person", person_id=person_id)


@require_http_methods(["GET", "POST"])
def give(request: ServiceRequest, person_id: UUID, consent_id: UUID) -> HttpResponse:
    """Exactly what would be given on an agreement that holds; then it is given, and written down."""
    consent = _consent(request, consent_id)
    return _give(request, consent, consent.purpose)


@require_http_methods(["GET", "POST"])
def give_required(request: ServiceRequest, person_id: UUID, basis_id: UUID) -> HttpResponse:
    decided = selectors.legal_basis_of(request.access.subject, basis_id)
    if decided is None:
        raise Http404
    return _give(request, decided, disclosure.REQUIRED)


def _give(request: ServiceRequest, row: Consent | LegalBasis, purpose: str) -> HttpResponse:
    person, asked = request.access.subject, PURPOSES.get(purpose)
    what: dict[str, Any] = {"purpose": purpose, "recipient": row.recipient, "items": row.items}
    try:
        text, _ = disclosure.draft(person, **what, at=timezone.now())
        page: dict[str, Any] = {"row": row, "asked": asked, "text": text}
        page["form"] = GiveForm.shown(request, of=row)
        page["form"].initial["seen"] = disclosure.mark_of(text)  # of these words, whatever a draft held
        if request.method != "POST":
            return render(request, "consents/give.jinja", page)
        form = GiveForm.sent(request, of=row)
        if not form.is_valid() or form.version != row.version:
            raise disclosure.ChangedSinceSeenError
        seen = form.cleaned_data["seen"]
        made = disclosure.disclose(
            by=request.access.actor, member=request.access.member, person=person, seen=seen, **what
        )
    except disclosure.ChangedSinceSeenError:
        return render(request, "consents/give.jinja", {**page, "changed": True}, status=409)
    except disclosure.NoBasisError as refused:
        return render(request, "consents/no_basis.jinja", {"row": row, "why": refused.found}, status=409)
    return redirect("consents:given", person_id=person.pk, disclosure_id=made.pk)


@require_safe
def given(request: ServiceRequest, person_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """What was given, to copy or print."""
    found = selectors.disclosures_of(request.access.subject).filter(pk=disclosure_id).first()
    if found is None:
        raise Http404
    return render(request, "consents/given.jinja", {"given": found, "asked": PURPOSES.get(found.purpose)})


@require_http_methods(["GET", "POST"])
def without_agreement(request: ServiceRequest, person_id: UUID) -> HttpResponse:
    """A decision of somebody senior, in words, that something must be given."""
    if request.method != "POST":
        return render(request, "consents/without_agreement.jinja", {"form": WithoutAgreementForm.shown(request)})
    form = WithoutAgreementForm.sent(request)
    if not form.is_valid():
        return render(request, "consents/without_agreement.jinja", {"form": form}, status=422)
    decided = actions.decide_without_agreement(
        by=request.access.actor, member=request.access.member, person=request.access.subject, **form.answers()
    )
    form.saved()
    return redirect("consents:give_required", person_id=person_id, basis_id=decided.pk)


@require_safe
def advised(request: ServiceRequest) -> HttpResponse:
    """Those whom an employment adviser helps: the only list that one is shown."""
    page = Paginator(request.access.visible_people().order_by("family_name", "given_name", "pk"), A_PAGE)
    shown = page.get_page(request.GET.get("page"))
    request.access.shown(shown.object_list)
    return render(request, "consents/advised.jinja", {"page": shown})


@require_safe
def for_adviser(request: ServiceRequest, person_id: UUID) -> HttpResponse:
    """What the person let the employment adviser have, while that holds: the adviser's only page with it."""
    return render(request, "consents/for_adviser.jinja", {"given": selectors.held_by_adviser(request.access.subject)})


def _consent(request: ServiceRequest, consent_id: UUID) -> Consent:
    consent = selectors.consent_of(request.access.subject, consent_id)
    if consent is None:
        raise Http404
    return consent
