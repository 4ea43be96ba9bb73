"""Taking a file in, whole or not at all; and what somebody decides about a record that waits."""

import hashlib
from collections.abc import Sequence

from django.utils import timezone

from allcomers.service.governance import audit
from allcomers.service.governance.acting import action
from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.imports import selectors
from allcomers.service.imports.models import Import, Quarantined, TakenIn
from allcomers.service.imports.reading import SEEN, Found, read
from allcomers.service.people.models import Person
from allcomers.service.questionnaires import imported
from allcomers.service.questionnaires.models import Response


class ImportedBeforeError(Exception):
    """The same file was taken in before."""


class StillWrongError(Exception):
    """The record cannot be taken in as it is: `reasons` say why."""

    def __init__(self, found: Found) -> None:
        self.reasons = found.reasons
        super().__init__("the record cannot be taken in")


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
    return done


@action
def resolve(
    *, by: audit.Actor, row: Quarantined, because: str, version: int, person: Person | None = None
) -> Quarantined:
    """Take in what can be read of a record, after somebody looked; `person` is whose they found it to be.

    Raises
    ------
    StillWrongError : something is wrong that looking at it does not mend.
    ChangedMeanwhileError : somebody else decided.
    """
    row = _waiting(row, version)
    found = _not_seen_before(read(row.content, person=person or row.person), but=row.response)
    if not found.answers_can_be_taken:
        raise StillWrongError(found)
    assert found.person is not None
    assert found.given_at is not None
    assert found.scored.instrument is not None
    if row.response is not None:
        row.response = imported.complete(by=by, response=row.response, answers=found.scored.answers)
    else:
        row.response = imported.take_in(
            by=by,
            person=found.person,
            instrument=found.scored.instrument,
            answers=found.scored.answers,
            given_at=found.given_at,
        )
    row.person = found.person
    return _decided(by, row, Quarantined.State.RESOLVED, because, version)


@action
def discard(*, by: audit.Actor, row: Quarantined, because: str, version: int) -> Quarantined:
    """The record is not taken in, for a reason. It stays; an alert that it raised stays with its owner."""
    row = _waiting(row, version)
    if row.response is not None:
        imported.strike(by=by, response=row.response, because=because)
    return _decided(by, row, Quarantined.State.DISCARDED, because, version)


def _one(by: audit.Actor, done: Import, place: int, found: Found) -> None:
    scored = found.scored
    if found.accepted:
        assert found.person is not None
        assert found.given_at is not None
        assert scored.instrument is not None
        response = imported.take_in(
            by=by,
            person=found.person,
            instrument=scored.instrument,
            answers=scored.answers,
            given_at=found.given_at,
        )
        TakenIn.objects.create(source=done, place=place, response=response)
        return
    row = Quarantined.objects.create(
        source=done,
        place=place,
        content=found.content.replace("\0", "\N{REPLACEMENT CHARACTER}"),
        reasons=[one.as_json() for one in found.reasons],
        about_risk=found.about_risk,
        person=found.person,
        instrument_key=scored.instrument.key if scored.instrument else "",
        given_at=found.given_at,
        response=_risk_alone(by, found),
    )
    audit.record("import.quarantined", by=by, person=row.person_id, of=row, about_risk=row.about_risk)


def _risk_alone(by: audit.Actor, found: Found) -> Response | None:
    """Whatever else is wrong: an answer that asks for help, of somebody known, raises its alert now."""
    instrument, person, given_at = found.scored.instrument, found.person, found.given_at
    seen = any(one.kind == SEEN for one in found.reasons)
    if person is None or instrument is None or seen or not found.asks_for_help:
        return None
    moment = given_at or timezone.now()
    return imported.take_risk_alone(
        by=by, person=person, instrument=instrument, answers=found.scored.answers, given_at=moment
    )


def _not_seen_before(found: Found, but: Response | None = None) -> Found:
    if found.person is None or found.given_at is None or found.scored.instrument is None:
        return found
    if selectors.known_already(found.person, found.scored.instrument.key, found.given_at, but):
        return found.but(SEEN, "this person's answers to it, given at that moment, are here already")
    return found


def _waiting(row: Quarantined, version: int) -> Quarantined:
    current = Quarantined.objects.select_for_update(of=("self",)).select_related("person", "response").get(pk=row.pk)
    if current.state != Quarantined.State.WAITING or current.version != version:
        raise ChangedMeanwhileError(current)
    return current


def _decided(by: audit.Actor, row: Quarantined, state: Quarantined.State, because: str, version: int) -> Quarantined:
    row.state, row.decided_because = state, because
    row.decided_at, row.decided_by_id = timezone.now(), by.user_id
    row.save_version(version)
    audit.record(f"import.{state.value}", by=by, person=row.person_id, of=row)
    return row
