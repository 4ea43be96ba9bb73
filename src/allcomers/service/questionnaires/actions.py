"""Asking for questionnaires, keeping each answer as it is given, and finishing."""

from collections.abc import Iterable, Mapping

from django.conf import settings
from django.utils import timezone

from allcomers import instruments
from allcomers.instruments.model import Answer as AnswerValue
from allcomers.instruments.model import Item
from allcomers.service.accounts.models import User
from allcomers.service.governance import audit
from allcomers.service.governance.acting import action
from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.people import links
from allcomers.service.people.models import Person
from allcomers.service.questionnaires import asking, completion, selectors
from allcomers.service.questionnaires.models import LINK_PURPOSE, Answer, MeasureRequest, Response
from allcomers.service.questionnaires.risk import actions as risk
from allcomers.service.questionnaires.risk.selectors import waits_for_person
from allcomers.service.questionnaires.totals import derive


class NotReadyError(Exception):
    """A question was not reached, or the crisis text was not gone through: a questionnaire is not finished before."""


@action
def ask(
    *, by: audit.Actor, person: Person, keys: Iterable[str], asked_by: User | None = None, send_by: str = ""
) -> tuple[MeasureRequest, str]:
    """Ask a person to answer questionnaires, in this order. Returns the request and the token of its link, once.

    With `send_by`, a channel, the link is sent instead: it is made when it leaves, and the token is empty.

    Raises
    ------
    ValueError : one of them has wording that its licence does not let us show; it is answered on paper.
    """
    wanted = [instruments.get(key) for key in dict.fromkeys(keys)]
    if not wanted or not all(asking.may_be_shown(one) for one in wanted):
        raise ValueError("ask for at least one questionnaire, and only for those whose wording may be shown")
    request = MeasureRequest.objects.create(person=person, asked_by=asked_by)
    for place, one in enumerate(wanted):
        Response.objects.create(person=person, request=request, instrument_key=one.key, place=place)
    audit.record("measures.asked", by=by, person=person, of=request, questionnaires=len(wanted))
    if send_by:
        completion.announce_asked(by, request, send_by)
        return request, ""
    _, token = links.make_link(
        by=by, person=person, purpose=LINK_PURPOSE, days=settings.ALLCOMERS.measures_link_days, about=str(request.pk)
    )
    return request, token


@action
def begin(
    *, by: audit.Actor, response: Response, mode: str, layout: str, version: int, entered_by: User | None = None
) -> Response:
    """Start a questionnaire, or go on with it in another layout or another way of answering."""
    _unfinished(response)
    response.mode, response.layout, response.entered_by = mode, layout, entered_by
    response.started_at = response.started_at or timezone.now()
    response.save_version(version)
    audit.record("measures.begun", by=by, person=response.person_id, of=response, mode=mode, layout=layout)
    return response


@action
def begin_request(*, by: audit.Actor, request: MeasureRequest, layout: str) -> list[Response]:
    """The person starts, or goes on, from the link: all that is not finished, in the layout they chose."""
    return [
        begin(by=by, response=one, mode=Response.Mode.LINK, layout=layout, version=one.version)
        for one in selectors.unfinished(request).select_for_update(of=("self",))
    ]


@action
def key_in(*, by: audit.Actor, member: User, person: Person, key: str, mode: str) -> Response:
    """Staff enter what somebody answered on the telephone or on paper: for a request that waits, or without one."""
    response = selectors.waiting_response(person, key) or Response.objects.create(person=person, instrument_key=key)
    return begin(
        by=by, response=response, mode=mode, layout=Response.Layout.LIST, version=response.version, entered_by=member
    )


@action
def save_answers(*, by: audit.Actor, response: Response, answers: Mapping[int, AnswerValue]) -> bool:
    """Keep these answers, each that differs from what was answered before; and raise an alert where one asks for help.

    Returns
    -------
    Whether an alert was raised: the crisis text is then shown before anything else.

    Raises
    ------
    ChangedMeanwhileError : the questionnaire was finished meanwhile. Nothing was stored.
    """
    response = _unfinished(response)
    before = selectors.answers_of(response)
    changed = {number: one for number, one in answers.items() if number not in before or before[number] != one}
    rows = Answer.objects.bulk_create(_answer(response, number, one) for number, one in sorted(changed.items()))
    alarming = [row for row in rows if asking.asks_for_help(_item(response, row.number), row.value)]
    for row in alarming:
        risk.raise_alert(by=by, person=response.person, answer=row)
    audit.record("measures.answered", by=by, person=response.person_id, of=response, answers=len(changed))
    return bool(alarming)


@action
def finish(*, by: audit.Actor, response: Response, missing_words: str, version: int) -> Response:
    """The person is done: the score is derived and stored, and with the last questionnaire the request is complete.

    Raises
    ------
    NotReadyError : a question was not reached, or the crisis text was not gone through.
    ChangedMeanwhileError : it was finished already.
    """
    instrument = _unfinished(response).instrument
    answers = selectors.answers_of(response)
    if any(item.number not in answers for item in asking.items(instrument)) or waits_for_person(response):
        raise NotReadyError
    response.missing_words, response.finished_at = missing_words, timezone.now()
    derive(response, answers)
    response.save_version(version)
    audit.record("measures.finished", by=by, person=response.person_id, of=response, complete=response.form_complete)
    _complete(by, response)
    return response


def _unfinished(response: Response) -> Response:
    """The row as it is now, locked, so that answering and finishing take turns."""
    current = Response.objects.select_for_update().get(pk=response.pk)
    if current.finished_at is not None or current.withdrawn:
        raise ChangedMeanwhileError(current)
    return current


def _answer(response: Response, number: int, value: AnswerValue) -> Answer:
    assert value is None or _item(response, number).accepts(value), number
    return Answer(response=response, number=number, value=value, answered_at=timezone.now())


def _item(response: Response, number: int) -> Item:
    item = response.instrument.item(number)
    assert item is not None, number
    return item


def _complete(by: audit.Actor, response: Response) -> None:
    """With its last questionnaire a request is complete, and its links are used up, whoever finished it."""
    if response.request_id is None:
        return
    request = MeasureRequest.objects.select_for_update().get(pk=response.request_id)
    if selectors.unfinished(request).exists():
        return
    request.complete_at = response.finished_at
    request.save_version(request.version)
    for link in selectors.open_links(request):
        links.use_up(by=by, link_id=link.pk)
    audit.record("measures.complete", by=by, person=request.person_id, of=request)
    completion.announce(by, request)
