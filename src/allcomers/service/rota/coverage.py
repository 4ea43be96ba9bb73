"""Spans of time: the working hours that a rota has to cover, and what of them is left over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from allcomers.service.governance.working_days import is_working_day


@dataclass(frozen=True, order=True)
class Span:
    """From one moment until another, which is no longer in it."""

    starts_at: datetime
    ends_at: datetime


def moment(day: date, hour: time) -> datetime:
    """An hour of a day by the service's own clock."""
    return datetime.combine(day, hour, timezone.get_current_timezone()).astimezone(UTC)


def working_hours(first: date, days: int, hours: tuple[time, time]) -> list[Span]:
    """The working hours of the working days among so many days."""
    every = (first + timedelta(days=count) for count in range(days))
    return [Span(moment(day, hours[0]), moment(day, hours[1])) for day in every if is_working_day(day)]


def left_over(wanted: Span, covered: Iterable[Span]) -> list[Span]:
    """What of a span nothing covers, in order."""
    found, at = [], wanted.starts_at
    for one in sorted(covered):
        if one.starts_at >= wanted.ends_at:
            break
        if at < one.starts_at:
            found.append(Span(at, one.starts_at))
        at = max(at, one.ends_at)
    if at < wanted.ends_at:
        found.append(Span(at, wanted.ends_at))
    return found
