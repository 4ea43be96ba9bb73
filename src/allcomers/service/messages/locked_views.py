"""Links that were locked after five wrong answers, and what staff found."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from allcomers.service.governance.request import ServiceRequest
from allcomers.service.messages.forms import LockedForm
from allcomers.service.people import links


@require_http_methods(["GET", "POST"])
def locked(request: ServiceRequest, person_id: UUID) -> HttpResponse:
    """Ask the person what happened, and say so; the locked links then wait for nobody."""
    person = request.access.subject
    page = {"links": links.locked_links(person)}
    if request.method != "POST":
        return render(request, "messages/locked.jinja", {**page, "form": LockedForm.shown(request)})
    form = LockedForm.sent(request)
    if not form.is_valid():
        return render(request, "messages/locked.jinja", {**page, "form": form}, status=422)
    links.deal_with_locked(by=request.access.actor, person=person, found=form.cleaned_data["found"])
    form.saved()
    return redirect("messages:undelivered")
