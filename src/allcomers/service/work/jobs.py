"""What is done in the background. An app adds its jobs in `AppConfig.ready`: `jobs.add(Job("tidy", …))`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from io import StringIO

from django.core.management import call_command
from django.utils import timezone


@dataclass(frozen=True)
class Every:
    """Again so long after it was last begun."""

    interval: timedelta

    def first(self, now: datetime) -> datetime:
        return now

    def after(self, begun: datetime) -> datetime:
        return begun + self.interval


@dataclass(frozen=True)
class Nightly:
    """Once a day at a time of the service's own clock. From 02:00 on, no change of the clocks skips or repeats it."""

    at: time

    def __post_init__(self) -> None:
        assert self.at >= time(2), "between one and two, clocks change"

    def first(self, now: datetime) -> datetime:
        return self.after(now)

    def after(self, begun: datetime) -> datetime:
        """The next night, which is today while the time has not come yet."""
        local = timezone.localtime(begun)
        day = local.date() + timedelta(days=local.time() >= self.at)
        return datetime.combine(day, self.at, timezone.get_current_timezone()).astimezone(UTC)


@dataclass(frozen=True)
class Job:
    """Something done again and again.

    Parameters
    ----------
    lease : after so long without a word from whoever runs it, another worker may.
    grace : how long after it was due `/health` says that it is overdue.
    failures : after so many failures running `/health` says that it fails.
    """

    name: str
    when: Every | Nightly
    run: Callable[[], object]
    lease: timedelta = timedelta(minutes=2)
    grace: timedelta = timedelta(minutes=15)
    failures: int = 3


JOBS: dict[str, Job] = {}


def add(job: Job) -> None:
    JOBS[job.name] = job


def command(name: str) -> Callable[[], object]:
    """A job that is a command of `allcomers manage`, without its printing."""

    def run() -> object:
        return call_command(name, stdout=StringIO())

    return run
