"""Forms of consents: one question, one answer; nothing is ticked beforehand."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, ClassVar
from uuid import NAMESPACE_URL, uuid5

from django import forms
from django.utils import timezone

from allcomers.service.consents.models import LONGEST_DECISION_DAYS, LONGEST_STATEMENT, Asked, Consent, LegalBasis
from allcomers.service.consents.purposes import ITEMS, Purpose
from allcomers.service.consents.recipients import LEGAL, TAKE_A_COPY, never_given_to
from allcomers.service.governance.forms import RecordForm
from allcomers.service.look.dates import DayField
from allcomers.service.look.words import words

NO_KIND = "Choose what kind of person or service it is"
BY_STAFF = (Asked.PHONE, Asked.VIDEO, Asked.IN_PERSON, Asked.LETTER)


def _how_asked(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=[(one.value, one.label.capitalize()) for one in BY_STAFF],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how they told you"},
    )


def _kind_of_recipient(kinds: Mapping[str, str], *, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(
        label="What kind of person or service is it?",
        choices=[(key, words.capitalize()) for key, words in kinds.items()],
        widget=forms.RadioSelect,
        required=required,
        error_messages={"required": NO_KIND},
    )


class AnswerForm(RecordForm):
    """One purpose asked of one person, by the person themselves or by staff who read it to them."""

    name: ClassVar[str] = "consent"

    def __init__(self, *args: Any, purpose: Purpose, by_staff: bool = False, **kwargs: Any) -> None:
        self.purpose = purpose
        super().__init__(*args, about=uuid5(NAMESPACE_URL, purpose.key), **kwargs)
        self.fields["said"] = forms.ChoiceField(
            label=purpose.question,
            choices=[(one.value, one.label) for one in (Consent.Answer.YES, Consent.Answer.NO)],
            widget=forms.RadioSelect,
            error_messages={"required": "Choose yes or no"},
        )
        self._add_what_a_yes_needs()
        if by_staff:
            self.fields["asked"] = _how_asked("How did they tell you?")
            if purpose.has_statement:
                self.fields["shown"] = forms.BooleanField(label="I showed or read them these words", required=False)

    def _add_what_a_yes_needs(self) -> None:
        purpose = self.purpose
        if purpose.kinds:
            self.fields["kind_of_recipient"] = _kind_of_recipient(purpose.kinds, required=False)
        if purpose.names_recipient:
            self.fields["recipient"] = forms.CharField(
                label="Who is it for?",
                help_text="Leave this empty to say no to everybody.",
                max_length=120,
                required=False,
                widget=forms.TextInput,
            )
        if purpose.chooses:
            self.fields["items"] = forms.MultipleChoiceField(
                label="What may they know?",
                choices=[(key, ITEMS[key].words.capitalize()) for key in purpose.items],
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
        if purpose.has_statement:
            self.fields["statement"] = words(
                "The words",
                LONGEST_STATEMENT,
                help_text="Exactly these words are given. Leave out whatever they need not know.",
            )

    def clean(self) -> None:
        data = self.cleaned_data
        if data.get("said") != Consent.Answer.YES:
            return
        if self.purpose.names_recipient and "recipient" not in self.errors and not data.get("recipient"):
            self.add_error("recipient", "Enter who it is for")
        if self.purpose.kinds and not data.get("kind_of_recipient") and "kind_of_recipient" not in self.errors:
            self.add_error("kind_of_recipient", NO_KIND)
        if self.purpose.kinds and never_given_to(data.get("recipient", "")):
            self.add_error("recipient", TAKE_A_COPY)
        if self.purpose.chooses and not data.get("items"):
            self.add_error("items", "Choose at least one thing they may know")
        if self._gives_statement() and "statement" not in self.errors and not data.get("statement"):
            self.add_error("statement", "Enter the words")
        if "shown" in self.fields and self._gives_statement() and not data.get("shown"):
            self.add_error("shown", "Show or read them the words first, and say that you did")

    def _gives_statement(self) -> bool:
        chosen = self.cleaned_data.get("items", ()) if self.purpose.chooses else self.purpose.items
        return "statement" in chosen

    def answers(self) -> dict[str, Any]:
        return {name: value for name, value in super().answers().items() if name != "shown"}


class TakeBackForm(RecordForm):
    name: ClassVar[str] = "take back"


class TakeBackByStaffForm(RecordForm):
    name: ClassVar[str] = "take back by staff"
    asked = _how_asked("How did they tell you?")


class GiveForm(RecordForm):
    """`seen` is the mark of the words that the page showed."""

    name: ClassVar[str] = "give"
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class WithoutAgreementForm(RecordForm):
    name: ClassVar[str] = "without agreement"
    kind = forms.ChoiceField(
        label="Why must it be given?",
        choices=LegalBasis.Kind,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why it must be given"},
    )
    kind_of_recipient = _kind_of_recipient(LEGAL)
    recipient = forms.CharField(
        label="To whom?",
        help_text="Never an employer, an insurer or an office that decides on benefits.",
        max_length=120,
        error_messages={"required": "Enter to whom"},
    )
    items = forms.MultipleChoiceField(
        label="What, and no more than is needed?",
        choices=[(key, one.words.capitalize()) for key, one in ITEMS.items() if key != "statement"],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose what is needed"},
    )
    words = words("The order, or why it cannot wait", required="Write down the order, or why it cannot wait")
    expires_on = DayField(label="Until which day?", error_messages={"required": "Enter the last day"})

    def clean_recipient(self) -> str:
        named: str = self.cleaned_data["recipient"]
        if never_given_to(named):
            raise forms.ValidationError(
                "This is never given to an employer, an insurer or an office that decides on benefits. The person may "
                "take a copy of their record, and give it to whom they like"
            )
        return named

    def clean_expires_on(self) -> date:
        day: date = self.cleaned_data["expires_on"]
        today = timezone.localdate()
        if day < today:
            raise forms.ValidationError("The last day must be today or later")
        if day > today + timedelta(days=LONGEST_DECISION_DAYS):
            raise forms.ValidationError(f"The last day must be within {LONGEST_DECISION_DAYS} days")
        return day
