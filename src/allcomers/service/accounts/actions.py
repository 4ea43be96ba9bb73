"""Changing accounts."""

from collections.abc import Iterable
from datetime import date, timedelta

from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.utils import timezone

from allcomers.service.accounts.models import (
    DutyShift,
    RoleHeld,
    Supervision,
    Team,
    TeamMembership,
    User,
    current,
)
from allcomers.service.governance import audit
from allcomers.service.governance.acting import action
from allcomers.service.governance.permissions import Role


@action
def add_member(*, by: audit.Actor, email: str, name: str, roles: Iterable[Role], password: str | None = None) -> User:
    """A new member of staff. Without a password they choose one by “I have forgotten my password”."""
    user = User.objects.create_user(email, password, name=name)
    audit.record("staff.added", by=by, of=user)
    set_roles(by=by, user=user, roles=roles)
    return user


@action
def set_roles(*, by: audit.Actor, user: User, roles: Iterable[Role], on: date | None = None) -> None:
    """Give and take roles from a day on (today), so that these are what is held. What was held stays on record."""
    day = on or timezone.localdate()
    wanted, held = frozenset(roles), user.roles(day)
    for role in sorted(wanted - held):
        RoleHeld.objects.create(user=user, role=role, starts_on=day)
        audit.record("role.given", by=by, of=user, role_given=role.value)
    for row in user.roles_held.filter(current(day), role__in=held - wanted):
        if row.starts_on == day:
            row.delete()
        else:
            row.ends_on = day - timedelta(days=1)
            row.save(update_fields=["ends_on"])
        audit.record("role.taken", by=by, of=user, role_taken=row.role)
    audit.record("roles.set", by=by, of=user, held=len(wanted))


@action
def set_leaving_day(*, by: audit.Actor, user: User, leaves_on: date | None) -> User:
    """From this day on they cannot sign in, and any session they have ends with its next request."""
    user.leaves_on = leaves_on
    user.save(update_fields=["leaves_on"])
    audit.record("staff.leaving_day_set", by=by, of=user, leaves_on=leaves_on.isoformat() if leaves_on else None)
    return user


@action
def join_team(
    *, by: audit.Actor, user: User, team: Team, starts_on: date, ends_on: date | None = None
) -> TeamMembership:
    membership = TeamMembership.objects.create(user=user, team=team, starts_on=starts_on, ends_on=ends_on)
    audit.record("team.joined", by=by, of=user, team=team.pk)
    return membership


@action
def begin_supervision(
    *, by: audit.Actor, supervisor: User, supervisee: User, starts_on: date, ends_on: date | None = None
) -> Supervision:
    supervision = Supervision.objects.create(
        supervisor=supervisor, supervisee=supervisee, starts_on=starts_on, ends_on=ends_on
    )
    audit.record("supervision.begun", by=by, of=supervisor, supervisee=str(supervisee.pk))
    return supervision


@action
def plan_duty(*, by: audit.Actor, user: User, hours: float, starts_at=None) -> DutyShift:  # type: ignore[no-untyped-def]
    begins = starts_at or timezone.now()
    shift = DutyShift.objects.create(user=user, starts_at=begins, ends_at=begins + timedelta(hours=hours))
    audit.record("duty.planned", by=by, of=user, minutes=int(hours * 60))
    return shift


@action
def change_member(*, by: audit.Actor, user: User, roles: Iterable[Role], leaves_on: date | None) -> User:
    """What the staff page changes, together."""
    set_roles(by=by, user=user, roles=roles)
    return set_leaving_day(by=by, user=user, leaves_on=leaves_on)


@action
def forget_wrong_passwords(*, by: audit.Actor) -> int:
    """Delete which addresses were typed with wrong passwords, and from where, once they count for nothing any more."""
    count_since = timezone.now() - timedelta(hours=settings.AXES_COOLOFF_TIME)
    AccessLog.objects.all().delete()  # of earlier versions, which kept it
    count = int(AccessAttempt.objects.filter(attempt_time__lt=count_since).delete()[0])
    audit.record("wrong_passwords.forgotten", by=by, count=count)
    return count
