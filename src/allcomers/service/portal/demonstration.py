"""What the demonstration's patients find in their place: Margaret, who is being seen, and Nia, who waits."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from allcomers import instruments
from allcomers.service.accounts.demonstration import PASSWORD, email_of
from allcomers.service.accounts.models import User
from allcomers.service.consents import actions as consents
from allcomers.service.consents.purposes import PURPOSES
from allcomers.service.governance import audit
from allcomers.service.people.models import Person
from allcomers.service.portal import actions
from allcomers.service.problems import actions as problems
from allcomers.service.problems.models import Occasion, Rating
from allcomers.service.problems.reading import standing
from allcomers.service.questionnaires import actions as questionnaires
from allcomers.service.questionnaires import asking

BEFORE_WEEKS = ((6, 3), (4, 2), (2, 2), (0, 1))
"""Weeks ago, and the answer to every question then."""
TROUBLES = {"I lie awake and go over the day": ((6, "9"), (3, "6"), (1, "4")), "Opening the post": ((6, "7"), (3, "8"))}
"""What she said in her own words: weeks ago, and how much it troubled her then."""


def fill() -> None:
    margaret = Person.objects.get(given_name="Margaret")
    clinician = User.objects.get(email=email_of("pwp"))
    for weeks, value in BEFORE_WEEKS:
        _answered(margaret, clinician, weeks, value)
    for weeks in sorted({weeks for said in TROUBLES.values() for weeks, _ in said}, reverse=True):
        _said(margaret, clinician, weeks)
    questionnaires.ask(by=audit.SYSTEM, person=margaret, keys=["PHQ9", "GAD7"], asked_by=clinician)
    consents.answer(by=audit.SYSTEM, person=margaret, purpose=PURPOSES["tell_gp"], said="yes", asked="portal")
    actions.state_wait(
        by=audit.SYSTEM,
        member=User.objects.get(email=email_of("lead")),
        shortest_weeks=2,
        longest_weeks=7,
        people=240,
        as_of=timezone.localdate(),
        source="report of the demonstration, middle 80 of 100 people",
    )
    nia = Person.objects.get(given_name="Nia")
    nia.account = User.objects.create_user(email_of("waiting"), PASSWORD, name=nia.full_name)
    nia.save_version(nia.version)


def _said(person: Person, by: User, weeks: int) -> None:
    """What troubled her, as she said it on the telephone some weeks ago."""
    said = {words: dict(rated).get(weeks, "") for words, rated in TROUBLES.items()}
    about: dict[str, Any] = {"by": audit.SYSTEM, "person": person, "mode": "staff", "member": by}
    moment = timezone.now() - timedelta(weeks=weeks)
    for words, rating in said.items():
        now = standing(person, "staff", None, timezone.localdate())
        known = {one.problem.words: one.problem.pk for one in now.asked}
        if words in known and rating:
            problems.say(**about, version=now.version, ratings={known[words]: rating})
        elif rating:
            problems.say(**about, version=now.version, ratings={}, words=words, rating=rating)
    occasion = Occasion.objects.get(person=person, day=timezone.localdate())
    for row in (*occasion.problems.all(), *occasion.ratings.all()):
        row.entered_at = moment
        if isinstance(row, Rating):
            row.answered_at = moment
        row.save_version(row.version)
    occasion.day, occasion.entered_at = timezone.localdate(moment), moment
    occasion.save_version(occasion.version)


def _answered(person: Person, by: User, weeks: int, value: int) -> None:
    """A questionnaire as it was answered some weeks ago."""
    response = questionnaires.key_in(by=audit.SYSTEM, member=by, person=person, key="GAD7", mode="phone")
    answers = {one.number: value for one in asking.items(instruments.get("GAD7"))}
    questionnaires.save_answers(by=audit.SYSTEM, response=response, answers=answers)
    response.refresh_from_db()
    response = questionnaires.finish(by=audit.SYSTEM, response=response, missing_words="", version=response.version)
    moment = timezone.now() - timedelta(weeks=weeks)
    response.started_at = response.finished_at = response.entered_at = moment
    response.save_version(response.version)
