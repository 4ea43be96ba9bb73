"""Forms about a death and a protected address."""

from datetime import date
from typing import ClassVar

from django import forms
from django.utils import timezone

from allcomers.service.governance.forms import RecordForm
from allcomers.service.look.dates import DayField
from allcomers.service.look.words import words
from allcomers.service.people.models import Person


class DeathForm(RecordForm):
    """Whoever records a death types the date of birth as they were told it: it is then the right person."""

    name: ClassVar[str] = "death"
    born_on = DayField(
        label="Their date of birth, as you were told it",
        help_text="To be sure that this is the right person. For example, 27 3 1985.",
        error_messages={"required": "Enter their date of birth, as you were told it"},
    )
    died_on = DayField(
        label="When did they die?",
        help_text="Where only the month is known, enter its last day, and say so below. For example, 27 3 2026.",
        error_messages={"required": "Enter when they died"},
    )
    told_by = forms.CharField(
        label="Who told us, and how?",
        max_length=200,
        help_text="For example, their GP practice, by telephone.",
        error_messages={"required": "Enter who told us"},
    )

    def clean_born_on(self) -> date:
        given: date = self.cleaned_data["born_on"]
        if given != self._person.date_of_birth:
            raise forms.ValidationError(
                "This is not the date of birth in this record. Make sure that it is the right person"
            )
        return given

    def clean_died_on(self) -> date:
        given: date = self.cleaned_data["died_on"]
        if given > timezone.localdate():
            raise forms.ValidationError("The day must be today or in the past")
        if given < self._person.date_of_birth:
            raise forms.ValidationError("The day cannot be before their date of birth")
        return given

    @property
    def _person(self) -> Person:
        return self.access.subject


class TakeBackForm(RecordForm):
    name: ClassVar[str] = "taking a death back"
    because = words("Why is it taken back?", 500, required="Say why it is taken back")


class ProtectForm(RecordForm):
    name: ClassVar[str] = "protecting an address"
    because = forms.CharField(
        label="Who asked for it, and why?",
        max_length=200,
        help_text="No more than has to be known, and no address. For example: the person, on the telephone.",
        error_messages={"required": "Enter who asked for it, and why"},
    )


class StopProtectingForm(RecordForm):
    name: ClassVar[str] = "no longer protecting an address"
    because = words("Why may it be shown again?", 500, required="Say why it may be shown again")
