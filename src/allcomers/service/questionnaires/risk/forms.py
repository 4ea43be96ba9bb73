"""The one question after the crisis text, and the forms of staff who deal with an alert."""

from typing import Any, ClassVar

from django import forms

from allcomers.service.governance.forms import RecordForm
from allcomers.service.look.words import words
from allcomers.service.questionnaires.models import RiskAlert


class FollowUpForm(RecordForm):
    name: ClassVar[str] = "follow-up"
    safety = forms.ChoiceField(
        label="Are you safe for now?",
        choices=RiskAlert.Safety,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether you are safe for now, or that you would rather not say"},
    )
    wants_call = forms.TypedChoiceField(
        label="Would you like us to ring you?",
        choices=[("yes", "Yes, please ring me"), ("no", "No")],
        coerce=lambda answer: answer == "yes",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )

    def values_of(self, row: Any) -> dict[str, Any]:
        words = {True: "yes", False: "no", None: ""}
        return {"safety": row.safety, "wants_call": words[row.wants_call]}


class AcknowledgeForm(RecordForm):
    name: ClassVar[str] = "acknowledge"


class ActionForm(RecordForm):
    name: ClassVar[str] = "action"
    words = words(
        "What did you do?",
        required="Write down what you did",
        help_text="For example: rang at 10:40, spoke for 15 minutes, safety plan agreed.",
    )


class CloseForm(RecordForm):
    name: ClassVar[str] = "close"
    words = words(
        "Why does nothing more need to be done?",
        required="Say why nothing more needs to be done",
        help_text="Your name is kept with these words.",
    )
