"""The forms of the inbox."""

from typing import Any, ClassVar

from django import forms

from allcomers.service.accounts.models import Team
from allcomers.service.governance.forms import RecordForm
from allcomers.service.look.words import words
from allcomers.service.referrals.models import Match

NO_TEAM = "There is no team yet: a service administrator makes one on the page “Teams”"
ACCEPT, SIGNPOST, REJECT, SAME_AS = "accept", "signpost", "reject", "same as "


class DecisionForm(RecordForm):
    """What happens with a new referral. Each person who may be the same is one of the choices."""

    name: ClassVar[str] = "referral decision"
    decision = forms.ChoiceField(
        label="What happens with this referral?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what happens with this referral", "invalid_choice": "Choose one of these"},
    )
    team = forms.ChoiceField(label="Team that looks after them, if accepted", required=False)
    decision_words = words("Why, in words the person may read", required="Say why, in words the person may read")

    def __init__(self, *args: Any, matches: list[Match], teams: list[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.matches, self.teams = {str(one.pk): one for one in matches}, {str(one.pk): one for one in teams}
        decision, team = self.fields["decision"], self.fields["team"]
        assert isinstance(decision, forms.ChoiceField)
        assert isinstance(team, forms.ChoiceField)
        decision.choices = [
            (ACCEPT, "Accept, as a new person"),
            *(
                (SAME_AS + key, f"Accept: this is {one.person.full_name}, born {one.person.date_of_birth:%d %B %Y}")
                for key, one in self.matches.items()
            ),
            (SIGNPOST, "Tell them of another service"),
            (REJECT, "Do not accept"),
        ]
        team.choices = [("", "Choose a team"), *((key, one.name) for key, one in self.teams.items())]

    def clean(self) -> None:
        decision = self.cleaned_data.get("decision", "")
        if decision.startswith((ACCEPT, SAME_AS)) and not self.cleaned_data.get("team") and "team" not in self.errors:
            self.add_error("team", "Choose a team" if self.teams else NO_TEAM)

    @property
    def chosen(self) -> str:
        return str(self.cleaned_data["decision"])

    @property
    def match(self) -> Match:
        return self.matches[self.chosen.removeprefix(SAME_AS)]

    @property
    def chosen_team(self) -> Team:
        return self.teams[self.cleaned_data["team"]]


class UndoForm(RecordForm):
    name: ClassVar[str] = "referral undo"
    because = words("Why are they two people?", 1000, required="Say why they are two people")
