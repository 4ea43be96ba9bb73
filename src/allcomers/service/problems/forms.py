"""The page about own problems as a form: what holds, and a place for one more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

from django import forms

from allcomers.service.governance.forms import RecordForm
from allcomers.service.governance.tokens import FormToken
from allcomers.service.look.words import words
from allcomers.service.problems import wording
from allcomers.service.problems.models import LONGEST_PROBLEM
from allcomers.service.problems.reading import Standing, Told


def _how_much(label: str, hint: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        help_text=hint,
        required=False,
        choices=choices,
        widget=forms.Select,
        error_messages={"invalid_choice": "Choose one of the answers shown"},
    )


CHOOSE = ("", "Choose")


class ProblemsForm(RecordForm):
    """Nothing in it has to be answered. Signed for the state of everything that is known of a person's problems."""

    name: ClassVar[str] = "problems"
    words = forms.CharField(
        label=wording.WORDS,
        help_text="You do not have to write anything.",
        required=False,
        max_length=LONGEST_PROBLEM,
        widget=forms.Textarea,
        error_messages={"max_length": f"Say it in {LONGEST_PROBLEM} letters or fewer"},
    )
    rating = _how_much(wording.HOW_MUCH, "", [CHOOSE, *(one for one in wording.CHOICES if one[0] != "over")])

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        self.standing = standing
        super().__init__(*args, about=(standing.request or standing.person).pk, **kwargs)
        held = {f"rating_{told.problem.pk}": _held(standing, told) for told in standing.asked}
        self.fields = {**held, **self.fields}
        for told in standing.asked:
            self.initial[f"rating_{told.problem.pk}"] = standing.given(told)
        if not standing.room:
            del self.fields["words"], self.fields["rating"]

    def _token_shown(self) -> FormToken:
        return replace(super()._token_shown(), version=self.standing.version)

    @property
    def stale(self) -> bool:
        """Something was said since the page was shown."""
        return self.version != self.standing.version

    @property
    def ratings(self) -> dict[UUID, str]:
        """What was chosen for each problem, where anything was."""
        chosen = {one.problem.pk: self.cleaned_data.get(f"rating_{one.problem.pk}", "") for one in self.standing.asked}
        return {key: answer for key, answer in chosen.items() if answer}

    @property
    def words_given(self) -> str:
        return " ".join(self.cleaned_data.get("words", "").split())

    def given(self) -> dict[str, Any]:
        """What is to be kept; empty where nothing was said."""
        said = {"words": self.words_given, "rating": self.cleaned_data.get("rating", "")}
        return {"ratings": self.ratings, **said} if self.ratings or said["words"] else {}

    def clean(self) -> dict[str, Any]:
        if self.stale:  # nothing of it is kept, so that nothing in it can be wrong
            return self.cleaned_data
        if self._same(self.words_given):
            self.add_error("words", "You wrote this before: say above how much it troubles you")
        if self.cleaned_data.get("rating") and not self.words_given and "words" not in self.errors:
            self.add_error("words", "Write what it is that troubles you, or take the number away")
        return self.cleaned_data

    def said_already(self) -> bool:
        """Whether a page that was sent twice says what stands since the first time."""
        now = {one.problem.pk: self.standing.given(one) for one in self.standing.asked}
        if any(now[key] != answer for key, answer in self.ratings.items()):
            return False
        typed = " ".join(self.data.get("words", "").split())
        same = self._same(typed)
        return not typed or (same is not None and self.standing.given(same) == self.data.get("rating", ""))

    def _same(self, words: str) -> Told | None:
        words = words.casefold()
        return next((one for one in self.standing.asked if one.problem.words.casefold() == words), None)


def _held(standing: Standing, told: Told) -> forms.ChoiceField:
    choices = wording.CHOICES if standing.given(told) else [CHOOSE, *wording.CHOICES]
    return _how_much(told.problem.words, wording.HOW_MUCH, choices)


class StrikeForm(RecordForm):
    name: ClassVar[str] = "strike"
    because = words(
        "Why is it wrong?",
        required="Write why it is wrong",
        help_text="It stays, struck through, with your reason. The person can read both.",
    )
