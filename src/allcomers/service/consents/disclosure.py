"""Giving something about somebody to somebody else: on a ground, or not at all.

`basis` finds the ground for one item: a yes of the person that names this recipient and item and holds at this moment;
a decision of somebody senior, in words, where the law or somebody's safety requires it; or a standing duty. Without one
it raises, and as `disclose` asks it for each item, nothing is written, shown or kept without a ground.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from allcomers.exceptions import AllcomersError
from allcomers.service.accounts.models import User
from allcomers.service.consents import content, selectors
from allcomers.service.consents.models import Consent, Disclosure, LegalBasis
from allcomers.service.consents.purposes import BY_LAW, ITEMS, PURPOSES, recipient_matches
from allcomers.service.governance import audit
from allcomers.service.governance.acting import action
from allcomers.service.people.models import Person

REQUIRED = "required"
"""The purpose of what is given on a decision that was written down, without the person's agreement."""


class NoBasisError(AllcomersError):
    """Nothing allows this to be given. The message names the purpose, never anything of the record."""


@dataclass(frozen=True)
class Basis:
    """Why something may be given: exactly one of these."""

    consent: Consent | None = None
    legal: LegalBasis | None = None
    duty: str = ""


def basis(person: Person, purpose: str, recipient: str, item: str, at: datetime) -> Basis:
    """The ground on which one item about a person may be given to a recipient at a moment.

    Raises
    ------
    NoBasisError : there is none, or it no longer holds, or what is asked for is never given for this purpose.
    """
    consents = selectors.consents_of(person).filter(purpose=purpose)
    legal = selectors.legal_bases_of(person) if purpose == REQUIRED else ()
    return ground(purpose, recipient, item, at, consents, legal)


def ground(
    purpose: str, recipient: str, item: str, at: datetime, consents: Iterable[Consent], legal: Iterable[LegalBasis]
) -> Basis:
    """The same, of rows that were read before: a pure decision."""
    duty = BY_LAW.get((purpose, recipient, item))
    if duty:
        return Basis(duty=duty)
    if item not in ITEMS:
        raise _refusal(purpose, "an item that is not on the list")
    if purpose == REQUIRED:
        return _decided(recipient, item, at, legal)
    return _agreed(purpose, recipient, item, at, consents)


def _agreed(purpose: str, recipient: str, item: str, at: datetime, consents: Iterable[Consent]) -> Basis:
    asked = PURPOSES.get(purpose)
    if asked is None:
        raise _refusal("an unknown purpose", "a purpose that is not on the list")
    if item not in asked.items or (asked.work and ITEMS[item].about_therapy):
        raise _refusal(purpose, "something that is never given for this purpose, whoever agrees")
    current = selectors.latest(one for one in consents if one.answered_at <= at)
    for one in current.values():
        named = one.purpose == purpose and recipient_matches(one.recipient, recipient) and item in one.items
        if named and one.recipient_may_be_given and one.live_at(at) and (item != "statement" or one.statement.strip()):
            return Basis(consent=one)
    raise _refusal(purpose, "no agreement that holds now and names this recipient and item")


def _decided(recipient: str, item: str, at: datetime, legal: Iterable[LegalBasis]) -> Basis:
    for one in legal:
        named = recipient_matches(one.recipient, recipient) and item in one.items
        if named and one.recipient_may_be_given and one.live_at(at):
            return Basis(legal=one)
    raise _refusal(REQUIRED, "no decision that holds now and names this recipient and item")


def _refusal(purpose: str, found: str) -> NoBasisError:
    return NoBasisError(
        where=f"giving information: {purpose}",
        found=found,
        expected="a live agreement, or a legal ground that was written down",
        next_step="Ask the person, or do not give it.",
    )


def draft(person: Person, purpose: str, recipient: str, items: Iterable[str], at: datetime) -> tuple[str, Basis]:
    """Exactly what would be given, for somebody to look at, and on which ground.

    Raises
    ------
    NoBasisError : one of the items has none, or two rest on different grounds.
    """
    wanted = [item for item in ITEMS if item in set(items)]
    if not wanted or len(wanted) < len(set(items)):
        raise _refusal(purpose, "nothing that is on the list, or something that is not")
    grounds = {basis(person, purpose, recipient, item, at) for item in wanted}
    if len(grounds) != 1:
        raise _refusal(purpose, "items that rest on different grounds")
    (found,) = grounds
    return content.written(person, wanted, found.consent), found


class ChangedSinceSeenError(Exception):
    """What would be given is no longer what was looked at. Nothing was written."""


def mark_of(text: str) -> str:
    """What stands for words that somebody looked at, until they say that exactly these may go."""
    return hashlib.sha256(text.encode()).hexdigest()


@action
def disclose(
    *, by: audit.Actor, member: User, person: Person, purpose: str, recipient: str, items: Iterable[str], seen: str
) -> Disclosure:
    """Give these items to a recipient now: the only function that makes a disclosure. The person is shown it.

    `seen` is the mark of the words that `member` looked at (`mark_of`).

    Raises
    ------
    NoBasisError : nothing allows it at this moment. Nothing was written.
    ChangedSinceSeenError : the words are others by now.
    """
    list(Consent.objects.select_for_update().filter(person=person, purpose=purpose))  # taking back waits, or is seen
    now, wanted = timezone.now(), list(items)
    text, found = draft(person, purpose, recipient, wanted, now)
    if mark_of(text) != seen:
        raise ChangedSinceSeenError
    given = Disclosure.objects.create(
        person=person,
        purpose=purpose,
        recipient=recipient,
        items=[item for item in ITEMS if item in wanted],
        content=text,
        consent=found.consent,
        legal_basis=found.legal,
        given_by=member,
        given_at=now,
    )
    audit.record("disclosure.made", by=by, person=person, of=given, disclosed_for=purpose, items=len(given.items))
    return given
