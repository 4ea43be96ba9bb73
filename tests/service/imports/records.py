"""Records of files as the tests make them: a PHQ-9 of the cast's patient, and ways to change it."""

import json
from typing import Any

from allcomers import instruments
from allcomers.instruments.fhir import response
from allcomers.instruments.model import Answer
from allcomers.service.governance import audit
from allcomers.service.imports import actions, files
from allcomers.service.imports.models import Import, Quarantined

PHQ9 = instruments.get("PHQ9")
GIVEN = "2026-03-02T10:15:00+00:00"
CSV_HEADER = "instrument,given_at,nhs_number,date_of_birth,total," + ",".join(f"item_{n}" for n in range(1, 10))


def record(
    answers: dict[int, Answer] | None = None, *, number: str = "9990000018", born: str = "1985-03-27", **changed: Any
) -> dict[str, Any]:
    """A PHQ-9 of the cast's patient, all ones and a zero for item 9 unless told otherwise."""
    given = answers if answers is not None else {**dict.fromkeys(range(1, 9), 1), 9: 0}
    patient = {
        "resourceType": "Patient",
        "id": "p",
        "identifier": [{"system": files.NHS_NUMBER, "value": number}],
        "birthDate": born,
    }
    made = response(PHQ9, given, authored=GIVEN) | {"contained": [patient], "subject": {"reference": "#p"}}
    return {**made, **changed}


def take_in(*records: Any, name: str = "answers.ndjson") -> Import:
    text = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in records)
    return actions.take_in(by=audit.SYSTEM, content=text.encode(), records=files.records(name, text.encode()))


def with_item(found: dict[str, Any], link: str, answer: list[Any]) -> dict[str, Any]:
    return {**found, "item": [*found["item"], {"linkId": link, "answer": answer}]}


def without_total(found: dict[str, Any]) -> dict[str, Any]:
    return {**found, "item": [one for one in found["item"] if one["linkId"] != "total"]}


def kinds() -> list[list[str]]:
    return [[one["kind"] for one in row.reasons] for row in Quarantined.objects.order_by("place")]
