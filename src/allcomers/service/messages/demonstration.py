"""Messages of the demonstration: somebody who is being seen may be texted, and has been sent questionnaires."""

from datetime import date

from allcomers.service.governance import audit
from allcomers.service.people.models import Person
from allcomers.service.questionnaires import actions as questionnaires
from allcomers.service.referrals import handling
from allcomers.service.referrals.demonstration import refer
from allcomers.service.referrals.models import Match


def fill() -> None:
    """A second referral of Tomasz Specimen, put to the record there is of him, and a text about it."""
    known = Person.objects.get(family_name="Specimen", given_name="Tomasz")
    referral = refer("Tomasz", "Specimen", date(1979, 11, 30), in_danger=False, brings="I cannot sleep again.")
    assert known.team is not None
    handling.merge(
        by=audit.SYSTEM,
        referral=referral,
        match=Match.objects.get(referral=referral, person=known),
        team=known.team,
        words="The same name, date of birth and postcode.",
        version=referral.version,
    )
    questionnaires.ask(by=audit.SYSTEM, person=known, keys=["GAD7"], send_by="text")
