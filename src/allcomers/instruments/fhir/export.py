"""A questionnaire, and one person's answers to it, as FHIR R4 resources: plain dictionaries, ready for JSON.

The resources hold no name and no number: who was asked is for the caller to add as `subject`.
"""

from collections.abc import Mapping
from typing import Any

from allcomers.instruments.fhir import vocabulary
from allcomers.instruments.model import Answer, Instrument, Item, Rule
from allcomers.instruments.scoring import Score, score

Resource = dict[str, Any]


def questionnaire(instrument: Instrument) -> Resource:
    """FHIR R4 Questionnaire. Where the licence keeps the wording, each item says so in its place."""
    resource: Resource = {
        "resourceType": "Questionnaire",
        "url": vocabulary.canonical(instrument),
        "name": instrument.key,
        "title": instrument.name,
        "status": "active",
        "subjectType": ["Patient"],
        "copyright": instrument.licence.terms,
        "code": _codes(instrument),
        "item": [_item(instrument, item) for item in (*instrument.items, *instrument.further_items)],
    }
    if instrument.question:
        resource["description"] = instrument.question
    if _has_total(instrument):
        resource["item"].append({"linkId": vocabulary.TOTAL, "text": "Total", "type": "decimal", "readOnly": True})
    return {name: value for name, value in resource.items() if value}


def response(instrument: Instrument, answers: Mapping[int, Answer], *, authored: str) -> Resource:
    """FHIR R4 QuestionnaireResponse with the total that the answers make, if they make one.

    `authored` is the moment of answering, ISO 8601 with its zone. Blank items are left out, so what comes back is what
    went in.
    """
    given = [
        {"linkId": str(item.number), "answer": [_answer(instrument, item, answers[item.number])]}
        for item in (*instrument.items, *instrument.further_items)
        if answers.get(item.number) is not None
    ]
    made = score(instrument, answers)
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": vocabulary.canonical(instrument),
        "status": "completed" if made.complete else "in-progress",
        "authored": authored,
        "item": given + _total(instrument, made),
    }


def _codes(instrument: Instrument) -> list[dict[str, str]]:
    named = ((vocabulary.SNOMED_CT, instrument.snomed), (vocabulary.LOINC, instrument.loinc_panel))
    return [{"system": system, "code": concept.code} for system, concept in named if concept]


def _item(instrument: Instrument, item: Item) -> Resource:
    text = item.text or f"Item {item.number} (wording not reproduced: {instrument.licence.terms})"
    found: Resource = {"linkId": str(item.number), "prefix": str(item.number), "text": text, "required": False}
    if item.loinc:
        found["code"] = [{"system": vocabulary.LOINC, "code": item.loinc}]
    if item in instrument.items and instrument.options:
        options = [{"valueCoding": _coding(instrument, item, option.value)} for option in instrument.options]
        return found | {"type": "choice", "answerOption": options}
    if item.choices:
        codings = [{"valueCoding": _choice(instrument, choice)} for choice in (*item.choices, *_not_applicable(item))]
        return found | {"type": "choice", "answerOption": codings}
    return found | _range(instrument, item)


def _range(instrument: Instrument, item: Item) -> Resource:
    if isinstance(item.not_applicable, str):
        values = [str(value) for value in range(item.low, item.high + 1)]
        codings = [{"valueCoding": _choice(instrument, value)} for value in (*values, item.not_applicable)]
        return {"type": "choice", "answerOption": codings}
    highest = max(item.high, item.not_applicable or 0)
    limits = ((vocabulary.MIN_VALUE, item.low), (vocabulary.MAX_VALUE, highest))
    return {"type": "integer", "extension": [{"url": url, "valueInteger": limit} for url, limit in limits]}


def _not_applicable(item: Item) -> tuple[str, ...]:
    return () if item.not_applicable is None else (str(item.not_applicable),)


def _answer(instrument: Instrument, item: Item, answer: Answer) -> Resource:
    if item in instrument.items and instrument.options and isinstance(answer, int):
        return {"valueCoding": _coding(instrument, item, answer)}
    if item.choices or isinstance(item.not_applicable, str):
        return {"valueCoding": _choice(instrument, str(answer))}
    return {"valueInteger": answer}


def _coding(instrument: Instrument, item: Item, value: int) -> Resource:
    option = next((option for option in instrument.options if option.value == value), None)
    assert option is not None, (instrument.key, item.number)
    system = vocabulary.LOINC if option.loinc else vocabulary.answers_of(instrument)
    return {
        "extension": [{"url": vocabulary.ORDINAL_VALUE, "valueDecimal": value}],
        "system": system,
        "code": option.loinc or str(value),
        "display": option.label,
    }


def _choice(instrument: Instrument, code: str) -> Resource:
    return {"system": vocabulary.answers_of(instrument), "code": code}


def _has_total(instrument: Instrument) -> bool:
    return instrument.scale().rule in (Rule.SUM, Rule.MEAN)


def _total(instrument: Instrument, made: Score) -> list[Resource]:
    if made.total is None or not _has_total(instrument):
        return []
    # JSON has no decimals of its own; a float of two decimals is printed as those two decimals.
    stated = made.total if isinstance(made.total, int) else float(made.total)
    return [{"linkId": vocabulary.TOTAL, "answer": [{"valueDecimal": stated}]}]
