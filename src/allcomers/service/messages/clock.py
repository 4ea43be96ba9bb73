"""When a message is tried again, and which hours are fit for one that nobody waits for."""

from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from allcomers.service.questionnaires.risk import deadlines

MOST_ATTEMPTS = 10
LONGEST_WAIT = timedelta(hours=1)
LEASE = timedelta(minutes=5)
LATE = timedelta(minutes=15)
DAY_BEGINS, DAY_ENDS = time(8), time(20)
REMINDER_TIME = time(10)


def after_failure(now: datetime, attempts: int) -> datetime:
    """One minute after the first failure, then twice as long each time, an hour at most: four hours in all."""
    return now + min(timedelta(minutes=2 ** (attempts - 1)), LONGEST_WAIT)


def by_day(moment: datetime) -> datetime:
    """The moment itself between 8am and 8pm, or the next 8am: nobody's telephone lights up at night for us."""
    local = timezone.localtime(moment)
    if DAY_BEGINS <= local.time() < DAY_ENDS:
        return moment
    return _at(local.date() + timedelta(days=local.time() >= DAY_ENDS), DAY_BEGINS)


def reminder(asked_at: datetime, days: int) -> datetime:
    """10am, so many days after somebody was asked."""
    return _at(timezone.localdate(asked_at) + timedelta(days=days), REMINDER_TIME)


def next_opening(moment: datetime, hours: deadlines.Hours) -> datetime | None:
    """When the working hours next begin; None where they have."""
    opens = deadlines.after(moment, 0, hours)
    return opens if opens > moment else None


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, timezone.get_current_timezone()).astimezone(UTC)
