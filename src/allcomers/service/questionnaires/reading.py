"""What was answered, as a page shows it: a few queries for however many questionnaires."""

from dataclasses import dataclass

from allcomers.instruments.model import Answer as AnswerValue
from allcomers.service.people.models import Person
from allcomers.service.questionnaires import asking, selectors, wording
from allcomers.service.questionnaires.models import Answer, Response


@dataclass(frozen=True)
class Read:
    """One questionnaire with its answers in words."""

    response: Response
    rows: list[tuple[str, str]]
    state: str

    @property
    def name(self) -> str:
        return self.response.instrument.name


def responses_read(person: Person) -> list[Read]:
    """Everything that was asked of a person, the latest first."""
    responses = list(selectors.responses_of(person))
    answers: dict[object, dict[int, AnswerValue]] = {one.pk: {} for one in responses}
    for answer in Answer.objects.filter(response__in=responses).order_by("pk"):
        answers[answer.response_id][answer.number] = answer.value
    return [Read(one, _rows(one, answers[one.pk]), _state(one)) for one in responses]


def _rows(response: Response, answers: dict[int, AnswerValue]) -> list[tuple[str, str]]:
    instrument = response.instrument
    reached = [item for item in asking.items(instrument) if item.number in answers]
    return [(asking.text(item), asking.answer_words(instrument, item, answers[item.number])) for item in reached]


def _state(response: Response) -> str:
    if response.finished_at is not None:
        return wording.score_sentence(response)
    return "Begun, and not finished: there is no score yet." if response.started_at else "Asked, and not begun."
