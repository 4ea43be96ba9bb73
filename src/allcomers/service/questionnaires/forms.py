"""Forms of questionnaires: one for any instrument, made from its items."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms

from allcomers import instruments
from allcomers.instruments.model import Answer, Instrument, Item
from allcomers.service.governance.forms import RecordForm
from allcomers.service.look.words import words
from allcomers.service.questionnaires import asking, selectors
from allcomers.service.questionnaires.models import Response

MOST_RADIOS = 12
SHOW = "show"


class AnswerForm(RecordForm):
    """The questions of an instrument, one or all of them: the only form that asks any."""

    name: ClassVar[str] = "answers"

    def __init__(
        self, *args: Any, instrument: Instrument, items: Iterable[Item], given: Mapping[int, Answer], **kwargs: Any
    ) -> None:
        self.items = {f"item_{item.number}": item for item in items}
        super().__init__(*args, **kwargs)
        for name, item in self.items.items():
            self.fields[name] = _field(instrument, item)
            if item.number in given:
                answer = given[item.number]
                self.initial[name] = asking.DECLINED if answer is None else str(answer)

    def given(self) -> dict[int, Answer]:
        """What can be read of what was posted, whatever else is wrong with the form."""
        chosen = {item: self.cleaned_data.get(name) for name, item in self.items.items()}
        return {item.number: asking.read(item, one) for item, one in chosen.items() if one}


def _field(instrument: Instrument, item: Item) -> forms.ChoiceField:
    choices = asking.choices(instrument, item)
    many = len(choices) > MOST_RADIOS
    return forms.ChoiceField(
        label=asking.text(item),
        help_text=asking.hint(instrument, item),
        choices=[("", "Choose"), *choices] if many else choices,
        widget=forms.Select if many else forms.RadioSelect,
        error_messages={
            "required": f"Choose an answer, or “{asking.DECLINE}”",
            "invalid_choice": "Choose one of the answers shown",
        },
    )


class LayoutForm(RecordForm):
    name: ClassVar[str] = "layout"
    layout = forms.ChoiceField(
        label="How would you like to see the questions?",
        choices=[(one.value, one.label.capitalize()) for one in Response.Layout],
        widget=forms.RadioSelect,
        initial=Response.Layout.ITEMS,
        error_messages={"required": "Choose how you would like to see the questions"},
    )


class FinishForm(RecordForm):
    name: ClassVar[str] = "finish"
    missing_words = words(
        "Is anything missing from this?",
        help_text="You do not have to write anything. Your words are kept beside your answers.",
    )


class AskForm(RecordForm):
    name: ClassVar[str] = "ask"
    keys = forms.MultipleChoiceField(
        label="Which questionnaires?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one questionnaire"},
    )
    send_by = forms.ChoiceField(
        label="How do they get the link?", required=False, widget=forms.RadioSelect, initial=SHOW
    )

    def __init__(self, *args: Any, ways: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys, send_by = self.fields["keys"], self.fields["send_by"]
        assert isinstance(keys, forms.MultipleChoiceField)
        assert isinstance(send_by, forms.ChoiceField)
        keys.choices = [(one.key, one.name) for one in selectors.shown_here()]
        send_by.choices = [*ways, (SHOW, "Show it to me: I give it to them")]

    @property
    def channel(self) -> str:
        """By which the link is sent; empty where it is shown."""
        return str(self.cleaned_data["send_by"]).removeprefix(SHOW)


class KeyInForm(RecordForm):
    name: ClassVar[str] = "key in"
    key = forms.ChoiceField(label="Which questionnaire?", error_messages={"required": "Choose a questionnaire"})
    mode = forms.ChoiceField(
        label="How did they answer?",
        choices=[(one.value, one.label.capitalize()) for one in (Response.Mode.PHONE, Response.Mode.POST)],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how they answered"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["key"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Choose"), *((one.key, one.name) for one in instruments.all())]
