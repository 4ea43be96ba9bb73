"""Whether background work is done."""

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from allcomers.service.work.jobs import JOBS
from allcomers.service.work.models import JobRun

NO_WORKER = "nobody does the background work: run `allcomers manage work`"


def state() -> str:
    """For `/health`: the first job that is overdue or keeps failing.

    Outside production, a service whose worker never ran is well: tests and one-off commands have none.
    """
    try:
        runs = {run.name: run for run in JobRun.objects.all()}
    except DatabaseError:
        return "cannot be read"
    if not runs and settings.ALLCOMERS.mode == "production":
        return NO_WORKER
    faults = [_fault(runs[name]) for name in JOBS if name in runs]
    return next((fault for fault in faults if fault), "ok")


def _fault(run: JobRun) -> str:
    job = JOBS[run.name]
    if run.overdue(timezone.now(), job.grace):
        return f"{run.name} is overdue: run `allcomers manage work`"
    return f"{run.name} fails: {run.last_error}" if run.failures >= job.failures else ""
