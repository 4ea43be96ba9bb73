"""One record read: whose it is, which questionnaire, when it was given, and every reason not to take it in.

No reason repeats anything that the record holds.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from allcomers.instruments.fhir import FaultKind, ScoredResponse, each_value_kept, read_response
from allcomers.instruments.model import Answer
from allcomers.instruments.registry import national
from allcomers.service.imports import selectors
from allcomers.service.imports.files import NHS_NUMBER
from allcomers.service.people.models import Person
from allcomers.service.people.nhs_number import without_spaces
from allcomers.service.questionnaires.imported import asks_for_help

LONGEST = 256 * 1024
NOON = timedelta(hours=12)
TOO_LONG, NOBODY, NO_DATE, NOT_THEN, SEEN, OTHERS = (
    "too long",
    "nobody known",
    "no date",
    "date not possible",
    "seen before",
    "other answers then",
)
MENDED_BY_READING = {
    OTHERS,
    FaultKind.MALFORMED,
    FaultKind.TEXT_TOTAL,
    FaultKind.TOTAL_DISAGREES,
    FaultKind.PARTIAL,
    FaultKind.NOT_FINAL,
    FaultKind.MISCODED,
    FaultKind.UNKNOWN_ITEM,
    FaultKind.UNKNOWN_ANSWER,
    FaultKind.DUPLICATE,
}
"""Reasons for which the answers that can be read are still somebody's answers, once somebody has looked."""


@dataclass(frozen=True)
class Reason:
    """Why a record was not taken in: what kind of thing is wrong, and in words."""

    kind: str
    words: str

    def as_json(self) -> dict[str, str]:
        return {"kind": self.kind, "words": self.words}


@dataclass(frozen=True)
class Found:
    """What could be read of a record."""

    content: str
    scored: ScoredResponse = field(default_factory=ScoredResponse)
    person: Person | None = None
    given_at: datetime | None = None
    reasons: tuple[Reason, ...] = ()
    may_be_risk: bool = False

    @property
    def accepted(self) -> bool:
        return not self.reasons

    @property
    def answers_can_be_taken(self) -> bool:
        """Whether somebody who has looked may have what could be read taken in."""
        readable = all(one.kind in MENDED_BY_READING for one in self.reasons)
        known = self.person is not None and self.given_at is not None and self.scored.instrument is not None
        return readable and known and bool(self.answers)

    @property
    def answers(self) -> dict[int, Answer]:
        """The answers that count. Of several to a question about safety, the one that asks for help most."""
        instrument = self.scored.instrument
        if instrument is None:
            return {}
        several = {
            number: [one for one in given if isinstance(one, int) and asks_for_help(instrument, number, one)]
            for number, given in self.scored.contested.items()
        }
        return self.scored.answers | {number: max(given) for number, given in several.items() if given}

    @property
    def asks_for_help(self) -> bool:
        instrument = self.scored.instrument
        return instrument is not None and any(asks_for_help(instrument, *one) for one in self.answers.items())

    @property
    def seen(self) -> bool:
        return any(one.kind == SEEN for one in self.reasons)

    @property
    def safety_unread(self) -> bool:
        """Whether there is an answer to a question about safety, or may be, that nobody can read here."""
        missing, scored = self._safety_missing, self.scored
        unplaced = any(link in _risk_codes() for link in scored.unplaced)
        return unplaced or bool(missing & scored.unread) or bool(missing and scored.unplaced)

    @property
    def about_risk(self) -> bool:
        """Whether somebody clinical should look today: an answer asks for help, or one about safety may be unread.

        A form that nobody knows may ask about safety, and an answer without a place may be to that question.
        """
        if self.seen:
            return False
        if self.scored.instrument is None:
            return self.may_be_risk
        miscoded = any(one.kind == FaultKind.MISCODED for one in self.reasons)
        return self.asks_for_help or miscoded or bool(self._safety_missing or self._safety_doubted)

    @property
    def _safety_missing(self) -> set[int]:
        """The questions about safety on the form to which there is no answer that counts."""
        return self._about_safety - self.answers.keys()

    @property
    def _safety_doubted(self) -> bool:
        return bool(self.scored.unplaced) or bool(self._about_safety & self.scored.unread)

    @property
    def _about_safety(self) -> set[int]:
        instrument = self.scored.instrument
        return set() if instrument is None else {item.number for item in instrument.risk_items}

    def but(self, kind: str, words: str) -> Found:
        """The same with one more reason."""
        return replace(self, reasons=(*self.reasons, Reason(kind, words)))


def read(content: str, *, person: Person | None = None) -> Found:
    """Read one record. `person` is whom somebody says it belongs to, where the record does not say it well enough."""
    if len(content) > LONGEST:
        return Found(content[:LONGEST], may_be_risk=True).but(TOO_LONG, f"the record is longer than {LONGEST} letters")
    try:
        resource = json.loads(content, object_pairs_hook=each_value_kept)
        scored = read_response(resource if isinstance(resource, dict) else {})
        found = Found(content, scored=scored, may_be_risk=_may_be_risk(resource))
    except (ValueError, RecursionError):
        return Found(content, may_be_risk=True).but(FaultKind.MALFORMED, "this is not valid JSON")
    reasons = tuple(dict.fromkeys(Reason(fault.kind, fault.message) for fault in scored.faults))
    found = replace(found, reasons=reasons)
    if not isinstance(resource, dict) or resource.get("resourceType") != "QuestionnaireResponse":
        return found
    return _dated(_whose(found, resource, person), scored.authored)


def _whose(found: Found, resource: dict[str, Any], person: Person | None) -> Found:
    whose = person or _person(resource)
    if whose is None:
        return found.but(NOBODY, "nobody here has this NHS number and date of birth, or more than one record has it")
    return replace(found, person=whose)


def _person(resource: dict[str, Any]) -> Person | None:
    """By NHS number and date of birth, both: of the Patient that the response contains and names as its subject."""
    subject = resource.get("subject")
    named = subject.get("reference") if isinstance(subject, dict) else None
    contained = _objects(resource.get("contained"))
    patients = [one for one in contained if one.get("resourceType") == "Patient" and named == f"#{one.get('id')}"]
    if len(patients) != 1:
        return None
    identifiers = _objects(patients[0].get("identifier"))
    numbers = {str(one.get("value")) for one in identifiers if one.get("system") == NHS_NUMBER}
    born = _day(patients[0].get("birthDate"))
    return selectors.person_with(without_spaces(numbers.pop()), born) if len(numbers) == 1 and born else None


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _dated(found: Found, authored: str | None) -> Found:
    given_at = _moment(authored)
    if given_at is None:
        return found.but(NO_DATE, "it does not say on which day the answers were given")
    begins = given_at if "T" in str(authored) else given_at - NOON
    if begins > timezone.now() or (found.person is not None and not _alive(found.person, given_at)):
        return found.but(NOT_THEN, "the answers cannot have been given on the day that it says")
    return replace(found, given_at=given_at)


def _alive(person: Person, at: datetime) -> bool:
    day = timezone.localdate(at)
    return person.date_of_birth <= day and (person.died_on is None or day <= person.died_on)


def _moment(text: str | None) -> datetime | None:
    """A moment with its zone, or noon of a day."""
    try:
        moment = parse_datetime(text) if text and "T" in text else None
    except ValueError:
        return None
    if moment is not None:
        return moment if timezone.is_aware(moment) and moment.year > 1900 else None
    day = _day(text)
    return None if day is None else timezone.make_aware(datetime.combine(day, time(0)) + NOON)


def _day(text: Any) -> date | None:
    try:
        day = date.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return day if day.year > 1900 and day.isoformat() == text else None


def _may_be_risk(resource: Any) -> bool:
    """Whether a record whose form nobody knows should be looked at today: it holds answers, or is no record at all."""
    return (bool(resource) and isinstance(resource, list | str)) or _says_something(resource)


def _says_something(resource: Any) -> bool:
    if isinstance(resource, dict):
        return bool(resource.get("answer")) or any(_says_something(one) for one in resource.values())
    if isinstance(resource, str):
        return resource.rpartition("/")[2] in _risk_codes()
    return isinstance(resource, list) and any(_says_something(one) for one in resource)


@cache
def _risk_codes() -> frozenset[str]:
    """The LOINC codes of the questions about safety, of every instrument."""
    return frozenset(item.loinc for one in national() for item in one.risk_items if item.loinc)
