"""The forms of a referral by a professional: the rules of the self-referral, in words about somebody else."""

from django import forms

from allcomers.service.look.dates import DayField
from allcomers.service.look.words import words
from allcomers.service.referrals import wording
from allcomers.service.referrals.forms import (
    PHONE,
    AgeAndAreaForm,
    ContactForm,
    NameForm,
    NeedsForm,
    line,
    one_of,
    some_of,
    tick,
)


class TheirGateForm(forms.Form):
    in_danger = one_of(
        "Are they in danger, or have they harmed themselves, now?", wording.GATE, required="Choose yes or no"
    )


class ReferrerForm(forms.Form):
    """Who refers: somebody whom we can ring back."""

    referrer_name = line("Name", 120, required="Enter your name", autocomplete="name")
    kind = one_of("Kind of service", wording.REFERRERS, required="Choose the kind of service")
    job = line("Job", 80, required="Enter your job", autocomplete="organization-title")
    organisation = line("Organisation", 120, required="Enter your organisation", autocomplete="organization")
    referrer_phone = line("Telephone", 20, required="Enter a telephone number", autocomplete="tel")
    referrer_email = forms.EmailField(
        label="E-mail",
        required=False,
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={"invalid": "Enter an e-mail address, for example name@example.org"},
    )

    def clean_referrer_phone(self) -> str:
        given: str = self.cleaned_data["referrer_phone"]
        if not (given.isascii() and PHONE.fullmatch(given)):
            raise forms.ValidationError("Enter a telephone number, for example 01632 960 001")
        return given


class PersonForm(NameForm, AgeAndAreaForm):
    """Whom they refer."""

    no_postcode = "Enter a postcode, or say that they have no fixed address"
    preferred_name = line("What they like to be called", 80, help_text="If it is another name.")
    pronouns = line("Their pronouns", 40)
    nhs_number = line("NHS number", 20, help_text="Without it we look for them by name and date of birth.")
    date_of_birth = DayField(
        label="Date of birth", help_text="For example, 27 3 1985", error_messages={"required": "Enter a date of birth"}
    )
    postcode = line("Postcode", 10)
    no_fixed_address = tick("They have no fixed address")
    practice = one_of("GP practice", wording.THEIR_PRACTICE, required="Choose one about their GP practice")
    given_name = line("Given name", 80, required="Enter a given name")
    family_name = line("Family name", 80, required="Enter a family name")

    field_order = (
        "given_name", "family_name", "preferred_name", "pronouns", "date_of_birth", "nhs_number", "postcode",
        "no_fixed_address", "practice", "practice_name",
    )  # fmt: skip


class TheirContactForm(ContactForm):
    mobile = line("Mobile phone", 20)
    mobile_messages = tick("They agree to texts, and to messages left there")
    landline = line("Landline", 20)
    landline_messages = tick("They agree to messages left there")
    email = forms.EmailField(
        label="E-mail",
        required=False,
        max_length=254,
        error_messages={"invalid": "Enter an e-mail address, for example name@example.org"},
    )
    email_messages = tick("They agree to e-mails")
    post = line("Postal address", 300)
    post_messages = tick("They agree to letters")
    safe_times = line("When is it safe to ring them?", 200)
    device_shared = tick("Somebody else may see their phone or computer")


class ReasonForm(forms.Form):
    reason = words("Why are they referred?", 4000, required="Say why you refer them")
    own_words = words("What do they say themselves?")
    history = words("Treatment, medicines and conditions that we should know of", 4000)
    problems = some_of("Is any of this part of it?", wording.THEIR_PROBLEMS)


class TheirNeedsForm(NeedsForm):
    needs = some_of("What do they need, or what should we know?", wording.THEIR_NEEDS)
    language = line("Which language would they like to speak with us?", 60, help_text="Leave it empty for English.")
    adjustments = words("Anything else that would make it easier", 1000)


class RiskForm(forms.Form):
    """What the referrer knows about risk. Somebody who is not known to be safe is looked at today."""

    safe_now = one_of("Are they safe at the moment?", wording.THEIR_SAFETY, required="Choose whether they are safe")
    risk = words("What is known about risk to them, or from them?")
    done = words("What has been done about it, and who else knows?")

    def clean(self) -> None:
        if self.cleaned_data.get("safe_now") == "not_safe" and not self.cleaned_data.get("risk"):
            self.add_error("risk", "Say what you know about the risk")


class AgreementForm(forms.Form):
    agreed = one_of("Do they know about this referral?", wording.AGREED, required="Choose whether they agreed")
    agreement_words = words("Anything about that which we should know", 1000)

    def clean_agreed(self) -> str:
        agreed: str = self.cleaned_data["agreed"]
        if agreed == "no":
            raise forms.ValidationError(
                "We cannot contact somebody who has not agreed. Ask them first; they can also refer themselves"
            )
        return agreed
