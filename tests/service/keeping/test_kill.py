"""The server is killed at random points while people refer themselves and answer: R1, and nothing lost or half stored.

What a visitor was told is stored has to be there after every kill; whatever is there has to be whole.
"""

import queue
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.db.models import Count

from allcomers.service.governance import audit
from allcomers.service.governance.models import AuditEvent
from allcomers.service.keeping.manifest import database_at
from allcomers.service.people import actions as people
from allcomers.service.people.models import Person
from allcomers.service.questionnaires import actions as questionnaires
from allcomers.service.questionnaires.models import Answer, Response, RiskAlert
from allcomers.service.referrals.models import Match, Referral
from tests.service.keeping.killing import Sent, Server, Told, Visitor, running

pytestmark = pytest.mark.django_db(transaction=True)
SEED = 20260401
RISK_ITEM = 9
VISITORS = 3


@pytest.fixture
def other(another_database: Callable[[], str], tmp_path: Path) -> str:
    """The name of the server's database, which is not the one of the tests."""
    return str(tmp_path / "service.sqlite3") if connection.vendor == "sqlite" else another_database()


@pytest.fixture
def server(other: str, tmp_path: Path) -> Iterator[Server]:
    with running(Server(tmp_path, _address(other))) as started:
        yield started


def _address(name: str) -> str:
    if connection.vendor == "sqlite":
        return ""
    known = connection.settings_dict
    host = known["HOST"] or known["OPTIONS"].get("host", "")
    return f"postgresql://{known['USER']}:{known['PASSWORD']}@/{name}?host={quote(host)}"


def test_r1_killed_at_random_while_60_are_sent_nothing_acknowledged_is_lost_or_half_stored(
    server: Server, other: str
) -> None:
    _killed_at_random(server, other, submissions=60, requests_between_kills=160, least_kills=3)


@pytest.mark.slow
def test_r1_killed_at_random_while_500_are_sent_nothing_acknowledged_is_lost_or_half_stored(
    server: Server, other: str
) -> None:
    fell = _killed_at_random(server, other, submissions=500, requests_between_kills=160, least_kills=20)
    assert fell[BEFORE] > 0
    assert fell[BETWEEN] > 0


BEFORE, BETWEEN, OTHERWISE = "sent, not yet stored", "stored, not yet told", "nothing sent to be stored"


def _killed_at_random(
    server: Server, other: str, *, submissions: int, requests_between_kills: int, least_kills: int
) -> Counter[str]:
    """Kills come at random, `requests_between_kills` apart on average; a submission takes about eleven requests.

    Returns where the kills fell: what was under way at each of them.
    """
    fell = Counter[str]()
    chance, told, faults = random.Random(SEED), Told(), list[BaseException]()  # noqa: S311 - points in time
    waiting = _submissions(other, submissions, chance)
    visitors = [threading.Thread(target=_visit, args=(server, waiting, told, faults)) for _ in range(VISITORS)]
    for one in visitors:
        one.start()
    while any(one.is_alive() for one in visitors):
        _wait(server, visitors, chance.randint(1, 2 * requests_between_kills))
        _choose_the_moment(server, visitors, other, chance)
        before = Told(list(told.referrals), dict(told.answers), list(told.finished))
        server.kill()
        fell.update(_under_way(server, other))
        _nothing_is_lost_or_half_stored(other, before)
        server.start()
    assert faults == []
    assert server.kills >= least_kills
    assert len(told.referrals) == submissions // 2
    assert len(told.answers) == submissions - submissions // 2
    _nothing_is_lost_or_half_stored(other, told)
    print(f"{submissions} submissions, {server.kills} kills: {dict(fell)}")  # noqa: T201 - with pytest -rP
    return fell


def _wait(server: Server, visitors: list[threading.Thread], requests: int) -> None:
    """Until so many more were answered."""
    until = server.answered + requests
    while server.answered < until and any(one.is_alive() for one in visitors):
        time.sleep(0.002)


def _choose_the_moment(server: Server, visitors: list[threading.Thread], other: str, chance: random.Random) -> None:
    """In turn: any moment; one while something is sent to be stored; the one when that is found to be stored."""
    turn, sendings = server.kills % 3, server.sendings
    while turn and server.sendings == sendings and any(one.is_alive() for one in visitors):
        time.sleep(0.001)
    if turn == 2:
        with database_at(other):
            while server.sent and not any(_is_stored(one) for one in list(server.sent.values())):
                time.sleep(0.001)
    else:
        time.sleep(chance.uniform(0, 1.2 * median(server.took_seconds) if turn else 0.05))


def _under_way(server: Server, other: str) -> list[str]:
    """What had been sent when the server was killed and nobody was told: whether it had been stored."""
    with database_at(other):
        return [BETWEEN if _is_stored(one) else BEFORE for one in list(server.sent.values())] or [OTHERWISE]


def _is_stored(sent: Sent) -> bool:
    if sent.referral:
        return Referral.objects.filter(person__family_name=sent.referral).exists()
    return Answer.objects.filter(response__request=sent.answers).exists()


Submission = Callable[[Visitor, Told], None]


def _submissions(other: str, count: int, chance: random.Random) -> "queue.Queue[tuple[int, Submission]]":
    """Half referrals, half questionnaires, of which about half have an answer that raises an alert."""
    waiting: queue.Queue[tuple[int, Submission]] = queue.Queue()
    with database_at(other):
        for number in range(count):
            waiting.put(
                (number, _referral(number) if number % 2 else _questionnaire(number, chance.choice((0, 0, 1, 3))))
            )
    return waiting


def _referral(number: int) -> Submission:
    return lambda visitor, told: visitor.refer(_name(number), told)


def _questionnaire(number: int, weight: int) -> Submission:
    person = people.add_person(
        by=audit.SYSTEM,
        given_name="Asked",
        family_name=_name(number),
        date_of_birth=date(1985, 3, 27),
        postcode="ZZ99 3VZ",
    )
    request, token = questionnaires.ask(by=audit.SYSTEM, person=person, keys=["PHQ9"])
    return lambda visitor, told: visitor.answer(request.pk, token, weight, told)


def _name(number: int) -> str:
    return "Canary" + "".join("abcdefghij"[int(digit)] for digit in str(number))


def _visit(server: Server, waiting: "queue.Queue[tuple[int, Submission]]", told: Told, faults: list[Any]) -> None:
    while not faults:
        try:
            number, submit = waiting.get_nowait()
        except queue.Empty:
            return
        try:
            with closing(Visitor(server, number)) as visitor:
                submit(visitor, told)
        except BaseException as fault:
            faults.append(fault)


def _nothing_is_lost_or_half_stored(other: str, told: Told) -> None:
    with database_at(other):
        _referrals_are_whole(told.referrals)
        _answers_are_whole(told.answers)
        finished = Response.objects.filter(request__in=told.finished)
        assert finished.filter(finished_at=None).count() == 0
        assert finished.count() == len(told.finished)
        assert audit.verify()[2] is None


def _referrals_are_whole(acknowledged: list[str]) -> None:
    stored = list(Referral.objects.select_related("person", "started"))
    names = [one.person.family_name for one in stored]
    assert len(set(names)) == len(names), "a referral is stored twice"
    assert set(acknowledged) <= set(names), "an acknowledged referral is lost"
    received = AuditEvent.objects.filter(event="referral.received").values_list("object_id", flat=True)
    assert sorted(received) == sorted(str(one.pk) for one in stored)
    _all_have_alike(Referral, {one.pk for one in stored})
    _all_have_alike(Person, {one.person.pk for one in stored})
    assert all(one.started.answers == {} for one in stored)


def _all_have_alike(model: type[Referral | Person], keys: set[Any]) -> None:
    """As many rows of every kind belong to each, and one of history: all were sent alike."""
    for one in model._meta.related_objects:
        if one.related_model is not Match:
            rows = Counter(one.related_model._base_manager.values_list(one.field.attname, flat=True))
            assert len({rows[key] for key in keys}) <= 1, f"a referral lacks a row of {one.related_model.__name__}"
    changes = Counter(model.history.values_list("id", flat=True))
    assert all(changes[key] == 1 for key in keys)


def _answers_are_whole(acknowledged: dict[Any, int]) -> None:
    counts = dict(Response.objects.annotate(given=Count("answers")).values_list("request", "given"))
    assert set(counts.values()) <= {0, 10}, "part of a page of answers is stored"
    assert all(counts[one] == 10 for one in acknowledged), "acknowledged answers are lost"
    weights = {
        one.response.request_id: one for one in Answer.objects.filter(number=RISK_ITEM).select_related("response")
    }
    assert all(weights[one].value == weight for one, weight in acknowledged.items())
    above_zero = {one.pk for one in weights.values() if one.value}
    alerts = dict(RiskAlert.objects.values_list("answer", "pk"))
    assert set(alerts) == above_zero, "an answer above zero has no alert, or an alert no answer"
    raised = AuditEvent.objects.filter(event="risk.raised").values_list("object_id", flat=True)
    assert sorted(raised) == sorted(map(str, alerts.values()))
    assert Person.objects.count() >= len(counts)
