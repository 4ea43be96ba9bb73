"""Links that open one thing for one person: random, stored as a hash, with a second fact, and gone when used.

The token is in the address only until the first page; from then on the session holds what was opened, so that no later
address, referrer or log has it.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, timedelta
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from allcomers.service.governance import audit
from allcomers.service.governance.acting import action
from allcomers.service.people.models import Person, PersonLink

WRONG_ANSWERS = 5
WAITING, OPENED = "link_waiting", "link"
PAGES: dict[str, str] = {}
"""The name of the URL that a link of each purpose opens: apps add theirs in `AppConfig.ready`."""


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@action
def make_link(*, by: audit.Actor, person: Person, purpose: str, days: int, about: str = "") -> tuple[PersonLink, str]:
    """A link for a person and a purpose. The token is returned once, and is not stored."""
    token = secrets.token_urlsafe(24)
    now = timezone.now()
    link = PersonLink.objects.create(
        person=person,
        purpose=purpose,
        about=about,
        token_hash=hash_of(token),
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    audit.record("link.made", by=by, person=person, of=link, purpose=purpose, days=days)
    return link, token


@action
def answer_link(*, by: audit.Actor, link: PersonLink, date_of_birth: date | None, postcode: str) -> bool:
    """Compare the second facts: date of birth, and postcode where one is known. Five wrong answers lock the link."""
    link = PersonLink.objects.select_for_update().select_related("person").get(pk=link.pk)
    person = link.person
    right = (
        link.open_at(timezone.now())
        and date_of_birth == person.date_of_birth
        and (not person.postcode or squeezed(postcode) == squeezed(person.postcode))
    )
    if right:
        audit.record("link.opened", by=by, person=person, of=link, purpose=link.purpose)
        return True
    link.wrong_answers += 1
    if link.wrong_answers >= WRONG_ANSWERS and link.locked_at is None:
        link.locked_at = timezone.now()
    link.save(update_fields=["wrong_answers", "locked_at"])
    name = "link.locked" if link.locked_at else "link.wrong_answer"
    audit.record(name, by=by, person=person, of=link, outcome=audit.REFUSED, wrong_answers=link.wrong_answers)
    return False


@action
def use_up(*, by: audit.Actor, link_id: UUID) -> PersonLink:
    """What the link was for is done: it opens nothing any more. Call it inside the action that does it."""
    link = PersonLink.objects.select_for_update().get(pk=link_id)
    link.used_at = timezone.now()
    link.save(update_fields=["used_at"])
    audit.record("link.used", by=by, person=link.person_id, of=link, purpose=link.purpose)
    return link


@action
def cancel_link(*, by: audit.Actor, link: PersonLink) -> PersonLink:
    link.cancelled_at = timezone.now()
    link.save(update_fields=["cancelled_at"])
    audit.record("link.cancelled", by=by, person=link.person_id, of=link, purpose=link.purpose)
    return link


def squeezed(postcode: str) -> str:
    return "".join(postcode.split()).upper()


def link_with_token(token: str) -> PersonLink | None:
    """The link of a token, if it still opens anything."""
    link = PersonLink.objects.filter(token_hash=hash_of(token)).first()
    return link if link is not None and link.open_at(timezone.now()) else None


def waiting_link(request: HttpRequest) -> PersonLink | None:
    """The link that was followed and awaits its second fact."""
    return _from_session(request, WAITING)


def link_in_session(request: HttpRequest, *, purpose: str) -> PersonLink | None:
    """The link that this session opened, if it is for this purpose and still open."""
    link = _from_session(request, OPENED)
    return link if link is not None and link.purpose == purpose else None


def _from_session(request: HttpRequest, key: str) -> PersonLink | None:
    number = request.session.get(key)
    link = PersonLink.objects.select_related("person").filter(pk=number).first() if number else None
    return link if link is not None and link.open_at(timezone.now()) else None
