"""Pages on which a death is recorded, and an address protected."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from allcomers.service.governance.forms import form_page
from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.governance.request import ServiceRequest
from allcomers.service.people import selectors, standing
from allcomers.service.people.standing_forms import DeathForm, ProtectForm, StopProtectingForm, TakeBackForm


@require_http_methods(["GET", "POST"])
def death(request: ServiceRequest, person_id: UUID) -> HttpResponse:
    """Record that somebody has died; or, once it is recorded, take it back."""
    found = selectors.death_of(request.access.subject)
    earlier = list(selectors.deaths_taken_back(request.access.subject))
    if found is not None:
        return _take_back(request, found, {"death": found, "earlier": earlier})
    subject, page = request.access.subject, {"earlier": earlier}
    form = DeathForm.of_request(request, of=subject)
    if not form.is_bound or not form.is_valid():
        return form_page(request, "people/death.jinja", form, page)
    try:
        standing.record_death(
            by=request.access.actor,
            person=subject,
            died_on=form.cleaned_data["died_on"],
            told_by=form.cleaned_data["told_by"],
            version=form.version,
        )
    except ChangedMeanwhileError as meanwhile:
        return form_page(request, "people/death.jinja", form.against(meanwhile.current), page, status=409)
    form.saved()
    return redirect("people:death", person_id=person_id)


def _take_back(request: ServiceRequest, found: Any, page: dict[str, Any]) -> HttpResponse:
    form = TakeBackForm.of_request(request, of=found)
    if not form.is_bound or not form.is_valid():
        return form_page(request, "people/died.jinja", form, page)
    try:
        standing.take_back_death(
            by=request.access.actor, death=found, because=form.cleaned_data["because"], version=form.version
        )
    except ChangedMeanwhileError as meanwhile:
        return form_page(request, "people/died.jinja", form.against(meanwhile.current), page, status=409)
    form.saved()
    return redirect("people:person", person_id=found.person_id)


@require_http_methods(["GET", "POST"])
def protect_address(request: ServiceRequest, person_id: UUID) -> HttpResponse:
    subject = request.access.subject
    if subject.address_protected:
        return render(request, "people/protected.jinja", {"protection": selectors.protection_of(subject)})
    form = ProtectForm.of_request(request, of=subject)
    if not form.is_bound or not form.is_valid():
        return form_page(request, "people/protect.jinja", form)
    try:
        standing.protect_address(
            by=request.access.actor, person=subject, because=form.cleaned_data["because"], version=form.version
        )
    except ChangedMeanwhileError as meanwhile:
        return form_page(request, "people/protect.jinja", form.against(meanwhile.current), status=409)
    form.saved()
    return redirect("people:protect_address", person_id=person_id)


@require_safe
def address(request: ServiceRequest, person_id: UUID) -> HttpResponse:
    """Where somebody lives, whose address is protected: for whoever asked in an emergency, and for nobody else."""
    return render(request, "people/address.jinja", {"lines": selectors.address_of(request.access.subject)})


@require_http_methods(["GET", "POST"])
def stop_protecting(request: ServiceRequest, person_id: UUID) -> HttpResponse:
    found = selectors.protection_of(request.access.subject)
    if found is None:
        return render(request, "people/not_protected.jinja")
    form = StopProtectingForm.of_request(request, of=found)
    if not form.is_bound or not form.is_valid():
        return form_page(request, "people/stop_protecting.jinja", form)
    try:
        standing.stop_protecting(
            by=request.access.actor, protection=found, because=form.cleaned_data["because"], version=form.version
        )
    except ChangedMeanwhileError as meanwhile:
        return form_page(request, "people/stop_protecting.jinja", form.against(meanwhile.current), status=409)
    form.saved()
    return redirect("people:person", person_id=person_id)
