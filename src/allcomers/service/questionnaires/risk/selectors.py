"""Reading alerts."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import DatabaseError
from django.db.models import Exists, Q, QuerySet
from django.utils import timezone

from allcomers.service.accounts.models import RoleHeld, current
from allcomers.service.governance.permissions import PersonIds, Role
from allcomers.service.governance.viewers import Viewer
from allcomers.service.people.models import Person
from allcomers.service.questionnaires.models import Response, RiskAlert

GRACE = timedelta(minutes=15)
"""How long after a deadline `escalate_alerts` must have run."""


def still_open() -> QuerySet[RiskAlert]:
    return RiskAlert.objects.filter(closed_at=None, withdrawn_at=None)


def late(moment: datetime) -> QuerySet[RiskAlert]:
    """Open alerts that nobody acknowledged by their deadline, and that were not passed on yet."""
    return still_open().filter(acknowledged_at=None, escalated_at=None, due_at__lte=moment)


def duty_list(people: QuerySet[Person]) -> QuerySet[RiskAlert]:
    """Every open alert about these people, oldest first."""
    shown = still_open().filter(person__in=people).select_related("person", "owner", "answer__response")
    return shown.order_by("raised_at", "pk")


def alert_with_id(alert_id: UUID) -> RiskAlert | None:
    return RiskAlert.objects.filter(pk=alert_id).select_related("person").first()


def alert_of(person: Person, alert_id: UUID) -> RiskAlert | None:
    """An alert about this person."""
    found = RiskAlert.objects.filter(person=person, pk=alert_id)
    return found.select_related("person", "owner", "closed_by", "answer__response").first()


def latest_alert(response: Response) -> RiskAlert | None:
    """The latest alert that an answer to this questionnaire raised."""
    found = RiskAlert.objects.filter(answer__response=response, withdrawn_at=None)
    return found.select_related("person").order_by("-answer_id").first()


def waits_for_person(response: Response) -> bool:
    """Whether the person has yet to be shown the crisis text for an answer here."""
    alert = latest_alert(response)
    return alert is not None and not alert.safety


def must_answer(viewer: Viewer) -> PersonIds:
    """The people with an open alert that the viewer owns, or that belongs to a role the viewer holds.

    An alert without an owner belongs to the duty role; one that was passed on, to the clinical leads as well.
    """
    alerts = still_open().filter(
        Q(owner=viewer.user())
        | Q(_holds(viewer, Role.DUTY)) & (Q(owner=None) | Q(escalated_at__isnull=False))
        | Q(_holds(viewer, Role.CLINICAL_LEAD)) & Q(escalated_at__isnull=False)
    )
    return alerts.values("person")


def _holds(viewer: Viewer, role: Role) -> Exists:
    return Exists(RoleHeld.objects.filter(current(viewer.day()), user=viewer.user(), role=role))


def escalation_state() -> str:
    """For `/health`: whether late alerts are being passed on."""
    try:
        waiting = late(timezone.now() - GRACE).exists()
    except DatabaseError:
        return "cannot be read"
    return "late alerts are not being escalated: run `allcomers manage work`" if waiting else "ok"
