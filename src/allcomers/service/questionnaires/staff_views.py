"""Asking somebody, entering what they said, and reading what they answered."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from allcomers.service.governance.request import ServiceRequest
from allcomers.service.messages import reach
from allcomers.service.problems.reading import problems_read
from allcomers.service.problems.wording import WHAT_IT_IS
from allcomers.service.questionnaires import actions, reading, selectors
from allcomers.service.questionnaires.forms import AskForm, KeyInForm
from allcomers.service.questionnaires.views import needs_crisis_text
from allcomers.service.questionnaires.ways import BY_STAFF


@require_safe
def record(request: ServiceRequest, person_id: UUID) -> HttpResponse:
    """What troubles a person in their own words; then all that was asked, with answers and scores."""
    person = request.access.subject
    page = {"problems": problems_read(person), "numbers_are": WHAT_IT_IS, "read": reading.responses_read(person)}
    return render(request, "questionnaires/record.jinja", page)


@require_http_methods(["GET", "POST"])
@needs_crisis_text
def ask(request: ServiceRequest, person_id: UUID) -> HttpResponse:
    """Send a link, or make one. Its address is then shown once: only a hash of it is kept."""
    paper = [(one.name, one.licence.terms) for one in selectors.on_paper_only()]
    ways = reach.choices(request.access.subject)
    page: dict[str, Any] = {"paper": paper, "days": settings.ALLCOMERS.measures_link_days, "ways": ways}
    if request.method != "POST":
        return render(request, "questionnaires/ask.jinja", {**page, "form": AskForm.shown(request, ways=ways)})
    form = AskForm.sent(request, ways=ways)
    if not form.is_valid():
        return render(request, "questionnaires/ask.jinja", {**page, "form": form}, status=422)
    send_by = form.channel
    _, token = actions.ask(
        by=request.access.actor,
        person=request.access.subject,
        asked_by=request.access.member,
        keys=form.cleaned_data["keys"],
        send_by=send_by,
    )
    form.saved()
    if send_by:
        messages.success(request, f"The link goes by {dict(ways)[send_by].lower()}.")
        return redirect("messages:of_person", person_id=person_id)
    address = settings.ALLCOMERS.url.rstrip("/") + reverse("people:open_link", kwargs={"token": token})
    return render(request, "questionnaires/asked.jinja", {**page, "address": address})


@require_http_methods(["GET", "POST"])
@needs_crisis_text
def key(request: ServiceRequest, person_id: UUID) -> HttpResponse:
    """Begin to enter what somebody answers on the telephone, or answered on paper."""
    if request.method != "POST":
        return render(request, "questionnaires/key.jinja", {"form": KeyInForm.shown(request)})
    form = KeyInForm.sent(request)
    if not form.is_valid():
        return render(request, "questionnaires/key.jinja", {"form": form}, status=422)
    response = actions.key_in(
        by=request.access.actor, member=request.access.member, person=request.access.subject, **form.answers()
    )
    form.saved()
    return redirect(BY_STAFF.onwards(response))
