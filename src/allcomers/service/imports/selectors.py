"""Reading what was taken in, and what waits."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from allcomers.service.imports.models import Import, Quarantined
from allcomers.service.people.models import Person
from allcomers.service.questionnaires.models import Response


def person_with(nhs_number: str, date_of_birth: date) -> Person | None:
    """The one person with this number and date of birth; None where there is nobody, or more than one record."""
    if not (len(nhs_number) == 10 and nhs_number.isascii() and nhs_number.isdigit()):
        return None
    found = list(Person.objects.filter(nhs_number=nhs_number, withdrawn_at=None)[:2])
    return found[0] if len(found) == 1 and found[0].date_of_birth == date_of_birth else None


def import_of(file_hash: str) -> Import | None:
    return Import.objects.filter(file_hash=file_hash).first()


def known_already(person: Person, instrument_key: str, given_at: datetime, but: Response | None = None) -> bool:
    """Whether this person's answers of this moment are here already."""
    found = Response.objects.filter(
        person=person, instrument_key=instrument_key, finished_at=given_at, withdrawn_at=None
    )
    return (found if but is None else found.exclude(pk=but.pk)).exists()


def waiting() -> QuerySet[Quarantined]:
    """What waits in quarantine: what may be about safety first, then the oldest."""
    rows = Quarantined.objects.filter(state=Quarantined.State.WAITING, withdrawn_at=None).select_related("source")
    return rows.order_by("-about_risk", "entered_at", "place")


def quarantined(row_id: UUID) -> Quarantined | None:
    found = Quarantined.objects.filter(pk=row_id, withdrawn_at=None)
    return found.select_related("source", "person", "response", "decided_by").first()
