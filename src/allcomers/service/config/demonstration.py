"""The synthetic service of a demonstration: every app that has a `demonstration` module adds its part, in order."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from allcomers.service.accounts import selectors


def fill_once() -> None:
    """Fill an empty database; one that was filled before is shown as it was left."""
    if not selectors.anybody():
        fill()


def fill() -> None:
    """Make the people, staff and care of the demonstration, each app's `demonstration.fill()` after another."""
    for config in apps.get_app_configs():
        name = f"{config.name}.demonstration"
        if config.name.startswith("allcomers.service.") and find_spec(name):
            import_module(name).fill()
