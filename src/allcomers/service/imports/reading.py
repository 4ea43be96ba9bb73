"""One record read: whose it is, which questionnaire, when it was given, and every reason not to take it in.

No reason repeats anything that the record holds.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from allcomers.instruments.fhir import FaultKind, ScoredResponse, read_response
from allcomers.service.imports import selectors
from allcomers.service.imports.files import NHS_NUMBER
from allcomers.service.people.models import Person
from allcomers.service.people.nhs_number import without_spaces
from allcomers.service.questionnaires import asking
from allcomers.service.questionnaires.imported import asks_for_help

LONGEST = 256 * 1024
RISK_LINKS = ("44260-8", "9")
TOO_LONG, NOBODY, NO_DATE, NOT_THEN, SEEN = (
    "too long",
    "nobody known",
    "no date",
    "date not possible",
    "seen before",
)
MENDED_BY_READING = {
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
        return readable and known and bool(self.scored.answers)

    @property
    def asks_for_help(self) -> bool:
        instrument = self.scored.instrument
        return instrument is not None and any(asks_for_help(instrument, *one) for one in self.scored.answers.items())

    @property
    def about_risk(self) -> bool:
        """Whether somebody should look today: an answer asks for help, or one about safety may not have been read."""
        instrument = self.scored.instrument
        if self.asks_for_help or instrument is None:
            return self.asks_for_help or self.may_be_risk
        asked = [item.number for item in asking.items(instrument) if asking.is_about_risk(item)]
        unread = any(number not in self.scored.answers for number in asked)
        doubtful = any(one.kind in {FaultKind.DUPLICATE, FaultKind.MISCODED} for one in self.reasons)
        return bool(asked) and self.may_be_risk and (unread or doubtful)

    def but(self, kind: str, words: str) -> Found:
        """The same with one more reason."""
        return replace(self, reasons=(*self.reasons, Reason(kind, words)))


def read(content: str, *, person: Person | None = None) -> Found:
    """Read one record. `person` is whom somebody says it belongs to, where the record does not say it well enough."""
    if len(content) > LONGEST:
        return Found(content[:LONGEST], may_be_risk=True).but(TOO_LONG, f"the record is longer than {LONGEST} letters")
    try:
        resource = json.loads(content)
        scored = read_response(resource if isinstance(resource, dict) else {})
        found = Found(content, scored=scored, may_be_risk=_may_be_risk(resource))
    except (ValueError, RecursionError):
        return Found(content, may_be_risk=True).but(FaultKind.MALFORMED, "this is not valid JSON")
    reasons = tuple(dict.fromkeys(Reason(fault.kind, fault.message) for fault in scored.faults))
    found = replace(found, reasons=reasons)
    if any(one.kind == FaultKind.MALFORMED for one in reasons):
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
    if given_at > timezone.now() or (found.person is not None and not _alive(found.person, given_at)):
        return found.but(NOT_THEN, "the answers cannot have been given on the day that it says")
    return replace(found, given_at=given_at)


def _alive(person: Person, at: datetime) -> bool:
    day = timezone.localdate(at)
    return person.date_of_birth <= day and (person.died_on is None or day <= person.died_on)


def _moment(text: str | None) -> datetime | None:
    """A moment with its zone, or the beginning of a day."""
    try:
        moment = parse_datetime(text) if text and "T" in text else None
    except ValueError:
        return None
    if moment is not None:
        return moment if timezone.is_aware(moment) and moment.year > 1900 else None
    day = _day(text)
    return None if day is None else timezone.make_aware(datetime.combine(day, time(0)) + timedelta(hours=12))


def _day(text: Any) -> date | None:
    try:
        day = date.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return day if day.year > 1900 and day.isoformat() == text else None


def _may_be_risk(resource: Any) -> bool:
    """Whether somebody should look soon: a record that names the question about safety, however it is written."""
    if isinstance(resource, dict):
        link = resource.get("linkId")
        named = isinstance(link, str) and link.rpartition("/")[2] in RISK_LINKS and bool(resource.get("answer"))
        return named or any(_may_be_risk(one) for one in resource.values())
    return isinstance(resource, list) and any(_may_be_risk(one) for one in resource)
