"""Reading questionnaires: always of one person, or of the request that a link is for."""

from uuid import UUID

from django.db.models import QuerySet

from allcomers import instruments
from allcomers.instruments.model import Answer as AnswerValue
from allcomers.instruments.model import Instrument, Item
from allcomers.service.people.models import Person, PersonLink
from allcomers.service.questionnaires import asking
from allcomers.service.questionnaires.models import LINK_PURPOSE, MeasureRequest, Response


def response_with_id(response_id: UUID) -> Response | None:
    """For the permission table alone, which decides before anything is shown."""
    return Response.objects.filter(pk=response_id).select_related("person").first()


def response_of(person: Person, response_id: UUID) -> Response | None:
    """A questionnaire that was asked of this person."""
    return Response.objects.filter(person=person, pk=response_id, withdrawn_at=None).select_related("person").first()


def response_of_link(person: Person, link_id: UUID, response_id: UUID) -> Response | None:
    """The same, only where it belongs to the request that the link is for."""
    request = request_of_link(person, link_id)
    found = None if request is None else response_of(person, response_id)
    return found if found is not None and found.request_id == request.pk else None  # type: ignore[union-attr]


def request_of_link(person: Person, link_id: UUID) -> MeasureRequest | None:
    link = PersonLink.objects.get(pk=link_id)
    return MeasureRequest.objects.filter(person=person, pk=link.about, withdrawn_at=None).first()


def responses_of(person: Person) -> QuerySet[Response]:
    """Everything that was asked of a person, the latest first; withdrawn ones among them."""
    shown = Response.objects.filter(person=person).select_related("request", "entered_by")
    return shown.order_by("-entered_at", "place")


def responses_in(request: MeasureRequest) -> QuerySet[Response]:
    """The questionnaires of a request, in the order in which they are asked."""
    return Response.objects.filter(request=request, withdrawn_at=None).order_by("place")


def unfinished(request: MeasureRequest) -> QuerySet[Response]:
    return responses_in(request).filter(finished_at=None)


def waiting_response(person: Person, key: str) -> Response | None:
    """A questionnaire that was asked for and is not finished, the oldest first: so that none is asked twice."""
    waiting = Response.objects.filter(person=person, instrument_key=key, finished_at=None, withdrawn_at=None)
    return waiting.order_by("entered_at", "pk").first()


def answers_of(response: Response) -> dict[int, AnswerValue]:
    """The latest answer to each question that was reached; None where the person would rather not answer."""
    rows = response.answers.order_by("pk").values_list("number", "value")
    return dict(rows)


def first_unanswered(response: Response) -> Item | None:
    """The question to go on with; None where each was reached."""
    answers = answers_of(response)
    return next((item for item in asking.items(response.instrument) if item.number not in answers), None)


def open_links(request: MeasureRequest) -> QuerySet[PersonLink]:
    """The links of a request that were neither used nor cancelled."""
    return PersonLink.objects.filter(
        purpose=LINK_PURPOSE, about=str(request.pk), used_at=None, cancelled_at=None
    ).order_by("made_at")


def shown_here() -> list[Instrument]:
    """The instruments whose wording may stand on a page."""
    return [one for one in instruments.all() if asking.may_be_shown(one)]


def on_paper_only() -> list[Instrument]:
    return [one for one in instruments.all() if not asking.may_be_shown(one)]
