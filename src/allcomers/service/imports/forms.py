"""What somebody decides about a record in quarantine."""

from datetime import date
from typing import Any, ClassVar

from django import forms

from allcomers.service.governance.forms import RecordForm
from allcomers.service.imports import selectors
from allcomers.service.look.dates import DayField
from allcomers.service.look.words import words
from allcomers.service.people.models import Person
from allcomers.service.people.nhs_number import without_spaces

TAKE, DISCARD = "take", "discard"


class ResolveForm(RecordForm):
    name: ClassVar[str] = "quarantine"
    what = forms.ChoiceField(
        label="What happens with it?",
        choices=[
            (TAKE, "Take in the answers that can be read; any total is made from them"),
            (DISCARD, "Discard it"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what happens with it", "invalid_choice": "Choose one of these"},
    )
    nhs_number = forms.CharField(
        label="NHS number of the person it belongs to",
        required=False,
        max_length=20,
        help_text="Only where the record does not say it, or says it wrongly. Their record has to be here.",
    )
    date_of_birth = DayField(label="Their date of birth", required=False)
    because = words("Why?", 1000, required="Say why")
    person: Person | None = None

    def clean(self) -> None:
        number, born = self.cleaned_data.get("nhs_number", ""), self.cleaned_data.get("date_of_birth")
        if not number and not born:
            return
        self.person = selectors.person_with(without_spaces(number), born) if isinstance(born, date) else None
        if self.person is None and not {"nhs_number", "date_of_birth"} & set(self.errors):
            self.add_error("nhs_number", "Nobody here has this number and date of birth")

    def still_wrong(self, reasons: Any) -> None:
        for one in reasons:
            self.add_error("what", f"It cannot be taken in: {one.words}")
