"""What a new service has to be told before it can see anybody: each says what is left to do, until nothing is."""

from django.conf import settings
from django.utils import timezone

from allcomers.service.governance.permissions import TREATING, Role
from allcomers.service.look.first_steps import Step
from allcomers.service.rota import selectors

NEEDED = {
    "an administrator": frozenset({Role.ADMINISTRATOR}),
    "somebody who treats": TREATING,
    "a duty worker": frozenset({Role.DUTY}),
    "a clinical lead": frozenset({Role.CLINICAL_LEAD}),
}


def _team() -> str:
    if selectors.open_teams(timezone.localdate()).exists():
        return ""
    return "Make a team: until there is one, no referral can be accepted"


def _staff() -> str:
    missing = selectors.roles_nobody_holds(NEEDED, timezone.localdate())
    return f"Add staff: there is not yet {_listed(missing)}" if missing else ""


def _members() -> str:
    empty = [one.name for one in selectors.teams_without_anybody(timezone.localdate())]
    return f"Put staff into a team: nobody is in {_listed(empty)}" if empty else ""


def _duty() -> str:
    days = selectors.days_with_gaps(timezone.now())
    if not days:
        return ""
    return f"Plan duty: on {days} working {'day' if days == 1 else 'days'} of the next two weeks nobody is on duty"


def _crisis_text() -> str:
    if settings.ALLCOMERS.crisis_text.strip():
        return ""
    return (
        "Have whoever installed the service set what somebody in crisis is told: ALLCOMERS_CRISIS_TEXT. Until then no "
        "questionnaire can be answered"
    )


def _listed(names: list[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


STEPS = [
    Step("rota:add_team", _team),
    Step("accounts:add_member", _staff),
    Step("rota:teams", _members),
    Step("rota:plan", _duty),
    Step("accounts:staff", _crisis_text, links=False),
]
