"""The outbox: once for each cause, tried again, given up, and neither lost nor doubled by a worker that is killed."""

import threading
import time
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from allcomers.service.governance import actions as governance
from allcomers.service.governance import audit
from allcomers.service.governance.models import AuditEvent, BreakGlassReason
from allcomers.service.messages import actions, clock, delivery, selectors
from allcomers.service.messages.backends import RefusedError
from allcomers.service.messages.models import Message
from allcomers.service.questionnaires.models import MeasureRequest
from tests.service.conftest import Cast
from tests.service.messages.conftest import MOBILE, Provider, referral_of

pytestmark = pytest.mark.django_db


def queued(cast: Cast, key: str = "one", **more: Any) -> Message:
    """A message about a request that waits."""
    request = MeasureRequest.objects.create(person=cast.patient)
    given = {"kind": "measures_asked", "channel": "text", "person": cast.patient, "about": request.pk, **more}
    return actions.queue(by=audit.SYSTEM, key=key, **given)


@pytest.fixture
def reached(cast: Cast) -> Cast:
    referral_of(cast.patient, mobile=MOBILE)
    return cast


def test_the_same_cause_twice_is_one_message(reached: Cast, provider: Provider) -> None:
    assert queued(reached).pk == queued(reached).pk
    assert delivery.deliver() == 1
    assert delivery.deliver() == 0
    assert len(provider.letters) == 1


def test_a_message_that_was_sent_says_when_and_what_the_provider_calls_it(reached: Cast, provider: Provider) -> None:
    message = queued(reached)
    delivery.deliver()
    message.refresh_from_db()
    assert (message.status, message.provider_id, message.attempts) == ("sent", "id-1", 1)
    assert message.ended_at is not None
    events = AuditEvent.objects.filter(object_id=str(message.pk)).order_by("sequence").values_list("event", flat=True)
    assert list(events) == ["message.queued", "message.attempted", "message.sent"]


def test_no_token_address_or_word_is_stored_or_audited(reached: Cast, provider: Provider) -> None:
    """The link is made when the message leaves: what stays is its hash."""
    message = queued(reached)
    delivery.deliver()
    token = provider.letters[0].body.split("/people/link/")[1].split("/")[0]
    link = reached.patient.links.get()
    assert link.about == message.about
    rows = [str(list(model.objects.values())) for model in (Message, AuditEvent, type(link))]
    assert not any(token in row or MOBILE in row or "Hello" in row for row in rows)


def test_a_failure_is_tried_again_later_each_time_and_then_given_up(reached: Cast, provider: Provider) -> None:
    provider.fails = ConnectionError
    with time_machine.travel(timezone.now().replace(hour=9, minute=0), tick=False) as travelled:
        message = queued(reached)
        waits = []
        for _ in range(clock.MOST_ATTEMPTS - 1):
            delivery.deliver()
            message.refresh_from_db()
            waits.append((message.due_at - timezone.now()) / timedelta(minutes=1))
            assert delivery.deliver() == 0
            travelled.move_to(message.due_at)
        assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
        delivery.deliver()
    message.refresh_from_db()
    assert (message.status, message.attempts, message.last_error) == ("failed", 10, "ConnectionError")
    assert list(selectors.undelivered(type(reached.patient).objects.all())) == [message]


def test_what_a_provider_will_never_take_is_given_up_at_once(reached: Cast, provider: Provider) -> None:
    provider.fails = lambda: RefusedError("NoSuchNumber")
    message = queued(reached)
    delivery.deliver()
    message.refresh_from_db()
    assert (message.status, message.attempts, message.last_error) == ("failed", 1, "NoSuchNumber")


def test_one_that_fails_holds_up_no_other(reached: Cast, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    queued(reached, "one")
    queued(reached, "two")
    send = provider.send
    failures = iter([True, False])
    monkeypatch.setattr(provider, "send", lambda letter: 1 / 0 if next(failures) else send(letter))  # type: ignore[arg-type]
    assert delivery.deliver() == 1
    assert sorted(Message.objects.values_list("status", flat=True)) == ["queued", "sent"]


def test_no_message_is_lost_by_a_worker_killed_before_it_wrote_down_that_it_sent(
    reached: Cast, provider: Provider
) -> None:
    """Killed after the provider took it: held for its lease, then sent again. At least once is what we promise."""
    message = queued(reached)
    provider.dies_after = KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        delivery.deliver()
    message.refresh_from_db()
    assert (message.status, len(provider.letters)) == ("queued", 1)
    provider.dies_after = None
    assert delivery.deliver() == 0
    with time_machine.travel(timezone.now() + clock.LEASE + timedelta(seconds=1)):
        assert delivery.deliver() == 1
    assert [letter.again for letter in provider.letters] == [False, True]
    assert provider.letters[0].id == provider.letters[1].id


def test_a_message_that_kills_every_worker_is_given_up(reached: Cast, provider: Provider) -> None:
    message = queued(reached)
    provider.dies_after = KeyboardInterrupt
    now = timezone.now()
    for attempt in range(clock.MOST_ATTEMPTS):
        with time_machine.travel(now + attempt * 2 * clock.LEASE), pytest.raises(KeyboardInterrupt):
            delivery.deliver()
    with time_machine.travel(now + timedelta(hours=10)):
        delivery.deliver()
    message.refresh_from_db()
    assert (message.status, message.last_error) == ("failed", "WorkerEnded")


def test_one_cancelled_while_it_was_being_sent_is_written_down_as_what_it_is(reached: Cast) -> None:
    message = queued(reached)
    letter = actions.take(by=audit.SYSTEM, message_id=message.pk)
    assert letter is not None
    assert actions.cancel_about(by=audit.SYSTEM, about=message.about, because="answered") == 0
    assert actions.sent(by=audit.SYSTEM, message_id=message.pk, provider_id="x").status == "sent"
    assert actions.not_sent(by=audit.SYSTEM, message_id=message.pk, error="late", final=True).status == "sent"


def test_what_waited_too_long_is_not_sent(reached: Cast, provider: Provider) -> None:
    """After a week without a worker nobody gets a heap of old reminders."""
    message = queued(reached, kind="measures_reminder")
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        delivery.deliver()
    message.refresh_from_db()
    assert (message.status, message.because, provider.letters) == ("cancelled", "too_late", [])


def test_what_waited_for_a_worker_wakes_nobody(reached: Cast, provider: Provider) -> None:
    """Queued in the evening while no worker ran, it waits for the morning; a page to staff does not."""
    evening = datetime(2026, 11, 23, 19, 0, tzinfo=ZoneInfo("Europe/London"))
    with time_machine.travel(evening, tick=False) as travelled:
        message = queued(reached)
        governed = reached.manager
        page = {"kind": "emergency_opened", "channel": "email", "person": None, "user": governed}
        opened = governance.break_glass(
            by=audit.SYSTEM, user=reached.clinician, person=reached.stranger, reason=BreakGlassReason.DANGER, words="x"
        )
        queued(reached, "page", **page, about=opened.pk)
        travelled.shift(timedelta(hours=6))
        delivery.deliver()
        assert {letter.to for letter in provider.letters} == {governed.email}
        message.refresh_from_db()
        assert (message.status, message.attempts) == ("queued", 0)
        assert message.due_at == datetime(2026, 11, 24, 8, 0, tzinfo=ZoneInfo("Europe/London"))
        travelled.move_to(message.due_at)
        delivery.deliver()
    assert provider.letters[-1].to == MOBILE


def test_a_message_for_which_somebody_waits_is_sent_at_any_hour(reached: Cast, provider: Provider) -> None:
    with time_machine.travel(datetime(2026, 11, 23, 3, 0, tzinfo=ZoneInfo("Europe/London"))):
        queued(reached)
        assert delivery.deliver() == 1


def test_after_a_restore_the_provider_is_asked_what_it_has(reached: Cast, provider: Provider) -> None:
    """Hazard: a restored backup sends again what had been sent. What is late is taken for sent perhaps."""
    with time_machine.travel(datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Europe/London")), tick=False) as travelled:
        queued(reached)
        travelled.shift(timedelta(hours=2))
        delivery.deliver()
    assert [letter.again for letter in provider.letters] == [True]


def test_messages_to_staff_go_first(reached: Cast, provider: Provider) -> None:
    queued(reached, "person")
    staff = actions.queue(
        by=audit.SYSTEM, kind="emergency_opened", channel="email", key="staff", about=uuid4(), user=reached.manager
    )
    assert selectors.due_ids(timezone.now(), 10)[0] == staff.pk


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_send_each_message_once(
    reached: Cast, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite they take turns, on PostgreSQL each skips what another holds. The provider takes its time."""
    count, errors, send = 20, [], provider.send
    monkeypatch.setattr(provider, "send", lambda letter: time.sleep(0.05) or send(letter))  # type: ignore[func-returns-value]
    for number in range(count):
        queued(reached, str(number))

    def work() -> None:
        try:
            delivery.deliver()
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len({letter.id for letter in provider.letters}) == len(provider.letters) == count
    assert set(Message.objects.values_list("status", "attempts")) == {("sent", 1)}


@pytest.mark.django_db(transaction=True)
def test_a_message_and_its_cause_stand_or_fall_together(reached: Cast) -> None:
    from allcomers.service.governance.acting import action

    @action
    def cause(*, by: audit.Actor) -> None:
        queued(reached)
        audit.record("test.caused", by=by)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        cause(by=audit.SYSTEM)
    assert not Message.objects.exists()


def test_health_says_that_messages_wait_and_that_staff_were_not_reached(reached: Cast, client: Any) -> None:
    queued(reached)
    assert client.get("/health").json()["messages"] == "ok"
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        answer = client.get("/health")
        assert (answer.status_code, answer.json()["messages"][:43]) == (
            503,
            "the oldest undelivered message is 20 minute",
        )
    Message.objects.all().delete()
    page = queued(reached, kind="alert_raised", channel="email", person=None, user=reached.manager)
    actions.not_sent(by=audit.SYSTEM, message_id=page.pk, error="Refused", final=True)
    assert client.get("/health").json()["messages"] == "1 messages to staff could not be delivered since yesterday"
