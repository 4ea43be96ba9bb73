"""A message with its words, made when it leaves."""

from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from allcomers.service.governance import audit
from allcomers.service.messages import clock, reach, wording
from allcomers.service.messages.models import Message
from allcomers.service.people import links
from allcomers.service.referrals.models import Referral


@dataclass(frozen=True)
class Letter:
    """What a back-end is given. Never stored; its words and address are not shown where it is printed.

    `again`: the provider may have it already, because it was tried before, or is so late that the outbox may be one
    that was restored from a backup.
    """

    id: UUID
    channel: str
    again: bool
    to: str = field(repr=False)
    subject: str = field(repr=False)
    body: str = field(repr=False)


def letter(message: Message, to: str) -> Letter:
    """The words of a message, with a link of its own where its kind has one."""
    kind = message.wording
    words = kind.shared if kind.shared and message.person and reach.device_is_shared(message.person) else kind.words
    values = _values(message)
    if "{link}" in words or "{change}" in words:
        values |= _link(message, kind)
    return Letter(
        id=message.pk,
        channel=message.channel,
        again=message.attempts > 1 or timezone.now() - message.due_at > clock.LATE,
        to=to,
        subject=kind.subject,
        body=words.format(**values),
    )


def address(name: str, **parameters: str) -> str:
    """The whole address of a page, for somebody who is not on it."""
    return str(settings.ALLCOMERS.url).rstrip("/") + reverse(name, kwargs=parameters or None)


def _values(message: Message) -> dict[str, str]:
    phone, page = settings.ALLCOMERS.phone, message.wording.page
    referral = Referral.objects.filter(pk=message.about).first() if message.wording.link == "referral" else None
    return {
        "ring": wording.RING.format(phone=phone) if phone else "",
        "on_phone": wording.ON_PHONE.format(phone=phone) if phone else "",
        "reference": referral.reference if referral else "",
        "page": address(page) if page else "",
        "change": "",
    }


def _link(message: Message, kind: wording.Kind) -> dict[str, str]:
    """A new link: its token leaves with the message, and only its hash stays. None where nothing would open."""
    if kind.link not in links.PAGES or message.person is None:
        return {}
    days = kind.link_days or settings.ALLCOMERS.measures_link_days
    _, token = links.make_link(
        by=audit.SYSTEM, person=message.person, purpose=kind.link, days=days, about=message.about
    )
    link = address("people:open_link", token=token)
    return {"link": link, "days": str(days), "change": wording.CHANGE.format(link=link)}
