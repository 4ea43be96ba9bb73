"""Taking in answers that somebody gave elsewhere, from a file: with the day they gave them, and alerts like any other.

An answer that asks for help is never kept waiting with a record that has something wrong: it is taken in by itself, and
the rest follows when somebody has looked at it.
"""

from collections.abc import Mapping
from datetime import datetime

from allcomers.instruments.model import Answer as AnswerValue
from allcomers.instruments.model import Instrument
from allcomers.service.governance import audit
from allcomers.service.governance.acting import action
from allcomers.service.people.models import Person
from allcomers.service.questionnaires import asking, selectors
from allcomers.service.questionnaires.models import Answer, Response
from allcomers.service.questionnaires.risk import actions as risk
from allcomers.service.questionnaires.totals import derive

RISK_ALONE = "only the question about safety was taken from the file, until somebody has looked at the rest"


@action
def take_in(
    *, by: audit.Actor, person: Person, instrument: Instrument, answers: Mapping[int, AnswerValue], given_at: datetime
) -> Response:
    """A questionnaire with its answers, finished when they were given; the total is made from the answers."""
    response = _response(person, instrument, given_at)
    derive(response, answers)
    response.save_version(response.version)
    _keep(by, response, answers, given_at)
    audit.record("measures.imported", by=by, person=person, of=response, answers=len(answers))
    return response


@action
def take_risk_alone(
    *, by: audit.Actor, person: Person, instrument: Instrument, answers: Mapping[int, AnswerValue], given_at: datetime
) -> Response:
    """Only the answers that ask for help, with their alert."""
    response = _response(person, instrument, given_at)
    response.no_total_because = RISK_ALONE
    response.save_version(response.version)
    urgent = {number: value for number, value in answers.items() if asks_for_help(instrument, number, value)}
    _keep(by, response, urgent, given_at)
    audit.record("measures.safety_imported", by=by, person=person, of=response, answers=len(urgent))
    return response


@action
def complete(*, by: audit.Actor, response: Response, answers: Mapping[int, AnswerValue]) -> Response:
    """The rest of what was taken in for the sake of safety alone."""
    before = selectors.answers_of(response)
    assert response.finished_at is not None
    _keep(by, response, {number: one for number, one in answers.items() if number not in before}, response.finished_at)
    derive(response, answers)
    response.save_version(response.version)
    audit.record("measures.imported", by=by, person=response.person_id, of=response, answers=len(answers))
    return response


@action
def strike(*, by: audit.Actor, response: Response, because: str) -> Response:
    """What was taken in for the sake of safety turned out to be wrong: struck through. Its alert stays."""
    response.withdraw(by=by.user_id, because=because, version=response.version)
    audit.record("measures.struck", by=by, person=response.person_id, of=response)
    return response


def asks_for_help(instrument: Instrument, number: int, value: AnswerValue) -> bool:
    item = instrument.item(number)
    return item is not None and asking.asks_for_help(item, value)


def _response(person: Person, instrument: Instrument, given_at: datetime) -> Response:
    return Response.objects.create(
        person=person,
        instrument_key=instrument.key,
        mode=Response.Mode.FILE,
        layout=Response.Layout.LIST,
        started_at=given_at,
        finished_at=given_at,
    )


def _keep(by: audit.Actor, response: Response, answers: Mapping[int, AnswerValue], given_at: datetime) -> None:
    for number, value in sorted(answers.items()):
        answer = Answer.objects.create(response=response, number=number, value=value, answered_at=given_at)
        if asks_for_help(response.instrument, number, value):
            risk.raise_alert(by=by, person=response.person, answer=answer)
