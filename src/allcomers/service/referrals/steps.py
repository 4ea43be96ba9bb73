"""The self-referral as a list of pages. One view shows them all; the order here is the order in which they come."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from allcomers.service.look.dates import DayField
from allcomers.service.referrals import forms as pages

Answers = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Step:
    """One page.

    Parameters
    ----------
    name : in the address, and the name under which its answers are kept.
    why : a line under the title: why it is asked, or what to know.
    skippable : everything on it can be passed over in one action.
    """

    name: str
    title: str
    form: type[forms.Form]
    why: str = ""
    skippable: bool = False


STEPS = (
    Step("age-and-area", "Age and area", pages.AgeAndAreaForm, "So that the right service answers you."),
    Step("who", "Who is filling this in", pages.WhoForm),
    Step("name", "Name", pages.NameForm, "The name of the person who wants help."),
    Step(
        "contact",
        "How we can reach you",
        pages.ContactForm,
        "Give at least one. We leave no message anywhere unless you tick that we may, and never say who we are to "
        "anybody else.",
    ),
    Step(
        "words",
        "In your own words",
        pages.OwnWordsForm,
        "A person reads this, and it counts as much as any questionnaire. Write as much or as little as you like.",
    ),
    Step("life", "What is going on in your life", pages.LifeForm, "Worry and low mood often have reasons outside us."),
    Step("needs", "What would make it easier", pages.NeedsForm),
    Step(
        "about-you",
        "About you",
        pages.AboutYouForm,
        "We ask so that we can see whether everybody is helped equally well. Your answers do not change what you are "
        "offered, or when. You can skip all of it.",
        skippable=True,
    ),
    Step("preferences", "How you would like to be helped", pages.PreferencesForm, "We cannot always promise it."),
    Step(
        "consents",
        "What you agree to",
        pages.ConsentsForm,
        "Each is your choice, and can be changed later. Saying no, or nothing, does not affect your treatment or your "
        "wait.",
    ),
)
BY_NAME = {step.name: step for step in STEPS}


def first_open(answers: Answers, pages: tuple[Step, ...] = STEPS) -> Step | None:
    """The first page that has not been answered; None where all have."""
    return next((step for step in pages if step.name not in answers), None)


def left_empty(answers: Answers, pages: tuple[Step, ...] = STEPS) -> dict[str, Any] | None:
    """The pages that are not answered yet, as they are when nothing is answered; None where one of them has to be."""
    empty = {step.name: step.form({}) for step in pages if step.name not in answers}
    if not all(form.is_valid() for form in empty.values()):
        return None
    return {name: form.cleaned_data for name, form in empty.items()}


def before(step: Step, pages: tuple[Step, ...] = STEPS) -> Step | None:
    number = pages.index(step)
    return pages[number - 1] if number else None


def reachable(step: Step, answers: Answers, pages: tuple[Step, ...] = STEPS) -> bool:
    """Whether every page before it has been answered."""
    return all(one.name in answers for one in pages[: pages.index(step)])


def as_shown(step: Step, answers: Answers) -> dict[str, Any]:
    """A page's stored answers as its form shows them."""
    stored = dict(answers.get(step.name, {}))
    for name, field in step.form().fields.items():
        if isinstance(field, DayField) and stored.get(name):
            stored[name] = date.fromisoformat(stored[name])
    return stored


PROTECTED = "Protected: not shown here"


@dataclass(frozen=True)
class Line:
    """One answer in words: what was asked, what was said, and whether it is somebody's own text."""

    question: str
    answer: str | date
    own_words: bool


def in_words(step: Step, answers: Answers, hidden: Collection[str] = ()) -> list[Line]:
    """A page's answers as people read them, without those left empty. Of `hidden` fields it is said that they are."""
    return fields_in_words(step.form().fields, as_shown(step, answers), hidden)


def fields_in_words(
    fields: Mapping[str, forms.Field], shown: Mapping[str, Any], hidden: Collection[str] = ()
) -> list[Line]:
    """The answers to a form's fields as people read them."""
    found = []
    for name, field in fields.items():
        value = shown.get(name)
        if name in hidden:
            found.append(Line(str(field.label), PROTECTED, own_words=False))
        elif value not in ("", None, [], False):
            found.append(Line(str(field.label), _said(field, value), isinstance(field.widget, forms.Textarea)))
    return found


def _said(field: forms.Field, value: Any) -> str | date:
    if isinstance(field, forms.BooleanField):
        return "Yes"
    if isinstance(field, forms.ChoiceField):
        words = dict(field.choices)  # type: ignore[arg-type]
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(str(words.get(one, one)) for one in chosen)
    return value if isinstance(value, date) else str(value)
