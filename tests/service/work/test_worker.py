"""Background work: due when it should be, by one worker at a time, and said when it is not done."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from allcomers.service.governance.models import AuditEvent
from allcomers.service.work import jobs, selectors, worker
from allcomers.service.work.jobs import Every, Job, Nightly
from allcomers.service.work.models import JobRun

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=LONDON)
MINUTE = timedelta(minutes=1)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=LONDON)  # type: ignore[misc,arg-type]


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two jobs and no other: one every minute, one at night. What ran, in order."""
    done: list[str] = []
    made = [
        Job("often", Every(MINUTE), lambda: done.append("often")),
        Job("nightly", Nightly(time(2, 30)), lambda: done.append("nightly"), failures=1),
    ]
    monkeypatch.setattr(jobs, "JOBS", {job.name: job for job in made})
    monkeypatch.setattr(worker, "JOBS", jobs.JOBS)
    monkeypatch.setattr(selectors, "JOBS", jobs.JOBS)
    return done


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as travelled:
        yield travelled


@pytest.mark.parametrize(
    ("begun", "following"),
    [
        (at(2026, 11, 23, 12), at(2026, 11, 24, 2, 30)),
        (at(2026, 11, 24, 0, 0), at(2026, 11, 24, 2, 30)),
        (at(2026, 11, 24, 2, 30), at(2026, 11, 25, 2, 30)),
        (at(2026, 3, 28, 12), at(2026, 3, 29, 2, 30)),  # clocks go on at one
        (at(2026, 10, 24, 12), at(2026, 10, 25, 2, 30)),  # and back at two, to one
        (at(2026, 10, 25, 2, 30), at(2026, 10, 26, 2, 30)),
        (at(2028, 2, 28, 12), at(2028, 2, 29, 2, 30)),
        (at(2026, 12, 31, 23, 59), at(2027, 1, 1, 2, 30)),
    ],
)
def test_once_a_night_whatever_the_clocks_do(begun: datetime, following: datetime) -> None:
    assert Nightly(time(2, 30)).after(begun) == following


def test_an_hour_that_clocks_skip_or_repeat_is_not_offered() -> None:
    with pytest.raises(AssertionError):
        Nightly(time(1, 30))


def test_each_job_runs_when_it_is_due(ran: list[str], clock: Any) -> None:
    assert worker.run_due() == ["often"]
    assert worker.run_due() == []
    clock.shift(MINUTE)
    assert worker.run_due() == ["often"]
    clock.move_to(at(2026, 11, 24, 2, 30))
    assert worker.run_due() == ["often", "nightly"]
    assert ran == ["often", "often", "often", "nightly"]


def test_a_night_missed_is_made_up_for_once(ran: list[str], clock: Any) -> None:
    worker.run_due()
    clock.shift(timedelta(days=5))
    worker.run_due()
    worker.run_due()
    assert ran.count("nightly") == 1


def test_a_job_that_fails_is_written_down_without_its_words_and_tried_again(
    ran: list[str], clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise ValueError("Patience Canarybird")

    monkeypatch.setitem(jobs.JOBS, "often", Job("often", Every(MINUTE), fails))
    for count in (1, 2, 3):
        assert worker.run_due() == ["often"]
        run = JobRun.objects.get(pk="often")
        assert (run.failures, run.last_error, run.leased_until) == (count, "ValueError", None)
        clock.shift(MINUTE)
    assert selectors.state() == "often fails: ValueError"
    events = AuditEvent.objects.filter(event="work.failed")
    assert [one.detail for one in events] == [{"job": "often", "error": "ValueError"}] * 3
    monkeypatch.setitem(jobs.JOBS, "often", Job("often", Every(MINUTE), lambda: None))
    worker.run_due()
    assert selectors.state() == "ok"


def test_a_worker_that_is_gone_loses_its_job_after_the_lease(ran: list[str], clock: Any) -> None:
    worker.expect_all()
    job = jobs.JOBS["often"]
    assert JobRun.take(job, "gone", timezone.now())
    clock.shift(job.lease - timedelta(seconds=1))
    assert not worker.run_if_due(job)
    clock.shift(timedelta(seconds=2))
    assert worker.run_if_due(job)
    assert not JobRun.end(job, "gone", timezone.now(), "")


def test_a_job_that_takes_long_keeps_its_lease(ran: list[str], clock: Any) -> None:
    worker.expect_all()
    job = jobs.JOBS["often"]
    assert JobRun.take(job, "mine", timezone.now())
    assert JobRun.keep(job, "mine", timezone.now() + 10 * job.lease)
    clock.shift(5 * job.lease)
    assert not worker.run_if_due(job)
    assert not JobRun.keep(job, "other's", timezone.now())


def test_health_says_which_job_is_overdue(ran: list[str], clock: Any, client: Any) -> None:
    assert selectors.state() == "ok"
    worker.run_due()
    clock.shift(timedelta(minutes=15))
    assert selectors.state() == "ok"
    clock.shift(timedelta(minutes=2))
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["work"]) == (503, "often is overdue: run `allcomers manage work`")


def test_health_of_a_service_in_use_says_that_no_worker_ever_ran(ran: list[str], settings: Any) -> None:
    settings.ALLCOMERS = settings.ALLCOMERS.but(mode="production")
    assert selectors.state() == selectors.NO_WORKER
    worker.expect_all()
    assert selectors.state() == "ok"


def test_once_does_what_is_due_and_ends(ran: list[str], clock: Any, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("work", once=True)
    call_command("work", once=True)
    assert capsys.readouterr().out.splitlines() == ["Done: often.", "Done: nothing was due."]


def test_every_job_of_the_service_is_one_that_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """The real ones, the nightly ones among them; what they print goes nowhere."""
    assert set(jobs.JOBS) >= {"deliver_messages", "escalate_alerts", "tidy", "verify_audit"}
    worker.run_due()
    JobRun.objects.update(due_at=timezone.now())
    assert set(worker.run_due()) == set(jobs.JOBS)
    assert set(JobRun.objects.values_list("last_error", flat=True)) == {""}
    assert capsys.readouterr().out == ""


def test_a_broken_audit_is_said_by_health(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.management import CommandError

    def broken() -> None:
        raise CommandError("The chain breaks at event 7")

    monkeypatch.setitem(jobs.JOBS, "verify_audit", Job("verify_audit", Every(MINUTE), broken, failures=1))
    worker.run_due()
    assert selectors.state() == "verify_audit fails: CommandError"


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_run_the_same_job(ran: list[str]) -> None:
    worker.expect_all()

    def work() -> None:
        worker.run_if_due(jobs.JOBS["often"])
        connections.close_all()

    _at_once(work, 8)
    assert ran == ["often"]


@pytest.mark.django_db(transaction=True)
def test_a_worker_runs_until_it_is_stopped(ran: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    seen = threading.Event()
    monkeypatch.setitem(jobs.JOBS, "often", Job("often", Every(timedelta(0)), seen.set))
    working = worker.Worker(look_seconds=0.05)
    working.start()
    assert seen.wait(10)
    working.stop()
    assert not any(thread.is_alive() for thread in working.threads)
    assert JobRun.objects.get(pk="often").lease == ""


@pytest.mark.django_db(transaction=True)
def test_a_job_that_never_ends_holds_up_no_other(ran: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Hazard: an alert's page waits behind the nightly walk of the audit."""
    release, paged = threading.Event(), threading.Event()
    long = Job("nightly", Every(timedelta(0)), lambda: release.wait(20))
    monkeypatch.setitem(jobs.JOBS, "nightly", long)
    monkeypatch.setitem(jobs.JOBS, "often", Job("often", Every(timedelta(0)), paged.set))
    working = worker.Worker(look_seconds=0.05)
    working.start()
    assert paged.wait(10)
    assert not release.is_set()
    release.set()
    working.stop()


def _at_once(what: Callable[[], None], count: int) -> None:
    threads = [threading.Thread(target=what) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
