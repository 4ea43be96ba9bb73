"""Referring oneself: one view shows every step. No address has anything about anybody; the session holds a key."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allcomers.service.governance import working_days
from allcomers.service.governance.request import ServiceRequest
from allcomers.service.referrals import actions, selectors, steps, wording
from allcomers.service.referrals.forms import GateForm, ResumeForm
from allcomers.service.referrals.models import StartedReferral

FILLING_IN, SENT = "referral_started", "referral_sent"
TOO_LATE = "We no longer had the rest of your answers. What you wrote on the last page is kept. Please begin here."
NOT_FOUND = "We have nothing with that reference and date of birth. It may have been longer than 24 hours."


def _started(request: ServiceRequest) -> StartedReferral | None:
    return selectors.started_with_id(request.session.get(FILLING_IN))


def _open(request: ServiceRequest, started: StartedReferral) -> None:
    request.session.cycle_key()
    request.session[FILLING_IN] = str(started.pk)


def _onward(started: StartedReferral) -> str:
    """The address of the first page that is not answered yet, or of the check of all of them."""
    if started.in_danger is None:
        return reverse("referrals:gate")
    following = steps.first_open(started.answers)
    return reverse("referrals:check") if following is None else reverse("referrals:step", args=[following.name])


def _status(form: Form) -> int:
    return 422 if form.is_bound else 200


@require_safe
def start(request: ServiceRequest) -> HttpResponse:
    started = _started(request)
    return render(request, "referrals/start.jinja", {"onward": _onward(started) if started else None})


@require_http_methods(["GET", "POST"])
def gate(request: ServiceRequest) -> HttpResponse:
    """Whether somebody is safe, before they type anything."""
    form = GateForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "referrals/gate.jinja", {"form": form}, status=_status(form))
    in_danger, started = form.cleaned_data["in_danger"] == "yes", _started(request)
    if started is None:
        started = actions.begin(by=request.access.actor, in_danger=in_danger)
        _open(request, started)
    else:
        started = actions.answer_gate(by=request.access.actor, started=started, in_danger=in_danger)
    return redirect("referrals:danger" if in_danger else _onward(started))


@require_safe
def danger(request: ServiceRequest) -> HttpResponse:
    """Where to get help now, with the way on."""
    started = _started(request)
    onward = _onward(started) if started else reverse("referrals:gate")
    return render(request, "referrals/danger.jinja", {"onward": onward})


@require_safe
def elsewhere(request: ServiceRequest) -> HttpResponse:
    """Another service may be the right one: which, and the way on, so that nobody is turned away by a form."""
    started = _started(request)
    if started is None or steps.STEPS[0].name not in started.answers:
        return redirect("referrals:start")
    why = selectors.another_service(started.answers)
    return render(request, "referrals/elsewhere.jinja", {"onward": _onward(started), "why": why})


@require_http_methods(["GET", "POST"])
def step(request: ServiceRequest, name: str) -> HttpResponse:
    here, started = steps.BY_NAME.get(name), _started(request)
    if here is None:
        raise Http404
    if request.method == "POST":
        return _step_sent(request, here, started)
    if started is None:
        return redirect("referrals:resume")
    if started.in_danger is None or not steps.reachable(here, started.answers):
        return redirect(_onward(started))
    return _step_page(request, here, started, here.form(initial=steps.as_shown(here, started.answers)))


def _step_sent(request: ServiceRequest, here: steps.Step, started: StartedReferral | None) -> HttpResponse:
    form = here.form({} if here.skippable and "skip" in request.POST else request.POST)
    if not form.is_valid():
        return _step_page(request, here, started, form)
    by, given = request.access.actor, form.cleaned_data
    if started is None:
        _open(request, actions.begin(by=by, in_danger=None, answers={here.name: given}))
        messages.info(request, TOO_LATE)
        return redirect("referrals:gate")
    started = actions.keep_step(by=by, started=started, step=here, given=given)
    if given.get("safe_now") in wording.NOT_SAFE:
        return redirect("referrals:danger")
    if here is steps.STEPS[0] and selectors.another_service(started.answers):
        return redirect("referrals:elsewhere")
    return redirect(_onward(started))


def _step_page(request: ServiceRequest, here: steps.Step, started: StartedReferral | None, form: Form) -> HttpResponse:
    page: dict[str, Any] = {
        "form": form,
        "step": here,
        "number": steps.number_of(here),
        "count": len(steps.STEPS),
        "before": steps.before(here),
        "reference": started.reference if started and started.answers else None,
    }
    return render(request, "referrals/step.jinja", page, status=_status(form))


@require_http_methods(["GET", "POST"])
def check(request: ServiceRequest) -> HttpResponse:
    """Everything that was said, to look at once more; then it is sent."""
    started = _started(request)
    if started is None:
        return redirect("referrals:done" if SENT in request.session else "referrals:resume")
    if _onward(started) != reverse("referrals:check"):
        return redirect(_onward(started))
    if request.method == "POST":
        referral = actions.submit(by=request.access.actor, started=started)
        request.session.cycle_key()
        request.session[SENT] = str(referral.pk)
        return redirect("referrals:done")
    said = [(one, steps.in_words(one, started.answers)) for one in steps.STEPS]
    return render(request, "referrals/check.jinja", {"said": said, "reference": started.reference})


@require_safe
def done(request: ServiceRequest) -> HttpResponse:
    referral = selectors.sent_with_id(request.session.get(SENT))
    if referral is None:
        return redirect("referrals:start")
    received_on = timezone.localdate(referral.received_at)
    heard_by = working_days.after(received_on, settings.ALLCOMERS.contact_working_days)
    return render(request, "referrals/done.jinja", {"referral": referral, "heard_by": heard_by})


@require_http_methods(["GET", "POST"])
def resume(request: ServiceRequest) -> HttpResponse:
    form = ResumeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "referrals/resume.jinja", {"form": form}, status=_status(form))
    started = actions.resume(by=request.access.actor, **form.cleaned_data)
    if started is None:
        form.add_error(None, NOT_FOUND)
        return render(request, "referrals/resume.jinja", {"form": form}, status=422)
    _open(request, started)
    return redirect(_onward(started))


@require_POST
def leave(request: ServiceRequest) -> HttpResponse:
    """Forget it on this device; it can be gone on with on any, by the reference and the date of birth."""
    started = _started(request)
    request.session.flush()
    return render(request, "referrals/left.jinja", {"reference": started.reference if started else None})
