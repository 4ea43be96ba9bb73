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

from allcomers.service.accounts.models import RoleHeld, User, current
from allcomers.service.governance import audit
from allcomers.service.governance.models import BreakGlass
from allcomers.service.governance.permissions import Role
from allcomers.service.messages import actions, clock, reach
from allcomers.service.messages.models import Message
from allcomers.service.questionnaires.models import MeasureRequest, RiskAlert
from allcomers.service.referrals.models import Addition, Referral, Source


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


def page_today(by: audit.Actor, referral: Referral) -> None:
    """Tell the duty role that somebody who may not be safe has to be looked at today, whoever referred them."""
    if referral.same_day:
        _page_duty_until_seen("referral_today", "referral_today_waiting", referral.pk, referral.received_at)


def page_unsafe_since(by: audit.Actor, addition: Addition) -> None:
    """Tell the duty role that somebody wrote later that they are not safe, whatever was decided before."""
    _page_duty_until_seen("referral_today", "referral_today_waiting", addition.pk, addition.entered_at)


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


def page_raised(by: audit.Actor, alert: RiskAlert) -> None:
    """Tell the owner and the duty role."""
    _page_duty_until_seen("alert_raised", "alert_waiting", alert.pk, alert.raised_at, alert.owner)


def page_urgent(by: audit.Actor, alert: RiskAlert) -> None:
    _page_duty("alert_urgent", alert.pk, alert.owner)


def page_escalated(by: audit.Actor, alert: RiskAlert) -> None:
    """Tell the owner, the duty role and the clinical leads."""
    _page_duty("alert_escalated", alert.pk, alert.owner, *holding(Role.CLINICAL_LEAD))


def page_emergency(sender: object, instance: BreakGlass, created: bool, **kwargs: Any) -> None:
    """Tell those who review access in an emergency, when it is begun. But not whoever used it."""
    if not created:
        return
    auditors, leads = (
        [one for one in holding(role) if one.pk != instance.user_id] for role in (Role.AUDITOR, Role.CLINICAL_LEAD)
    )
    _page("emergency_opened", instance.pk, auditors or leads)


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


def _page_duty(kind: str, about: UUID, *others: User | None, due_at: datetime | None = None) -> None:
    """The duty role, or the clinical leads where nobody holds it; whoever else is named; and the duty telephone."""
    duty = holding(Role.DUTY) or holding(Role.CLINICAL_LEAD)
    users = {one.pk: one for one in (*duty, *others) if one is not None}
    _page(kind, about, list(users.values()), due_at=due_at)
    if settings.ALLCOMERS.duty_mobile and settings.ALLCOMERS.texts != "none":
        actions.queue(
            by=audit.SYSTEM,
            kind=kind,
            channel=Message.Channel.TEXT,
            about=about,
            key=f"{kind}:{about}:telephone",
            due_at=due_at,
        )


def _page(kind: str, about: UUID, users: list[User], *, due_at: datetime | None = None) -> None:
    for user in users:
        actions.queue(
            by=audit.SYSTEM,
            kind=kind,
            channel=Message.Channel.EMAIL,
            user=user,
            about=about,
            key=f"{kind}:{about}:{user.pk}",
            due_at=due_at,
        )
