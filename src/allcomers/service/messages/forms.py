"""The form about a message that could not be delivered."""

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
