"""Users of the service: staff, and people who sign in to see their own record."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from allcomers.service.governance.permissions import Role
from allcomers.service.governance.records import Versioned


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user


class Team(Versioned):
    """People who share the arranging of care: an administrator of a team reaches the team's people."""

    name = models.CharField(max_length=80, unique=True)
    closed_on = models.DateField(null=True, blank=True, help_text="From this day on nobody is accepted into it.")

    def __str__(self) -> str:
        return self.name


class User(AbstractBaseUser):
    """Somebody who signs in, with an e-mail address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    leaves_on = models.DateField(null=True, blank=True, help_text="From this day on they cannot sign in.")
    joined_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]
    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.name

    def may_sign_in(self, on: date) -> bool:
        return self.is_active and (self.leaves_on is None or on < self.leaves_on)

    def roles(self, on: date) -> frozenset[Role]:
        """The roles held on a day: one query."""
        held = self.roles_held.filter(current(on)).values_list("role", flat=True)
        return frozenset(Role(role) for role in held)


def current(on: date) -> Q:
    """Rows with `starts_on` and an open or inclusive `ends_on` that hold on a day."""
    return Q(starts_on__lte=on) & (Q(ends_on__isnull=True) | Q(ends_on__gte=on))


class _Dated(models.Model):
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="The last day.")

    class Meta:
        abstract = True


class RoleHeld(_Dated):
    """A role that somebody holds between two days."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="roles_held")
    role = models.CharField(max_length=30, choices=Role)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "starts_on"], name="role_held_by_user")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="role_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class TeamMembership(_Dated, Versioned):
    """Somebody belongs to a team between two days."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships")

    def __str__(self) -> str:
        return f"{self.user}: {self.team}"


class Supervision(_Dated, Versioned):
    """Somebody supervises somebody else's cases between two days."""

    supervisor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="supervises")
    supervisee = models.ForeignKey(User, on_delete=models.PROTECT, related_name="supervised_by")

    def __str__(self) -> str:
        return f"{self.supervisor} supervises {self.supervisee}"


class DutyShift(Versioned):
    """Somebody is on duty between two moments, and may be called to anybody."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="duty_shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "ends_at"], name="duty_by_user")]

    def __str__(self) -> str:
        return f"{self.user} on duty from {self.starts_at:%d %B %Y}"
