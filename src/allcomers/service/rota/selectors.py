"""Reading teams, the duty rota and supervision."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from allcomers.service.accounts.models import DutyShift, RoleHeld, Supervision, Team, TeamMembership, User, current
from allcomers.service.governance.permissions import STAFF, Role
from allcomers.service.people.models import Person
from allcomers.service.rota.coverage import Span, left_over, working_hours

PLANNED_DAYS = 14
"""How far ahead the rota has to be whole."""


def teams() -> list[Team]:
    """Every team, those that are open first."""
    day = timezone.localdate()
    return sorted(Team.objects.prefetch_related("memberships__user"), key=lambda one: (not _open(one, day), one.name))


def open_teams(day: date) -> QuerySet[Team]:
    """The teams that somebody may be accepted into on a day, by name."""
    return Team.objects.filter(Q(closed_on=None) | Q(closed_on__gt=day)).order_by("name")


def team_with_id(team_id: int) -> Team | None:
    return Team.objects.filter(pk=team_id).first()


def name_taken(name: str, besides: Team | None) -> bool:
    found = Team.objects.filter(name__iexact=name)
    return (found if besides is None else found.exclude(pk=besides.pk)).exists()


def memberships_of(team: Team) -> QuerySet[TeamMembership]:
    return TeamMembership.objects.filter(team=team).select_related("user").order_by("user__name", "starts_on")


def membership_with_id(membership_id: int) -> TeamMembership | None:
    return TeamMembership.objects.select_related("user", "team").filter(pk=membership_id).first()


def supervisions() -> QuerySet[Supervision]:
    found = Supervision.objects.select_related("supervisor", "supervisee")
    return found.order_by("supervisor__name", "supervisee__name", "starts_on")


def supervision_with_id(supervision_id: int) -> Supervision | None:
    return supervisions().filter(pk=supervision_id).first()


def teams_without_anybody(day: date) -> list[Team]:
    """Open teams in which nobody is on a day."""
    there = TeamMembership.objects.filter(current(day)).values("team")
    return list(open_teams(day).exclude(pk__in=there))


def people_in(team: Team) -> int:
    return Person.objects.filter(team=team, withdrawn_at=None).count()


def roles_nobody_holds(wanted: dict[str, frozenset[Role]], day: date) -> list[str]:
    """Which of these, by their words, nobody who may sign in is on a day."""
    held = set(_holding(STAFF, day).filter(starts_on__lte=day).values_list("role", flat=True))
    return [words for words, roles in wanted.items() if not roles & held]


def who_holds(roles: Iterable[Role], day: date) -> dict[UUID, User]:
    """Everybody who holds one of these roles on a day or will later, and may sign in, by name."""
    users = User.objects.filter(pk__in=_holding(roles, day).values("user"))
    return {one.pk: one for one in users.order_by("name")}


def _holding(roles: Iterable[Role], day: date) -> QuerySet[RoleHeld]:
    return RoleHeld.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=day),
        Q(user__leaves_on=None) | Q(user__leaves_on__gt=day),
        role__in=list(roles),
        user__is_active=True,
    )


@dataclass(frozen=True)
class Planned:
    """A shift, and why it is nobody's: empty while whoever is planned may take it on each of its days."""

    shift: DutyShift
    nobodys: str
    counts: tuple[Span, ...]


def shift_with_id(shift_id: int) -> DutyShift | None:
    return DutyShift.objects.select_related("user").filter(pk=shift_id).first()


def shifts(since: datetime) -> list[Planned]:
    """The shifts that are under way at a moment or come after it, in order."""
    found = _taking_place().filter(ends_at__gt=since)
    rows = found.select_related("user").prefetch_related("user__roles_held").order_by("starts_at", "user__name")
    return [_planned(one) for one in rows]


def on_duty(now: datetime, rota: list[Planned]) -> list[DutyShift]:
    """The shifts at a moment whose holder may be called."""
    return [one.shift for one in rota if any(span.starts_at <= now < span.ends_at for span in one.counts)]


def gaps(now: datetime, rota: list[Planned], days: int = PLANNED_DAYS) -> list[Span]:
    """The working hours from now on, of so many days, in which nobody is on duty."""
    covered = [span for one in rota for span in one.counts]
    hours = working_hours(timezone.localdate(now), days, settings.ALLCOMERS.working_hours)
    to_come = [Span(max(one.starts_at, now), one.ends_at) for one in hours if one.ends_at > now]
    return [gap for one in to_come for gap in left_over(one, covered)]


def days_with_gaps(now: datetime) -> int:
    """On how many days, of those ahead that the rota has to cover, somebody is missing for some of the hours."""
    return len({timezone.localdate(one.starts_at) for one in gaps(now, shifts(now))})


def overlapping_shift(user: User, span: Span) -> DutyShift | None:
    """A shift of the same person that is under way at some moment of a span."""
    found = _taking_place().filter(user=user, starts_at__lt=span.ends_at, ends_at__gt=span.starts_at)
    return found.order_by("starts_at").first()


def why_not_on_duty(user: User, day: date) -> str:
    """Why somebody may not be called on a day; empty where they may."""
    if not user.may_sign_in(day):
        return f"{user.name} has left by then"
    held = (one for one in user.roles_held.all() if one.role == Role.DUTY)
    holds = any(one.starts_on <= day and (one.ends_on is None or day <= one.ends_on) for one in held)
    return "" if holds else f"{user.name} does not hold the duty role then"


def _taking_place() -> QuerySet[DutyShift]:
    """Without those that were taken out of the rota, which end when they begin."""
    return DutyShift.objects.filter(ends_at__gt=F("starts_at"))


def _planned(shift: DutyShift) -> Planned:
    days = [(day, why_not_on_duty(shift.user, day)) for day in _days(shift)]
    counts = tuple(_on(day, shift) for day, why_not in days if not why_not)
    return Planned(shift, next((why_not for _, why_not in days if why_not), ""), counts)


def _days(shift: DutyShift) -> list[date]:
    first, last = (timezone.localdate(one) for one in (shift.starts_at, shift.ends_at - timedelta(microseconds=1)))
    return [first + timedelta(days=count) for count in range((last - first).days + 1)]


def _on(day: date, shift: DutyShift) -> Span:
    """What of a shift lies on one day."""
    zone = timezone.get_current_timezone()
    begins, ends = (datetime(one.year, one.month, one.day, tzinfo=zone) for one in (day, day + timedelta(days=1)))
    return Span(max(shift.starts_at, begins), min(shift.ends_at, ends))


def _open(team: Team, day: date) -> bool:
    return team.closed_on is None or team.closed_on > day
