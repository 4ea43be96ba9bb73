"""Answering, changing one's mind, and deciding that something must be given without agreement."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.utils import timezone

from allcomers.service.accounts.models import User
from allcomers.service.consents import selectors
from allcomers.service.consents.models import Asked, Consent, LegalBasis
from allcomers.service.consents.purposes import PURPOSES, VERSION, Purpose
from allcomers.service.governance import audit
from allcomers.service.governance.acting import action
from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.people.models import Person
from allcomers.service.referrals import wording
from allcomers.service.referrals.forms import ContactForm
from allcomers.service.referrals.models import Contact, Referral


@action
def answer(
    *,
    by: audit.Actor,
    person: Person,
    purpose: Purpose,
    said: str,
    asked: str,
    recipient: str = "",
    kind_of_recipient: str = "",
    items: Iterable[str] = (),
    statement: str = "",
    recorded_by: User | None = None,
) -> Consent:
    """Keep what somebody said to one question. What they said before about the same recipient no longer counts.

    A no that names nobody is said of everybody: it takes back each yes to that question.
    """
    chosen = set(items) if purpose.chooses else set(purpose.items)
    yes = said == Consent.Answer.YES
    given = Consent.objects.create(
        person=person,
        purpose=purpose.key,
        recipient=purpose.recipient or recipient,
        kind_of_recipient=kind_of_recipient,
        items=[item for item in purpose.items if item in chosen] if yes else [],
        statement=statement if yes and "statement" in chosen else "",
        words=purpose.question,
        wording_version=VERSION,
        asked=asked,
        answer=said,
        answered_at=timezone.now(),
        recorded_by=recorded_by,
        expires_on=_last_day(purpose, timezone.localdate()) if yes else None,
    )
    if not yes and not given.recipient:
        _take_back_all(by, person, purpose, asked)
    _let_messages(person, purpose, allowed=yes)
    audit.record("consent.answered", by=by, person=person, of=given, about=purpose.key, said=said or "not answered")
    return given


@action
def take_back(*, by: audit.Actor, person: Person, consent: Consent, asked: str, version: int) -> Consent:
    """The person changed their mind. It holds from this moment on; what was given before is listed, not undone.

    Raises
    ------
    ChangedMeanwhileError : it was taken back already, or changed since `version`.
    """
    if consent.ended_at is not None:
        raise ChangedMeanwhileError(consent)
    consent.ended_at, consent.ended_asked = timezone.now(), asked
    consent.save_version(version)
    _let_messages(person, consent.about, allowed=False)
    audit.record("consent.taken_back", by=by, person=person, of=consent, about=consent.purpose)
    return consent


@action
def decide_without_agreement(
    *,
    by: audit.Actor,
    member: User,
    person: Person,
    kind: str,
    recipient: str,
    kind_of_recipient: str,
    items: list[str],
    words: str,
    expires_on: date,
) -> LegalBasis:
    """Write down that the law, or somebody's safety, requires something to be given, by whom it was decided and why."""
    decided = LegalBasis.objects.create(
        person=person,
        kind=kind,
        recipient=recipient,
        kind_of_recipient=kind_of_recipient,
        items=items,
        words=words,
        decided_by=member,
        decided_at=timezone.now(),
        expires_on=expires_on,
    )
    audit.record("legal_basis.decided", by=by, person=person, of=decided, kind=kind)
    return decided


@action
def keep_what_a_referral_says(by: audit.Actor, referral: Referral) -> None:
    """The choices of a self-referral become rows like any other, in the words in which they were put.

    A referral that somebody else made, or filled in without the person, asked them nothing, and leaves no row.
    """
    if not referral.asked_the_person:
        audit.record("consent.not_asked_in_referral", by=by, person=referral.person_id, of=referral)
        return
    said = referral.answers["consents"]
    for one in wording.CONSENTS:
        _from_referral(referral, PURPOSES[one.purpose], one.question, said.get(one.purpose, ""), referral.received_at)
    _keep_ticks(referral)
    audit.record("consent.kept_from_referral", by=by, person=referral.person_id, of=referral)


@action
def keep_contact_choices(by: audit.Actor, referral: Referral) -> None:
    """Where messages may be left, as the person ticked it beside each way to reach them."""
    _keep_ticks(referral)
    audit.record("consent.kept_of_contacts", by=by, person=referral.person_id, of=referral)


def _take_back_all(by: audit.Actor, person: Person, purpose: Purpose, asked: str) -> None:
    found = selectors.consents_of(person).filter(purpose=purpose.key, answer=Consent.Answer.YES, ended_at=None)
    for one in found.select_for_update(of=("self",)):
        if one.live:
            take_back(by=by, person=person, consent=one, asked=asked, version=one.version)


def _keep_ticks(referral: Referral) -> None:
    now = timezone.now()
    for contact in Contact.objects.filter(referral=referral, withdrawn_at=None):
        words = str(ContactForm.base_fields[f"{contact.channel}_messages"].label)
        said = "yes" if contact.may_leave_message else ""
        _from_referral(referral, PURPOSES[f"messages_{contact.channel}"], words, said, now)


def _from_referral(referral: Referral, purpose: Purpose, words: str, said: str, at: datetime) -> None:
    yes = said == Consent.Answer.YES
    Consent.objects.create(
        person=referral.person,
        referral=referral,
        purpose=purpose.key,
        recipient=purpose.recipient,
        items=list(purpose.items) if yes else [],
        words=words,
        wording_version=wording.VERSION,
        asked=Asked.REFERRAL,
        answer=said,
        answered_at=at,
        expires_on=_last_day(purpose, timezone.localdate(at)) if yes else None,
    )


def _last_day(purpose: Purpose, day: date) -> date | None:
    return None if purpose.days is None else day + timedelta(days=purpose.days)


def _let_messages(person: Person, purpose: Purpose, *, allowed: bool) -> None:
    """How we may reach somebody is asked here and obeyed where their numbers are."""
    if not purpose.channel:
        return
    contacts = Contact.objects.filter(referral__person=person, channel=purpose.channel, withdrawn_at=None)
    for one in contacts.exclude(may_leave_message=allowed).select_for_update():
        one.may_leave_message = allowed
        one.save_version(one.version)
