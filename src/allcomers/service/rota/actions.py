"""Making teams, putting people into them, planning duty and supervision. Nothing is deleted: it ends.

Two that hold at once for the same people are refused, under a lock of whoever they are about.
"""

from collections.abc import Iterable
from datetime import date

from django.db.models import F, Q
from django.utils import timezone

from allcomers.service.accounts import actions as accounts
from allcomers.service.accounts.models import DutyShift, Supervision, Team, TeamMembership, User
from allcomers.service.governance import audit
from allcomers.service.governance.acting import action
from allcomers.service.look.environment import day as in_days
from allcomers.service.look.environment import moment as in_moments
from allcomers.service.rota import selectors
from allcomers.service.rota.coverage import Span

Dated = TeamMembership | Supervision


class OverlapError(Exception):
    """The same is so already at that time. Nothing was written; `when` says from when until when, in words."""

    def __init__(self, begins: str, ends: str) -> None:
        self.when = f"from {begins}" + (f" to {ends}" if ends else "")
        super().__init__(f"overlaps {self.when}")


@action
def make_team(*, by: audit.Actor, name: str) -> Team:
    team = Team.objects.create(name=name)
    audit.record("team.made", by=by, of=team)
    return team


@action
def change_team(*, by: audit.Actor, team: Team, name: str, closed_on: date | None, version: int) -> Team:
    """Give a team another name, or the day from which nobody is accepted into it. Raises `ChangedMeanwhileError`."""
    team.name, team.closed_on = name, closed_on
    team.save_version(version)
    audit.record("team.changed", by=by, of=team, closed_on=_iso(closed_on))
    return team


@action
def join_team(*, by: audit.Actor, user: User, team: Team, starts_on: date, ends_on: date | None) -> TeamMembership:
    """Put somebody into a team. Raises `OverlapError` where they are in it at that time."""
    _lock(user)
    _refuse_overlap(TeamMembership(user=user, team=team, starts_on=starts_on, ends_on=ends_on))
    return accounts.join_team(by=by, user=user, team=team, starts_on=starts_on, ends_on=ends_on)


@action
def begin_supervision(
    *, by: audit.Actor, supervisor: User, supervisee: User, starts_on: date, ends_on: date | None
) -> Supervision:
    """Raises `OverlapError` where the one supervises the other at that time."""
    assert supervisor != supervisee
    _lock(supervisee)
    _refuse_overlap(Supervision(supervisor=supervisor, supervisee=supervisee, starts_on=starts_on, ends_on=ends_on))
    return accounts.begin_supervision(
        by=by, supervisor=supervisor, supervisee=supervisee, starts_on=starts_on, ends_on=ends_on
    )


@action
def change_end(*, by: audit.Actor, row: Dated, ends_on: date | None, version: int) -> Dated:
    """Say until when something holds: a last day, or none. Raises `OverlapError` and `ChangedMeanwhileError`."""
    _lock(row.user if isinstance(row, TeamMembership) else row.supervisee)
    row.ends_on = ends_on
    _refuse_overlap(row)
    row.save_version(version)
    name = "team.membership_changed" if isinstance(row, TeamMembership) else "supervision.changed"
    audit.record(name, by=by, of=row, ends_on=_iso(ends_on))
    return row


@action
def plan_duty(*, by: audit.Actor, user: User, spans: Iterable[Span]) -> list[DutyShift]:
    """Plan shifts of one person, all or none. Raises `OverlapError` where one of them overlaps another of theirs."""
    _lock(user)
    made = []
    for span in spans:
        other = selectors.overlapping_shift(user, span)
        if other is not None:
            raise OverlapError(in_moments(other.starts_at), in_moments(other.ends_at))
        made.append(DutyShift.objects.create(user=user, starts_at=span.starts_at, ends_at=span.ends_at))
    for shift in made:
        _record("duty.planned", by, shift)
    return made


@action
def end_shift(*, by: audit.Actor, shift: DutyShift, version: int) -> DutyShift:
    """End a shift that is under way now; one to come does not take place. Raises `ChangedMeanwhileError`."""
    shift.ends_at = max(shift.starts_at, timezone.now())
    shift.save_version(version)
    _record("duty.ended", by, shift)
    return shift


def _lock(user: User) -> None:
    User.objects.select_for_update().get(pk=user.pk)


def _refuse_overlap(row: Dated) -> None:
    if isinstance(row, TeamMembership):
        found = TeamMembership.objects.filter(user=row.user, team=row.team)
    else:
        found = Supervision.objects.filter(supervisor=row.supervisor, supervisee=row.supervisee)  # type: ignore[assignment]
    ends_later = Q(ends_on=None) | Q(ends_on__gte=row.starts_on) & Q(ends_on__gte=F("starts_on"))
    begins_before = Q() if row.ends_on is None else Q(starts_on__lte=row.ends_on)
    other = found.filter(ends_later, begins_before).exclude(pk=row.pk).order_by("starts_on").first()
    if other is not None:
        raise OverlapError(in_days(other.starts_on), in_days(other.ends_on))


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _record(name: str, by: audit.Actor, shift: DutyShift) -> None:
    begins, ends = shift.starts_at.isoformat(), shift.ends_at.isoformat()
    audit.record(name, by=by, of=shift, user=str(shift.user_id), starts_at=begins, ends_at=ends)
