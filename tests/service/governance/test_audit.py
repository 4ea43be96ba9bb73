"""The audit: added to and nothing else, whole or broken at a named link, and never apart from what it tells of."""

import html
import re
import threading
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from allcomers.service.governance import append_only, audit
from allcomers.service.governance.acting import ActionWithoutTraceError, action
from allcomers.service.governance.models import AuditChain, AuditEvent
from allcomers.service.governance.permissions import Role
from allcomers.service.governance.selectors import A_PART
from allcomers.service.people import actions as people
from allcomers.service.people.models import Person

pytestmark = pytest.mark.django_db

STATEMENTS = [
    "UPDATE governance_auditevent SET event = 'x'",
    "DELETE FROM governance_auditevent",
    "DELETE FROM governance_auditevent WHERE sequence = 2",
    *(
        ["REPLACE INTO governance_auditevent SELECT * FROM governance_auditevent"]
        if connection.vendor == "sqlite"
        else []
    ),
    *(["TRUNCATE governance_auditevent"] if connection.vendor == "postgresql" else []),
]


@pytest.fixture
def chain(db: None) -> list[AuditEvent]:
    """Five events."""
    for number in range(5):
        audit.record(
            "test.event", by=audit.SYSTEM, number=number, words="é “quoted” \U0001f642", nothing=None, yes=True
        )
    return list(AuditEvent.objects.order_by("sequence"))


def _tamper(statement: str, *values: object) -> None:
    """What somebody who owns the database can do."""
    append_only.turn_off(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    append_only.turn_on(connection)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_database_refuses_to_change_or_delete_an_event(chain: list[AuditEvent], statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEvent.objects.count() == 5


def test_a_whole_chain_verifies(chain: list[AuditEvent]) -> None:
    assert audit.verify() == (5, chain[-1].hash, None)
    assert [event.sequence for event in chain] == [1, 2, 3, 4, 5]
    assert chain[0].previous_hash == audit.START


def test_verifying_prints_what_to_keep(chain: list[AuditEvent], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_audit")
    assert f"5:{chain[-1].hash}" in capsys.readouterr().out
    call_command("verify_audit", noted=f"3:{chain[2].hash}")


@pytest.mark.parametrize(
    ("statement", "where", "why"),
    [
        ("UPDATE governance_auditevent SET actor_kind = 'staff' WHERE sequence = 3", 3, "altered"),
        ("UPDATE governance_auditevent SET detail = '{}' WHERE sequence = 4", 4, "altered"),
        ("UPDATE governance_auditevent SET previous_hash = hash WHERE sequence = 2", 2, "follow"),
        ("DELETE FROM governance_auditevent WHERE sequence = 2", 2, "missing"),
        ("DELETE FROM governance_auditevent WHERE sequence = 1", 1, "missing"),
        ("DELETE FROM governance_auditevent WHERE sequence = 5", 5, "missing"),
    ],
)
def test_the_first_broken_link_is_named(chain: list[AuditEvent], statement: str, where: int, why: str) -> None:
    _tamper(statement)
    with pytest.raises(CommandError, match=rf"event {where}: .*{why}"):
        call_command("verify_audit")


def test_a_chain_written_anew_is_found_by_what_was_noted(chain: list[AuditEvent]) -> None:
    """Whoever owns the database can compute every hash again; what was written down elsewhere they cannot."""
    noted = (5, chain[-1].hash)
    _tamper("DELETE FROM governance_auditevent WHERE sequence = 5")
    AuditChain.objects.update(sequence=4, hash=chain[3].hash)
    assert audit.verify()[2] is None
    assert audit.verify(noted)[2] == audit.Fault("main", 5, "the chain ends before the noted event")
    audit.record("test.other", by=audit.SYSTEM)
    assert audit.verify(noted)[2] == audit.Fault("main", 5, "the chain was written anew: the noted event was another")


def test_an_action_without_an_event_is_undone(cast: Any) -> None:
    @action
    def forgetful(person: Person) -> None:
        Person.objects.filter(pk=person.pk).update(given_name="Changed")

    with pytest.raises(ActionWithoutTraceError, match="forgetful recorded no event"):
        forgetful(cast.patient)
    assert Person.objects.get(pk=cast.patient.pk).given_name == "Patience"


def test_an_action_that_fails_leaves_neither_change_nor_event(cast: Any) -> None:
    @action
    def failing(person: Person) -> None:
        Person.objects.filter(pk=person.pk).update(given_name="Changed")
        audit.record("test.failing", by=audit.SYSTEM, person=person)
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - its own
        failing(cast.patient)
    assert Person.objects.get(pk=cast.patient.pk).given_name == "Patience"
    assert not AuditEvent.objects.filter(event="test.failing").exists()


def test_actions_inside_an_action_share_its_fate_and_an_inner_failure_leaves_no_event() -> None:
    @action
    def inner(*, fails: bool) -> None:
        audit.record(f"test.inner_{fails}", by=audit.SYSTEM)
        if fails:
            raise ValueError

    @action
    def outer() -> None:
        inner(fails=False)
        with pytest.raises(ValueError):  # noqa: PT011 - its own
            inner(fails=True)
        audit.record("test.outer", by=audit.SYSTEM)

    outer()
    found = list(AuditEvent.objects.order_by("sequence").values_list("event", flat=True))
    assert found == ["test.inner_False", "test.outer"]


def test_detail_never_holds_a_float_because_it_would_not_come_back_the_same() -> None:
    with pytest.raises(TypeError):
        audit.record("test.event", by=audit.SYSTEM, score=0.1)  # type: ignore[arg-type]


def test_an_answer_whose_trace_cannot_be_written_is_not_sent(
    cast: Any, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_events: object) -> None:
        raise DatabaseError("disk full")

    browser: Client = signed_in(cast.clinician)
    browser.raise_request_exception = False
    monkeypatch.setattr(audit, "_append", full)
    answer = browser.get(reverse("people:person", kwargs={"person_id": cast.patient.pk}))
    assert answer.status_code == 500
    assert "Canarybird" not in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_events_written_at_once_form_one_chain_without_gaps() -> None:
    def write() -> None:
        try:
            for _ in range(10):
                audit.record("test.event", by=audit.SYSTEM)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    count, _, fault = audit.verify()
    assert (count, fault) == (40, None)


@pytest.mark.django_db(transaction=True)
def test_actions_at_once_leave_one_chain_and_one_winner(cast: Any) -> None:
    """Two save the same version: one wins, the other is told; both databases."""
    from allcomers.service.governance.records import ChangedMeanwhileError

    told: list[str] = []

    def change(name: str) -> None:
        try:
            person = Person.objects.get(pk=cast.patient.pk)
            people.change_details(by=audit.SYSTEM, person=person, version=1, given_name=name)
            told.append("saved")
        except ChangedMeanwhileError:
            told.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=change, args=(name,)) for name in ("One", "Two", "Three")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["saved", "told", "told"]
    assert Person.objects.get(pk=cast.patient.pk).version == 2
    assert AuditEvent.objects.filter(event="person.changed").count() == 1
    assert audit.verify()[2] is None


def _numbers(page: Any) -> list[int]:
    return [int(number) for number in re.findall(r'<th scope="row">(\d+)</th>', page.content.decode())]


def _linked(page: Any, words: str) -> str:
    found = re.search(rf'<a href="([^"]+)">{words}</a>', page.content.decode())
    return html.unescape(found[1]) if found else ""


def test_the_audit_is_read_part_by_part_and_none_is_left_out_or_shown_twice(member: Any, signed_in: Any) -> None:
    browser, where = signed_in(member(Role.AUDITOR)), reverse("governance:events")
    for number in range(2 * A_PART):
        audit.record("test.even" if number % 2 else "test.odd", by=audit.SYSTEM)
    last = AuditEvent.objects.count()
    page, seen = browser.get(where), list[list[int]]()
    assert not _linked(page, "Newer")
    while _linked(page, "Older"):
        seen.append(_numbers(page))
        page = browser.get(where + _linked(page, "Older"))
    seen.append(_numbers(page))
    assert [number for part in seen for number in part] == list(range(last, 0, -1))
    for part in seen[-2::-1]:
        page = browser.get(where + _linked(page, "Newer"))
        assert set(_numbers(page)) & set(part)
    assert _numbers(page)[0] == last
    assert not _linked(page, "Newer")


def test_events_of_one_kind_stay_of_that_kind(member: Any, signed_in: Any) -> None:
    browser, where = signed_in(member(Role.AUDITOR)), reverse("governance:events")
    for number in range(A_PART + 1):
        audit.record("test.asked", by=audit.SYSTEM, number=number)
        audit.record("test.other", by=audit.SYSTEM)
    first = browser.get(where, {"event": "test.asked"})
    second = browser.get(where + _linked(first, "Older"))
    assert (len(_numbers(first)), len(_numbers(second))) == (A_PART, 1)
    assert not _linked(second, "Older")
    assert "test.other" not in first.content.decode() + second.content.decode()


@pytest.mark.parametrize("asked", ["before=0", "before=x", "after=" + "9" * 400, "before=-1", "after=²", "event=%00"])
def test_an_address_that_means_nothing_shows_what_there_is(asked: str, member: Any, signed_in: Any) -> None:
    assert signed_in(member(Role.AUDITOR)).get(f"{reverse('governance:events')}?{asked}").status_code == 200


def test_reading_the_audit_never_counts_it(member: Any, signed_in: Any, django_assert_max_num_queries: Any) -> None:
    """Session, user, roles, the events: a million of them take as long as a hundred."""
    browser = signed_in(member(Role.AUDITOR))
    browser.get(reverse("governance:events"))
    with django_assert_max_num_queries(4) as queries:
        browser.get(reverse("governance:events"))
    assert not any("COUNT(" in one["sql"] for one in queries.captured_queries)


def test_opening_a_record_costs_one_insert_of_events(
    cast: Any, signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    """Session, user, roles, person, relationships, the page itself, and the chain: bounded, whatever is shown."""
    browser = signed_in(cast.clinician)
    where = reverse("people:person", kwargs={"person_id": cast.patient.pk})
    browser.get(where)
    with django_assert_max_num_queries(10) as queries:
        browser.get(where)
    assert sum("INSERT INTO" in one["sql"] and "auditevent" in one["sql"] for one in queries.captured_queries) == 1
