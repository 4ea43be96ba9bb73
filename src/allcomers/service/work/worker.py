"""The worker: one thread a job, so that a long one holds up no other. Several workers take turns by the database."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from datetime import timedelta
from types import TracebackType

from django.db import DatabaseError, close_old_connections, connections
from django.utils import timezone

from allcomers.service.governance import audit
from allcomers.service.work.jobs import JOBS, Job
from allcomers.service.work.models import JobRun

log = logging.getLogger(__name__)
LOOK_SECONDS = 5.0
STOP_SECONDS = 10.0


def expect_all() -> None:
    """A row for every job, so that one which never runs is missed."""
    for job in JOBS.values():
        JobRun.expect(job, timezone.now())


def run_due() -> list[str]:
    """Run every job that is due, one after another: the names of those that ran."""
    expect_all()
    return [job.name for job in JOBS.values() if run_if_due(job)]


def run_if_due(job: Job) -> bool:
    """Run a job if it is due and no other worker runs it. A failure is written down, and tried again when next due."""
    lease = secrets.token_hex(16)
    if not JobRun.take(job, lease, timezone.now()):
        return False
    error = ""
    with _Held(job, lease):
        try:
            job.run()
        except Exception as failure:
            error = type(failure).__name__
            log.exception("the job %s failed", job.name)
    JobRun.end(job, lease, timezone.now(), error)
    if error:
        audit.record("work.failed", by=audit.SYSTEM, outcome=audit.REFUSED, job=job.name, error=error)
    return True


class _Held:
    """Renews the lease of a job while it runs, so that only a worker that is gone loses it."""

    def __init__(self, job: Job, lease: str) -> None:
        self.job, self.lease, self.over = job, lease, threading.Event()
        self.thread = threading.Thread(target=self._renew, daemon=True)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        self.thread.join()

    def _renew(self) -> None:
        while not self.over.wait(self.job.lease / timedelta(seconds=2)):
            try:
                JobRun.keep(self.job, self.lease, timezone.now() + self.job.lease)
            except DatabaseError:
                log.exception("the lease of %s could not be renewed", self.job.name)
            finally:
                connections.close_all()


class Worker:
    """Runs every job whenever it is due, in threads of this process, until it is stopped."""

    def __init__(self, look_seconds: float = LOOK_SECONDS) -> None:
        self.look_seconds = look_seconds
        self.over = threading.Event()
        self.threads = [
            threading.Thread(target=self._keep_running, args=[job], name=f"job {job.name}", daemon=True)
            for job in JOBS.values()
        ]

    def start(self) -> None:
        expect_all()
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        """Ends after what is under way, or leaves it to its lease after ten seconds."""
        self.over.set()
        last = time.monotonic() + STOP_SECONDS
        for thread in self.threads:
            thread.join(max(0.0, last - time.monotonic()))

    def wait(self) -> None:
        self.over.wait()

    def _keep_running(self, job: Job) -> None:
        while not self.over.is_set():
            try:
                close_old_connections()
                run_if_due(job)
            except DatabaseError:
                log.exception("the database did not answer the job %s", job.name)
            self.over.wait(self.look_seconds)
        connections.close_all()
