"""The forms of governance's own pages."""

from typing import ClassVar

from django import forms

from allcomers.service.governance.forms import RecordForm
from allcomers.service.governance.models import BreakGlass, BreakGlassReason
from allcomers.service.look.words import words


class BreakGlassForm(RecordForm):
    name: ClassVar[str] = "break glass"
    reason = forms.ChoiceField(
        label="Why do you need this record now?",
        choices=BreakGlassReason,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why you need this record now"},
    )
    words = words(
        "In your own words",
        1000,
        required="Say in your own words why you need this record now",
        help_text="A colleague will read this within five working days. The person will see that you opened it.",
    )


class ReviewForm(RecordForm):
    name: ClassVar[str] = "review of emergency access"
    finding = forms.ChoiceField(
        label="What did you find?",
        choices=BreakGlass.Finding,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you found"},
    )
    words = words("Why?", 1000, required="Say why you found that")
    withheld_because = forms.CharField(
        label="Reason to keep this from the person",
        required=False,
        max_length=500,
        help_text="Leave it empty, so that they see it, unless seeing it would cause serious harm.",
    )
