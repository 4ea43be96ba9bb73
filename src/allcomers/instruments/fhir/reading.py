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
    answers : by item number; only those that could be read. An item with several answers that differ has none.
    contested : by item number, those of its answers that could be read, where it has several that differ.
    unread : the items that have an answer which could not be read, or several that differ.
    unplaced : the links of answers that belong to no item of the instrument; empty for one without a link.
    score : made from the answers, whatever total was stated.
    stated_total : as stated, if it was stated as a number.
    """

    instrument: Instrument | None = None
    answers: dict[int, Answer] = field(default_factory=dict)
    contested: dict[int, tuple[Answer, ...]] = field(default_factory=dict)
    unread: frozenset[int] = frozenset()
    unplaced: tuple[str, ...] = ()
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


def each_value_kept(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """For `json.loads(object_pairs_hook=…)`: a name that is given twice keeps both values, as a list.

    JSON readers commonly keep the last and drop the others. No place in a response takes a list of such values, so that
    what is kept here is found to be a fault.
    """
    found: dict[str, list[Any]] = {}
    for name, value in members:
        found.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _resource(resource: Mapping[str, Any] | str, where: str) -> tuple[Mapping[str, Any] | None, Fault | None]:
    if isinstance(resource, str):
        try:
            resource = json.loads(resource, parse_float=Decimal, object_pairs_hook=each_value_kept)
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
        self.given: dict[int, list[Answer]] = {}
        self.answers: dict[int, Answer] = {}
        self.contested: dict[int, tuple[Answer, ...]] = {}
        self.unread: set[int] = set()
        self.unplaced: list[str] = []
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
            contested=self.contested,
            unread=frozenset(self.unread),
            unplaced=tuple(self.unplaced),
            score=made,
            stated_total=self.stated_total,
            authored=authored if isinstance(authored, str) else None,
            faults=tuple(self.faults),
        )

    def _score(self, instrument: Instrument, items: list[Mapping[str, Any]]) -> Score:
        for item in items:
            self._read_item(instrument, item)
        for number, given in self.given.items():
            self._settle(instrument, number, given)
        made = score(instrument, self.answers)
        if not made.complete:
            self._fault(FaultKind.PARTIAL, "item", f"{made.answered} of {made.asked} scored items are answered")
        if self.stated_total is not None and made.total != self.stated_total:
            self._fault(FaultKind.TOTAL_DISAGREES, vocabulary.TOTAL, "the stated total is not what the items make")
        return made

    def _items(self, items: object) -> Iterator[Mapping[str, Any]]:
        """Every item that holds an answer, however deep it is: under another item, or under an answer to one."""
        if items is not None and not isinstance(items, list):
            self._fault(FaultKind.MALFORMED, "item", "the items are not a list")
            self.unplaced.append("")
            return
        for item in items or []:
            if not isinstance(item, Mapping):
                self._fault(FaultKind.MALFORMED, "item", "an item is not an object")
                self.unplaced.append("")
                continue
            if not isinstance(item.get("linkId"), str):
                self._fault(FaultKind.MALFORMED, "item", "an item has no linkId")
                self.unplaced += [""] if _answered(item) else []
            elif _answered(item):
                yield item
            for inside in (item, *_objects(item.get("answer"))):
                yield from self._items(inside.get("item", []))

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
        item = _item(instrument, link)
        if not isinstance(answers, list) or len(_objects(answers)) < len(answers):
            self._fault(FaultKind.MALFORMED, link, "the answer is not a list of answers")
            self._not_read(item, link)
        elif _is_total(instrument, link):
            self._read_total(link, answers)
        elif item is None:
            self._fault(FaultKind.UNKNOWN_ITEM, link, f"{instrument.name} has no such item")
            self._not_read(item, link)
        else:
            values = (value for answer in answers for value in _values(instrument, item, answer))
            self.given.setdefault(item.number, []).extend(values)

    def _not_read(self, item: Item | None, link: str) -> None:
        if item is None:
            self.unplaced.append(link)
        else:
            self.unread.add(item.number)

    def _settle(self, instrument: Instrument, number: int, given: list[Answer]) -> None:
        """The answer to an item, if it has one: given once, or several times and always the same."""
        item = instrument.item(number)
        assert item is not None, number
        readable = [one for one in given if one is not None and item.accepts(one)]
        if len(given) > 1:
            self._fault(FaultKind.DUPLICATE, str(number), "the item is answered more than once")
        if len(readable) < len(given):
            self._fault(FaultKind.UNKNOWN_ANSWER, str(number), f"the answer is not {item.expected}")
        if len(readable) == len(given) and len(set(readable)) == 1 and number not in self.unread:
            self.answers[number] = readable[0]
        else:
            self.unread.add(number)
            self.contested |= {number: tuple(readable)} if readable else {}

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


def _objects(values: object) -> list[Mapping[str, Any]]:
    return [one for one in values if isinstance(one, Mapping)] if isinstance(values, list) else []


def _answered(item: Mapping[str, Any]) -> bool:
    return item.get("answer") not in (None, [])


def _is_total(instrument: Instrument, link: str) -> bool:
    return link == vocabulary.TOTAL or (
        instrument.loinc is not None and link == instrument.loinc.code and len(instrument.items) > 1
    )


def _item(instrument: Instrument, link: str) -> Item | None:
    asked = (*instrument.items, *instrument.further_items)
    return next((item for item in asked if link in (str(item.number), item.loinc)), None)


def _values(instrument: Instrument, item: Item, answer: Mapping[str, Any]) -> list[Answer]:
    """Every value of an answer, None for one that cannot be read. FHIR allows one: of several none is taken for it."""
    names = [name for name in answer if name.startswith("value")]
    return [_value(instrument, item, name, answer[name]) for name in names] or [None]


def _value(instrument: Instrument, item: Item, name: str, value: object) -> Answer:
    if name == "valueCoding" and isinstance(value, Mapping):
        return _coded(instrument, item, value)
    number = _number(value) if name in ("valueInteger", "valueDecimal") else None
    return int(number) if number is not None and number == int(number) else None


def _coded(instrument: Instrument, item: Item, coding: Mapping[str, Any]) -> Answer:
    """The answer that a code stands for; None where the words beside it are those of another answer.

    A weight stated beside it is never believed: some are wrong.
    """
    found, said = _of_code(instrument, item, str(coding.get("code", ""))), str(coding.get("display", ""))
    of_words = {option.value for option in instrument.options if option.label.casefold() == said.strip().casefold()}
    return found if not of_words or found in of_words else None


def _of_code(instrument: Instrument, item: Item, code: str) -> Answer:
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
