"""Filling in a referral, and sending it: one transaction with the person, those who may be the same, and the audit."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from allcomers.service.governance import audit
from allcomers.service.governance.acting import action
from allcomers.service.people import actions as people
from allcomers.service.people.models import Person
from allcomers.service.referrals import arrival, matching, safety, steps, wording
from allcomers.service.referrals.forms import CHANNELS
from allcomers.service.referrals.models import Contact, LifeProblem, Match, Referral, Source, StartedReferral, on_behalf
from allcomers.service.referrals.paths import Content, Path, path_of, without_agreement
from allcomers.service.referrals.references import new_reference
from allcomers.service.referrals.selectors import area_of

KEPT = timedelta(hours=24)
WRONG_ANSWERS = 5


@action
def begin(
    *,
    by: audit.Actor,
    in_danger: bool | None,
    answers: dict[str, Any] | None = None,
    source: Source = Source.SELF,
) -> StartedReferral:
    """Somebody answered the safety gate, or sent a page of a referral whose time was over."""
    now = timezone.now()
    started = StartedReferral.objects.create(
        reference=new_reference(),
        source=source,
        in_danger=in_danger,
        safety=_safety_in(answers or {}),
        answers=answers or {},
        started_at=now,
        expires_at=now + KEPT,
    )
    audit.record("referral.started", by=by, of=started)
    return started


@action
def answer_gate(*, by: audit.Actor, started: StartedReferral, in_danger: bool) -> StartedReferral:
    """A yes stays a yes: somebody who goes back and says no is still looked at today."""
    started = StartedReferral.objects.select_for_update().get(pk=started.pk)
    started.in_danger = bool(started.in_danger) or in_danger
    started.save(update_fields=["in_danger"])
    audit.record("referral.gate_answered", by=by, of=started)
    return started


@action
def keep_step(*, by: audit.Actor, started: StartedReferral, step: steps.Step, given: dict[str, Any]) -> StartedReferral:
    """Keep a page's answers. The audit says which page, so that one sees where people give up, and never what.

    Somebody who said that they do not feel safe, and thinks better of it, is still looked at today.
    """
    started = StartedReferral.objects.select_for_update().get(pk=started.pk, referral=None)
    started.answers = {**started.answers, step.name: given}
    started.safety = wording.most_worrying(started.safety, given.get("safe_now", ""))
    started.expires_at = timezone.now() + KEPT
    started.save(update_fields=["answers", "safety", "expires_at"])
    started.refresh_from_db()
    audit.record("referral.step_kept", by=by, of=started, step=step.name)
    return started


@action
def resume(
    *, by: audit.Actor, reference: str, date_of_birth: date, late: StartedReferral | None = None
) -> StartedReferral | None:
    """The referral that somebody began, by its reference and the date of birth in it; five wrong dates lock it.

    `late` is a page that they sent after their session had ended: it becomes part of what they come back to.
    """
    text = "".join(character for character in reference.upper() if character.isalnum())
    waiting = StartedReferral.objects.select_for_update().filter(
        source=Source.SELF, expires_at__gt=timezone.now(), referral=None
    )
    started = waiting.filter(reference=f"{text[:4]}-{text[4:]}", wrong_answers__lt=WRONG_ANSWERS).first()
    born = started.answers.get(steps.STEPS[0].name, {}).get("date_of_birth") if started else None
    if started is not None and born == date_of_birth.isoformat():
        audit.record("referral.resumed", by=by, of=started)
        return started if late is None or late == started else _with_late_page(started, late)
    if started is not None:
        started.wrong_answers += 1
        started.save(update_fields=["wrong_answers"])
    audit.record("referral.not_resumed", by=by, of=started, outcome=audit.REFUSED)
    return None


@action
def submit(*, by: audit.Actor, started: StartedReferral, sent_by: str = "") -> Referral:
    """Send it, whoever wrote it. Sent twice, it is one referral. `sent_by` names the system that sent it, if one."""
    started = StartedReferral.objects.select_for_update().get(pk=started.pk)
    if started.referral is not None:
        audit.record("referral.sent_again", by=by, person=started.referral.person_id, of=started.referral)
        return started.referral
    path = path_of(started.source)
    assert started.in_danger is not None
    assert steps.first_open(started.answers, path.steps) is None
    started.answers = without_agreement(started.answers) if on_behalf(started.answers) else started.answers
    started.safety = wording.most_worrying(started.safety, _safety_in(started.answers))
    content = path.content(started.answers)
    facts = _facts_given(content)
    candidates = _who_may_be_the_same(facts)
    person = _add_person(by, facts, content)
    referral = _make(started, person, sent_by, today_because=path.today_because(started))
    _add_what_belongs(referral, content, path)
    for person, points, reasons in candidates:
        Match.objects.create(referral=referral, person=person, score=points, reasons=reasons)
    started.referral, started.answers = referral, {}
    started.save(update_fields=["referral", "answers"])
    audit.record(
        "referral.received",
        by=by,
        person=referral.person_id,
        of=referral,
        source=referral.source,
        same_day=referral.same_day,
        matches=len(candidates),
    )
    if referral.same_day:
        safety.raise_alert(by, referral, said=_said_of_safety(started), words=referral.same_day_because)
    arrival.announce(by, referral)
    return referral


@action
def send_as_it_is(*, by: audit.Actor, started: StartedReferral) -> Referral:
    """Send what there is, with the pages that are left as if they had been left empty: somebody wants help sooner."""
    started = StartedReferral.objects.select_for_update().get(pk=started.pk)
    rest = steps.left_empty(started.answers, path_of(started.source).steps)
    assert rest is not None
    started.answers = {**started.answers, **rest}
    started.save(update_fields=["answers"])
    audit.record("referral.rest_left_empty", by=by, of=started, pages=len(rest))
    return submit(by=by, started=started)


@action
def replace_contacts(*, by: audit.Actor, referral: Referral, given: Mapping[str, Any]) -> Referral:
    """Only these ways to reach somebody hold from now on; the former ones stay, struck through."""
    because = "The person gave other ways to be reached"
    for former in referral.contacts.select_for_update().filter(withdrawn_at=None):
        former.withdraw(by=by.user_id, because=because, version=former.version)
    _add_contacts(referral, given)
    audit.record("referral.contacts_changed", by=by, person=referral.person_id, of=referral)
    arrival.announce_contacts(by, referral)
    return referral


@action
def forget_expired(*, by: audit.Actor) -> int:
    """Delete what was begun and not sent within a day of its last answer; of what was sent, the empty shell."""
    count: int = StartedReferral.objects.filter(expires_at__lte=timezone.now()).delete()[0]
    audit.record("referral.unsent_deleted", by=by, count=count)
    return count


def _with_late_page(started: StartedReferral, late: StartedReferral) -> StartedReferral:
    started.answers = {**started.answers, **late.answers}
    started.safety = wording.most_worrying(started.safety, late.safety)
    started.expires_at = timezone.now() + KEPT
    started.save(update_fields=["answers", "safety", "expires_at"])
    late.delete()
    return started


def _safety_in(answers: steps.Answers) -> str:
    """The most worrying that some pages say of safety."""
    return wording.most_worrying(*(page.get("safe_now", "") for page in answers.values()))


def _said_of_safety(started: StartedReferral) -> str:
    """What was said of safety, for an alert. Empty where a professional does not know: that is no word of danger."""
    if started.in_danger:
        return wording.NOT_SAFE[0]
    return started.safety if started.source == Source.SELF or started.safety == wording.NOT_SAFE[0] else ""


def _add_person(by: audit.Actor, facts: matching.Facts, content: Content) -> Person:
    """A person of their own, whoever may be the same: joining two is for somebody who has looked."""
    number = facts.nhs_number
    return people.add_person(
        by=by,
        given_name=facts.given_name,
        family_name=facts.family_name,
        preferred_name=content.name["preferred_name"],
        date_of_birth=facts.date_of_birth,
        postcode=facts.postcode,
        nhs_number=number,
        nhs_number_status=Person.NumberStatus.UNVERIFIED if number else Person.NumberStatus.NOT_HELD,
    )


def _make(started: StartedReferral, person: Person, sent_by: str, *, today_because: list[str]) -> Referral:
    return Referral.objects.create(
        person=person,
        reference=started.reference,
        source=started.source,
        sent_by=sent_by,
        received_at=timezone.now(),
        same_day=bool(today_because),
        same_day_because="; ".join(today_because),
        area=area_of(person.postcode),
        under_age=person.age() < settings.ALLCOMERS.minimum_age,
        answers=started.answers,
        wording_version=wording.VERSION,
    )


def _add_what_belongs(referral: Referral, content: Content, path: Path) -> None:
    _add_contacts(referral, content.contact)
    for problem in content.problems:
        LifeProblem.objects.create(referral=referral, problem=problem, said_by=path.said_by)


def _add_contacts(referral: Referral, given: Mapping[str, Any]) -> None:
    for channel, value, matched_by in _contacts(given):
        Contact.objects.create(
            referral=referral,
            channel=channel,
            value=value,
            matched_by=matched_by,
            may_leave_message=given[f"{channel}_messages"],
        )


def _contacts(given: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Each way to reach somebody: channel, as it was written, and as it is compared."""
    plain = {"mobile": matching.plain_phone, "landline": matching.plain_phone, "email": matching.plain_email}
    return [
        (channel, given[channel], plain[channel](given[channel]) if channel in plain else "")
        for channel in CHANNELS
        if given[channel]
    ]


def _facts_given(content: Content) -> matching.Facts:
    """What a referral says about who somebody is."""
    name, contacts = content.name, _contacts(content.contact)
    return matching.Facts(
        given_name=name["given_name"],
        family_name=name["family_name"],
        date_of_birth=content.date_of_birth,
        nhs_number=name["nhs_number"],
        postcode=content.born_and_lives["postcode"],
        phones=frozenset(plain for channel, _, plain in contacts if channel in {"mobile", "landline"}),
        emails=frozenset(plain for channel, _, plain in contacts if channel == "email"),
    )


def _who_may_be_the_same(facts: matching.Facts) -> list[tuple[Any, int, list[str]]]:
    """Everybody who shares a strong fact, scored. Looked for before the new person is there."""
    alike = Q(date_of_birth=facts.date_of_birth) | Q(
        pk__in=Contact.objects.filter(matched_by__in=facts.phones | facts.emails, withdrawn_at=None).values(
            "referral__person"
        )
    )
    if facts.nhs_number:
        alike |= Q(nhs_number=facts.nhs_number)
    found = Person.objects.filter(alike, withdrawn_at=None).prefetch_related("referrals__contacts")
    return matching.best(facts, ((person, _facts_held(person)) for person in found))


def _facts_held(person: Person) -> matching.Facts:
    """What is known of somebody, with the contacts of all their referrals."""
    contacts: Iterable[Contact] = [
        contact for referral in person.referrals.all() for contact in referral.contacts.all() if not contact.withdrawn
    ]
    return matching.Facts(
        given_name=person.given_name,
        family_name=person.family_name,
        date_of_birth=person.date_of_birth,
        nhs_number=person.nhs_number,
        postcode=person.postcode,
        phones=frozenset(one.matched_by for one in contacts if one.channel in {"mobile", "landline"}),
        emails=frozenset(one.matched_by for one in contacts if one.channel == "email"),
    )
