"""People of the demonstration. Their numbers are from the range that is never issued."""

from datetime import date, timedelta

from django.utils import timezone

from allcomers.service.accounts.demonstration import PASSWORD, email_of
from allcomers.service.accounts.models import Team, User
from allcomers.service.governance import audit
from allcomers.service.people import actions

PEOPLE = (
    ("Margaret", "Sample", date(1951, 2, 28), "9990000018", "pwp"),
    ("Jamal", "Sample", date(1988, 7, 4), "9990000026", "pwp"),
    ("Eira", "Specimen", date(2004, 2, 29), "9990000034", "therapist"),
    ("Tomasz", "Specimen", date(1979, 11, 30), "9990000042", "counsellor"),
)


def fill() -> None:
    """Four people who are being seen, the first of whom has a sign-in of her own."""
    team = Team.objects.get()
    today = timezone.localdate()
    for given, family, born, number, clinician in PEOPLE:
        person = actions.add_person(
            by=audit.SYSTEM,
            given_name=given,
            family_name=family,
            date_of_birth=born,
            postcode="ZZ99 3VZ",
            nhs_number=number,
            nhs_number_status="unverified",
            team=team,
            account=_account(given) if given == "Margaret" else None,
        )
        user = User.objects.get(email=email_of(clinician))
        actions.allocate(by=audit.SYSTEM, person=person, user=user, starts_on=today - timedelta(days=21))


def _account(given: str) -> User:
    return User.objects.create_user(email_of("patient"), PASSWORD, name=f"{given} Sample")
