"""Addresses of the pages of questionnaires, for the matrix: one that was begun, and an alert with an owner."""

from collections.abc import Callable
from typing import Any

from allcomers.service.accounts.models import User
from allcomers.service.governance import audit
from allcomers.service.governance.permissions import Role
from allcomers.service.people.models import Person
from allcomers.service.questionnaires import actions
from allcomers.service.questionnaires.models import Response, RiskAlert


def begun(person: Person, by: User, key: str = "GAD7") -> Response:
    found = Response.objects.filter(person=person, instrument_key=key).first()
    return found or actions.key_in(by=audit.SYSTEM, member=by, person=person, key=key, mode=Response.Mode.PHONE)


def alert(person: Person, owner: User) -> RiskAlert:
    """One with an owner, so that it gives nobody else a relationship but those who are paged about every alert."""
    found = RiskAlert.objects.filter(person=person).first()
    if found is not None:
        return found
    actions.save_answers(by=audit.SYSTEM, response=begun(person, owner, "PHQ9"), answers={9: 1})
    raised = RiskAlert.objects.get(person=person)
    raised.owner = owner
    return raised.save_version(raised.version)


def _response(cast: Any) -> dict[str, Any]:
    return {"response_id": begun(cast.patient, cast.clinician).pk}


def _alarmed(cast: Any) -> dict[str, Any]:
    return {"response_id": alert(cast.patient, cast.clinician).answer.response_id}


EXAMPLES: dict[str, Callable[[Any], dict[str, Any]]] = {
    **{f"questionnaires:{way}{name}": _response for way in ("", "key_") for name in ("whole", "finish")},
    **{f"questionnaires:{way}item": lambda cast: {**_response(cast), "number": 1} for way in ("", "key_")},
    **{f"questionnaires:{way}crisis": _alarmed for way in ("", "key_")},
    "questionnaires:alert": lambda cast: {"alert_id": alert(cast.patient, cast.clinician).pk},
    "questionnaires:alert_step": lambda cast: {
        "alert_id": alert(cast.patient, cast.clinician).pk,
        "step": "acknowledge",
    },
}
BY_ROLE = {Role.DUTY: "answers_alert", Role.CLINICAL_LEAD: "answers_alert"}
"""The duty role is paged about every alert; the clinical leads are while nobody holds it."""
RELATE: dict[str, Callable[[User, Person], object]] = {"answers_alert": lambda user, person: alert(person, user)}
