"""The list of alerts, and what staff do about one."""

from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from allcomers.service.governance.forms import RecordForm
from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.governance.request import ServiceRequest
from allcomers.service.questionnaires import asking
from allcomers.service.questionnaires.models import RiskAlert
from allcomers.service.questionnaires.risk import actions, selectors
from allcomers.service.questionnaires.risk.forms import AcknowledgeForm, ActionForm, CloseForm

FORMS: dict[str, type[RecordForm]] = {"acknowledge": AcknowledgeForm, "action": ActionForm, "close": CloseForm}

TAKE: dict[str, Callable[..., RiskAlert]] = {
    "acknowledge": actions.acknowledge,
    "action": actions.note_action,
    "close": actions.close,
}


@require_safe
def alert_list(request: ServiceRequest) -> HttpResponse:
    """Every open alert the viewer may see, oldest first, with its clock."""
    alerts = list(selectors.duty_list(request.access.visible_people()))
    request.access.shown([alert.person for alert in alerts])
    return render(request, "questionnaires/alerts.jinja", {"alerts": alerts, "now": timezone.now()})


@require_safe
def alert(request: ServiceRequest, alert_id: UUID) -> HttpResponse:
    found = _alert(request, alert_id)
    return render(request, "questionnaires/alert.jinja", {**_said(found), "now": timezone.now()})


@require_http_methods(["GET", "POST"])
def alert_step(request: ServiceRequest, alert_id: UUID, step: str) -> HttpResponse:
    """Acknowledge, write down what was done, or close."""
    found = _alert(request, alert_id)
    if step not in FORMS or found.closed_at is not None:
        raise Http404
    if not _may_follow(found, step):
        return redirect("questionnaires:alert", alert_id=alert_id)
    page = {**_said(found), "step": step}
    if request.method != "POST":
        return render(
            request, "questionnaires/alert_step.jinja", {**page, "form": FORMS[step].shown(request, of=found)}
        )
    form = FORMS[step].sent(request, of=found)
    if not form.is_valid():
        return render(request, "questionnaires/alert_step.jinja", {**page, "form": form}, status=422)
    try:
        _take(request, step, found, form)
    except ChangedMeanwhileError as meanwhile:
        form.against(meanwhile.current)
        form.add_error(None, "Somebody else changed this alert meanwhile. Read it again, then send this once more.")
        return render(request, "questionnaires/alert_step.jinja", {**page, "form": form}, status=409)
    form.saved()
    return redirect("questionnaires:alert", alert_id=alert_id)


def _take(request: ServiceRequest, step: str, found: RiskAlert, form: RecordForm) -> None:
    TAKE[step](
        by=request.access.actor, member=request.access.member, alert=found, version=form.version, **form.answers()
    )


def _may_follow(found: RiskAlert, step: str) -> bool:
    """Acknowledged before anything is done, and something done before it is closed."""
    if step == "acknowledge":
        return True
    return found.acknowledged_at is not None and (step == "action" or found.actions.exists())


def _alert(request: ServiceRequest, alert_id: UUID) -> RiskAlert:
    found = selectors.alert_of(request.access.subject, alert_id)
    if found is None:
        raise Http404
    return found


def _said(found: RiskAlert) -> dict[str, object]:
    """The alert with the question and the answer that raised it, in words; or what the person said without one."""
    done = found.actions.select_related("by").order_by("at", "pk")
    answer = found.answer
    if answer is None:
        return {"alert": found, "actions": done}
    instrument = answer.response.instrument
    item = instrument.item(answer.number)
    assert item is not None
    return {
        "alert": found,
        "instrument": instrument,
        "question": asking.text(item),
        "answered": asking.answer_words(instrument, item, answer.value),
        "actions": done,
    }
