"""Forms of the patient's place, and of the staff who answer what is asked there."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils import timezone

from allcomers.service.accounts.models import User
from allcomers.service.accounts.selectors import address_taken
from allcomers.service.governance.forms import RecordForm
from allcomers.service.look.dates import DayField
from allcomers.service.look.words import words
from allcomers.service.portal.models import Correction
from allcomers.service.questionnaires.models import RiskAlert
from allcomers.service.questionnaires.risk.forms import FollowUpForm


class InviteForm(RecordForm):
    name: ClassVar[str] = "invite"
    email = forms.EmailField(
        label="Their e-mail address",
        help_text="They sign in with it. Ask them for one that nobody else reads.",
        max_length=254,
        error_messages={
            "required": "Enter their e-mail address",
            "invalid": "Enter an address like name@example.org",
        },
    )

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if address_taken(email):
            raise forms.ValidationError("Somebody signs in with this address already. Ask for another one")
        return email


class JoinForm(RecordForm):
    """A password of one's own. What may be wrong with it is said in Django's words."""

    name: ClassVar[str] = "join"
    password = forms.CharField(
        label="Choose a password",
        help_text="At least 12 letters or numbers. Three words that have nothing to do with each other are good.",
        strip=False,
        max_length=128,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        error_messages={"required": "Choose a password"},
    )
    again = forms.CharField(
        label="Type it once more",
        strip=False,
        max_length=128,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        error_messages={"required": "Type the password once more"},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password

    def clean(self) -> None:
        first, second = self.cleaned_data.get("password"), self.cleaned_data.get("again")
        if first and second and first != second:
            self.add_error("again", "The two passwords are not the same")


class WorseForm(FollowUpForm):
    """The question of the crisis page, with room for words: it changes no row that was there before."""

    name: ClassVar[str] = "worse"
    words = words("What has changed?", help_text="You do not have to write anything.")

    @property
    def can_wait(self) -> bool:
        """Whether somebody who says that they are safe, and asks for no call, can be asked to put the form right."""
        said = self.cleaned_data
        return said.get("safety") == RiskAlert.Safety.SAFE and not said.get("wants_call")

    def values_of(self, row: Any) -> dict[str, Any]:
        return {}


class CorrectionForm(RecordForm):
    name: ClassVar[str] = "correction"
    part = forms.ChoiceField(
        label="What is it about?",
        choices=Correction.Part,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it is about"},
    )
    wrong = words("What is wrong?", required="Say what is wrong")
    right = words("What should it say?", required="Say what it should say")


class DisagreeForm(RecordForm):
    name: ClassVar[str] = "disagree"
    disagreement = words(
        "What do you want everybody to know who reads this?", required="Write what you want them to know"
    )


class AnswerCorrectionForm(RecordForm):
    name: ClassVar[str] = "answer correction"
    state = forms.ChoiceField(
        label="What did you decide?",
        choices=[
            (Correction.State.AGREED.value, "It was wrong, and I have put it right"),
            (Correction.State.REFUSED.value, "I do not change it"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you decided"},
    )
    words = words(
        "Tell them what was put right, or why it is not changed",
        required="Tell them what was put right, or why it is not changed",
        help_text="They read these words, with your name.",
    )


class WaitForm(RecordForm):
    name: ClassVar[str] = "wait"
    shortest_weeks = forms.IntegerField(
        label="From how many weeks",
        min_value=0,
        max_value=200,
        widget=forms.TextInput({"inputmode": "numeric"}),
        error_messages={"required": "Enter from how many weeks", "invalid": "Enter a whole number of weeks"},
    )
    longest_weeks = forms.IntegerField(
        label="To how many weeks",
        min_value=0,
        max_value=200,
        widget=forms.TextInput({"inputmode": "numeric"}),
        error_messages={"required": "Enter to how many weeks", "invalid": "Enter a whole number of weeks"},
    )
    people = forms.IntegerField(
        label="How many people does it rest on?",
        help_text="Everybody who came in that time, with those who still wait.",
        min_value=1,
        max_value=1_000_000,
        widget=forms.TextInput({"inputmode": "numeric"}),
        error_messages={"required": "Enter how many people it rests on", "invalid": "Enter a whole number of people"},
    )
    as_of = DayField(label="As of which day?", error_messages={"required": "Enter the day"})
    source = forms.CharField(
        label="Where does it come from?",
        help_text="For example: report of 2 November, page “Waits”, middle 80 of 100 people.",
        max_length=200,
        error_messages={"required": "Enter where it comes from"},
    )

    def clean_as_of(self) -> Any:
        if self.cleaned_data["as_of"] > timezone.localdate():
            raise forms.ValidationError("The day must be today or earlier")
        return self.cleaned_data["as_of"]

    def clean(self) -> None:
        first, last = self.cleaned_data.get("shortest_weeks"), self.cleaned_data.get("longest_weeks")
        if first is not None and last is not None and first > last:
            self.add_error("longest_weeks", "This must be the longer wait of the two")
