"""The start page, and whether the service is well."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from allcomers.service.accounts import demonstration
from allcomers.service.governance.request import ServiceRequest
from allcomers.service.look import first_steps, navigation
from allcomers.service.look import health as checks


@require_safe
def start(request: ServiceRequest) -> HttpResponse:
    """For staff what waits for them, for a person with an account their own place, for everybody else the way in."""
    access = request.access
    if access.roles:
        page = {"waiting": navigation.what_waits(access), "first_steps": first_steps.left_for(access)}
        return render(request, "look/start.jinja", page)
    if access.user is not None and getattr(access.user, "person", None):
        return redirect("portal:home")
    return render(request, "look/start.jinja")


@require_safe
def accessibility(request: ServiceRequest) -> HttpResponse:
    return render(request, "look/accessibility.jinja")


@require_safe
def health(request: ServiceRequest) -> HttpResponse:
    states = checks.states()
    return JsonResponse(states, status=200 if all(one == "ok" for one in states.values()) else 503)


@require_safe
def demo(request: ServiceRequest) -> HttpResponse:
    """In a demonstration only: the sign-ins, and the code of each second factor at this moment."""
    return render(request, "look/demo.jinja", {"members": demonstration.sign_ins_now()})
