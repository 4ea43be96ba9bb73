"""Inviting, joining, opening what waits to be answered, and asking for corrections."""

from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from allcomers.service.accounts.models import User
from allcomers.service.governance import audit
from allcomers.service.governance.acting import action
from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.people import links
from allcomers.service.people.models import Person, PersonLink
from allcomers.service.portal import selectors
from allcomers.service.portal.models import CORRECTION_DAYS, LINK_PURPOSE, Correction, Invitation, WaitStatement
from allcomers.service.questionnaires.models import LINK_PURPOSE as MEASURES
from allcomers.service.questionnaires.models import MeasureRequest


class JoinedAlreadyError(Exception):
    """The person has a place already."""


@action
def invite(*, by: audit.Actor, person: Person, email: str, member: User | None) -> tuple[Invitation, str]:
    """Make a link to join, for an address the person gave; earlier ones stop working. Returns the token once.

    Raises
    ------
    JoinedAlreadyError : the person has a place.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.account_id is not None:
        raise JoinedAlreadyError
    for earlier in selectors.open_invitation_links(person):
        links.cancel_link(by=by, link=earlier)
    link, token = links.make_link(
        by=by, person=person, purpose=LINK_PURPOSE, days=settings.ALLCOMERS.invitation_link_days
    )
    invitation = Invitation.objects.create(person=person, email=email, invited_by=member, link=link)
    audit.record("place.invited", by=by, person=person, of=invitation)
    return invitation, token


@action
def join(*, by: audit.Actor, invitation: Invitation, password: str) -> User:
    """The person chooses a password; from now on they sign in. The link is used up.

    Raises
    ------
    JoinedAlreadyError : in another tab, or the address was taken meanwhile.
    """
    person = Person.objects.select_for_update().get(pk=invitation.person_id)
    if person.account_id is not None or invitation.joined_at or User.objects.filter(email=invitation.email).exists():
        raise JoinedAlreadyError
    user = User.objects.create_user(invitation.email, password, name=person.full_name)
    person.account = user
    person.save_version(person.version)
    invitation.joined_at = timezone.now()
    invitation.save_version(invitation.version)
    links.use_up(by=by, link_id=invitation.link_id)
    audit.record("place.joined", by=by, person=person, of=invitation)
    return user


@action
def open_questionnaires(*, by: audit.Actor, asked: MeasureRequest) -> PersonLink:
    """A way from the person's place to what waits to be answered, as if they had followed the link we sent."""
    link, _ = links.make_link(by=by, person=asked.person, purpose=MEASURES, days=1, about=str(asked.pk))
    audit.record("measures.opened_from_place", by=by, person=asked.person_id, of=asked)
    return link


@action
def ask_correction(*, by: audit.Actor, person: Person, part: str, wrong: str, right: str) -> Correction:
    asked = Correction.objects.create(
        person=person,
        part=part,
        wrong=wrong,
        right=right,
        due_on=timezone.localdate() + timedelta(days=CORRECTION_DAYS),
    )
    audit.record("correction.asked", by=by, person=person, of=asked, part=part)
    return asked


@action
def answer_correction(
    *, by: audit.Actor, member_id: UUID, correction: Correction, state: str, words: str, version: int
) -> Correction:
    """Say what was put right, or why nothing is changed; once.

    Raises
    ------
    ChangedMeanwhileError : somebody answered it already.
    """
    correction = Correction.objects.select_for_update().get(pk=correction.pk)
    if correction.state != Correction.State.ASKED:
        raise ChangedMeanwhileError(correction)
    correction.state, correction.answer_words = state, words
    correction.answered_at, correction.answered_by_id = timezone.now(), member_id
    correction.save_version(version)
    audit.record("correction.answered", by=by, person=correction.person_id, of=correction, state=state)
    return correction


@action
def disagree(*, by: audit.Actor, correction: Correction, words: str, version: int) -> Correction:
    """The person's own words on an answer they do not accept stay beside the record."""
    assert correction.state == Correction.State.REFUSED
    correction.disagreement, correction.disagreed_at = words, timezone.now()
    correction.save_version(version)
    audit.record("correction.disagreed", by=by, person=correction.person_id, of=correction)
    return correction


@action
def state_wait(
    *,
    by: audit.Actor,
    member: User,
    shortest_weeks: int,
    longest_weeks: int,
    people: int,
    as_of: date,
    source: str,
) -> WaitStatement:
    """Say how long people wait, for those who wait to read."""
    stated = WaitStatement.objects.create(
        shortest_weeks=shortest_weeks,
        longest_weeks=longest_weeks,
        people=people,
        as_of=as_of,
        source=source,
        entered_by=member,
    )
    audit.record("wait.stated", by=by, of=stated)
    return stated
