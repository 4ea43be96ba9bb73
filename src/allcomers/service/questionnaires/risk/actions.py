"""Raising an alert, answering its question, and what staff do until one of them closes it."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from allcomers.service.accounts.models import User
from allcomers.service.governance import audit
from allcomers.service.governance.acting import action
from allcomers.service.people import links
from allcomers.service.people.models import Person
from allcomers.service.people.selectors import treating
from allcomers.service.questionnaires.models import AlertAction, Answer, RiskAlert
from allcomers.service.questionnaires.risk import deadlines, paging, selectors


class NothingDoneError(Exception):
    """An alert cannot be closed before somebody acknowledged it and wrote down what they did."""


@action
def raise_alert(
    *,
    by: audit.Actor,
    person: Person,
    answer: Answer | None = None,
    cause: RiskAlert.Cause = RiskAlert.Cause.ANSWER,
    words: str = "",
    after: RiskAlert | None = None,
) -> RiskAlert:
    """Somebody must look at this. Called inside the action that stores it, so that both stand or neither does.

    It is about who the person is now, where two records were found to be one. The owner is whoever is responsible for
    their treatment; without one the alert belongs to the duty role.
    """
    person = links.who_is_now(person) or person
    owner, now = treating(person), timezone.now()
    alert = RiskAlert.objects.create(
        person=person,
        cause=cause,
        answer=answer,
        after=after,
        words=words,
        owner=owner,
        raised_at=now,
        due_at=_due(now, settings.ALLCOMERS.alert_minutes),
    )
    whose = str(owner.pk) if owner else "duty role"
    audit.record("risk.raised", by=by, person=person, of=alert, owner=whose, cause=str(cause))
    paging.tell(paging.WHEN_RAISED, by, alert)
    return alert


@action
def raise_by_person(
    *, by: audit.Actor, person: Person, safety: str, wants_call: bool | None, words: str = ""
) -> RiskAlert:
    """The person says that things have got worse: an alert like any other, with what they said."""
    alert = raise_alert(by=by, person=person, cause=RiskAlert.Cause.WORSE, words=words)
    return answer_follow_up(by=by, alert=alert, safety=safety, wants_call=wants_call)


@action
def raise_unsaved(
    *,
    by: audit.Actor,
    person: Person,
    cause: RiskAlert.Cause,
    words: str,
    safety: str = "",
    wants_call: bool | None = None,
) -> RiskAlert:
    """What somebody sent could not be saved, and says that they may not be safe. Sent twice, it is one alert."""
    same = selectors.still_open().filter(person=person, cause=cause, words=words, acknowledged_at=None)
    before = same.filter(safety=safety, wants_call=wants_call).first()
    if before is not None:
        audit.record("risk.said_again", by=by, person=person, of=before)
        return before
    alert = raise_alert(by=by, person=person, cause=cause, words=words)
    if not safety and wants_call is None:
        return alert
    return answer_follow_up(by=by, alert=alert, safety=safety, wants_call=wants_call)


@action
def answer_follow_up(*, by: audit.Actor, alert: RiskAlert, safety: str, wants_call: bool | None) -> RiskAlert:
    """Whether the person is safe for now, and wants a call. One who is not, or is not sure, is answered sooner.

    What a person says of their safety is kept, whatever staff did meanwhile. An alert that was closed stays closed:
    unless they are safe and want no call, another is raised after it, with what they say now. That one is returned.
    """
    alert = _latest(alert)
    if alert.closed_at is not None and (safety != RiskAlert.Safety.SAFE or wants_call):
        alert = raise_alert(
            by=by,
            person=alert.person,
            answer=alert.answer,
            cause=RiskAlert.Cause(alert.cause),
            words=alert.words,
            after=alert,
        )
    news = (alert.safety, alert.wants_call) != (safety, wants_call)
    alert.safety, alert.wants_call = safety, wants_call
    tells = news and alert.urgent and alert.closed_at is None
    if tells:
        _hasten(alert)
    alert.save_version(alert.version)
    audit.record("risk.answered", by=by, person=alert.person_id, of=alert, urgent=alert.urgent)
    if tells:
        paging.tell(paging.WHEN_URGENT, by, alert)
    return alert


@action
def acknowledge(*, by: audit.Actor, member: User, alert: RiskAlert, version: int) -> RiskAlert:
    """I have seen it and I deal with it: from now on it is mine, and in time I write down what I did."""
    now = timezone.now()
    alert.owner, alert.acknowledged_at, alert.due_at = member, now, _due(now, _minutes(alert))
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
    """Pass every late alert to the duty role and the clinical leads, once for each step that nobody took in time.

    One whose owner may not deal with it any more goes back to the duty role, as though nobody had taken it on.
    """
    now, count = timezone.now(), 0
    lost = set(selectors.without_a_hand(now).values_list("pk", flat=True))
    for alert in selectors.late(now).select_for_update(of=("self",)):
        if alert.pk in lost:
            alert.owner, alert.acknowledged_at = None, None
        alert.escalated_at = now
        alert.save_version(alert.version)
        audit.record("risk.escalated", by=by, person=alert.person_id, of=alert)
        paging.tell(paging.WHEN_ESCALATED, by, alert)
        count += 1
    audit.record("risk.looked_for_late", by=by, escalated=count)
    return count


def _latest(alert: RiskAlert) -> RiskAlert:
    """The row as it is now, locked; where it was closed and another raised after it, that one."""
    row = RiskAlert.objects.select_for_update().get(pk=alert.pk)
    following = RiskAlert.objects.filter(after=row).first()
    return row if following is None else _latest(following)


def _hasten(alert: RiskAlert) -> None:
    """The next step is needed sooner; where the deadline does not run any more, it begins anew."""
    now = timezone.now()
    soon = _due(now, settings.ALLCOMERS.urgent_alert_minutes)
    runs = selectors.with_a_running_clock().filter(pk=alert.pk).exists()
    alert.urgent_at, alert.due_at = now, min(alert.due_at, soon) if runs else soon


def _minutes(alert: RiskAlert) -> int:
    values = settings.ALLCOMERS
    minutes: int = values.urgent_alert_minutes if alert.urgent else values.alert_minutes
    return minutes


def _due(moment: datetime, minutes: int) -> datetime:
    return deadlines.after(moment, minutes, settings.ALLCOMERS.working_hours)
