"""What a referral is as JSON: made from the forms that professionals fill in, so that both have the same rules."""

from typing import Any

from django import forms

from allcomers.service.look.dates import DayField
from allcomers.service.referrals.paths import PROFESSIONAL

DANGER = "in_danger"
SECTIONS: dict[str, type[forms.Form]] = {step.name: step.form for step in PROFESSIONAL.steps}
"""The members of a referral beside `in_danger`, and the form that reads each."""
NOT_ACCEPTED = {("agreement", "agreed"): {"no"}}
"""Choices that a form offers in order to say why they cannot be sent."""


def schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12. What a schema cannot say (check digits, dates in the past) the forms say after it."""
    sections = {name: _section(name, form) for name, form in SECTIONS.items()}
    danger = str(PROFESSIONAL.gate.base_fields[DANGER].label)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:allcomers:referral",
        "title": "A referral by a professional",
        "type": "object",
        "additionalProperties": False,
        "required": [DANGER, *sections],
        "properties": {DANGER: {"type": "boolean", "description": danger}, **sections},
    }


def fields_of(section: str) -> dict[str, forms.Field]:
    return dict(SECTIONS[section]().fields)


def choices_of(section: str, name: str, field: forms.Field) -> list[str]:
    """The codes that a field takes; none where it takes any text."""
    if not isinstance(field, forms.ChoiceField):
        return []
    refused = NOT_ACCEPTED.get((section, name), set())
    choices: Any = field.choices
    return [str(code) for code, _ in choices if code not in refused]


def _section(section: str, form: type[forms.Form]) -> dict[str, Any]:
    fields = fields_of(section)
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [name for name, field in fields.items() if field.required],
        "properties": {name: _field(section, name, field) for name, field in fields.items()},
    }


def _field(section: str, name: str, field: forms.Field) -> dict[str, Any]:
    described: dict[str, Any] = {"description": " ".join(filter(None, (str(field.label), str(field.help_text))))}
    choices = choices_of(section, name, field)
    if isinstance(field, DayField):
        return described | {"type": "string", "format": "date", "description": f"{field.label}, as 1985-03-27"}
    if isinstance(field, forms.BooleanField):
        return described | {"type": "boolean"}
    if isinstance(field, forms.MultipleChoiceField):
        return described | {"type": "array", "uniqueItems": True, "items": {"type": "string", "enum": choices}}
    if choices:
        return described | {"type": "string", "enum": choices}
    assert isinstance(field, forms.CharField)
    shortest = {"minLength": 1} if field.required else {}
    return described | {"type": "string", **shortest, "maxLength": field.max_length}
