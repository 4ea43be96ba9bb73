"""Forms of accounts."""

from typing import ClassVar

from django import forms

from allcomers.service.accounts import selectors
from allcomers.service.governance.forms import RecordForm
from allcomers.service.governance.permissions import Role
from allcomers.service.look.dates import DayField


class MemberForm(RecordForm):
    name: ClassVar[str] = "member"
    roles = forms.MultipleChoiceField(label="Roles", choices=Role, widget=forms.CheckboxSelectMultiple, required=False)
    leaves_on = DayField(
        label="Leaving day", required=False, help_text="From this day on they cannot sign in. For example, 27 3 2027."
    )


class NewMemberForm(RecordForm):
    name: ClassVar[str] = "new member"
    full_name = forms.CharField(label="Name", max_length=120, error_messages={"required": "Enter a name"})
    email = forms.EmailField(
        label="E-mail address",
        error_messages={"required": "Enter an e-mail address", "invalid": "Enter an address like name@example.nhs.uk"},
    )
    roles = forms.MultipleChoiceField(
        label="Roles",
        choices=Role,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one role"},
    )

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if selectors.address_taken(email):
            raise forms.ValidationError("Somebody with this address has an account already")
        return email
