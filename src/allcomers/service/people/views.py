"""Pages about a person."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from allcomers.service.governance import audit
from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.governance.request import ServiceRequest
from allcomers.service.people import actions, selectors
from allcomers.service.people.forms import AllocationForm, DetailsForm


@require_http_methods(["GET", "POST"])
def search(request: ServiceRequest) -> HttpResponse:
    """Find somebody. The words are posted, so that no name gets into an address or a log."""
    visible = request.access.visible_people()
    words = request.POST.get("words", "").replace("\0", "").strip()[:80]
    page = Paginator(selectors.find(visible, words), 25).get_page(request.POST.get("page"))
    request.access.shown(page.object_list)
    elsewhere = selectors.known_elsewhere(words, visible) if request.access.may_break_glass("people:person") else None
    if elsewhere is not None:
        audit.record("person.looked_for", by=request.access.actor, person=elsewhere)
    return render(request, "people/search.jinja", {"page": page, "words": words, "elsewhere": elsewhere})


@require_safe
def person(request: ServiceRequest, person_id: UUID) -> HttpResponse:
    allocations = selectors.allocations_of(request.access.subject)
    return render(request, "people/person.jinja", {"allocations": allocations})


@require_http_methods(["GET", "POST"])
def change(request: ServiceRequest, person_id: UUID) -> HttpResponse:
    subject = request.access.subject
    if request.method != "POST":
        return render(request, "people/change.jinja", {"form": DetailsForm.shown(request, of=subject)})
    form = DetailsForm.sent(request, of=subject)
    if not form.is_valid():
        return render(request, "people/change.jinja", {"form": form}, status=422)
    try:
        actions.change_details(by=request.access.actor, person=subject, version=form.version, **form.answers())
    except ChangedMeanwhileError as meanwhile:
        return render(request, "people/change.jinja", {"form": form.against(meanwhile.current)}, status=409)
    form.saved()
    return redirect("people:person", person_id=person_id)


@require_http_methods(["GET", "POST"])
def allocate(request: ServiceRequest, person_id: UUID) -> HttpResponse:
    members = selectors.who_may_be_responsible(timezone.localdate())
    if request.method != "POST":
        form = AllocationForm.shown(request, members=members, initial={"starts_on": timezone.localdate()})
        return render(request, "people/allocate.jinja", {"form": form})
    form = AllocationForm.sent(request, members=members)
    if not form.is_valid():
        return render(request, "people/allocate.jinja", {"form": form}, status=422)
    actions.allocate(
        by=request.access.actor,
        person=request.access.subject,
        user=form.member,
        kind=form.cleaned_data["kind"],
        starts_on=form.cleaned_data["starts_on"],
    )
    form.saved()
    return redirect("people:person", person_id=person_id)
