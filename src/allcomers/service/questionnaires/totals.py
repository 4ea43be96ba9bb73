"""The score of a questionnaire, derived from its answers and kept with it."""

from collections.abc import Mapping
from decimal import Decimal

from allcomers import instruments
from allcomers.instruments.model import CURRENT_VERSION, Points
from allcomers.instruments.model import Answer as AnswerValue
from allcomers.service.questionnaires import asking
from allcomers.service.questionnaires.models import Response


def derive(response: Response, answers: Mapping[int, AnswerValue]) -> None:
    """The total that `instruments` gives, kept only where nothing that counts was left blank."""
    instrument = response.instrument
    score = instruments.score(instrument, answers)
    whole = score.complete and score.total is not None
    response.score_version = CURRENT_VERSION
    response.total_valid = whole
    response.total = _decimal(score.total) if whole else None
    response.maximum = _decimal(score.maximum) if whole else None
    response.form_complete = all(answers.get(item.number) is not None for item in asking.items(instrument))
    blank = score.asked - score.answered
    response.no_total_because = "" if whole else score.because or f"{blank} of {score.asked} questions have no answer"


def _decimal(points: Points | None) -> Decimal | None:
    return None if points is None else Decimal(points)
