"""Actions: the only way the service changes anything. Atomic, and with a trace or not at all."""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

from allcomers.service.governance import audit

P = ParamSpec("P")
T = TypeVar("T")

_acting: ContextVar[list[audit.Event] | None] = ContextVar("events of the outermost action", default=None)


class ActionWithoutTraceError(AssertionError):
    """An action ended without recording an event. Its changes were undone."""


def action(function: Callable[P, T]) -> Callable[P, T]:
    """Run a function in one transaction that ends with its audit events.

    An action may call others: they share the transaction, and all events are written at its end. A function that
    records nothing fails, and its changes are undone.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        outer = _acting.get()
        with transaction.atomic():
            if outer is not None:
                return _traced(function, outer, *args, **kwargs)
            with audit.gathering() as events:
                token = _acting.set(events)
                try:
                    return _traced(function, events, *args, **kwargs)
                finally:
                    _acting.reset(token)

    run.is_action = True  # type: ignore[attr-defined]
    return run


def _traced(function: Callable[P, T], events: list[audit.Event], *args: P.args, **kwargs: P.kwargs) -> T:
    begun = len(events)
    try:
        result = function(*args, **kwargs)
    except BaseException:
        del events[begun:]
        raise
    if len(events) == begun:
        raise ActionWithoutTraceError(f"{function.__module__}.{function.__qualname__} recorded no event")
    return result
