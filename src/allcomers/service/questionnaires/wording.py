"""A score in a sentence, for somebody who is not used to scores."""

from allcomers import instruments
from allcomers.instruments.model import Direction
from allcomers.service.questionnaires.models import Response

WHAT_IT_IS = (
    "A score is a way of following how things change. It is not a diagnosis, and it does not say all that matters."
)
DIRECTIONS = {
    Direction.WORSE: "A higher score means more difficulty.",
    Direction.BETTER: "A higher score means things are better.",
    Direction.NONE: "",
}


def score_sentence(response: Response) -> str:
    """What the score of a finished questionnaire is; or why there is none."""
    instrument, points = response.instrument, response.points
    if points is None:
        return f"There is no total: {response.no_total_because}. What was answered is kept."
    said = f"The total is {points} of {response.greatest}."
    band = instruments.band(instrument, points)
    if band.value is not None:
        said += f" The range {band.value.low} to {band.value.high} is called “{band.value.label}”."
    return f"{said} {DIRECTIONS[instrument.direction]}".strip()
