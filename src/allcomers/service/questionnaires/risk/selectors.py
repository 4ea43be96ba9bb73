"""Reading alerts."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from allcomers.service.accounts.models import RoleHeld, current
from allcomers.service.governance.permissions import CLINICAL, PersonIds, Role
from allcomers.service.governance.viewers import Viewer
from allcomers.service.people.models import Person
from allcomers.service.questionnaires.models import AlertAction, Response, RiskAlert

GRACE = timedelta(minutes=15)
"""How long after a deadline `escalate_alerts` must have run."""


def still_open() -> QuerySet[RiskAlert]:
    return RiskAlert.objects.filter(closed_at=None, withdrawn_at=None)


def without_next_step() -> QuerySet[RiskAlert]:
    """Open alerts that nobody acknowledged, or about which nothing was done since that, or since they became urgent."""
    done = AlertAction.objects.filter(
        Q(alert__urgent_at=None) | Q(at__gte=F("alert__urgent_at")),
        alert=OuterRef("pk"),
        at__gte=F("alert__acknowledged_at"),
    )
    return still_open().filter(~Exists(done))


def with_a_running_clock() -> QuerySet[RiskAlert]:
    """Those of them that were not passed on since somebody took them on, or since they became urgent."""
    return without_next_step().filter(_not_passed_on())


def without_a_hand(moment: datetime) -> QuerySet[RiskAlert]:
    """Open alerts whose owner has left, or may not deal with alerts any more."""
    able = _held(timezone.localdate(moment), *CLINICAL).filter(user=OuterRef("owner"))
    return still_open().filter(~Exists(able), owner__isnull=False, raised_at__lte=moment)


def late(moment: datetime) -> QuerySet[RiskAlert]:
    """Open alerts with which nobody took the next step by its deadline, or nobody can; and not passed on for it yet."""
    past = Q(pk__in=without_next_step().filter(due_at__lte=moment).values("pk"))
    lost = Q(pk__in=without_a_hand(moment).values("pk"))
    return still_open().filter(past | lost, _not_passed_on())


def _not_passed_on() -> Q:
    since = Q(escalated_at__lt=F("acknowledged_at")) | Q(escalated_at__lt=F("urgent_at"))
    return Q(escalated_at=None) | since


def duty_list(people: QuerySet[Person]) -> QuerySet[RiskAlert]:
    """Every open alert about these people, oldest first; `waits` says whether its next step was not taken yet."""
    shown = still_open().filter(person__in=people).select_related("person", "owner", "answer__response")
    return _marked(shown).order_by("raised_at", "pk")


def _marked(alerts: QuerySet[RiskAlert]) -> QuerySet[RiskAlert]:
    return alerts.annotate(waits=Exists(without_next_step().filter(pk=OuterRef("pk"))))


def alert_with_id(alert_id: UUID) -> RiskAlert | None:
    return RiskAlert.objects.filter(pk=alert_id).select_related("person").first()


def alert_of(person: Person, alert_id: UUID) -> RiskAlert | None:
    """An alert about this person."""
    found = _marked(RiskAlert.objects.filter(person=person, pk=alert_id))
    return found.select_related("person", "owner", "closed_by", "answer__response").first()


def latest_alert(response: Response) -> RiskAlert | None:
    """The latest alert that an answer to this questionnaire raised, or that was raised after it."""
    found = RiskAlert.objects.filter(answer__response=response, followed_by=None, withdrawn_at=None)
    return found.select_related("person").order_by("-answer_id").first()


def waits_for_person(response: Response) -> bool:
    """Whether the person has yet to be shown the crisis text for an answer here."""
    alert = latest_alert(response)
    return alert is not None and not alert.safety


def must_answer(viewer: Viewer) -> PersonIds:
    """The people with an open alert that the viewer owns, or was paged about.

    The duty role is paged about every alert; the clinical leads about those that were passed on, and about every one
    while nobody holds the duty role.
    """
    on_duty, leads = _held(viewer.day(), Role.DUTY), _held(viewer.day(), Role.CLINICAL_LEAD)
    passed_on = Q(escalated_at__isnull=False) | ~Exists(on_duty)
    alerts = still_open().filter(
        Q(owner=viewer.user())
        | Exists(on_duty.filter(user=viewer.user()))
        | Q(Exists(leads.filter(user=viewer.user()))) & passed_on
    )
    return alerts.values("person")


def _held(day: Any, *roles: Role) -> QuerySet[RoleHeld]:
    """Roles held on a day by somebody who may sign in then."""
    stays = Q(user__leaves_on=None) | Q(user__leaves_on__gt=day)
    return RoleHeld.objects.filter(current(day), stays, role__in=roles, user__is_active=True)


def escalation_state() -> str:
    """For `/health`: whether late alerts are being passed on."""
    try:
        waiting = late(timezone.now() - GRACE).exists()
    except DatabaseError:
        return "cannot be read"
    return "late alerts are not being escalated: run `allcomers manage work`" if waiting else "ok"
