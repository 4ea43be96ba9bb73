"""Which messages are due, and whether one may still leave: asked anew each time, just before it does."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from allcomers.service.governance.models import BreakGlass
from allcomers.service.imports.selectors import untold
from allcomers.service.messages import clock, reach
from allcomers.service.messages.models import Message
from allcomers.service.people.models import PersonLink
from allcomers.service.questionnaires.models import MeasureRequest, RiskAlert
from allcomers.service.questionnaires.risk.selectors import without_next_step
from allcomers.service.referrals.models import Addition, Referral

Because = Message.Because
OVER = {Referral.State.CANCELLED, Referral.State.SIGNPOSTED, Referral.State.REJECTED}


def free(now: datetime) -> Q:
    """Waiting, and in no worker's hands."""
    return Q(status=Message.Status.QUEUED) & (Q(leased_until=None) | Q(leased_until__lte=now))


def due(now: datetime) -> Q:
    return free(now) & Q(due_at__lte=now)


def now(message: Message) -> tuple[str, str]:
    """Why a message is not sent, or empty; and the address it goes to."""
    never = reach.never(message.person) if message.person is not None else ""
    if never:
        return never, ""
    if not STILL[message.kind](message):
        return Because.ANSWERED, ""
    if message.wanted_at + message.wording.keep < timezone.now():
        return Because.TOO_LATE, ""
    address = reach.address_of(message)
    return ("", address) if address else (Because.NO_WAY, "")


def at_night(message: Message, now: datetime) -> bool:
    """Whether it would light up somebody's telephone at night, hours after what it is about: they wait for it no more.

    Whoever refers themselves at three in the morning is answered at three.
    """
    late = now - message.due_at > clock.LATE
    return message.person_id is not None and late and clock.by_day(now) != now


def _referral(message: Message) -> bool:
    return Referral.objects.filter(pk=message.about, withdrawn_at=None).exists()


def _not_looked_at(message: Message) -> bool:
    """A new referral that nobody has looked at, or what was added to one since."""
    new = Referral.objects.filter(pk=message.about, first_looked_at=None, decided_at=None, withdrawn_at=None)
    added = Addition.objects.filter(pk=message.about, referral__look_again_at__isnull=False, withdrawn_at=None)
    return new.exists() or added.exists()


def _request(message: Message) -> bool:
    return MeasureRequest.objects.filter(pk=message.about, complete_at=None, withdrawn_at=None).exists()


def _reminder(message: Message) -> bool:
    """Nobody is reminded who cancelled their referral since, or was told of another service."""
    latest = reach.latest_referral(message.person) if message.person is not None else None
    return _request(message) and (latest is None or latest.state not in OVER)


def _alert(message: Message) -> bool:
    waiting = RiskAlert.objects.filter(closed_at=None, acknowledged_at=None, withdrawn_at=None)
    return waiting.filter(pk=message.about).exists()


def _urgent_alert(message: Message) -> bool:
    """Whoever took it on is told as well: what is urgent may be so only since."""
    return RiskAlert.objects.filter(pk=message.about, closed_at=None, withdrawn_at=None).exists()


def _step_not_taken(message: Message) -> bool:
    return without_next_step().filter(pk=message.about).exists()


def _in_quarantine(message: Message) -> bool:
    return untold().filter(source__pk=message.about).exists()


def _locked(message: Message) -> bool:
    return PersonLink.objects.filter(pk=message.about, locked_at__isnull=False, cancelled_at=None).exists()


def _emergency(message: Message) -> bool:
    return BreakGlass.objects.filter(pk=message.about, reviewed_at=None).exists()


STILL: dict[str, Callable[[Message], bool]] = {
    "referral_received": _referral,
    "referral_today": _not_looked_at,
    "referral_today_waiting": _not_looked_at,
    "measures_asked": _request,
    "measures_reminder": _reminder,
    "alert_raised": _alert,
    "alert_urgent": _urgent_alert,
    "alert_waiting": _alert,
    "alert_escalated": _step_not_taken,
    "import_today": _in_quarantine,
    "import_today_waiting": _in_quarantine,
    "link_locked": _locked,
    "emergency_opened": _emergency,
}
"""Whether what each kind is about still waits."""
