"""Answers given elsewhere: totals made again (N1), what is wrong quarantined with a reason and never dropped (N2).

The wrong files are made here, in the ways in which published examples of others are wrong: a stated total that the
items do not make, a total as text, an instrument named by another's code, an item missing, an item twice.
"""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allcomers import instruments
from allcomers.service.governance import audit
from allcomers.service.governance.models import AuditEvent
from allcomers.service.governance.permissions import Role
from allcomers.service.imports import actions, files
from allcomers.service.imports.models import Import, Quarantined
from allcomers.service.people import actions as people
from allcomers.service.questionnaires.models import Response, RiskAlert
from tests.service.imports.records import CSV_HEADER, GIVEN, PHQ9, kinds, record, take_in, with_item, without_total

pytestmark = pytest.mark.django_db


def test_a_good_record_becomes_a_questionnaire_with_the_day_it_was_given(cast: Any) -> None:
    done = take_in(record())
    found = Response.objects.get()
    assert (done.received, done.accepted, done.quarantined) == (1, 1, 0)
    assert (found.person, found.total, found.mode) == (cast.patient, 8, "file")
    assert found.finished_at
    assert found.finished_at.isoformat() == GIVEN
    assert found.entered_at > found.finished_at + timedelta(days=30)
    assert AuditEvent.objects.filter(event="measures.imported", person=cast.patient.pk).count() == 1


WRONG: dict[str, tuple[Any, list[str]]] = {
    "a total that the items do not make": (
        with_item(without_total(record()), "total", [{"valueDecimal": 13}]),
        ["total disagrees"],
    ),
    "a total as text": (with_item(without_total(record()), "total", [{"valueString": "8"}]), ["text total"]),
    "an instrument nobody knows": (
        record(questionnaire="urn:allcomers:questionnaire:PHQ99"),
        ["unknown instrument"],
    ),
    "another instrument's code": (
        {
            **record(),
            "questionnaire": "urn:allcomers:questionnaire:GAD7",
            "item": [{"linkId": i.loinc, "answer": [{"valueInteger": 1}]} for i in PHQ9.items[:8]]
            + [{"linkId": PHQ9.items[8].loinc, "answer": [{"valueInteger": 0}]}],
        },
        ["miscoded"],
    ),
    "an item missing": (without_total(record(dict.fromkeys(range(2, 9), 1) | {9: 0})), ["not final", "partial"]),
    "an item twice": (with_item(without_total(record()), "3", [{"valueInteger": 2}]), ["duplicate", "partial"]),
    "an item twice alike": (with_item(record(), "3", [{"valueInteger": 1}]), ["duplicate"]),
    "an answer that is none": (
        without_total(with_item(record(dict.fromkeys(range(2, 9), 1) | {9: 0}), "1", [{"valueInteger": 4}])),
        ["not final", "unknown answer", "partial"],
    ),
    "not finished": (record(status="in-progress"), ["not final"]),
    "no JSON": ("{", ["malformed"]),
    "another resource": ({"resourceType": "Patient"}, ["malformed"]),
    "nobody known": (record(number="9990000026"), ["nobody known"]),
    "another date of birth": (record(born="1985-03-28"), ["nobody known"]),
    "no date": (record(authored="yesterday"), ["no date"]),
    "a moment without a zone": (record(authored="2026-03-02T10:15:00"), ["no date"]),
    "before the person was born": (record(authored="1984-03-02"), ["date not possible"]),
    "in the future": (record(authored="9999-12-31T23:59:59-14:00"), ["date not possible"]),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_quarantined_with_its_reason(name: str, cast: Any) -> None:
    wrong, expected = WRONG[name]
    done = take_in(wrong)
    assert (done.accepted, done.quarantined) == (0, 1)
    assert sorted(kinds()[0]) == sorted(expected)
    assert not Response.objects.exists()
    assert "9990000018" not in str(Quarantined.objects.get().reasons)


def test_the_same_answers_twice_are_taken_in_once(cast: Any) -> None:
    take_in(record(), record())
    take_in(record(), " ")
    assert Response.objects.count() == 1
    assert kinds() == [["seen before"], ["seen before"]]


def test_the_same_file_is_taken_in_once(cast: Any) -> None:
    take_in(record())
    with pytest.raises(actions.ImportedBeforeError):
        take_in(record())
    assert Import.objects.count() == 1


def test_risk_an_imported_answer_to_item_9_raises_an_alert_with_its_date_and_says_late(
    cast: Any, signed_in: Any
) -> None:
    """R1: in the same transaction, like any other; the deadline counts from when it reached us."""
    with time_machine.travel(timezone.now(), tick=False):
        take_in(record({**dict.fromkeys(range(1, 9), 1), 9: 2}))
        alert = RiskAlert.objects.get()
        assert alert.answer
        assert (alert.person, alert.owner) == (cast.patient, cast.clinician)
        assert alert.answer.answered_at.isoformat() == GIVEN
        assert alert.raised_at == timezone.now()
        assert alert.due_at > alert.raised_at
    page = signed_in(cast.clinician).get(reverse("questionnaires:alert", kwargs={"alert_id": alert.pk}))
    assert ">Late<" in page.content.decode()
    assert "2 March 2026" in page.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        with_item(without_total(record({**dict.fromkeys(range(1, 9), 1), 9: 2})), "total", [{"valueDecimal": 3}]),
        without_total(record({9: 2})),
        record({**dict.fromkeys(range(1, 9), 1), 9: 2}, authored="yesterday"),
    ],
    ids=["total disagrees", "partial", "no date"],
)
def test_risk_in_a_quarantined_record_raises_its_alert_all_the_same(wrong: dict[str, Any], cast: Any) -> None:
    """Hazard: a risk answer not seen, because something else of its record is wrong."""
    take_in(wrong)
    row = Quarantined.objects.get()
    assert (row.state, row.about_risk, RiskAlert.objects.get().person) == ("waiting", True, cast.patient)
    assert row.response
    assert row.response.total is None


@pytest.mark.parametrize(
    "wrong",
    [
        record({**dict.fromkeys(range(1, 9), 1), 9: 2}, number="9990000026"),
        with_item(without_total(record(dict.fromkeys(range(1, 9), 1))), "9", [{"valueString": "often"}]),
        with_item(record(), "9", [{"valueInteger": 3}]),
        record(questionnaire="urn:someone:else"),
        '{"resourceType": "QuestionnaireResponse", "item": [{"linkId": "/44249-1/44260-8"',
    ],
    ids=["nobody known", "an answer that cannot be read", "answered twice", "unknown form", "cut off"],
)
def test_risk_that_cannot_be_told_is_looked_at_today(wrong: Any, cast: Any, signed_in: Any) -> None:
    take_in(wrong)
    assert Quarantined.objects.get().about_risk
    assert ">Today<" in signed_in(cast.manager).get("/quarantine/").content.decode()


def test_what_can_be_read_is_taken_in_once_somebody_has_looked(cast: Any, signed_in: Any, send: Any) -> None:
    take_in(with_item(without_total(record({**dict.fromkeys(range(1, 9), 1), 9: 2})), "total", [{"valueDecimal": 3}]))
    row = Quarantined.objects.get()
    browser = signed_in(cast.manager)
    page = reverse("imports:row", kwargs={"row_id": row.pk})
    shown = browser.get(page).content.decode()
    assert "The stated total is not what the items make" in shown
    assert "Canarybird" not in shown
    assert "9990000018" not in shown
    assert send(browser, page, what="take", because="They add up differently.").status_code == 302
    found = Response.objects.get()
    assert (found.total, found.answers.count(), RiskAlert.objects.count()) == (10, 9, 1)
    assert Quarantined.objects.get().state == "resolved"
    assert "form_token" not in browser.get(page).content.decode()


def test_two_who_decide_at_once_do_not_overwrite_each_other(cast: Any, signed_in: Any, send: Any) -> None:
    take_in(record(status="in-progress"))
    page = reverse("imports:row", kwargs={"row_id": Quarantined.objects.get().pk})
    browser = signed_in(cast.manager)

    def other() -> None:
        send(browser, page, what="take", because="First")

    assert send(browser, page, first=other, what="discard", because="Second").status_code == 409
    assert Quarantined.objects.get().decided_because == "First"


def test_a_record_is_given_to_somebody_by_number_and_date_of_birth(cast: Any, signed_in: Any, send: Any) -> None:
    take_in(record(born="1985-03-28"))
    page = reverse("imports:row", kwargs={"row_id": Quarantined.objects.get().pk})
    browser = signed_in(cast.manager)
    assert send(browser, page, what="take", because="Found").status_code == 422
    facts = {"nhs_number": "999 000 0018", "date_of_birth_day": "27", "date_of_birth_month": "3"}
    assert send(browser, page, what="take", because="Found", **facts, date_of_birth_year="1986").status_code == 422
    assert send(browser, page, what="take", because="Found", **facts, date_of_birth_year="1985").status_code == 302
    assert Response.objects.get().person == cast.patient


def test_what_is_discarded_stays_with_its_reason_and_its_alert(cast: Any, signed_in: Any, send: Any) -> None:
    take_in(without_total(record({9: 2})))
    row = Quarantined.objects.get()
    page = reverse("imports:row", kwargs={"row_id": row.pk})
    assert send(signed_in(cast.manager), page, what="discard", because="").status_code == 422
    assert send(signed_in(cast.manager), page, what="discard", because="Another person's").status_code == 302
    kept = Quarantined.objects.get()
    assert (kept.state, kept.decided_because, kept.content != "") == ("discarded", "Another person's", True)
    assert kept.response
    assert kept.response.withdrawn
    assert RiskAlert.objects.get().closed_at is None


def test_rows_of_a_table_are_read_like_any_other(cast: Any) -> None:
    rows = [
        CSV_HEADER,
        "PHQ9,2026-03-02,999 000 0018,1985-03-27,9," + ",".join("1" * 9),
        "PHQ9,2026-03-03,9990000018,1985-03-27,12," + ",".join("1" * 8) + ",0",
        "PHQ9,2026-03-04,9990000018,1985-03-27,nine," + ",".join("1" * 8) + ",0",
        "GAD7,2026-03-05,9990000018,1985-03-27,7," + ",".join("1" * 7) + ",,",
        "PHQ9,2026-03-06",
        "PHQ9,2026-03-07,9990000018,1985-03-27,,often" + ",1" * 8,
    ]
    done = take_in(*rows, name="answers.csv")
    assert (done.received, done.accepted) == (6, 2)
    assert {one.instrument_key: one.total for one in Response.objects.filter(total_valid=True)} == {
        "PHQ9": 9,
        "GAD7": 7,
    }
    assert [one[0] for one in kinds()] == ["total disagrees", "text total", "malformed", "unknown answer"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", b"PK", "another kind"),
        ("a.csv", b"\xff\xfe", "not UTF-8"),
        ("a.csv", b"name,total\n", "no column instrument"),
        ("a.csv", CSV_HEADER.encode() + b",strange\n", "other columns"),
        ("a.csv", CSV_HEADER.encode() + b'\n"', "no CSV"),
    ],
)
def test_a_file_of_no_kind_is_refused_whole(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CommandError, match=said):
        call_command("import_responses", str(tmp_path / name))
    assert not Import.objects.exists()


def test_the_command_always_prints_the_sum(cast: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = {"resourceType": "Bundle", "entry": [{"resource": record()}, {"resource": record(number="1")}, 3]}
    (tmp_path / "answers.json").write_text(json.dumps(bundle))
    call_command("import_responses", str(tmp_path / "answers.json"))
    said = capsys.readouterr().out
    assert "3 records: 1 taken in, 2 in quarantine (1 + 2 = 3)." in said
    with pytest.raises(CommandError, match="taken in before"):
        call_command("import_responses", str(tmp_path / "answers.json"))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_responses", str(tmp_path / "nothing.json"))


PIECES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(["9", "44260-8"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def records_of_a_file(draw: st.DrawFn) -> list[str]:
    """Good records, good ones with a piece changed, and lines that are nothing."""
    found = []
    for number in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from(["good", "changed", "noise"]))
        if kind == "noise":
            found.append(draw(st.text(min_size=1, max_size=30)))
            continue
        made = record({n: draw(st.integers(0, 3)) for n in range(1, 10)}, authored=f"2026-03-0{number + 1}")
        if kind == "changed":
            made[draw(st.sampled_from([*made, "other"]))] = draw(PIECES)
        found.append(json.dumps(made))
    return found


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=records_of_a_file())
def test_count_in_is_accepted_and_quarantined_whatever_is_in_the_file(lines: list[str], cast: Any) -> None:
    """And every answer to item 9 above zero of somebody known that is taken in has its alert."""
    content = ("\n".join(lines) + f"\n{json.dumps({'n': Import.objects.count()})}").encode("utf-8", "replace")
    found = files.records("answers.ndjson", content)
    done = actions.take_in(by=audit.SYSTEM, content=content, records=found)
    assert done.received == len(found) == done.accepted + done.quarantined
    assert done.taken_in.count() + done.in_quarantine.count() == len(found)
    assert all(row.reasons for row in done.in_quarantine.all())
    for one in Response.objects.all():
        score = instruments.score(one.instrument, {a.number: a.value for a in one.answers.all()})
        assert one.total is None or one.total == score.total
        assert (
            one.answers.filter(number=9, value__gt=0).count() == RiskAlert.objects.filter(answer__response=one).count()
        )
    Response.objects.all().update(finished_at=timezone.now())  # so that the next file's are not seen before


def test_two_records_of_one_number_are_nobodys(cast: Any) -> None:
    people.add_person(
        by=audit.SYSTEM,
        given_name="Patience",
        family_name="Double",
        date_of_birth=date(1985, 3, 27),
        nhs_number="9990000018",
        nhs_number_status="unverified",
    )
    take_in(record())
    assert kinds() == [["nobody known"]]


def test_only_administrators_and_clinical_leads_decide(cast: Any, signed_in: Any, member: Any) -> None:
    assert signed_in(cast.clinician).get("/quarantine/").status_code == 403
    assert signed_in(member(Role.ADMINISTRATOR)).get("/quarantine/").status_code == 200


def test_the_list_takes_as_many_queries_for_many_as_for_one(
    cast: Any, signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    take_in(*[f"line {number}" for number in range(20)])
    browser = signed_in(cast.manager)
    with django_assert_max_num_queries(9):
        assert "20 waiting" in browser.get("/quarantine/").content.decode()
