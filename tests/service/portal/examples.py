"""Addresses of the pages of the patient's place, for the matrix."""

from collections.abc import Callable
from typing import Any

from allcomers.service.governance import audit
from allcomers.service.people.models import Person
from allcomers.service.portal import actions
from allcomers.service.portal.models import Correction

WRONG = {"part": "details", "wrong": "My name has one t.", "right": "It has two."}


def asked(person: Person) -> Correction:
    return actions.ask_correction(by=audit.SYSTEM, person=person, **WRONG)


EXAMPLES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "portal:correction": lambda cast: {"correction_id": asked(cast.patient).pk},
    "portal:disagree": lambda cast: {"correction_id": asked(cast.patient).pk},
    "portal:questionnaires": lambda _cast: {"request_id": "00000000-0000-4000-8000-000000000000"},
}
