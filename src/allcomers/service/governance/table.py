"""The permission table: every app's entries and relationships, collected once."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from allcomers.service.governance.permissions import Entry, Place, Relationship, Role

OWN = "allcomers.service."


@cache
def entries() -> dict[str, Entry]:
    """The entry of every URL name, as `<app>:<name>`; allauth's names, which have no app, as they are."""
    found: dict[str, Entry] = {}
    for module in _access_modules():
        for name, entry in module.ENTRIES.items():
            if name in found:
                raise ValueError(f"two entries for the URL {name}")
            found[name] = entry
    return found


@cache
def relationships() -> dict[str, Relationship]:
    """Every relationship by its name."""
    every = [one for module in _access_modules() for one in getattr(module, "RELATIONSHIPS", ())]
    assert len({one.name for one in every}) == len(every), [one.name for one in every]
    return {one.name: one for one in every}


@cache
def relationships_granted(roles: frozenset[Role]) -> frozenset[str]:
    """The relationships by which some page opens to somebody with one of these roles: no others need be looked for."""
    fitting = (one for entry in entries().values() for one in entry.grants if one.roles & roles)
    return frozenset(name for one in fitting for name in one.relationships) & relationships().keys()


@cache
def readings() -> dict[str, str]:
    """What each kind of event is called for the person whose record it is: `READINGS` of every `access.py`."""
    return {name: words for module in _access_modules() for name, words in getattr(module, "READINGS", {}).items()}


@cache
def menu(name: str) -> tuple[Place, ...]:
    """The places of a menu, `MENU` or `RECORD_MENU`, in their order."""
    places = [place for module in _access_modules() for place in getattr(module, name, ())]
    return tuple(sorted(places, key=lambda place: (place.order, place.words)))


def _access_modules() -> list:  # type: ignore[type-arg]
    names = [config.name + ".access" for config in apps.get_app_configs() if config.name.startswith(OWN)]
    return [import_module(name) for name in names if find_spec(name)]


def url_names() -> list[str]:
    """The name of every URL of the project, with its namespace; a URL without a name is `?` and its pattern."""
    return sorted(_names(get_resolver().url_patterns, ""))


def _names(patterns: list[URLPattern | URLResolver], namespace: str) -> list[str]:
    found: list[str] = []
    for one in patterns:
        if isinstance(one, URLResolver):
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            found += _names(one.url_patterns, inner)
        else:
            found.append(f"{namespace}{one.name}" if one.name else f"? {one.pattern}")
    return found
