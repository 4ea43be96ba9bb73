"""The two ways in: somebody refers themselves, or a professional refers them. Both end in the same inbox.

A path is its pages and what its answers say. Everything after that is one: the same action stores the referral.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.urls import reverse

from allcomers.service.referrals import professional_forms as professional
from allcomers.service.referrals import protected, wording
from allcomers.service.referrals.forms import CHANNELS, GateForm
from allcomers.service.referrals.models import Referral, Source, StartedReferral
from allcomers.service.referrals.steps import STEPS, Answers, Line, Step, in_words


@dataclass(frozen=True)
class Content:
    """What a referral says, whoever wrote it: what is stored apart from the answers themselves."""

    name: Mapping[str, Any]
    born_and_lives: Mapping[str, Any]
    contact: Mapping[str, Any]
    problems: list[str]

    @property
    def date_of_birth(self) -> date:
        return date.fromisoformat(self.born_and_lives["date_of_birth"])


@dataclass(frozen=True)
class Path:
    """One way of referring.

    Parameters
    ----------
    prefix : how the names of its addresses, its templates and its keys in a session begin.
    born_and_lives : the name of the page on which age and area are asked.
    said_by : who said what is stored as somebody's problems.
    danger_words, unsafe_words : why such a referral is looked at today, in the inbox.
    """

    source: Source
    prefix: str
    gate: type[forms.Form]
    steps: tuple[Step, ...]
    born_and_lives: str
    content: Callable[[Answers], Content]
    said_by: str
    danger_words: str
    unsafe_words: str

    @property
    def by_name(self) -> dict[str, Step]:
        return {step.name: step for step in self.steps}

    def page(self, name: str, /, **parts: Any) -> str:
        """The address of one of its pages."""
        return reverse(f"referrals:{self.prefix}{name}", kwargs=parts or None)

    def template(self, name: str) -> str:
        return f"referrals/{self.prefix}{name}.jinja"

    def key(self, name: str) -> str:
        """Under which a session holds something of this path, so that the two can be open side by side."""
        return f"referral_{self.prefix}{name}"

    def today_because(self, started: StartedReferral) -> list[str]:
        """Why somebody has to look at it today; empty where nothing says so."""
        danger = [self.danger_words] if started.in_danger else []
        return danger + ([self.unsafe_words] if started.safety else [])


def _of_self(answers: Answers) -> Content:
    return Content(
        name=answers["name"],
        born_and_lives=answers["age-and-area"],
        contact=answers["contact"],
        problems=[one for one in answers["life"]["problems"] if one != wording.RATHER_NOT[0]],
    )


def _of_professional(answers: Answers) -> Content:
    return Content(
        name=answers["person"],
        born_and_lives=answers["person"],
        contact=answers["contact"],
        problems=answers["reason"]["problems"],
    )


SELF = Path(
    source=Source.SELF,
    prefix="",
    gate=GateForm,
    steps=STEPS,
    born_and_lives="age-and-area",
    content=_of_self,
    said_by="person",
    danger_words="said at the start that they are in danger or have harmed themselves",
    unsafe_words="does not feel safe, or is not sure",
)
PROFESSIONAL_STEPS = (
    Step("referrer", "Who refers", professional.ReferrerForm, "You, so that we can ring you back."),
    Step("person", "Who is referred", professional.PersonForm),
    Step(
        "contact",
        "How we can reach them",
        professional.TheirContactForm,
        "Give at least one. We leave no message anywhere unless they agreed to it, and never say who we are to anybody "
        "else.",
    ),
    Step("reason", "Why", professional.ReasonForm, "A person reads this. They may read it too."),
    Step("needs", "What would make it easier for them", professional.TheirNeedsForm),
    Step("risk", "Safety", professional.RiskForm, "Nobody reads this straight away."),
    Step("agreement", "What they agreed to", professional.AgreementForm, "Talking therapies are a person's choice."),
)
PROFESSIONAL = Path(
    source=Source.PROFESSIONAL,
    prefix="professional_",
    gate=professional.TheirGateForm,
    steps=PROFESSIONAL_STEPS,
    born_and_lives="person",
    content=_of_professional,
    said_by="referrer",
    danger_words="the referrer says they are in danger or have harmed themselves",
    unsafe_words="the referrer does not know them to be safe",
)
_BY_SOURCE = {Source.SELF: SELF, Source.PROFESSIONAL: PROFESSIONAL, Source.SYSTEM: PROFESSIONAL}


def without_agreement(answers: Answers) -> dict[str, Mapping[str, Any]]:
    """What somebody filled in for the person, without what they ticked in their name: nobody agrees for another."""
    contact = {name: value for name, value in answers["contact"].items() if not name.endswith("_messages")}
    unticked = {f"{channel}_messages": False for channel in CHANNELS}
    return {**answers, "contact": {**contact, **unticked}, "consents": {}}


def path_of(source: str) -> Path:
    return _BY_SOURCE[Source(source)]


def said(referral: Referral) -> list[tuple[Step, list[Line]]]:
    """Everything a referral says, page by page, in the words of its path."""
    hidden = protected.hidden(referral)
    return [(step, in_words(step, referral.answers, hidden)) for step in path_of(referral.source).steps]
