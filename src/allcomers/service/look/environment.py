"""The Jinja environment: the design system's macros, and the few things every template needs."""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import MONTHS
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, FileSystemLoader, PackageLoader

from allcomers.service.look import fields


def environment(**options: Any) -> Environment:
    """Templates of every app, then the design system's. Undefined chains because its macros expect that."""
    folders = [
        Path(config.path) / "templates" for config in apps.get_app_configs() if config.name.startswith("allcomers")
    ]
    made = Environment(  # noqa: S701 - Django passes autoescape=True in options
        **{
            **options,
            "loader": ChoiceLoader([FileSystemLoader(folders), PackageLoader("nhsuk_frontend_jinja")]),
            "undefined": ChainableUndefined,
            "trim_blocks": True,
            "lstrip_blocks": True,
        }
    )
    assert made.autoescape
    made.globals.update(static=static, url=address, **fields.GLOBALS)
    made.filters.update(day=day, moment=moment)
    return made


def address(name: str, /, **parameters: Any) -> str:
    """The address of a page: `url("people:person", person_id=person.pk)`."""
    return reverse(name, kwargs=parameters or None)


def day(value: Any) -> str:
    """As people write it: 3 April 2026."""
    return f"{value.day} {MONTHS[value.month]} {value.year}" if value else ""


def moment(value: Any) -> str:
    """3 April 2026 at 2:05pm, in the service's time zone."""
    if not value:
        return ""
    local = timezone.localtime(value)
    half = "am" if local.hour < 12 else "pm"
    return f"{day(local)} at {local.hour % 12 or 12}:{local:%M}{half}"
