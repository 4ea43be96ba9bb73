"""A person's own copy as FHIR R4: who they are, the questionnaires, and what they said, in one Bundle.

What each questionnaire and answer is written as has its home in `instruments.fhir`. Here is added whose they are, which
question the person would rather not answer, and what they found missing.
"""

from datetime import datetime
from typing import Any

from allcomers.instruments import fhir
from allcomers.instruments.fhir.vocabulary import DECLINED
from allcomers.service.people.models import Person
from allcomers.service.problems import fhir as problems
from allcomers.service.problems.reading import problems_read
from allcomers.service.questionnaires import asking, selectors
from allcomers.service.questionnaires.models import Answer, Response
from allcomers.service.referrals.models import Contact

Resource = dict[str, Any]
NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
MISSING_WORDS = "urn:allcomers:is-anything-missing"
TELECOM = {"mobile": ("phone", "mobile"), "landline": ("phone", "home"), "email": ("email", "home")}


def bundle(person: Person, contacts: list[Contact], *, at: datetime) -> Resource:
    """Everything a person answered, that stands, with the questions: a Bundle of the type “collection”."""
    responses = [
        one
        for one in selectors.responses_of(person).prefetch_related("answers")
        if one.started_at and not one.withdrawn
    ]
    asked = {one.instrument_key: one.instrument for one in responses}
    entries = [("Patient", str(person.pk), patient(person, contacts))]
    entries += [("Questionnaire", key, fhir.questionnaire(one)) for key, one in sorted(asked.items())]
    entries += [("QuestionnaireResponse", str(one.pk), response(one)) for one in responses]
    said = problems.responses(problems_read(person))
    entries += [("Questionnaire", "own-words-problems", problems.questionnaire())] if said else []
    entries += [("QuestionnaireResponse", key, resource) for key, resource in said]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": at.isoformat(timespec="seconds"),
        "entry": [_entry(kind, key, resource) for kind, key, resource in entries],
    }


def patient(person: Person, contacts: list[Contact]) -> Resource:
    name = {"use": "official", "family": person.family_name, "given": [person.given_name]}
    names = [name] + ([{"use": "usual", "text": person.preferred_name}] if person.preferred_name else [])
    found: Resource = {
        "resourceType": "Patient",
        "name": names,
        "birthDate": person.date_of_birth.isoformat(),
        "telecom": [
            {"system": TELECOM[one.channel][0], "use": TELECOM[one.channel][1], "value": one.value}
            for one in contacts
            if one.channel in TELECOM
        ],
        "address": [{"text": one.value} for one in contacts if one.channel == Contact.Channel.POST],
    }
    if person.nhs_number:
        found["identifier"] = [{"system": NHS_NUMBER, "value": person.nhs_number}]
    if person.postcode and not found["address"] and not person.address_protected:
        found["address"] = [{"postalCode": person.postcode}]
    return {key: value for key, value in found.items() if value}


def response(one: Response) -> Resource:
    """One questionnaire as it was answered; with the questions that the person would rather not answer."""
    latest: dict[int, Answer] = {answer.number: answer for answer in sorted(one.answers.all(), key=lambda row: row.pk)}
    values = {number: answer.value for number, answer in latest.items()}
    moment = one.finished_at or one.started_at
    assert moment is not None
    resource = fhir.response(one.instrument, values, authored=moment.isoformat(timespec="seconds"))
    declined = [
        {"linkId": str(item.number), "extension": [DECLINED]}
        for item in asking.items(one.instrument)
        if item.number in values and values[item.number] is None
    ]
    resource["item"] = declined + resource["item"]
    resource["status"] = "completed" if one.finished_at else "in-progress"
    resource["subject"] = {"reference": f"urn:uuid:{one.person_id}"}
    if one.missing_words:
        resource["extension"] = [{"url": MISSING_WORDS, "valueString": one.missing_words}]
    return {key: value for key, value in resource.items() if value}


def _entry(kind: str, key: str, resource: Resource) -> Resource:
    address = resource["url"] if kind == "Questionnaire" else f"urn:uuid:{key}"
    return {"fullUrl": address, "resource": resource | {"id": key.replace("_", "-")}}
