"""Addresses of the pages of teams, duty and supervision, for the matrix."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from allcomers.service.accounts import actions as accounts
from allcomers.service.accounts.models import DutyShift, Supervision, TeamMembership
from allcomers.service.governance import audit


def a_shift(cast: Any) -> DutyShift:
    found = DutyShift.objects.filter(user=cast.manager).first()
    begins = timezone.now() + timedelta(days=30)
    return found or accounts.plan_duty(by=audit.SYSTEM, user=cast.manager, hours=8, starts_at=begins)


def a_supervision(cast: Any) -> Supervision:
    found = Supervision.objects.filter(supervisor=cast.manager).first()
    return found or accounts.begin_supervision(
        by=audit.SYSTEM, supervisor=cast.manager, supervisee=cast.colleague, starts_on=timezone.localdate()
    )


EXAMPLES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "rota:team": lambda cast: {"team_id": cast.team.pk},
    "rota:change_team": lambda cast: {"team_id": cast.team.pk},
    "rota:join": lambda cast: {"team_id": cast.team.pk},
    "rota:membership": lambda cast: {"membership_id": TeamMembership.objects.get(user=cast.clinician).pk},
    "rota:shift": lambda cast: {"shift_id": a_shift(cast).pk},
    "rota:supervision": lambda cast: {"supervision_id": a_supervision(cast).pk},
}
