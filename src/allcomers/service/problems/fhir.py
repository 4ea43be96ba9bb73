"""What troubles a person as FHIR R4: a questionnaire of our own, and one response for each occasion.

A problem is a group: its words, and what was said of it then. A number the person would rather not give has the reason
why it is absent, as with any other question.
"""

from typing import Any

from allcomers.instruments.fhir.vocabulary import DECLINED, MAX_VALUE, MIN_VALUE
from allcomers.service.problems import wording
from allcomers.service.problems.models import LONGEST_PROBLEM, MOST, Rating
from allcomers.service.problems.reading import Told

Resource = dict[str, Any]
QUESTIONNAIRE = "urn:allcomers:questionnaire:own-words-problems"


def questionnaire() -> Resource:
    between = [{"url": MIN_VALUE, "valueInteger": 0}, {"url": MAX_VALUE, "valueInteger": MOST}]
    return {
        "resourceType": "Questionnaire",
        "url": QUESTIONNAIRE,
        "title": wording.WORDS,
        "description": wording.WHAT_IT_IS,
        "status": "active",
        "item": [
            {
                "linkId": "problem",
                "type": "group",
                "repeats": True,
                "item": [
                    {"linkId": "words", "type": "text", "text": wording.WORDS, "maxLength": LONGEST_PROBLEM},
                    {"linkId": "rating", "type": "integer", "text": wording.HOW_MUCH, "extension": between},
                    {"linkId": "over", "type": "boolean", "text": Rating.Said.OVER.label},
                ],
            }
        ],
    }


def responses(told: list[Told]) -> list[tuple[str, Resource]]:
    """What stands, as one response for each occasion on which anything was said, the latest first, with its id."""
    standing = [one for one in told if not one.problem.withdrawn]
    occasions = {one.problem.occasion_id: one.problem.occasion for one in standing}
    occasions |= {rating.occasion_id: rating.occasion for one in standing for rating in one.ratings}
    found = []
    for occasion in sorted(occasions.values(), key=lambda one: one.entered_at, reverse=True):
        rated = [(one, one.on(occasion)) for one in standing]
        said = [(one, rating) for one, rating in rated if rating or one.problem.occasion_id == occasion.pk]
        moment = max([occasion.entered_at, *(rating.answered_at for _, rating in said if rating)])
        resource = {
            "resourceType": "QuestionnaireResponse",
            "questionnaire": QUESTIONNAIRE,
            "status": "completed",
            "authored": moment.isoformat(timespec="seconds"),
            "subject": {"reference": f"urn:uuid:{occasion.person_id}"},
            "item": [_group(one.problem.words, rating) for one, rating in said],
        }
        found.append((str(occasion.pk), resource))
    return found


def _group(words: str, rating: Rating | None) -> Resource:
    items = [{"linkId": "words", "answer": [{"valueString": words}]}]
    return {"linkId": "problem", "item": items + ([] if rating is None else [_rated(rating)])}


def _rated(rating: Rating) -> Resource:
    if rating.said == Rating.Said.OVER:
        return {"linkId": "over", "answer": [{"valueBoolean": True}]}
    if rating.said == Rating.Said.DECLINED:
        return {"linkId": "rating", "extension": [DECLINED]}
    return {"linkId": "rating", "answer": [{"valueInteger": rating.value}]}
