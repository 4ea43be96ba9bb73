"""What is decided about a new referral: looked at, accepted, found to be somebody known, signposted, not accepted."""

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone

from allcomers.service.accounts.models import Team
from allcomers.service.governance import audit
from allcomers.service.governance.acting import action
from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.people import links, standing
from allcomers.service.people.models import Person
from allcomers.service.referrals import joining
from allcomers.service.referrals.models import Match, Merge, Referral


class UndoTooLateError(Exception):
    """A merge can be undone for thirty days, and once."""


OWN_PLACE = (
    "They have a place of their own by this record, which would open the other one to whoever knows its password. "
    "Accept them as a new person, and look at both records"
)


@action
def look(*, by: audit.Actor, referral: Referral) -> Referral:
    """The first time that somebody opens a new referral: the clock of the first human look stops."""
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    if referral.first_looked_at is None:
        referral.first_looked_at, referral.first_looked_by_id = timezone.now(), by.user_id
        referral.save_version(referral.version)
    audit.record("referral.first_looked", by=by, person=referral.person_id, of=referral)
    return referral


@action
def accept(*, by: audit.Actor, referral: Referral, team: Team, words: str, version: int) -> Referral:
    """Accept somebody as a new person, into a team."""
    _decide(by, referral, Referral.State.ACCEPTED, words, version)
    _into_team(by, referral.person, team)
    return referral


@action
def signpost(*, by: audit.Actor, referral: Referral, words: str, version: int) -> Referral:
    return _decide(by, referral, Referral.State.SIGNPOSTED, words, version)


@action
def reject(*, by: audit.Actor, referral: Referral, words: str, version: int) -> Referral:
    return _decide(by, referral, Referral.State.REJECTED, words, version)


@action
def merge(*, by: audit.Actor, referral: Referral, match: Match, team: Team, words: str, version: int) -> Merge:
    """The referral is of somebody known: everything becomes theirs, and the person made for it is struck through.

    A link to one thing goes on opening it. One to the record as a whole, such as an invitation, opens nothing any more.

    Raises
    ------
    ChangedMeanwhileError : the referral was changed since `version`, or the known record was itself joined to another.
    CannotJoinError : the person of the referral has a place of their own, or something would be there twice.
    """
    assert match.referral_id == referral.pk
    people = {one.pk: one for one in _locked([referral.person_id, match.person_id])}
    former, known = people[referral.person_id], people[match.person_id]
    if former.withdrawn or known.withdrawn:
        raise ChangedMeanwhileError(Referral.objects.get(pk=referral.pk))
    if former.account_id is not None:
        raise joining.CannotJoinError(OWN_PLACE)
    referral.person = known
    _decide(by, referral, Referral.State.MERGED, words, version)
    done = Merge.objects.create(
        referral=referral,
        from_person=former,
        into_person=known,
        merged_at=timezone.now(),
        moved=joining.take_along(by=by, former=former, known=known),
    )
    links.cancel_links_to_everything(by=by, person=former)
    former.withdraw(by=by.user_id, because="Found to be the same person as another record", version=former.version)
    if known.team_id is None:
        _into_team(by, known, team)
    _follow_what_moved(by, done)
    for person in (former, known):
        audit.record("referral.merged", by=by, person=person, of=done)
    return done


@action
def undo_merge(*, by: audit.Actor, merge: Merge, words: str, version: int) -> Referral:
    """They were two people: the referral is new again and the other's, as before, with all that went along.

    Raises
    ------
    UndoTooLateError : thirty days are over, or somebody undid it before.
    ChangedMeanwhileError : the referral was changed since `version`.
    """
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    if not merge.can_be_undone(timezone.now()):
        raise UndoTooLateError
    referral, former = merge.referral, merge.from_person
    former.withdrawn_at, former.withdrawn_by, former.withdrawn_because = None, None, ""
    former.save_version(former.version)
    referral.person, referral.state = former, Referral.State.RECEIVED
    referral.decided_at, referral.decided_by, referral.decision_words = None, None, ""
    referral.save_version(version)
    joining.bring_back(by=by, merge=merge)
    merge.withdraw(by=by.user_id, because=words, version=merge.version)
    _follow_what_moved(by, merge)
    for person in (former, merge.into_person):
        audit.record("referral.merge_undone", by=by, person=person, of=merge)
    return referral


def _locked(ids: Iterable[UUID]) -> list[Person]:
    """People whose rows nobody else changes meanwhile, always in one order, so that two do not wait for each other."""
    return list(Person.objects.select_for_update().filter(pk__in=ids).order_by("pk"))


def _follow_what_moved(by: audit.Actor, merge: Merge) -> None:
    """A death or a protected address that went to the other record holds there."""
    if standing.ROWS & merge.moved.keys():
        for person in (merge.from_person, merge.into_person):
            standing.follow(by=by, person=person)


def _decide(by: audit.Actor, referral: Referral, state: Referral.State, words: str, version: int) -> Referral:
    if referral.state != Referral.State.RECEIVED:
        raise ChangedMeanwhileError(Referral.objects.get(pk=referral.pk))
    referral.state, referral.decision_words = state, words
    referral.decided_at, referral.decided_by_id = timezone.now(), by.user_id
    referral.save_version(version)
    audit.record(f"referral.{state.value}", by=by, person=referral.person_id, of=referral)
    return referral


def _into_team(by: audit.Actor, person: Person, team: Team) -> None:
    person.team = team
    person.save_version(person.version)
    audit.record("person.changed", by=by, person=person, of=person, fields="team")
