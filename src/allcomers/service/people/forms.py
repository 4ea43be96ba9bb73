"""Forms about a person."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms

from allcomers.service.accounts.models import User
from allcomers.service.governance.forms import RecordForm
from allcomers.service.look.dates import DayField
from allcomers.service.people.models import Allocation, Person


class DetailsForm(RecordForm):
    name: ClassVar[str] = "details"
    given_name = forms.CharField(label="Given name", max_length=80, error_messages={"required": "Enter a given name"})
    family_name = forms.CharField(
        label="Family name", max_length=80, error_messages={"required": "Enter a family name"}
    )
    preferred_name = forms.CharField(label="What they like to be called", max_length=80, required=False)
    date_of_birth = DayField(label="Date of birth", error_messages={"required": "Enter a date of birth"})
    postcode = forms.CharField(label="Postcode", max_length=8, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self._protected:
            self.fields["postcode"].help_text = "It is protected, and not shown. Leave it empty to keep what we have."

    def values_of(self, row: Any) -> dict[str, Any]:
        """A protected postcode is not shown, neither to change it nor beside what somebody else saved."""
        hidden = {"postcode"} if row is not None and row.address_protected else set()
        return {name: value for name, value in super().values_of(row).items() if name not in hidden}

    def answers(self) -> dict[str, Any]:
        given = super().answers()
        kept = {"postcode"} if self._protected and not given["postcode"] else set()
        return {name: value for name, value in given.items() if name not in kept}

    @property
    def _protected(self) -> bool:
        return isinstance(self.of, Person) and self.of.address_protected


class AllocationForm(RecordForm):
    name: ClassVar[str] = "allocation"
    NOT_FOR_THIS: ClassVar[dict[str, str]] = {
        Allocation.Kind.TREATMENT: "Choose somebody who treats people, or choose help with work",
        Allocation.Kind.EMPLOYMENT: "Choose an employment adviser, or choose treatment",
    }
    user = forms.ChoiceField(label="Who is responsible", error_messages={"required": "Choose who is responsible"})
    kind = forms.ChoiceField(
        label="For what",
        choices=Allocation.Kind,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose for what"},
    )
    starts_on = DayField(label="From which day", error_messages={"required": "Enter the first day"})

    def __init__(self, *args: Any, members: dict[str, dict[UUID, User]], **kwargs: Any) -> None:
        """`members` are those who may be responsible, by the kind of what for."""
        super().__init__(*args, **kwargs)
        self.members = members
        named = {str(key): one.name for several in members.values() for key, one in several.items()}
        field = self.fields["user"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Choose"), *sorted(named.items(), key=lambda one: one[1])]

    def clean(self) -> None:
        kind, chosen = self.cleaned_data.get("kind"), self.cleaned_data.get("user")
        if kind and chosen and UUID(chosen) not in self.members[kind]:
            self.add_error("user", self.NOT_FOR_THIS[kind])

    @property
    def member(self) -> User:
        return self.members[self.cleaned_data["kind"]][UUID(self.cleaned_data["user"])]


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
