"""Deadlines in working time: minutes that count only on working days, between two hours of the service's own clock."""

from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from allcomers.service.governance.working_days import is_working_day

Hours = tuple[time, time]


def after(moment: datetime, minutes: int, hours: Hours) -> datetime:
    """The moment by which `minutes` of working time have passed since another.

    Counted in elapsed time, so that a day on which the clocks change gains or loses its hour.
    """
    left, day = timedelta(minutes=minutes), timezone.localdate(moment)
    while True:
        opens, closes = _opening(day, hours)
        begins = max(moment.astimezone(UTC), opens)
        if is_working_day(day) and begins + left <= closes:
            return begins + left
        if is_working_day(day):
            left -= max(closes - begins, timedelta())
        day += timedelta(days=1)


def _opening(day: date, hours: Hours) -> tuple[datetime, datetime]:
    zone = timezone.get_current_timezone()
    opens, closes = (datetime.combine(day, one, zone).astimezone(UTC) for one in hours)
    return opens, closes
