"""The person's own record: what is in it, scores over time, a copy to take away, and what they say is wrong."""

import json
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from allcomers.service.consents import selectors as consents
from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.governance.request import ServiceRequest
from allcomers.service.governance.selectors import trace_of
from allcomers.service.messages.selectors import messages_of
from allcomers.service.people.models import Person
from allcomers.service.people.selectors import allocations_of
from allcomers.service.portal import actions, charts, fhir, selectors
from allcomers.service.portal.forms import CorrectionForm, DisagreeForm
from allcomers.service.portal.models import CORRECTION_DAYS, Correction
from allcomers.service.problems.reading import problems_read
from allcomers.service.problems.wording import WHAT_IT_IS_TO_YOU
from allcomers.service.questionnaires.reading import responses_read
from allcomers.service.questionnaires.wording import WHAT_IT_IS
from allcomers.service.referrals.changing_forms import in_words
from allcomers.service.referrals.models import Addition, Referral
from allcomers.service.referrals.paths import said
from allcomers.service.referrals.selectors import referrals_of
from allcomers.service.referrals.steps import Line

A_PAGE = 25


def _referrals(person: Person) -> list[tuple[Referral, list[tuple[str, list[Line]]]]]:
    """Each referral with what was said in it, page by page, and what was added later."""
    found = []
    for one in referrals_of(person).prefetch_related("additions"):
        pages = [(step.title, lines) for step, lines in said(one)]
        pages += [(added.get_kind_display(), in_words(added)) for added in one.additions.all() if _own(added)]
        found.append((one, [(title, lines) for title, lines in pages if lines]))
    return found


def _own(added: Addition) -> bool:
    """What the person said, and not why staff opened a referral again."""
    return not added.withdrawn and added.kind != Addition.Kind.REOPENED


def _own_words(person: Person) -> dict[str, Any]:
    """What troubles them in their own words, over time: shown wherever scores are, and before them."""
    problems = problems_read(person)
    pictures = {one.problem.pk: charts.picture_of(one) for one in problems}
    return {"problems": problems, "pictures": pictures, "numbers_are": WHAT_IT_IS_TO_YOU}


def _everything(request: ServiceRequest) -> dict[str, Any]:
    """What both the pages and the copy show."""
    person = request.access.subject
    read = responses_read(person)
    return {
        **_own_words(person),
        "referrals": _referrals(person),
        "contacts": selectors.contacts_of(person),
        "allocations": allocations_of(person),
        "read": read,
        "series": charts.series_of(read),
        "what_it_is": WHAT_IT_IS,
        "corrections": list(selectors.corrections_of(person)),
    }


@require_safe
def record(request: ServiceRequest) -> HttpResponse:
    return render(request, "portal/record.jinja", _everything(request))


@require_safe
def scores(request: ServiceRequest) -> HttpResponse:
    person = request.access.subject
    page = {**_own_words(person), "series": charts.series_of(responses_read(person)), "what_it_is": WHAT_IT_IS}
    return render(request, "portal/scores.jinja", page)


@require_safe
def messages(request: ServiceRequest) -> HttpResponse:
    """What was sent to them, and what is going to be: what, how and when, never the words."""
    page = Paginator(messages_of(request.access.subject), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/messages.jinja", {"messages": page})


@require_safe
def download(request: ServiceRequest) -> HttpResponse:
    return render(request, "portal/download.jinja")


@require_safe
def readable(request: ServiceRequest) -> HttpResponse:
    """One page that needs nothing else, to read, print or keep."""
    person, now = request.access.subject, timezone.now()
    page = {
        **_everything(request),
        "made_at": now,
        "groups": consents.lines_of(person),
        "given": list(consents.disclosures_of(person)),
        "messages": messages_of(person),
        "trace": trace_of(person.pk, own=True),
        "today": timezone.localdate(now),
    }
    return _attached(render(request, "portal/copy.jinja", page), "my-record.html")


@require_safe
def fhir_copy(request: ServiceRequest) -> HttpResponse:
    """The same answers for another system."""
    person = request.access.subject
    made = fhir.bundle(person, selectors.contacts_of(person), at=timezone.localtime())
    text = json.dumps(made, ensure_ascii=False, indent=2)
    return _attached(HttpResponse(text, content_type="application/fhir+json"), "my-record.json")


def _attached(response: HttpResponse, name: str) -> HttpResponse:
    """A file to keep. Its name says nothing of whose it is."""
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
def my_corrections(request: ServiceRequest) -> HttpResponse:
    asked = list(selectors.corrections_of(request.access.subject))
    return render(request, "portal/my_corrections.jinja", {"corrections": asked})


@require_http_methods(["GET", "POST"])
def ask_correction(request: ServiceRequest) -> HttpResponse:
    page = {"days": CORRECTION_DAYS}
    if request.method != "POST":
        return render(request, "portal/ask_correction.jinja", {**page, "form": CorrectionForm.shown(request)})
    form = CorrectionForm.sent(request)
    if not form.is_valid():
        return render(request, "portal/ask_correction.jinja", {**page, "form": form}, status=422)
    actions.ask_correction(by=request.access.actor, person=request.access.subject, **form.answers())
    form.saved()
    return redirect("portal:my_corrections")


@require_http_methods(["GET", "POST"])
def disagree(request: ServiceRequest, correction_id: UUID) -> HttpResponse:
    """The person's own words on an answer they do not accept."""
    found = selectors.correction_of(request.access.subject, correction_id)
    if found is None or found.state != Correction.State.REFUSED:
        raise Http404
    page = {"correction": found}
    if request.method != "POST":
        return render(request, "portal/disagree.jinja", {**page, "form": DisagreeForm.shown(request, of=found)})
    form = DisagreeForm.sent(request, of=found)
    if not form.is_valid():
        return render(request, "portal/disagree.jinja", {**page, "form": form}, status=422)
    try:
        actions.disagree(
            by=request.access.actor, correction=found, words=form.cleaned_data["disagreement"], version=form.version
        )
    except ChangedMeanwhileError as meanwhile:
        again = form.against(meanwhile.current)
        return render(request, "portal/disagree.jinja", {**page, "form": again}, status=409)
    form.saved()
    return redirect("portal:my_corrections")
