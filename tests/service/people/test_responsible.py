"""Who may be responsible for somebody, and for what."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from allcomers.service.accounts.models import RoleHeld
from allcomers.service.governance.permissions import Role
from allcomers.service.people.models import Allocation
from allcomers.service.people.selectors import treating

pytestmark = pytest.mark.django_db


def first_day(day: date) -> dict[str, int]:
    return {"starts_on_day": day.day, "starts_on_month": day.month, "starts_on_year": day.year}


@pytest.mark.parametrize(
    ("role", "kind", "allowed"),
    [
        (Role.PWP, "treatment", True),
        (Role.PWP, "employment", False),
        (Role.EMPLOYMENT_ADVISER, "treatment", False),
        (Role.EMPLOYMENT_ADVISER, "employment", True),
    ],
)
def test_those_who_treat_are_responsible_for_treatment_and_advisers_for_help_with_work(
    role: Role, kind: str, allowed: bool, cast: Any, member: Any, signed_in: Any, send: Any
) -> None:
    user = member(role, name="Newly Responsible")
    where = reverse("people:allocate", kwargs={"person_id": cast.patient.pk})
    administrator = signed_in(member(Role.ADMINISTRATOR, team=cast.team))
    answer = send(administrator, where, user=str(user.pk), kind=kind, **first_day(timezone.localdate()))
    assert answer.status_code == (302 if allowed else 422)
    assert Allocation.objects.filter(user=user).exists() == allowed
    if not allowed:
        assert "or choose" in answer.content.decode()


@pytest.mark.parametrize("role", [Role.DATA_LEAD, Role.EMPLOYMENT_ADVISER, Role.ADMINISTRATOR])
def test_somebody_who_no_longer_treats_anybody_is_not_treating(role: Role, cast: Any) -> None:
    """Alerts would be theirs, and they could not open one."""
    assert treating(cast.patient) == cast.clinician
    RoleHeld.objects.filter(user=cast.clinician).update(role=role)
    assert treating(cast.patient) is None


def test_a_role_that_has_ended_treats_nobody(cast: Any) -> None:
    RoleHeld.objects.filter(user=cast.clinician).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert treating(cast.patient) is None
