"""What somebody decides about a record in quarantine."""

from datetime import date
from typing import Any, ClassVar

from django import forms

from allcomers.service.governance.forms import RecordForm
from allcomers.service.governance.permissions import CLINICAL
from allcomers.service.imports import selectors
from allcomers.service.imports.models import Quarantined
from allcomers.service.look.dates import DayField
from allcomers.service.look.words import words
from allcomers.service.people.models import Person
from allcomers.service.people.nhs_number import without_spaces

TAKE, ASK, DISCARD = "take", "ask", "discard"
CHOICES = {
    TAKE: "Take in the answers that can be read; any total is made from them",
    ASK: "Raise an alert: somebody has to ask the person about their safety. The record waits on",
    DISCARD: "Discard it",
}


class ResolveForm(RecordForm):
    name: ClassVar[str] = "quarantine"
    what = forms.ChoiceField(
        label="What happens with it?",
        choices=list(CHOICES.items()),
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        what = self.fields["what"]
        assert isinstance(what, forms.ChoiceField)
        assert isinstance(self.of, Quarantined)
        if not (self.of.about_risk and self.access.role in CLINICAL):
            what.choices = [(key, said) for key, said in CHOICES.items() if key != ASK]

    def clean(self) -> None:
        number, born = self.cleaned_data.get("nhs_number", ""), self.cleaned_data.get("date_of_birth")
        if not number and not born:
            return
        self.person = selectors.person_with(without_spaces(number), born) if isinstance(born, date) else None
        if self.person is None and not {"nhs_number", "date_of_birth"} & set(self.errors):
            self.add_error("nhs_number", "Nobody here has this number and date of birth")

    def nobody_known(self) -> None:
        self.add_error("nhs_number", "Say whom to ask: the record does not")

    def still_wrong(self, reasons: Any) -> None:
        for one in reasons:
            self.add_error("what", f"It cannot be taken in: {one.words}")
