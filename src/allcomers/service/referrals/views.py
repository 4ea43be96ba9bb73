"""Referring: one view shows every page of either path. No address has anything about anybody; the session holds a key.

The address says which path: oneself, or a professional's about somebody else.
"""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from allcomers.service.governance import working_days
from allcomers.service.governance.request import ServiceRequest
from allcomers.service.referrals import actions, selectors, steps, wording
from allcomers.service.referrals.forms import ResumeForm
from allcomers.service.referrals.models import Referral, StartedReferral
from allcomers.service.referrals.paths import SELF, Path

STARTED, SENT = "started", "sent"
LATE_AND_KEPT = "What you wrote on the last page is kept. Come back to the rest of your referral here."
LATE = "We no longer had the rest of your answers. What you wrote on the last page is kept. Please begin here."
NOT_FOUND = "We have nothing with that reference and date of birth. It may have been longer than 24 hours."


def _started(request: ServiceRequest, path: Path) -> StartedReferral | None:
    return selectors.started_with_id(request.session.get(path.key(STARTED)), path.source)


def _open(request: ServiceRequest, path: Path, started: StartedReferral) -> None:
    request.session.cycle_key()
    request.session[path.key(STARTED)] = str(started.pk)


def _onward(started: StartedReferral, path: Path) -> str:
    """The address of the first page that is not answered yet, or of the check of all of them."""
    if started.in_danger is None:
        return path.page("gate")
    following = steps.first_open(started.answers, path.steps)
    return path.page("check") if following is None else path.page("step", name=following.name)


def _page(
    request: ServiceRequest, path: Path, name: str, status: int = 200, *, own: bool = False, **more: Any
) -> HttpResponse:
    """A page that both paths share, or one of this path's `own`."""
    template = path.template(name) if own else f"referrals/{name}.jinja"
    return render(request, template, {"path": path, **more}, status=status)


def _status(form: Form) -> int:
    return 422 if form.is_bound else 200


@require_safe
def start(request: ServiceRequest, path: Path) -> HttpResponse:
    started = _started(request, path)
    return _page(request, path, "start", own=True, onward=_onward(started, path) if started else None)


@require_http_methods(["GET", "POST"])
def gate(request: ServiceRequest, path: Path) -> HttpResponse:
    """Whether somebody is safe, before anything is typed."""
    form = path.gate(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, path, "gate", _status(form), form=form)
    in_danger, started = form.cleaned_data["in_danger"] == "yes", _started(request, path)
    if started is None:
        started = actions.begin(by=request.access.actor, in_danger=in_danger, source=path.source)
        _open(request, path, started)
    else:
        started = actions.answer_gate(by=request.access.actor, started=started, in_danger=in_danger)
    return redirect(path.page("danger") if in_danger else _onward(started, path))


@require_safe
def danger(request: ServiceRequest, path: Path) -> HttpResponse:
    """Where to get help now, with the way on; and, once we know how to reach them, to send what they wrote as it is."""
    started = _started(request, path)
    onward = _onward(started, path) if started else path.page("gate")
    return _page(request, path, "danger", own=True, onward=onward, may_send=_may_send(started, path))


def _may_send(started: StartedReferral | None, path: Path) -> bool:
    """Whether everything that has to be answered is, though not every page."""
    return (
        started is not None
        and started.in_danger is not None
        and steps.left_empty(started.answers, path.steps) is not None
    )


@require_POST
def send_now(request: ServiceRequest) -> HttpResponse:
    """Somebody who does not feel safe sends what they have written, without the pages that are left."""
    started = _started(request, SELF)
    if started is None:
        return redirect(_sent_or_begin_again(request, SELF))
    if not _may_send(started, SELF):
        return redirect(_onward(started, SELF))
    return _sent(request, SELF, actions.send_as_it_is(by=request.access.actor, started=started))


def _sent(request: ServiceRequest, path: Path, referral: Referral) -> HttpResponse:
    request.session.cycle_key()
    request.session[path.key(SENT)] = str(referral.pk)
    return redirect(path.page("done"))


@require_safe
def elsewhere(request: ServiceRequest, path: Path) -> HttpResponse:
    """Another service may be the right one: which, and the way on, so that nobody is turned away by a form."""
    started = _started(request, path)
    if started is None or path.born_and_lives not in started.answers:
        return redirect(path.page("start"))
    why = selectors.another_service(started.answers[path.born_and_lives])
    return _page(request, path, "elsewhere", own=True, onward=_onward(started, path), why=why)


@require_http_methods(["GET", "POST"])
def step(request: ServiceRequest, path: Path, name: str) -> HttpResponse:
    here, started = path.by_name.get(name), _started(request, path)
    if here is None:
        raise Http404
    if request.method == "POST":
        return _step_sent(request, path, here, started)
    if started is None:
        return redirect(_begin_again(path))
    if started.in_danger is None or not steps.reachable(here, started.answers, path.steps):
        return redirect(_onward(started, path))
    return _step_page(request, path, here, started, here.form(initial=steps.as_shown(here, started.answers)))


def _begin_again(path: Path) -> str:
    """Where somebody goes whose referral this browser does not hold: only one's own can be come back to."""
    return path.page("resume" if path is SELF else "start")


def _sent_or_begin_again(request: ServiceRequest, path: Path) -> str:
    """Where somebody goes who has nothing to send: perhaps because it was sent a moment ago."""
    return path.page("done") if path.key(SENT) in request.session else _begin_again(path)


def _step_sent(request: ServiceRequest, path: Path, here: steps.Step, started: StartedReferral | None) -> HttpResponse:
    form = here.form({} if here.skippable and "skip" in request.POST else request.POST)
    if not form.is_valid():
        return _step_page(request, path, here, started, form)
    by, given = request.access.actor, form.cleaned_data
    unsafe = given.get("safe_now") in wording.NOT_SAFE
    if started is None:
        begun = actions.begin(by=by, in_danger=None, answers={here.name: given}, source=path.source)
        _open(request, path, begun)
        messages.info(request, LATE_AND_KEPT if path is SELF else LATE)
        return redirect(path.page("danger" if unsafe else "resume" if path is SELF else "gate"))
    started = actions.keep_step(by=by, started=started, step=here, given=given)
    if unsafe:
        return redirect(path.page("danger"))
    if here.name == path.born_and_lives and selectors.another_service(started.answers[here.name]):
        return redirect(path.page("elsewhere"))
    return redirect(_onward(started, path))


def _step_page(
    request: ServiceRequest, path: Path, here: steps.Step, started: StartedReferral | None, form: Form
) -> HttpResponse:
    before = steps.before(here, path.steps)
    return _page(
        request,
        path,
        "step",
        _status(form),
        form=form,
        step=here,
        number=path.steps.index(here) + 1,
        back=path.page("step", name=before.name) if before else path.page("gate"),
        reference=started.reference if started and started.answers else None,
    )


@require_http_methods(["GET", "POST"])
def check(request: ServiceRequest, path: Path) -> HttpResponse:
    """Everything that was said, to look at once more; then it is sent."""
    started = _started(request, path)
    if started is None:
        return redirect(_sent_or_begin_again(request, path))
    if _onward(started, path) != path.page("check"):
        return redirect(_onward(started, path))
    if request.method == "POST":
        return _sent(request, path, actions.submit(by=request.access.actor, started=started))
    said = [(one, steps.in_words(one, started.answers)) for one in path.steps]
    return _page(request, path, "check", said=said, reference=started.reference)


@require_safe
def done(request: ServiceRequest, path: Path) -> HttpResponse:
    referral = selectors.sent_with_id(request.session.get(path.key(SENT)))
    if referral is None:
        return redirect(path.page("start"))
    received_on = timezone.localdate(referral.received_at)
    heard_by = working_days.after(received_on, settings.ALLCOMERS.contact_working_days)
    return _page(request, path, "done", own=True, referral=referral, heard_by=heard_by)


@require_http_methods(["GET", "POST"])
def resume(request: ServiceRequest) -> HttpResponse:
    form = ResumeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "referrals/resume.jinja", {"form": form}, status=_status(form))
    held = _started(request, SELF)
    late = held if held is not None and held.in_danger is None else None
    started = actions.resume(by=request.access.actor, late=late, **form.cleaned_data)
    if started is None:
        form.add_error(None, NOT_FOUND)
        return render(request, "referrals/resume.jinja", {"form": form}, status=422)
    _open(request, SELF, started)
    return redirect(_onward(started, SELF))


@require_POST
def leave(request: ServiceRequest) -> HttpResponse:
    """Forget it on this device; it can be gone on with on any, by the reference and the date of birth."""
    started = _started(request, SELF)
    request.session.flush()
    return render(request, "referrals/left.jinja", {"reference": started.reference if started else None})
