"""What troubles people, and addresses of its pages, for the matrix."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from allcomers.service.governance import audit
from allcomers.service.people.models import Person
from allcomers.service.problems import actions
from allcomers.service.problems.models import Occasion, Problem
from allcomers.service.problems.reading import standing
from allcomers.service.questionnaires.models import MeasureRequest

SLEEP = "I lie awake for fear of the morning."


def said(
    person: Person,
    words: str = "",
    rating: str = "",
    *,
    member: Any = None,
    request: MeasureRequest | None = None,
    **ratings: str,
) -> Occasion:
    """`said(person, "I cannot sleep.", "8")`; of what was said before, `**{str(problem.pk): "3"}`."""
    mode = Occasion.Mode.LINK if request else Occasion.Mode.STAFF if member else Occasion.Mode.PLACE
    now = standing(person, mode, request, timezone.localdate())
    known = {one.problem.pk: ratings[str(one.problem.pk)] for one in now.asked if str(one.problem.pk) in ratings}
    about = {"person": person, "mode": mode, "request": request, "member": member, "version": now.version}
    return actions.say(by=audit.SYSTEM, words=words, rating=rating, ratings=known, **about)


def entered(cast: Any) -> Problem:
    """What staff entered, and may strike through."""
    found = Problem.objects.filter(person=cast.patient).first()
    return found or said(cast.patient, SLEEP, "8", member=cast.clinician).problems.get()


EXAMPLES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "problems:strike": lambda cast: {"row_id": entered(cast).pk},
}
