"""When each job ran: the row that workers take turns by."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from allcomers.service.work.jobs import Job


class JobRun(models.Model):
    """When a job is due, who runs it until when, and how it last ended. Bookkeeping of the worker; about nobody.

    `lease` is a random number of the worker that runs it, empty while none does.
    """

    name = models.CharField(max_length=60, primary_key=True)
    due_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    lease = models.CharField(max_length=32, blank=True)
    failures = models.PositiveIntegerField(default=0, help_text="How often it failed since it last went well.")
    last_error = models.CharField(max_length=60, blank=True, help_text="The kind of the last failure; no content.")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def expect(cls, job: Job, now: datetime) -> None:
        """A row for a job that has none, from which its first time is counted."""
        row = JobRun(name=job.name, due_at=job.when.first(now))
        JobRun.objects.bulk_create([row], ignore_conflicts=True)

    @classmethod
    def take(cls, job: Job, lease: str, now: datetime) -> bool:
        """Whether this worker runs it now: one conditional update, so that of two at once one does."""
        free = Q(leased_until=None) | Q(leased_until__lte=now)
        due = cls.objects.filter(free, name=job.name, due_at__lte=now)
        if not due.exists():  # a look takes no lock, and most find nothing due
            return False
        return bool(due.update(begun_at=now, due_at=job.when.after(now), leased_until=now + job.lease, lease=lease))

    @classmethod
    def end(cls, job: Job, lease: str, now: datetime, error: str) -> bool:
        """How it ended; whether this worker still held it. Another that took it over says so itself."""
        held = cls.objects.filter(name=job.name, lease=lease)
        failures = models.F("failures") + 1 if error else 0
        return bool(held.update(ended_at=now, leased_until=None, lease="", failures=failures, last_error=error))

    @classmethod
    def keep(cls, job: Job, lease: str, until: datetime) -> bool:
        """Hold on to a job that takes long."""
        return bool(cls.objects.filter(name=job.name, lease=lease).update(leased_until=until))

    def overdue(self, now: datetime, grace: timedelta) -> bool:
        """Due for longer than it should be, and nobody is at it."""
        at_it = self.leased_until is not None and self.leased_until > now
        return not at_it and self.due_at + grace < now
