"""Raising an alert, answering its question, and what staff do until one of them closes it."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from allcomers.service.accounts.models import User
from allcomers.service.governance import audit
from allcomers.service.governance.acting import action
from allcomers.service.people.models import Person
from allcomers.service.people.selectors import treating
from allcomers.service.questionnaires.models import AlertAction, Answer, RiskAlert
from allcomers.service.questionnaires.risk import deadlines, paging, selectors


class NothingDoneError(Exception):
    """An alert cannot be closed before somebody acknowledged it and wrote down what they did."""


@action
def raise_alert(*, by: audit.Actor, person: Person, answer: Answer | None = None, words: str = "") -> RiskAlert:
    """Somebody must look at this. Called inside the action that stores it, so that both stand or neither does.

    The owner is whoever is responsible for the person's treatment; without one the alert belongs to the duty role.
    """
    owner, now = treating(person), timezone.now()
    alert = RiskAlert.objects.create(
        person=person,
        answer=answer,
        words=words,
        owner=owner,
        raised_at=now,
        due_at=_due(now, settings.ALLCOMERS.alert_minutes),
    )
    audit.record("risk.raised", by=by, person=person, of=alert, owner=str(owner.pk) if owner else "duty role")
    paging.tell(paging.WHEN_RAISED, by, alert)
    return alert


@action
def raise_by_person(
    *, by: audit.Actor, person: Person, safety: str, wants_call: bool | None, words: str = ""
) -> RiskAlert:
    """The person says that things have got worse: an alert like any other, with what they said."""
    alert = raise_alert(by=by, person=person, words=words)
    return answer_follow_up(by=by, alert=alert, safety=safety, wants_call=wants_call, version=alert.version)


@action
def answer_follow_up(
    *, by: audit.Actor, alert: RiskAlert, safety: str, wants_call: bool | None, version: int
) -> RiskAlert:
    """Whether the person is safe for now, and wants a call. One who is not, or is not sure, is answered sooner."""
    alert.safety, alert.wants_call = safety, wants_call
    if alert.urgent:
        alert.due_at = min(alert.due_at, _due(timezone.now(), settings.ALLCOMERS.urgent_alert_minutes))
    alert.save_version(version)
    audit.record("risk.answered", by=by, person=alert.person_id, of=alert, urgent=alert.urgent)
    if alert.urgent:
        paging.tell(paging.WHEN_URGENT, by, alert)
    return alert


@action
def acknowledge(*, by: audit.Actor, member: User, alert: RiskAlert, version: int) -> RiskAlert:
    """I have seen it and I deal with it: from now on it is mine."""
    alert.owner, alert.acknowledged_at = member, timezone.now()
    alert.save_version(version)
    audit.record("risk.acknowledged", by=by, person=alert.person_id, of=alert)
    return alert


@action
def note_action(*, by: audit.Actor, member: User, alert: RiskAlert, words: str, version: int) -> RiskAlert:
    """Write down what was done. Raises `NothingDoneError` on an alert that nobody has acknowledged."""
    if alert.acknowledged_at is None:
        raise NothingDoneError
    alert.save_version(version)
    AlertAction.objects.create(alert=alert, by=member, at=timezone.now(), words=words)
    audit.record("risk.acted", by=by, person=alert.person_id, of=alert)
    return alert


@action
def close(*, by: audit.Actor, member: User, alert: RiskAlert, words: str, version: int) -> RiskAlert:
    """Say why nothing more needs to be done. Only somebody named may, in words, after something was done.

    Raises
    ------
    NothingDoneError : nobody acknowledged it, or wrote down what they did.
    ChangedMeanwhileError : somebody else changed it since `version`.
    """
    if alert.acknowledged_at is None or not alert.actions.exists():
        raise NothingDoneError
    alert.closed_at, alert.closed_by, alert.closing_words = timezone.now(), member, words.strip()
    alert.save_version(version)
    audit.record("risk.closed", by=by, person=alert.person_id, of=alert)
    return alert


@action
def escalate(*, by: audit.Actor) -> int:
    """Pass every alert that is past its deadline and not acknowledged to the duty role and the clinical leads, once."""
    late = selectors.late(timezone.now()).select_for_update(of=("self",))
    count = 0
    for alert in late:
        alert.escalated_at = timezone.now()
        alert.save_version(alert.version)
        audit.record("risk.escalated", by=by, person=alert.person_id, of=alert)
        paging.tell(paging.WHEN_ESCALATED, by, alert)
        count += 1
    audit.record("risk.looked_for_late", by=by, escalated=count)
    return count


def _due(moment: datetime, minutes: int) -> datetime:
    return deadlines.after(moment, minutes, settings.ALLCOMERS.working_hours)
