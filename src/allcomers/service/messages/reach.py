"""Whether somebody may be sent a message, and where: always as it is now, not as it was when the message was queued."""

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from allcomers.service.consents.selectors import messages_refused
from allcomers.service.messages.models import Message
from allcomers.service.people.models import Person
from allcomers.service.referrals.models import Addition, Contact, Referral

Channel, Because = Message.Channel, Message.Because
DEVICE_SHARED = "device_shared"
CONTACTS = {Channel.EMAIL.value: Contact.Channel.EMAIL, Channel.TEXT.value: Contact.Channel.MOBILE}
"""The kind of contact that a channel needs, the first choice first. Landlines and post are for staff."""


def ways(person: Person) -> dict[str, str]:
    """Where this person may be sent a message, by channel. Nobody who died, or whose record was struck through.

    Only the latest referral counts: an address of an earlier one may be somebody else's by now. What the person said
    themselves counts before what anybody wrote in a referral for them.
    """
    if never(person):
        return {}
    agreed = dict(_agreed(person).values_list("channel", "value"))
    refused = messages_refused(person, timezone.now())
    found = {channel: agreed[kind] for channel, kind in CONTACTS.items() if kind in agreed.keys() - refused}
    return {channel: address for channel, address in found.items() if _can_send(channel)}


def never(person: Person) -> str:
    """Why this person is sent nothing whatever they agreed to; empty where there is no such reason."""
    if person.died_on is not None:
        return Because.DIED
    return Because.STRUCK_THROUGH if person.withdrawn else ""


def address_of(message: Message) -> str:
    """Where a message goes; empty where there is no way any more."""
    if message.person is not None:
        return ways(message.person).get(message.channel, "")
    if message.user is not None:
        return message.user.email
    return str(settings.ALLCOMERS.duty_mobile) if _can_send(message.channel) else ""


def device_is_shared(person: Person) -> bool:
    """Whether anybody said, in whichever referral, that somebody else may see their telephone or computer.

    A later referral that is silent about it takes nothing back: whoever wrote it may not have known.
    """
    referrals = Referral.objects.filter(person=person, withdrawn_at=None)
    added = Addition.objects.filter(referral__in=referrals, withdrawn_at=None).values_list("said", flat=True)
    said = [*(page for one in referrals for page in one.answers.values()), *added]
    return any(page.get(DEVICE_SHARED) for page in said if isinstance(page, dict))


def masked(channel: str, address: str) -> str:
    """Enough of an address to ask whether it is right: “number ending 982”, “p…@example.org”."""
    if channel == Channel.TEXT:
        return f"number ending {address.strip()[-3:]}"
    name, _, domain = address.partition("@")
    return f"{name[:1]}…@{domain}"


def choices(person: Person) -> list[tuple[str, str]]:
    """The ways to send somebody something, for a form: “Text message to the number ending 982”."""
    return [(one, f"{Channel(one).label.capitalize()} to {masked(one, to)}") for one, to in ways(person).items()]


def latest_referral(person: Person) -> Referral | None:
    return Referral.objects.filter(person=person, withdrawn_at=None).order_by("-received_at").first()


def _agreed(person: Person) -> QuerySet[Contact]:
    latest = latest_referral(person)
    return Contact.objects.filter(referral=latest, may_leave_message=True, withdrawn_at=None).order_by("entered_at")


def _can_send(channel: str) -> bool:
    return channel != Channel.TEXT or settings.ALLCOMERS.texts != "none"
