"""Reading what a system sent: every fault at once, each with its place, what kind of thing is there, what should be.

What was sent is never repeated: not in a fault, not in a log.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from allcomers.service.look.dates import PARTS, DayField
from allcomers.service.referrers.schema import DANGER, SECTIONS, choices_of, fields_of

KINDS: dict[type, str] = {
    type(None): "null",
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "an object",
}
LONGEST_NAME = 80


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: its JSON pointer, the kind of what was found there, and what was expected."""

    pointer: str
    found: str
    expected: str

    def as_json(self) -> dict[str, str]:
        return {"pointer": self.pointer, "found": self.found, "expected": self.expected}


@dataclass(frozen=True)
class Sent:
    """A referral as it was read: answers by page, as the forms give them; empty where there is a fault."""

    in_danger: bool = False
    answers: Mapping[str, Mapping[str, Any]] | None = None
    faults: tuple[Fault, ...] = ()


class NotJsonError(ValueError):
    """The body is no JSON text, or holds what no JSON text should: the same name twice, a number that is none."""


def parse(body: bytes) -> Any:
    """The value that a body holds. Raises `NotJsonError`, whose words hold nothing of the body."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise NotJsonError("the body is not UTF-8") from None
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_no_number)
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except NotJsonError:
        raise
    except UnicodeEncodeError:
        raise NotJsonError("the body holds half of a character") from None
    except (ValueError, RecursionError):
        raise NotJsonError("the body is not JSON") from None
    return value


def read(value: Any) -> Sent:
    """A referral from a JSON value: its shape first, and then, where that is right, by the forms."""
    shape = tuple(shape_faults(value))
    if shape:
        return Sent(faults=shape)
    sections = {name: form(_as_posted(name, value[name])) for name, form in SECTIONS.items()}
    faults = tuple(fault for name, form in sections.items() for fault in _faults(name, form, value[name]))
    if faults:
        return Sent(in_danger=value[DANGER], faults=faults)
    return Sent(value[DANGER], {name: form.cleaned_data for name, form in sections.items()})


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotJsonError("an object has the same name twice")
    return found


def _no_number(_text: str) -> Any:
    raise NotJsonError("the body holds a number that JSON does not have")


def shape_faults(value: Any) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield Fault("", _kind(value), "an object")
        return
    yield from _names("", value, {DANGER, *SECTIONS}, [DANGER, *SECTIONS])
    if DANGER in value and not isinstance(value[DANGER], bool):
        yield Fault(f"/{DANGER}", _kind(value[DANGER]), "true or false")
    for name in SECTIONS:
        if name in value:
            yield from _section(name, value[name])


def _section(name: str, value: Any) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield Fault(f"/{name}", _kind(value), "an object")
        return
    fields = fields_of(name)
    yield from _names(f"/{name}", value, set(fields), [one for one, field in fields.items() if field.required])
    for one, field in fields.items():
        if one in value:
            yield from _value(f"/{name}/{one}", value[one], field, choices_of(name, one, field))


def _names(where: str, value: Mapping[str, Any], known: set[str], needed: list[str]) -> Iterator[Fault]:
    for name in value:
        if name not in known:
            yield Fault(f"{where}/{_escaped(name)}", "an unknown name", "only the names in the schema")
    for name in needed:
        if name not in value:
            yield Fault(f"{where}/{name}", "nothing", "this is needed")


def _value(where: str, value: Any, field: forms.Field, choices: list[str]) -> Iterator[Fault]:
    if isinstance(field, forms.BooleanField):
        if not isinstance(value, bool):
            yield Fault(where, _kind(value), "true or false")
    elif isinstance(field, forms.MultipleChoiceField):
        if not isinstance(value, list):
            yield Fault(where, _kind(value), f"a list of {', '.join(choices)}")
        else:
            yield from _list(where, value, choices)
    elif not isinstance(value, str):
        yield Fault(where, _kind(value), "a text")
    elif choices and value not in choices:
        yield Fault(where, "another text", f"one of {', '.join(choices)}")
    elif isinstance(field, DayField) and not _is_day(value):
        yield Fault(where, "another text", "a date that exists, as 1985-03-27")
    elif isinstance(field, forms.CharField) and field.max_length and len(value) > field.max_length:
        yield Fault(where, f"a text of {len(value)} letters", f"at most {field.max_length} letters")
    elif field.required and not value:
        yield Fault(where, "an empty text", "this is needed")


def _list(where: str, value: list[Any], choices: list[str]) -> Iterator[Fault]:
    for number, one in enumerate(value):
        if not isinstance(one, str) or one not in choices:
            yield Fault(f"{where}/{number}", _kind(one), f"one of {', '.join(choices)}")
        elif one in value[:number]:
            yield Fault(f"{where}/{number}", "the same as before", "each only once")


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _as_posted(section: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """A section as a browser would have posted it."""
    posted: dict[str, Any] = {}
    for name, field in fields_of(section).items():
        given = value.get(name)
        if isinstance(field, DayField) and given is not None:
            day = date.fromisoformat(given)
            posted |= {f"{name}_{part}": str(getattr(day, part)) for part in PARTS}
        elif given is not None and given is not False:
            posted[name] = given
    return posted


def _faults(section: str, form: forms.Form, value: Mapping[str, Any]) -> Iterator[Fault]:
    """What the forms found: their messages are fixed words, and hold nothing of what was typed."""
    for name, messages in form.errors.items():
        whole = name == "__all__"
        found = "an object" if whole else _kind(value[name]) if name in value else "nothing"
        for message in messages:
            yield Fault(f"/{section}" if whole else f"/{section}/{name}", found, str(message))


def _kind(value: Any) -> str:
    return KINDS[type(value)]


def _escaped(name: str) -> str:
    """A name as a JSON pointer writes it, no longer than can be looked at."""
    return name[:LONGEST_NAME].replace("~", "~0").replace("/", "~1")
