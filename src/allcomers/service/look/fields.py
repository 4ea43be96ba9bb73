"""Django's form fields as the design system's components: `field(form["reason"])`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from allcomers.service.look.dates import PARTS, DayWidget


def component(bound: BoundField, **more: Any) -> dict[str, Any]:
    """What the macro of a field's component is given: name, id, label, hint, error, and its value or items."""
    described: dict[str, Any] = {
        "id": bound.auto_id,
        "idPrefix": bound.auto_id,
        "name": bound.html_name,
        "label": {"text": bound.label, "size": "s"},
        "hint": {"text": bound.help_text} if bound.help_text else None,
        "errorMessage": {"text": bound.errors[0]} if bound.errors else None,
    }
    described |= PARTICULARS[kind(bound)](bound)
    return {name: value for name, value in {**described, **more}.items() if value is not None}


def kind(bound: BoundField) -> str:
    """The component that shows a field."""
    widget = bound.field.widget
    for name, types in KINDS.items():
        if isinstance(widget, types):
            return name
    raise TypeError(f"no component shows {type(widget).__name__}")


KINDS: dict[str, tuple[type[forms.Widget], ...]] = {
    "hidden": (forms.HiddenInput,),
    "date": (DayWidget,),
    "checkboxes": (forms.CheckboxSelectMultiple, forms.CheckboxInput),
    "radios": (forms.RadioSelect,),
    "select": (forms.Select,),
    "textarea": (forms.Textarea,),
    "input": (forms.widgets.Input,),
}


def _input(bound: BoundField) -> dict[str, Any]:
    attributes = bound.field.widget.attrs
    given: dict[str, Any] = {name: attributes.get(name) for name in ("autocomplete", "inputmode")}
    given["attributes"] = {"dir": "auto"}  # a name may be written from right to left
    if isinstance(bound.field, forms.CharField) and bound.field.max_length:
        given["attributes"]["maxlength"] = str(bound.field.max_length)
    type_ = getattr(bound.field.widget, "input_type", "text")
    value = None if type_ == "password" else _text(bound)
    return {"type": type_, "value": value, "classes": "nhsuk-input--width-20", **given}


def _textarea(bound: BoundField) -> dict[str, Any]:
    return {"value": _text(bound), "attributes": {"dir": "auto"}}


def _choice(bound: BoundField) -> dict[str, Any]:
    items = _items(bound)
    group = {"id": None}  # the first choice has the field's id, which the error summary links to
    if isinstance(bound.field.widget, forms.CheckboxInput):  # its only choice says the label already
        return {**group, "items": items}
    return {**group, "fieldset": {"legend": {"text": bound.label, "size": "s"}}, "items": items}


def _select(bound: BoundField) -> dict[str, Any]:
    return {"items": _items(bound)}


def _date(bound: BoundField) -> dict[str, Any]:
    value = bound.value()
    parts = value if isinstance(value, list) else DayWidget().decompress(value)
    filled_in_as = bound.field.widget.attrs.get("autocomplete")
    items = [
        {
            "id": f"{bound.auto_id}_{part}",
            "name": f"{bound.html_name}_{part}",
            "label": part.capitalize(),
            "value": given or "",
            "width": 4 if part == "year" else 2,
            "autocomplete": f"{filled_in_as}-{part}" if filled_in_as else None,
            "error": bool(bound.errors),
        }
        for part, given in zip(PARTS, parts, strict=True)
    ]
    return {"fieldset": {"legend": {"text": bound.label, "size": "s"}}, "items": items}


PARTICULARS = {
    "hidden": lambda _bound: {},
    "input": _input,
    "textarea": _textarea,
    "radios": _choice,
    "checkboxes": _choice,
    "select": _select,
    "date": _date,
}


def summary(form: forms.BaseForm) -> list[dict[str, str]]:
    """Every fault of a form, for the error summary, each with a link to its field."""
    faults = [{"text": str(text), "href": ""} for text in form.non_field_errors()]
    for bound in form:
        faults += [{"text": str(text), "href": f"#{_first_id(bound)}"} for text in bound.errors]
    return faults


def _first_id(bound: BoundField) -> str:
    return f"{bound.auto_id}_day" if kind(bound) == "date" else bound.auto_id


def _items(bound: BoundField) -> list[dict[str, Any]]:
    """The choices of a field; a single tick box is one choice."""
    value = bound.value()
    if isinstance(bound.field.widget, forms.CheckboxInput):
        return [{"value": "on", "text": bound.label, "checked": bool(value), "id": bound.auto_id}]
    chosen = {str(one) for one in (value if isinstance(value, list | tuple) else [value])}
    assert isinstance(bound.field, forms.ChoiceField)
    keeps_empty = kind(bound) == "select"
    choices: Any = bound.field.choices
    shown = [(str(value), str(text)) for value, text in choices if keeps_empty or value != ""]
    return [
        {
            "value": value,
            "text": text,
            "checked": value in chosen,
            "selected": value in chosen,
            "id": bound.auto_id if number == 0 else f"{bound.auto_id}-{number + 1}",
        }
        for number, (value, text) in enumerate(shown)
    ]


def _text(bound: BoundField) -> str | None:
    value = bound.value()
    return None if value is None else str(value)


GLOBALS = {"component": component, "kind": kind, "summary": summary}
