"""A record in quarantine, for the matrix."""

from collections.abc import Callable
from typing import Any

from allcomers.service.governance import audit
from allcomers.service.imports import actions
from allcomers.service.imports.models import Quarantined


def in_quarantine() -> Quarantined:
    found = Quarantined.objects.first()
    if found is not None:
        return found
    actions.take_in(by=audit.SYSTEM, content=b"{", records=["{"])
    return Quarantined.objects.get()


EXAMPLES: dict[str, Callable[[Any], dict[str, Any]]] = {"imports:row": lambda _cast: {"row_id": in_quarantine().pk}}
