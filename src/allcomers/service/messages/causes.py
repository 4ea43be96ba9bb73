"""What makes the service send a message.

Each of these is called inside the transaction of its cause, so that the message and what it is about stand or fall
together. `apps` says which is called by what.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from allcomers.service.accounts.models import RoleHeld, Team, TeamMembership, User, current
from allcomers.service.governance import audit
from allcomers.service.governance.models import BreakGlass
from allcomers.service.governance.permissions import Role
from allcomers.service.imports.models import Import
from allcomers.service.messages import actions, clock, reach
from allcomers.service.messages.models import Message
from allcomers.service.people.models import Person, PersonLink
from allcomers.service.people.selectors import treating
from allcomers.service.questionnaires.models import MeasureRequest, RiskAlert
from allcomers.service.referrals.models import Referral, Source


def confirm_referral(by: audit.Actor, referral: Referral) -> None:
    """Tell somebody that what they sent is here: by the first way they agreed to, or not at all.

    Whom a professional referred is told by the professional, and by us once somebody has looked.
    """
    ways = reach.ways(referral.person) if referral.source == Source.SELF else {}
    for channel in list(ways)[:1]:
        actions.queue(
            by=by,
            kind="referral_received",
            channel=channel,
            person=referral.person,
            about=referral.pk,
            key=f"referral_received:{referral.pk}",
        )


def send_request(by: audit.Actor, request: MeasureRequest, channel: str) -> None:
    """Send the link of a request now, and its reminders on later days."""
    actions.queue(
        by=by,
        kind="measures_asked",
        channel=channel,
        person=request.person,
        about=request.pk,
        key=f"measures_asked:{request.pk}",
    )
    for days in settings.ALLCOMERS.reminder_days:
        actions.queue(
            by=by,
            kind="measures_reminder",
            channel=channel,
            person=request.person,
            about=request.pk,
            key=f"measures_reminder:{request.pk}:{days}",
            due_at=clock.reminder(request.entered_at, days),
        )


def cancel_reminders(by: audit.Actor, request: MeasureRequest) -> None:
    """All that waits about a request whose questionnaires are finished."""
    actions.cancel_about(by=by, about=request.pk, because=Message.Because.ANSWERED)


def cancel_after_death(by: audit.Actor, person: Person) -> None:
    """All that waits to be sent to somebody who has died."""
    actions.cancel_to(by=by, person=person, because=Message.Because.DIED)


def page_raised(by: audit.Actor, alert: RiskAlert) -> None:
    """Tell the owner and the duty role."""
    _page_duty_until_seen("alert_raised", "alert_waiting", alert.pk, alert.raised_at, alert.owner)


def page_untold(by: audit.Actor, done: Import) -> None:
    """Tell the duty role that a file holds what may be about somebody's safety, and nobody could be alerted."""
    _page_duty_until_seen("import_today", "import_today_waiting", done.pk, done.imported_at)


def page_urgent(by: audit.Actor, alert: RiskAlert) -> None:
    """Tell the owner and the duty role, each time that the person says so."""
    _page_duty("alert_urgent", alert.pk, alert.owner, when=alert.urgent_at)


def page_escalated(by: audit.Actor, alert: RiskAlert) -> None:
    """Tell the owner, the duty role and the clinical leads, for each step that was not taken in time."""
    _page_duty("alert_escalated", alert.pk, alert.owner, *holding(Role.CLINICAL_LEAD), when=alert.escalated_at)


def page_emergency(sender: object, instance: BreakGlass, created: bool, **kwargs: Any) -> None:
    """Tell those who review access in an emergency, when it is begun. But not whoever used it."""
    if not created:
        return
    auditors, leads = (
        [one for one in holding(role) if one.pk != instance.user_id] for role in (Role.AUDITOR, Role.CLINICAL_LEAD)
    )
    _page("emergency_opened", instance.pk, auditors or leads)


def tell_of_locked_link(by: audit.Actor, link: PersonLink) -> None:
    """Tell whoever treats the person and whoever arranges their care; the duty role where nobody does."""
    team = [one for one in holding(Role.ADMINISTRATOR) if link.person.team is None or one in _members(link.person.team)]
    owner = treating(link.person)
    users = {one.pk: one for one in (owner, *team) if one is not None}
    _page("link_locked", link.pk, list(users.values()) or holding(Role.DUTY) or holding(Role.CLINICAL_LEAD))


def _members(team: Team) -> set[User]:
    memberships = TeamMembership.objects.filter(current(timezone.localdate()), team=team)
    return {one.user for one in memberships.select_related("user")}


def holding(role: Role) -> list[User]:
    """Everybody who holds a role today and may sign in."""
    today = timezone.localdate()
    holders = RoleHeld.objects.filter(current(today), role=role).values("user")
    users = User.objects.filter(Q(leaves_on=None) | Q(leaves_on__gt=today), is_active=True, pk__in=holders)
    return list(users.order_by("pk"))


def _page_duty_until_seen(kind: str, again: str, about: UUID, at: datetime, *others: User | None) -> None:
    """Now; and what comes outside working hours once more when they begin, unless somebody has seen to it by then."""
    _page_duty(kind, about, *others)
    opens = clock.next_opening(at, settings.ALLCOMERS.working_hours)
    if opens is not None:
        _page_duty(again, about, *others, due_at=opens)


def _page_duty(
    kind: str, about: UUID, *others: User | None, due_at: datetime | None = None, when: datetime | None = None
) -> None:
    """The duty role, or the clinical leads where nobody holds it; whoever else is named; and the duty telephone.

    `when` tells apart what may happen to the same thing more than once.
    """
    duty = holding(Role.DUTY) or holding(Role.CLINICAL_LEAD)
    users = {one.pk: one for one in (*duty, *others) if one is not None}
    cause = f"{kind}:{about}" if when is None else f"{kind}:{about}:{when.timestamp():.6f}"
    _page(kind, about, list(users.values()), due_at=due_at, cause=cause)
    if settings.ALLCOMERS.duty_mobile and settings.ALLCOMERS.texts != "none":
        actions.queue(
            by=audit.SYSTEM,
            kind=kind,
            channel=Message.Channel.TEXT,
            about=about,
            key=f"{cause}:telephone",
            due_at=due_at,
        )


def _page(kind: str, about: UUID, users: list[User], *, due_at: datetime | None = None, cause: str = "") -> None:
    for user in users:
        actions.queue(
            by=audit.SYSTEM,
            kind=kind,
            channel=Message.Channel.EMAIL,
            user=user,
            about=about,
            key=f"{cause or f'{kind}:{about}'}:{user.pk}",
            due_at=due_at,
        )
