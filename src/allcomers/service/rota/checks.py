"""Whether somebody is on duty: for `/health`, and before the service starts."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, register
from django.core.checks import Warning as ToMend
from django.db import DatabaseError
from django.utils import timezone

from allcomers.service.people.models import Person
from allcomers.service.rota import selectors

PLAN_IT = "plan it on the page “Duty”"


def state() -> str:
    """For `/health`: whether anybody is on duty in working hours, once there is anybody to be called to."""
    now = timezone.now()
    try:
        empty = _in_use() and any(one.starts_at <= now for one in selectors.gaps(now, selectors.shifts(now)))
    except DatabaseError:
        return "cannot be read"
    return f"nobody is on duty: {PLAN_IT}" if empty else "ok"


@register(deploy=True)
def duty_is_planned(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Alerts are watched by whoever is on duty: the next two weeks have somebody in all working hours."""
    try:
        days = selectors.days_with_gaps(timezone.now()) if _in_use() else 0
    except DatabaseError:  # before the tables are made
        return []
    if not days:
        return []
    return [
        ToMend(
            f"On {days} of the working days of the next two weeks nobody is on duty for some or all of the hours.",
            hint=f"A service administrator or clinical lead can {PLAN_IT}.",
            id="production.W004",
        )
    ]


def _in_use() -> bool:
    return settings.ALLCOMERS.mode == "production" and Person.objects.exists()
