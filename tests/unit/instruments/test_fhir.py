"""FHIR R4 out and in: valid, without loss, and suspicious of what others state.

`fhir.resources` no longer carries plain R4; its R4B models are the judge here. R4B left Questionnaire and
QuestionnaireResponse as they were in R4.
"""

import copy
import json
from typing import Any

import pytest
from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from hypothesis import given, settings
from hypothesis import strategies as st

from allcomers import instruments
from allcomers.instruments.fhir import FaultKind, questionnaire, read_response, response
from allcomers.instruments.model import Answer, Instrument, Item

ALL = instruments.all()
PHQ9, GAD7 = instruments.get("PHQ9"), instruments.get("GAD7")
AUTHORED = "2026-03-02T10:15:00+00:00"


def answers_to(item: Item) -> list[Answer]:
    possible: list[Answer] = list(item.choices) or list(range(item.low, item.high + 1))
    return possible if item.not_applicable is None else [*possible, item.not_applicable]


def filled_in(instrument: Instrument) -> st.SearchStrategy[dict[int, Answer]]:
    every = (*instrument.items, *instrument.further_items)
    return st.fixed_dictionaries({item.number: st.sampled_from(answers_to(item)) for item in every})


@pytest.mark.parametrize("instrument", ALL, ids=lambda one: one.key)
def test_a_questionnaire_is_valid_fhir(instrument: Instrument) -> None:
    exported = questionnaire(instrument)
    Questionnaire.model_validate(exported)
    json.dumps(exported)
    numbers = [one["linkId"] for one in exported["item"] if one["linkId"] != "total"]
    assert numbers == [str(item.number) for item in (*instrument.items, *instrument.further_items)]


def test_wording_without_a_licence_is_not_exported() -> None:
    texts = {item["text"] for item in questionnaire(instruments.get("SPIN"))["item"]}
    assert "Item 1 (wording not reproduced: Davidson; needs a licence)" in texts


@settings(deadline=None, derandomize=True, max_examples=300)
@given(st.data())
def test_answers_come_back_as_they_went_out(data: st.DataObject) -> None:
    instrument = data.draw(st.sampled_from(ALL))
    answers = data.draw(filled_in(instrument))
    sent = response(instrument, answers, authored=AUTHORED)
    QuestionnaireResponse.model_validate(copy.deepcopy(sent))
    read = read_response(json.loads(json.dumps(sent)))
    assert read.accepted, read.faults
    assert (read.instrument, read.answers, read.authored) == (instrument, answers, AUTHORED)
    assert read.score == instruments.score(instrument, answers)


def test_text_and_dictionary_read_the_same() -> None:
    sent = response(GAD7, dict.fromkeys(range(1, 8), 2), authored=AUTHORED)
    assert read_response(json.dumps(sent)) == read_response(sent)


def someone_elses(codes: list[tuple[str, object]], **others: object) -> dict[str, Any]:
    "A response in the shape that public tools write: LOINC links under a group, LOINC answers, no address of ours."
    inner = [{"linkId": f"/44249-1/{link}", "answer": [answer]} for link, answer in codes]
    return {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "item": [{"linkId": "/44249-1", "item": inner}],
        **others,
    }


def nine(code: str = "LA6569-3") -> list[tuple[str, object]]:
    return [(item.loinc or "", {"valueCoding": {"code": code}}) for item in PHQ9.items]


def kinds(resource: object) -> list[FaultKind]:
    return [fault.kind for fault in read_response(resource).faults]  # type: ignore[arg-type]


def test_someone_elses_response_is_recognised_by_its_items() -> None:
    read = read_response(someone_elses([*nine(), ("44261-6", {"valueDecimal": 9})]))
    assert read.accepted, read.faults
    assert (read.instrument, read.score and read.score.total, read.stated_total) == (PHQ9, 9, 9)


def test_the_functioning_question_never_blocks_a_total() -> None:
    "A published form is complete only with it."
    read = read_response(someone_elses([*nine(), ("69722-7", {"valueInteger": 2})]))
    assert read.accepted
    assert read.score
    assert read.score.total == 9


def test_a_stated_total_that_the_items_do_not_make() -> None:
    "An example of the HL7 guide on structured data capture states 13 where its items sum to 10."
    read = read_response(someone_elses([*nine(), ("44261-6", {"valueInteger": 13})]))
    assert [fault.kind for fault in read.faults] == [FaultKind.TOTAL_DISAGREES]
    assert read.score
    assert (read.score.total, read.stated_total) == (9, 13)


def test_a_weight_stated_beside_an_answer_is_never_believed() -> None:
    "The same example weighs the top answer 4; it is worth 3."
    weight = {"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": 4}
    top = {"valueCoding": {"code": "LA6571-9", "extension": [weight]}}
    read = read_response(someone_elses([(item.loinc or "", top) for item in PHQ9.items]))
    assert read.score
    assert read.score.total == 27


@pytest.mark.parametrize("total", [{"valueString": "9"}, {"valueString": "nine"}, {"valueDecimal": "9"}, {}])
def test_a_total_as_text(total: dict[str, object]) -> None:
    assert kinds(someone_elses([*nine(), ("44261-6", {"valueString": "9"} | total)])) == [FaultKind.TEXT_TOTAL]


def test_gad7_under_the_name_of_phq9() -> None:
    "A public test suite labels GAD-7 with the code of the PHQ-9 panel."
    items = [{"linkId": item.loinc, "answer": [{"valueInteger": 1}]} for item in GAD7.items]
    resource = {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "questionnaire": "http://loinc.org/q/44249-1",
        "item": items,
    }
    read = read_response(resource)
    assert [fault.kind for fault in read.faults] == [FaultKind.MISCODED]
    assert (read.instrument, read.score and read.score.total) == (GAD7, 7)


def test_a_missing_and_a_doubled_item() -> None:
    "As in the same suite: eight of nine items, and one of them twice."
    read = read_response(someone_elses([*nine()[:8], nine()[0]]))
    assert [fault.kind for fault in read.faults] == [FaultKind.DUPLICATE, FaultKind.PARTIAL]
    assert read.score
    assert (read.score.total, read.score.prorated) == (9, True)


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ('{"resourceType": "QuestionnaireResponse",', [FaultKind.MALFORMED]),
        ("[" * 100_000, [FaultKind.MALFORMED]),
        ("[]", [FaultKind.MALFORMED]),
        ({"resourceType": "Observation"}, [FaultKind.MALFORMED]),
        ({}, [FaultKind.MALFORMED]),
        (
            {"resourceType": "QuestionnaireResponse", "status": "completed", "questionnaire": "http://x/who-5"},
            [FaultKind.UNKNOWN_INSTRUMENT],
        ),
        (
            {
                "resourceType": "QuestionnaireResponse",
                "status": "completed",
                "questionnaire": "urn:allcomers:questionnaire:PHQ8",
            },
            [FaultKind.UNKNOWN_INSTRUMENT],
        ),
        (someone_elses(nine(), status="in-progress"), [FaultKind.NOT_FINAL]),
        (someone_elses(nine(), status="entered-in-error"), [FaultKind.NOT_FINAL]),
        (someone_elses(nine()[:7]), [FaultKind.PARTIAL]),
        (someone_elses(nine()[:5]), [FaultKind.PARTIAL]),
        (someone_elses([*nine()[:8], ("44260-8", {"valueInteger": 4})]), [FaultKind.UNKNOWN_ANSWER, FaultKind.PARTIAL]),
        (
            someone_elses([*nine()[:8], ("44260-8", {"valueString": "1"})]),
            [FaultKind.UNKNOWN_ANSWER, FaultKind.PARTIAL],
        ),
        (
            someone_elses([*nine()[:8], ("44260-8", {"valueDecimal": 1.5})]),
            [FaultKind.UNKNOWN_ANSWER, FaultKind.PARTIAL],
        ),
        (someone_elses([*nine(), ("99999-9", {"valueInteger": 1})]), [FaultKind.UNKNOWN_ITEM]),
        (
            someone_elses([*nine(), ("44261-6", {"valueInteger": 9}), ("44261-6", {"valueInteger": 9})]),
            [FaultKind.DUPLICATE],
        ),
        (
            someone_elses(nine()) | {"item": [{"answer": [{"valueInteger": 1}]}, *someone_elses(nine())["item"]]},
            [FaultKind.MALFORMED],
        ),
    ],
)
def test_what_is_quarantined_and_why(resource: object, expected: list[FaultKind]) -> None:
    assert kinds(resource) == expected


def ones_and(*last: dict[str, Any]) -> dict[str, Any]:
    "A PHQ-9 with a 1 for each of the first eight questions, and further items."
    made = someone_elses(nine()[:8])
    made["item"] += last
    return made


NINTH = "/44249-1/44260-8"


@pytest.mark.parametrize(
    ("last", "contested"),
    [
        ([{"linkId": NINTH, "answer": [{"valueInteger": n}]} for n in (0, 3)], (0, 3)),
        ([{"linkId": NINTH, "answer": [{"valueInteger": 0}, {"valueInteger": 3}]}], (0, 3)),
        ([{"linkId": NINTH, "answer": [{"valueInteger": 0, "valueDecimal": 3}]}], (0, 3)),
        ([{"linkId": NINTH, "answer": [{"valueInteger": 0, "valueString": "often"}]}], (0,)),
        ([{"linkId": NINTH, "answer": [{"valueInteger": n}]} for n in (3, 0)], (3, 0)),
    ],
    ids=["two items", "two answers", "two values of an answer", "a value and words", "the other order"],
)
def test_of_several_answers_to_an_item_none_is_taken_for_it(last: list[Any], contested: tuple[int, ...]) -> None:
    read = read_response(ones_and(*last))
    assert FaultKind.DUPLICATE in [fault.kind for fault in read.faults]
    assert 9 not in read.answers
    assert (read.contested, read.unread) == ({9: contested}, {9})


def test_an_answer_given_twice_alike_is_that_answer() -> None:
    read = read_response(ones_and(*[{"linkId": NINTH, "answer": [{"valueInteger": 2}]}] * 2))
    assert [fault.kind for fault in read.faults] == [FaultKind.DUPLICATE]
    assert (read.answers[9], read.contested, read.unread) == (2, {}, frozenset())


def test_an_item_under_an_answer_is_read_like_any_other() -> None:
    "FHIR nests items under answers as well; one there may contradict another."
    below = {"linkId": "/44249-1", "answer": [{"valueBoolean": True, "item": [answer_of(3)]}]}
    read = read_response(ones_and(answer_of(0), below))
    assert read.contested == {9: (0, 3)}
    assert read.unplaced == ("44249-1",)


def answer_of(points: int) -> dict[str, Any]:
    return {"linkId": NINTH, "answer": [{"valueInteger": points}]}


@pytest.mark.parametrize(
    ("item", "unread", "unplaced"),
    [
        ({"linkId": NINTH, "answer": {"valueInteger": 3}}, {9}, ()),
        ({"linkId": NINTH, "answer": [{"valueString": "Nearly every day"}]}, {9}, ()),
        ({"linkId": NINTH, "answer": [{"valueCoding": {"code": "0", "display": "Nearly every day"}}]}, {9}, ()),
        ({"linkId": "phq9-9", "answer": [{"valueInteger": 3}]}, set(), ("phq9-9",)),
        ({"answer": [{"valueInteger": 3}]}, set(), ("",)),
        ([answer_of(3)], set(), ("",)),
    ],
    ids=["no list", "words", "words of another answer", "another link", "no link", "a list in the list"],
)
def test_an_answer_that_is_not_read_is_said_to_be_there(item: Any, unread: set[int], unplaced: tuple[str, ...]) -> None:
    read = read_response(ones_and(item))
    assert not read.accepted
    assert 9 not in read.answers
    assert (read.unread, read.unplaced) == (unread, unplaced)


def test_a_group_without_a_link_still_holds_its_items() -> None:
    read = read_response(ones_and({"item": [answer_of(3)]}))
    assert [fault.kind for fault in read.faults] == [FaultKind.MALFORMED]
    assert read.answers[9] == 3


def test_a_name_given_twice_is_a_fault_and_not_the_last_value() -> None:
    "JSON readers keep the last: an answer of 3 would be one of 0."
    text = json.dumps(ones_and(answer_of(3))).replace('"valueInteger": 3', '"valueInteger": 3, "valueInteger": 0')
    read = read_response(text)
    assert FaultKind.UNKNOWN_ANSWER in [fault.kind for fault in read.faults]
    assert read.unread == {9}


def test_bad_json_names_its_file_and_line() -> None:
    read = read_response('{\n"item": [\n}', where="inbox/17.json")
    assert str(read.faults[0]) == "inbox/17.json line 3: this is not valid JSON"


def test_no_message_repeats_what_a_person_answered() -> None:
    secret = "31415926"  # noqa: S105 - a canary, not a password
    answers = [{"valueString": secret}, {"valueInteger": int(secret)}, {"valueCoding": {"code": secret}}]
    for answer in answers:
        read = read_response(someone_elses([*nine()[:8], ("44260-8", answer), ("44261-6", answer)]))
        assert read.faults
        assert secret not in " ".join(map(str, read.faults))


names = st.sampled_from(["linkId", "answer", "item", "valueCoding", "code", "valueDecimal"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(st.dictionaries(st.sampled_from(["status", "questionnaire", "item", "authored"]), json_values))
def test_rubbish_is_quarantined_and_never_raises(rubbish: dict[str, object]) -> None:
    assert not read_response({"resourceType": "QuestionnaireResponse", **rubbish}).accepted
