"""The forms of the steps: one for each page, plain Django, the same rules whatever the browser can do."""

import re
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone

from allcomers.service.look.dates import DayField
from allcomers.service.look.words import words
from allcomers.service.people.nhs_number import NhsNumberError, check_nhs_number, without_spaces
from allcomers.service.referrals import wording

POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?) ?([0-9][A-Z]{2})")
PHONE = re.compile(r"\+?[0-9 ()-]{7,20}")
OLDEST_YEARS = 120


def one_of(label: str, choices: wording.Choices, required: str = "", **more: Any) -> forms.ChoiceField:
    """One answer; `required` is what is said where there is none, and without it none is needed."""
    messages = {"required": required, "invalid_choice": "Choose one of the answers on the page"}
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect,
        required=bool(required),
        error_messages=messages,
        **more,
    )


def some_of(label: str, choices: wording.Choices, **more: Any) -> forms.MultipleChoiceField:
    messages = {"invalid_choice": "Choose from the answers on the page"}
    return forms.MultipleChoiceField(
        label=label,
        choices=choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages=messages,
        **more,
    )


def line(label: str, most: int, required: str = "", autocomplete: str = "", **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        required=bool(required),
        error_messages={"required": required, "max_length": f"{label} must be {most} letters or fewer"},
        widget=forms.TextInput({"autocomplete": autocomplete} if autocomplete else {}),
        **more,
    )


def tick(label: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False)


class GateForm(forms.Form):
    in_danger = one_of(
        "Are you in danger, or have you harmed yourself, now?", wording.GATE, required="Choose yes or no"
    )


class AgeAndAreaForm(forms.Form):
    no_postcode = "Enter a postcode, or say that you have no fixed address"
    date_of_birth = DayField(
        label="Date of birth",
        help_text="For example, 27 3 1985",
        autocomplete="bday",
        error_messages={"required": "Enter a date of birth"},
    )
    postcode = line("Postcode", 10, autocomplete="postal-code")
    no_fixed_address = tick("I have no fixed address")
    practice = one_of("GP practice", wording.PRACTICE, required="Choose one about your GP practice")
    practice_name = line("Name of the GP practice, if you know it", 120)

    def clean_date_of_birth(self) -> date:
        born: date = self.cleaned_data["date_of_birth"]
        today = timezone.localdate()
        if born > today:
            raise forms.ValidationError("The date of birth must be in the past")
        if today.year - born.year > OLDEST_YEARS:
            raise forms.ValidationError("Check the year of the date of birth")
        return born

    def clean_postcode(self) -> str:
        given = self.cleaned_data["postcode"].upper()
        found = POSTCODE.fullmatch("".join(given.split())) if given.isascii() else None
        if given and found is None:
            raise forms.ValidationError("Enter a full postcode, for example ZZ99 3VZ")
        return f"{found[1]} {found[2]}" if found else ""

    def clean(self) -> None:
        data = self.cleaned_data
        if not data.get("postcode") and not data.get("no_fixed_address") and "postcode" not in self.errors:
            self.add_error("postcode", self.no_postcode)


class WhoForm(forms.Form):
    filling_in = one_of("Who is filling this in?", wording.FILLING_IN, required="Choose who is filling this in")
    helper_name = line("Name of whoever fills this in for somebody else", 120)
    helper_relation = line("What they are to the person, for example a parent or a friend", 80)
    person_knows = one_of("Does the person know?", wording.YES_NO)

    def clean(self) -> None:
        data = self.cleaned_data
        if data.get("filling_in") != "on_behalf":
            return
        needed = {
            "helper_name": "Enter your name",
            "helper_relation": "Enter what you are to the person",
            "person_knows": "Choose whether the person knows",
        }
        for name, message in needed.items():
            if not data.get(name) and name not in self.errors:
                self.add_error(name, message)
        if data.get("person_knows") == "no":
            self.add_error(
                "person_knows",
                "We cannot contact somebody who does not know. Ask them first; they can also refer themselves",
            )


class NameForm(forms.Form):
    given_name = line("Given name", 80, required="Enter a given name", autocomplete="given-name")
    family_name = line("Family name", 80, required="Enter a family name", autocomplete="family-name")
    preferred_name = line("What you like to be called", 80, help_text="If it is another name.")
    pronouns = line("Your pronouns", 40, help_text="For example she, he or they. You can leave this empty.")
    nhs_number = line("NHS number", 20, help_text="Only if you have it to hand. We can find it without.")

    def clean_nhs_number(self) -> str:
        number = without_spaces(self.cleaned_data["nhs_number"])
        if number:
            try:
                check_nhs_number(number, synthetic=settings.ALLCOMERS.mode != "production")
            except NhsNumberError as error:
                raise forms.ValidationError(
                    "That is not an NHS number. Look at it again, or leave this empty"
                ) from error
        return number


class ContactForm(forms.Form):
    mobile = line("Mobile phone", 20, autocomplete="tel")
    mobile_messages = tick("You may text me, and leave a message there")
    landline = line("Landline", 20, autocomplete="tel")
    landline_messages = tick("You may leave a message there")
    email = forms.EmailField(
        label="E-mail",
        required=False,
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={"invalid": "Enter an e-mail address, for example name@example.org"},
    )
    email_messages = tick("You may write to me there")
    post = line("Postal address", 300, autocomplete="street-address")
    post_messages = tick("You may send letters there")
    safe_times = line("When is it safe to ring you?", 200)
    device_shared = tick("Somebody else may see my phone or computer")

    def clean(self) -> None:
        for name in ("mobile", "landline"):
            given = self.cleaned_data.get(name, "")
            if given and not (given.isascii() and PHONE.fullmatch(given)):
                self.add_error(name, "Enter a telephone number, for example 07700 900 982")
        if not any(self.cleaned_data.get(name) or name in self.errors for name in CHANNELS):
            self.add_error("mobile", "Enter at least one way for us to reach you")


CHANNELS = ("mobile", "landline", "email", "post")


class OwnWordsForm(forms.Form):
    brings = words("What brings you here?")
    different = words("What would be different if things were better?")
    helped = words("Has anything helped before, or made things worse?")


class LifeForm(forms.Form):
    problems = some_of("Is any of this part of it?", wording.LIFE_PROBLEMS)
    safe_now = one_of("Do you feel safe at the moment?", wording.SAFE_NOW)


class NeedsForm(forms.Form):
    needs = some_of("What do you need, or what should we know?", wording.NEEDS)
    language = line("Which language would you like to speak with us?", 60, help_text="Leave it empty for English.")
    adjustments = words("Anything else that would make it easier", 1000)

    def clean(self) -> None:
        if "interpreter" in self.cleaned_data.get("needs", ()) and not self.cleaned_data.get("language"):
            self.add_error("language", "Enter the language that the interpreter should speak")


class AboutYouForm(forms.Form):
    ethnicity = one_of("Which group are you part of?", wording.ETHNICITY)
    gender = one_of("What is your gender?", wording.GENDER)
    same_as_at_birth = one_of("Is it the one you were given at birth?", wording.SAME_AS_AT_BIRTH)
    orientation = one_of("What is your sexual orientation?", wording.ORIENTATION)
    religion = one_of("What is your religion?", wording.RELIGION)
    disability = one_of("Do you have a disability?", wording.DISABILITY)


class PreferencesForm(forms.Form):
    ways = some_of("How would you like to be helped?", wording.WAYS)
    days = some_of("When could you come, or talk?", wording.DAYS)
    therapist_gender = one_of("Would you rather see a woman or a man?", wording.THERAPIST_GENDER)


class ConsentsForm(forms.Form):
    """One question for each of `wording.CONSENTS`; none has an answer beforehand, and none needs one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in wording.CONSENTS:
            self.fields[one.purpose] = one_of(one.question, one.answers)


class ResumeForm(forms.Form):
    reference = line("Reference", 20, required="Enter the reference", help_text="For example, KXTM-7Q4P")
    date_of_birth = DayField(
        label="Date of birth",
        help_text="For example, 27 3 1985",
        autocomplete="bday",
        error_messages={"required": "Enter a date of birth"},
    )
