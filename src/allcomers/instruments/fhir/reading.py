"""A QuestionnaireResponse read with suspicion: the total is made again from the items, and every oddity is a fault.

A response with any fault is quarantined with its reasons. Nothing is dropped in silence, nothing is guessed, and no
message repeats what a person answered.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from allcomers.instruments.fhir import vocabulary
from allcomers.instruments.model import Answer, Instrument, Item
from allcomers.instruments.registry import Registry, national
from allcomers.instruments.scoring import Score, score

READABLE_STATUSES = ("completed", "amended")


class FaultKind(StrEnum):
    """What can be wrong with a response."""

    MALFORMED = "malformed"
    UNKNOWN_INSTRUMENT = "unknown instrument"
    MISCODED = "miscoded"
    UNKNOWN_ITEM = "unknown item"
    UNKNOWN_ANSWER = "unknown answer"
    DUPLICATE = "duplicate"
    PARTIAL = "partial"
    TEXT_TOTAL = "text total"
    TOTAL_DISAGREES = "total disagrees"
    NOT_FINAL = "not final"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong, and where in the resource."""

    kind: FaultKind
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


@dataclass(frozen=True, slots=True)
class ScoredResponse:
    """What was read from a response.

    Attributes
    ----------
    instrument : None if it could not be told.
    answers : by item number; only those that could be read.
    score : made from the answers, whatever total was stated.
    stated_total : as stated, if it was stated as a number.
    """

    instrument: Instrument | None = None
    answers: dict[int, Answer] = field(default_factory=dict)
    score: Score | None = None
    stated_total: Decimal | None = None
    authored: str | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether it can be used as it is; otherwise it is quarantined for the reasons in `faults`."""
        return not self.faults


def read_response(
    resource: Mapping[str, Any] | str, *, where: str = "response", registry: Registry | None = None
) -> ScoredResponse:
    """Read one FHIR R4 QuestionnaireResponse, as a dictionary or as JSON text.

    `where` names the file or message in faults. Never raises for what the resource holds.
    """
    found, malformed = _resource(resource, where)
    if found is None:
        return ScoredResponse(faults=(malformed,) if malformed else ())
    return _Reader(found, where, registry or national()).read()


def _resource(resource: Mapping[str, Any] | str, where: str) -> tuple[Mapping[str, Any] | None, Fault | None]:
    if isinstance(resource, str):
        try:
            resource = json.loads(resource, parse_float=Decimal)
        except (json.JSONDecodeError, RecursionError) as problem:
            line = f" line {problem.lineno}" if isinstance(problem, json.JSONDecodeError) else ""
            return None, Fault(FaultKind.MALFORMED, f"{where}{line}", "this is not valid JSON")
    if not isinstance(resource, Mapping) or resource.get("resourceType") != "QuestionnaireResponse":
        return None, Fault(FaultKind.MALFORMED, where, "this is not a QuestionnaireResponse")
    return resource, None


class _Reader:
    """Holds what has been read of one response so far."""

    def __init__(self, resource: Mapping[str, Any], where: str, registry: Registry) -> None:
        self.resource = resource
        self.where = where
        self.registry = registry
        self.faults: list[Fault] = []
        self.answers: dict[int, Answer] = {}
        self.stated_total: Decimal | None = None

    def read(self) -> ScoredResponse:
        items = list(self._items(self.resource.get("item", [])))
        instrument = self._instrument(items)
        authored = self.resource.get("authored")
        if self.resource.get("status") not in READABLE_STATUSES:
            self._fault(FaultKind.NOT_FINAL, "status", "the response is not marked as completed")
        made = self._score(instrument, items) if instrument else None
        return ScoredResponse(
            instrument=instrument,
            answers=self.answers,
            score=made,
            stated_total=self.stated_total,
            authored=authored if isinstance(authored, str) else None,
            faults=tuple(self.faults),
        )

    def _score(self, instrument: Instrument, items: list[Mapping[str, Any]]) -> Score:
        for item in items:
            self._read_item(instrument, item)
        made = score(instrument, self.answers)
        if not made.complete:
            self._fault(FaultKind.PARTIAL, "item", f"{made.answered} of {made.asked} scored items are answered")
        if self.stated_total is not None and made.total != self.stated_total:
            self._fault(FaultKind.TOTAL_DISAGREES, vocabulary.TOTAL, "the stated total is not what the items make")
        return made

    def _items(self, items: object) -> Iterator[Mapping[str, Any]]:
        """Every item that holds an answer, however deep it is grouped."""
        for item in items if isinstance(items, list) else ():
            if not isinstance(item, Mapping) or not isinstance(item.get("linkId"), str):
                self._fault(FaultKind.MALFORMED, "item", "an item has no linkId")
                continue
            if item.get("answer"):
                yield item
            yield from self._items(item.get("item", []))

    def _instrument(self, items: list[Mapping[str, Any]]) -> Instrument | None:
        by_address = self._named(str(self.resource.get("questionnaire", "")))
        by_items = self._by_items({_link(item) for item in items})
        if by_address and by_items and by_address.key != by_items.key:
            self._fault(FaultKind.MISCODED, "questionnaire", "it names one instrument and its items belong to another")
            return by_items
        if not (by_address or by_items):
            self._fault(FaultKind.UNKNOWN_INSTRUMENT, "questionnaire", "no known instrument is named")
        return by_address or by_items

    def _named(self, address: str) -> Instrument | None:
        key = vocabulary.key_of(address)
        if key is not None:
            return self.registry.get(key) if key in self.registry else None
        last = address.partition("|")[0].rpartition("/")[2]
        return next((one for one in self.registry if one.loinc_panel and one.loinc_panel.code == last), None)

    def _by_items(self, links: set[str]) -> Instrument | None:
        """The instrument most of whose LOINC items are here. Bare numbers say nothing: every form has an item 1."""
        counts = {one.key: len({item.loinc for item in one.items} & links) for one in self.registry if one.loinc_panel}
        best = max(counts, key=lambda key: counts[key], default=None)
        return self.registry.get(best) if best and counts[best] else None

    def _read_item(self, instrument: Instrument, resource: Mapping[str, Any]) -> None:
        link, answers = _link(resource), resource["answer"]
        if not isinstance(answers, list) or not all(isinstance(answer, Mapping) for answer in answers):
            self._fault(FaultKind.MALFORMED, link, "the answer is not a list of answers")
        elif _is_total(instrument, link):
            self._read_total(link, answers)
        elif (item := _item(instrument, link)) is None:
            self._fault(FaultKind.UNKNOWN_ITEM, link, f"{instrument.name} has no such item")
        elif len(answers) > 1 or item.number in self.answers:
            self._fault(FaultKind.DUPLICATE, link, "the item is answered more than once")
        else:
            self._read_answer(instrument, item, answers[0])

    def _read_answer(self, instrument: Instrument, item: Item, answer: Mapping[str, Any]) -> None:
        found = _value(instrument, item, answer)
        if found is None or not item.accepts(found):
            self._fault(FaultKind.UNKNOWN_ANSWER, str(item.number), f"the answer is not {item.expected}")
        else:
            self.answers[item.number] = found

    def _read_total(self, link: str, answers: list[Mapping[str, Any]]) -> None:
        if len(answers) > 1 or self.stated_total is not None:
            self._fault(FaultKind.DUPLICATE, link, "the total is stated more than once")
            return
        stated = next((answers[0][name] for name in ("valueDecimal", "valueInteger") if name in answers[0]), None)
        number = _number(stated)
        if number is None:
            self._fault(FaultKind.TEXT_TOTAL, link, "the total is not stated as a number")
        self.stated_total = number

    def _fault(self, kind: FaultKind, where: str, message: str) -> None:
        self.faults.append(Fault(kind, f"{self.where} {where}", message))


def _link(item: Mapping[str, Any]) -> str:
    """The last part of a link: `/44249-1/44250-9` and `44250-9` are the same item."""
    return str(item["linkId"]).rpartition("/")[2]


def _is_total(instrument: Instrument, link: str) -> bool:
    return link == vocabulary.TOTAL or (
        instrument.loinc is not None and link == instrument.loinc.code and len(instrument.items) > 1
    )


def _item(instrument: Instrument, link: str) -> Item | None:
    asked = (*instrument.items, *instrument.further_items)
    return next((item for item in asked if link in (str(item.number), item.loinc)), None)


def _value(instrument: Instrument, item: Item, answer: Mapping[str, Any]) -> Answer:
    coding = answer.get("valueCoding")
    if isinstance(coding, Mapping):
        return _coded(instrument, item, str(coding.get("code", "")))
    whole = next((answer[name] for name in ("valueInteger", "valueDecimal") if name in answer), None)
    number = _number(whole)
    return int(number) if number is not None and number == int(number) else None


def _coded(instrument: Instrument, item: Item, code: str) -> Answer:
    """The answer that a code stands for. A weight stated beside it is never believed: some are wrong."""
    option = next((option for option in instrument.options if option.loinc == code), None)
    if option is not None:
        return option.value
    if code in (*item.choices, item.not_applicable):
        return code
    return int(code) if code.isascii() and code.isdigit() and len(code) < 4 else None


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
