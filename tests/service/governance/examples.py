"""Addresses of the pages of governance, for the matrix."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from allcomers.service.governance.models import BreakGlass, BreakGlassReason


def _reviewed_one(cast: Any) -> UUID:
    now = timezone.now()
    return BreakGlass.objects.create(
        user=cast.colleague,
        person=cast.patient,
        reason=BreakGlassReason.DANGER,
        words="words",
        begun_at=now - timedelta(days=2),
        ends_at=now - timedelta(days=2) + timedelta(hours=1),
        review_due_on=timezone.localdate(),
    ).pk


EXAMPLES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "governance:review": lambda cast: {"number": _reviewed_one(cast)},
    "governance:drop_draft": lambda _cast: {"number": 1},
}
