"""Taking a file in, whole or not at all; and what somebody decides about a record that waits."""

import hashlib
from collections.abc import Sequence

from django.utils import timezone

from allcomers.service.governance import audit
from allcomers.service.governance.acting import action
from allcomers.service.governance.permissions import CLINICAL
from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.imports import selectors, untold
from allcomers.service.imports.models import Import, Quarantined, TakenIn
from allcomers.service.imports.reading import OTHERS, SEEN, Found, read
from allcomers.service.people.models import Person
from allcomers.service.questionnaires import imported
from allcomers.service.questionnaires.models import Response, RiskAlert
from allcomers.service.questionnaires.risk import actions as risk
from allcomers.service.questionnaires.selectors import answers_of

NOT_THEIRS = "it came in a file as theirs, and was found to be somebody else's"
NOT_RIGHT = "it came in a file, and was found not to be right"
"""What the record itself says of answers that were struck through. Why it was decided stays with what was decided."""


class ImportedBeforeError(Exception):
    """The same file was taken in before."""


class StillWrongError(Exception):
    """The record cannot be taken in as it is: `reasons` say why."""

    def __init__(self, found: Found) -> None:
        self.reasons = found.reasons
        super().__init__("the record cannot be taken in")


class NotTheirsError(Exception):
    """What may be about somebody's safety is for a clinical role to decide."""


class NobodyKnownError(Exception):
    """Nobody can be asked: it is not known whose the record is."""


@action
def take_in(*, by: audit.Actor, content: bytes, records: Sequence[str]) -> Import:
    """Every record of a file becomes a questionnaire, or waits in quarantine with its reasons.

    Raises
    ------
    ImportedBeforeError : nothing was taken in.
    """
    file_hash = hashlib.sha256(content).hexdigest()
    if selectors.import_of(file_hash) is not None:
        raise ImportedBeforeError
    done = Import.objects.create(file_hash=file_hash, imported_at=timezone.now())
    for place, record in enumerate(records, 1):
        _one(by, done, place, _not_seen_before(read(record)))
    done.accepted, done.quarantined = done.taken_in.count(), done.in_quarantine.count()
    done.received = len(records)
    done.save(update_fields=["received", "accepted", "quarantined"])
    audit.record("import.done", by=by, of=done, accepted=done.accepted, quarantined=done.quarantined)
    if selectors.untold(done).exists():
        untold.tell(by, done)
    return done


@action
def resolve(
    *, by: audit.Actor, row: Quarantined, because: str, version: int, person: Person | None = None
) -> Quarantined:
    """Take in what can be read of a record, after somebody looked; `person` is whose they found it to be.

    Raises
    ------
    NotTheirsError : it may be about somebody's safety, and who decides has no clinical role.
    StillWrongError : something is wrong that looking at it does not mend.
    ChangedMeanwhileError : somebody else decided.
    """
    row = _waiting(by, row, version)
    found = _not_seen_before(read(row.content, person=person), but=row.response)
    if not found.answers_can_be_taken:
        raise StillWrongError(found)
    _theirs_to_decide(by, about_risk=found.about_risk)
    row.alert = _alert_unread(by, found, row.alert)
    row.response = _whole(by, found, row.response)
    row.person = found.person
    return _decided(by, row, Quarantined.State.RESOLVED, because, version)


@action
def ask_the_person(
    *, by: audit.Actor, row: Quarantined, because: str, version: int, person: Person | None = None
) -> Quarantined:
    """Somebody clinical finds that the person has to be asked about their safety: an alert. The record waits on.

    Raises
    ------
    NotTheirsError : who decides has no clinical role.
    NobodyKnownError : it is not known whose the record is.
    ChangedMeanwhileError : somebody else decided.
    """
    row = _waiting(by, row, version)
    _theirs_to_decide(by, about_risk=True)
    found = read(row.content, person=person)
    if found.person is None:
        raise NobodyKnownError
    row.alert = risk.raise_alert(
        by=by, person=found.person, cause=RiskAlert.Cause.UNREAD, words=f"{_unread(found)}\n\n{because}"
    )
    row.person = found.person
    row.save_version(version)
    audit.record("import.asked", by=by, person=row.person_id, of=row)
    return row


@action
def discard(*, by: audit.Actor, row: Quarantined, because: str, version: int) -> Quarantined:
    """The record is not taken in, for a reason. It stays; an alert that it raised stays with its owner.

    Raises
    ------
    NotTheirsError : it may be about somebody's safety, and who decides has no clinical role.
    ChangedMeanwhileError : somebody else decided.
    """
    row = _waiting(by, row, version)
    if row.response is not None and not row.response.withdrawn:
        imported.strike(by=by, response=row.response, because=NOT_RIGHT)
    return _decided(by, row, Quarantined.State.DISCARDED, because, version)


def _one(by: audit.Actor, done: Import, place: int, found: Found) -> None:
    if found.accepted:
        TakenIn.objects.create(source=done, place=place, response=_taken(by, found))
        return
    instrument = found.scored.instrument
    row = Quarantined.objects.create(
        source=done,
        place=place,
        content=_kept(found),
        reasons=[one.as_json() for one in found.reasons],
        about_risk=found.about_risk,
        person=found.person,
        instrument_key=instrument.key if instrument else "",
        given_at=found.given_at,
        response=_risk_alone(by, found),
        alert=_alert_unread(by, found),
    )
    audit.record("import.quarantined", by=by, person=row.person_id, of=row, about_risk=row.about_risk)


def _risk_alone(by: audit.Actor, found: Found) -> Response | None:
    """Whatever else is wrong: an answer that asks for help, of somebody known, raises its alert now."""
    instrument, person, given_at = found.scored.instrument, found.person, found.given_at
    if person is None or instrument is None or found.seen or not found.asks_for_help:
        return None
    moment = given_at or timezone.now()
    return imported.take_risk_alone(by=by, person=person, instrument=instrument, answers=found.answers, given_at=moment)


def _alert_unread(by: audit.Actor, found: Found, before: RiskAlert | None = None) -> RiskAlert | None:
    """An answer about the safety of somebody known that nobody can read raises an alert in words, once a record."""
    person = found.person
    if person is None or found.seen or not found.safety_unread:
        return before
    if before is not None and before.person_id == person.pk:
        return before
    same = selectors.alert_of_the_same(_kept(found), person)
    return same or risk.raise_alert(by=by, person=person, cause=RiskAlert.Cause.UNREAD, words=_unread(found))


def _unread(found: Found) -> str:
    """What an alert says where an answer could not be read: nothing of what the record holds."""
    instrument, given_at = found.scored.instrument, found.given_at
    form = instrument.name if instrument else "a form that is not known here"
    day = f"{timezone.localtime(given_at):%-d %B %Y}" if given_at else "a day that is not known"
    return f"{form}, given on {day}. Nobody here knows what they answered about their safety: ask them."


def _whole(by: audit.Actor, found: Found, before: Response | None) -> Response:
    """All that can be read, with what was taken in of it before, unless that was put on somebody else's record."""
    if before is None or before.withdrawn:
        return _taken(by, found)
    if before.person == found.person:
        return imported.complete(by=by, response=before, answers=found.answers)
    imported.strike(by=by, response=before, because=NOT_THEIRS)
    return _taken(by, found)


def _taken(by: audit.Actor, found: Found) -> Response:
    assert found.person is not None
    assert found.given_at is not None
    assert found.scored.instrument is not None
    return imported.take_in(
        by=by,
        person=found.person,
        instrument=found.scored.instrument,
        answers=found.answers,
        given_at=found.given_at,
    )


def _not_seen_before(found: Found, but: Response | None = None) -> Found:
    """Only the same answers, all of them read, or the very same record, are seen before. Others are somebody's too."""
    person, instrument = found.person, found.scored.instrument
    if person is None or instrument is None:
        return found
    same = selectors.the_same_taken_in(_kept(found), person)
    then = selectors.given_then(person, instrument.key, found.given_at) if found.given_at else Response.objects.none()
    if but is not None:
        same, then = same.exclude(response=but), then.exclude(pk=but.pk)
    if same.exists() or any(_is_it(found, one) for one in then):
        return found.but(SEEN, "these answers of this person, given at that moment, are here already")
    if then.exists():
        return found.but(OTHERS, "other answers of this person to it, given at that moment, are here already")
    return found


def _is_it(found: Found, response: Response) -> bool:
    in_doubt = found.scored.unread or found.scored.unplaced
    return not in_doubt and answers_of(response) == found.answers


def _kept(found: Found) -> str:
    """The record as the database can keep it."""
    return found.content.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _waiting(by: audit.Actor, row: Quarantined, version: int) -> Quarantined:
    shown = Quarantined.objects.select_related("person", "response", "alert")
    current = shown.select_for_update(of=("self",)).get(pk=row.pk)
    if current.state != Quarantined.State.WAITING or current.version != version:
        raise ChangedMeanwhileError(current)
    _theirs_to_decide(by, about_risk=current.about_risk)
    return current


def _theirs_to_decide(by: audit.Actor, *, about_risk: bool) -> None:
    if about_risk and by.role not in CLINICAL:
        raise NotTheirsError


def _decided(by: audit.Actor, row: Quarantined, state: Quarantined.State, because: str, version: int) -> Quarantined:
    row.state, row.decided_because = state, because
    row.decided_at, row.decided_by_id = timezone.now(), by.user_id
    row.save_version(version)
    audit.record(f"import.{state.value}", by=by, person=row.person_id, of=row)
    return row
