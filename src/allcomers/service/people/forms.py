"""Forms about a person."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms

from allcomers.service.accounts.models import User
from allcomers.service.governance.forms import RecordForm
from allcomers.service.look.dates import DayField
from allcomers.service.people.models import Allocation


class DetailsForm(RecordForm):
    name: ClassVar[str] = "details"
    given_name = forms.CharField(label="Given name", max_length=80, error_messages={"required": "Enter a given name"})
    family_name = forms.CharField(
        label="Family name", max_length=80, error_messages={"required": "Enter a family name"}
    )
    preferred_name = forms.CharField(label="What they like to be called", max_length=80, required=False)
    date_of_birth = DayField(label="Date of birth", error_messages={"required": "Enter a date of birth"})
    postcode = forms.CharField(label="Postcode", max_length=8, required=False)


class AllocationForm(RecordForm):
    name: ClassVar[str] = "allocation"
    user = forms.ChoiceField(label="Who is responsible", error_messages={"required": "Choose who is responsible"})
    kind = forms.ChoiceField(
        label="For what",
        choices=Allocation.Kind,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose for what"},
    )
    starts_on = DayField(label="From which day", error_messages={"required": "Enter the first day"})

    def __init__(self, *args: Any, members: dict[UUID, User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = members
        field = self.fields["user"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Choose"), *((str(key), one.name) for key, one in members.items())]

    @property
    def member(self) -> User:
        return self.members[UUID(self.cleaned_data["user"])]


class LinkCheckForm(forms.Form):
    """The second fact that a link asks for."""

    date_of_birth = DayField(
        label="Your date of birth",
        help_text="For example, 27 3 1985",
        autocomplete="bday",
        error_messages={"required": "Enter your date of birth"},
    )
    postcode = forms.CharField(
        label="Your postcode", required=False, max_length=10, help_text="Leave it empty if we do not have one for you."
    )

    def answers(self) -> dict[str, Any]:
        return {"date_of_birth": self.cleaned_data["date_of_birth"], "postcode": self.cleaned_data["postcode"]}
