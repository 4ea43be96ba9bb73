"""Reading what was taken in, and what waits."""

from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Q, QuerySet
from django.utils import timezone

from allcomers.service.imports.models import Import, Quarantined
from allcomers.service.people.models import Person
from allcomers.service.questionnaires.models import Response, RiskAlert
from allcomers.service.questionnaires.risk import deadlines


def person_with(nhs_number: str, date_of_birth: date) -> Person | None:
    """The one person with this number and date of birth; None where there is nobody, or more than one record."""
    if not (len(nhs_number) == 10 and nhs_number.isascii() and nhs_number.isdigit()):
        return None
    found = list(Person.objects.filter(nhs_number=nhs_number, withdrawn_at=None)[:2])
    return found[0] if len(found) == 1 and found[0].date_of_birth == date_of_birth else None


def import_of(file_hash: str) -> Import | None:
    return Import.objects.filter(file_hash=file_hash).first()


def given_then(person: Person, instrument_key: str, given_at: datetime) -> QuerySet[Response]:
    """This person's answers of this moment that are here already."""
    return Response.objects.filter(
        person=person, instrument_key=instrument_key, finished_at=given_at, withdrawn_at=None
    )


def the_same_taken_in(content: str, person: Person) -> QuerySet[Quarantined]:
    """The very same record, of which something is here already: this person's, or whose somebody found it to be."""
    taken = Quarantined.objects.filter(content=content, withdrawn_at=None, response__isnull=False)
    return taken.filter(Q(response__person=person) | Q(state=Quarantined.State.RESOLVED), response__withdrawn_at=None)


def alert_of_the_same(content: str, person: Person) -> RiskAlert | None:
    """The alert that the very same record raised about this person before."""
    found = Quarantined.objects.filter(content=content, withdrawn_at=None, alert__person=person)
    row = found.select_related("alert").first()
    return None if row is None else row.alert


def waiting() -> QuerySet[Quarantined]:
    """What waits in quarantine: what may be about safety first, then the oldest."""
    rows = Quarantined.objects.filter(state=Quarantined.State.WAITING, withdrawn_at=None).select_related("source")
    return rows.order_by("-about_risk", "entered_at", "place")


def untold(source: Import | None = None) -> QuerySet[Quarantined]:
    """What may be about somebody's safety and raised no alert, the oldest first: of a file, or of all."""
    rows = waiting().filter(about_risk=True, response=None, alert=None).order_by("entered_at", "place")
    return rows if source is None else rows.filter(source=source)


def state() -> str:
    """For `/health`: whether what may be about safety is looked at in the time that an alert may take."""
    try:
        oldest = untold().first()
    except DatabaseError:
        return "cannot be read"
    if oldest is None:
        return "ok"
    due = deadlines.after(oldest.entered_at, settings.ALLCOMERS.alert_minutes, settings.ALLCOMERS.working_hours)
    return "ok" if timezone.now() < due else "what may be about safety waits in quarantine, and nobody has looked at it"


def quarantined(row_id: UUID) -> Quarantined | None:
    found = Quarantined.objects.filter(pk=row_id, withdrawn_at=None)
    return found.select_related("source", "person", "response", "alert", "decided_by").first()
