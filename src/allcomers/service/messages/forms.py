"""Forms about a message that could not be delivered, and about a link that was locked."""

from typing import ClassVar

from django import forms

from allcomers.service.governance.forms import RecordForm

TRY_AGAIN, SETTLED = "again", "settled"


class UndeliveredForm(RecordForm):
    name: ClassVar[str] = "undelivered"
    what = forms.ChoiceField(
        label="What shall be done?",
        choices=[
            (TRY_AGAIN, "Send it again: what was wrong has been put right"),
            (SETTLED, "Nothing more: I reached them in another way, or they do not need it"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what shall be done"},
    )


class LockedForm(RecordForm):
    name: ClassVar[str] = "locked links"
    found = forms.ChoiceField(
        label="What did you find?",
        choices=[
            ("them", "It was them: they mistyped, or what we hold was wrong and I have put it right"),
            ("somebody_else", "It was somebody else, or they do not know"),
            ("not_reached", "I could not reach them, and somebody tries again"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you found"},
    )
