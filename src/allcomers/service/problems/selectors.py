"""Reading single rows: whether a page was gone through, and what staff may strike through."""

from uuid import UUID

from allcomers.service.people.models import Person
from allcomers.service.problems.models import Occasion, Problem, Rating
from allcomers.service.questionnaires.models import MeasureRequest


def gone_through(request: MeasureRequest) -> bool:
    """Whether the page about own problems was sent, or passed over, for a request."""
    return Occasion.objects.filter(request=request).exists()


def said_in(request: MeasureRequest) -> list[Rating]:
    """What was said in a request."""
    said = Rating.objects.filter(occasion__request=request, withdrawn_at=None, problem__withdrawn_at=None)
    return list(said.select_related("problem").order_by("problem__entered_at"))


def row_with_id(row_id: UUID) -> Problem | Rating | None:
    """For the permission table alone, which decides before anything is shown."""
    problem = Problem.objects.filter(pk=row_id).select_related("person").first()
    return problem or Rating.objects.filter(pk=row_id).select_related("problem__person").first()


def entered_by_staff(person: Person, row_id: UUID) -> Problem | Rating | None:
    """What staff entered for this person, and may find to be wrong. What people wrote themselves is theirs."""
    entered = {"pk": row_id, "occasion__mode": Occasion.Mode.STAFF, "withdrawn_at": None}
    problem = Problem.objects.filter(person=person, **entered).first()
    return problem or Rating.objects.filter(problem__person=person, **entered).select_related("problem").first()
