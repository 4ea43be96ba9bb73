"""What waits in quarantine, and one record of it: the reasons, never what it says."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from allcomers import instruments
from allcomers.instruments.registry import national
from allcomers.service.governance.permissions import CLINICAL
from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.governance.request import ServiceRequest
from allcomers.service.imports import actions, selectors
from allcomers.service.imports.forms import ASK, DISCARD, ResolveForm
from allcomers.service.imports.models import Quarantined

A_PAGE = 25


@require_safe
def quarantine(request: ServiceRequest) -> HttpResponse:
    page = Paginator(selectors.waiting(), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "imports/quarantine.jinja", {"page": page})


@require_http_methods(["GET", "POST"])
def row(request: ServiceRequest, row_id: UUID) -> HttpResponse:
    one = selectors.quarantined(row_id)
    if one is None:
        raise Http404
    if request.method != "POST":
        return _page(request, one, ResolveForm.shown(request, of=one))
    form = ResolveForm.sent(request, of=one)
    if not form.is_valid():
        return _page(request, one, form, 422)
    try:
        _decide(request, one, form)
    except actions.NotTheirsError:
        raise PermissionDenied from None
    except actions.NobodyKnownError:
        form.nobody_known()
        return _page(request, one, form, 422)
    except actions.StillWrongError as wrong:
        form.still_wrong(wrong.reasons)
        return _page(request, one, form, 422)
    except ChangedMeanwhileError as meanwhile:
        return _page(request, meanwhile.current, form.against(meanwhile.current), 409)
    form.saved()
    messages.success(request, "Saved.")
    return redirect("imports:quarantine")


def _decide(request: ServiceRequest, one: Quarantined, form: ResolveForm) -> None:
    by, because = request.access.actor, form.cleaned_data["because"]
    if form.cleaned_data["what"] == DISCARD:
        actions.discard(by=by, row=one, because=because, version=form.version)
    elif form.cleaned_data["what"] == ASK:
        actions.ask_the_person(by=by, row=one, because=because, version=form.version, person=form.person)
    else:
        actions.resolve(by=by, row=one, because=because, version=form.version, person=form.person)


def _page(request: ServiceRequest, one: Quarantined, form: ResolveForm, status: int = 200) -> HttpResponse:
    known = one.instrument_key in national()
    page = {
        "form": form,
        "row": one,
        "instrument": instruments.get(one.instrument_key) if known else None,
        "may_decide": not one.about_risk or request.access.role in CLINICAL,
    }
    return render(request, "imports/row.jinja", page, status=status)
