"""Links that open one thing for one person: random, stored as a hash, with a second fact, and gone when used.

Wrong answers count for the person, over all links that are open: each reminder is a link of its own. Five lock them
all, and staff are told (`WHEN_LOCKED`).

The token is in the address only until the first page; from then on the session holds what was opened, so that no later
address, referrer or log has it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Min, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from allcomers.service.governance import audit
from allcomers.service.governance.acting import action
from allcomers.service.people.models import Person, PersonLink

WRONG_ANSWERS = 5
WAITING, OPENED = "link_waiting", "link"
PAGES: dict[str, str] = {}
"""The name of the URL that a link of each purpose opens: apps add theirs in `AppConfig.ready`."""
FOUND_TO_BE: list[Callable[[Person], Person | None]] = []
"""Whom a person was found to be whose record was struck through: the app that knows adds it in `AppConfig.ready`."""

WHEN_LOCKED: list[Callable[[audit.Actor, PersonLink], None]] = []
"""Called inside the action that locked a person's links, with the one that was answered."""


class PersonHasDiedError(Exception):
    """No link is made for somebody who has died."""


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@action
def make_link(*, by: audit.Actor, person: Person, purpose: str, days: int, about: str = "") -> tuple[PersonLink, str]:
    """A link for a person and a purpose. The token is returned once, and is not stored.

    Raises
    ------
    PersonHasDiedError : nothing is sent to somebody who has died, or made for them.
    """
    if Person.objects.select_for_update(no_key=True).get(pk=person.pk).died_on is not None:
        raise PersonHasDiedError
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
    """Compare the second facts: date of birth, and postcode where one is known. Five wrong answers lock every link."""
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
    link.save(update_fields=["wrong_answers"])
    still_open = _open_links(person)
    wrong_answers = sum(one.wrong_answers for one in still_open)
    if wrong_answers < WRONG_ANSWERS:
        audit.record(
            "link.wrong_answer", by=by, person=person, of=link, outcome=audit.REFUSED, wrong_answers=wrong_answers
        )
        return False
    for one in still_open:
        _lock(by, one)
    for tell in WHEN_LOCKED:
        tell(by, link)
    return False


def _open_links(person: Person) -> list[PersonLink]:
    """In the order in which they were made, so that two who lock them do not wait for each other."""
    found = PersonLink.objects.select_for_update().filter(
        person=person, used_at=None, cancelled_at=None, locked_at=None, expires_at__gt=timezone.now()
    )
    return list(found.order_by("made_at", "pk"))


def _lock(by: audit.Actor, link: PersonLink) -> None:
    link.locked_at = timezone.now()
    link.save(update_fields=["locked_at"])
    audit.record("link.locked", by=by, person=link.person_id, of=link, outcome=audit.REFUSED, purpose=link.purpose)


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


@action
def deal_with_locked(*, by: audit.Actor, person: Person, found: str) -> int:
    """Staff asked the person what happened: their locked links wait for nobody any more. How many they were."""
    links = list(locked_links(person).select_for_update())
    for link in links:
        cancel_link(by=by, link=link)
    audit.record("link.locked_dealt_with", by=by, person=person, found=found, links=len(links))
    return len(links)


@action
def cancel_links_to_everything(*, by: audit.Actor, person: Person) -> int:
    """Cancel what would open a person's record as a whole, and not one thing: how many links that was."""
    found = PersonLink.objects.select_for_update().filter(person=person, about="", used_at=None, cancelled_at=None)
    count = len([cancel_link(by=by, link=link) for link in found])
    audit.record("link.looked_for_open_ones", by=by, cancelled=count)
    return count


def whose(link: PersonLink) -> Person | None:
    """Whom a link is about now. None where the record was struck through."""
    return who_is_now(link.person)


def who_is_now(person: Person | None) -> Person | None:
    """The person themselves, or who they were found to be. None where the record was struck through."""
    while person is not None and person.withdrawn:
        person = _found_to_be(person)
    return person


def _found_to_be(person: Person) -> Person | None:
    return next((found for ask in FOUND_TO_BE if (found := ask(person)) is not None), None)


def locked_links(person: Person) -> QuerySet[PersonLink]:
    """Links that five wrong answers locked and that nobody has dealt with, the latest first."""
    return PersonLink.objects.filter(person=person, locked_at__isnull=False, cancelled_at=None).order_by("-locked_at")


def with_locked_links(people: QuerySet[Person]) -> QuerySet[Person]:
    """Those of `people` who have any, with `locked_at`, whoever waits longest first."""
    waits = Q(links__locked_at__isnull=False, links__cancelled_at=None)
    return people.filter(waits).annotate(locked_at=Min("links__locked_at", filter=waits)).order_by("locked_at", "pk")


def squeezed(postcode: str) -> str:
    return "".join(postcode.split()).upper()


def link_with_token(token: str) -> PersonLink | None:
    """The link of a token, if it still opens anything."""
    return _if_open(PersonLink.objects.select_related("person").filter(token_hash=hash_of(token)).first())


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
    return _if_open(link)


def _if_open(link: PersonLink | None) -> PersonLink | None:
    return link if link is not None and link.open_at(timezone.now()) and whose(link) is not None else None
