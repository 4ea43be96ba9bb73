"""Hours fit for messages; midnight, changes of the clocks, 29 February."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from allcomers.service.messages import clock

LONDON = ZoneInfo("Europe/London")
NINE_TO_FIVE = (time(9), time(17))


def at(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("moment", "sent"),
    [
        (at(2026, 11, 23, 8), at(2026, 11, 23, 8)),
        (at(2026, 11, 23, 19, 59), at(2026, 11, 23, 19, 59)),
        (at(2026, 11, 23, 20), at(2026, 11, 24, 8)),
        (at(2026, 11, 23, 23, 59), at(2026, 11, 24, 8)),
        (at(2026, 11, 24, 0), at(2026, 11, 24, 8)),
        (at(2026, 3, 28, 23), at(2026, 3, 29, 8)),  # clocks go on that night
        (at(2026, 10, 24, 23), at(2026, 10, 25, 8)),  # and back on this
        (at(2028, 2, 28, 21), at(2028, 2, 29, 8)),
        (at(2026, 12, 31, 22), at(2027, 1, 1, 8)),
    ],
)
def test_nobody_is_woken(moment: datetime, sent: datetime) -> None:
    assert clock.by_day(moment) == sent


@pytest.mark.parametrize(
    ("asked_at", "days", "reminded"),
    [
        (at(2026, 11, 23, 23, 59), 3, at(2026, 11, 26, 10)),
        (at(2026, 11, 24, 0), 3, at(2026, 11, 27, 10)),
        (at(2026, 3, 27, 12), 3, at(2026, 3, 30, 10)),  # 10 by the new time, 71 hours on
        (at(2026, 10, 23, 12), 3, at(2026, 10, 26, 10)),
        (at(2028, 2, 26, 12), 3, at(2028, 2, 29, 10)),
    ],
)
def test_a_reminder_comes_at_ten_by_the_clock_on_the_wall(asked_at: datetime, days: int, reminded: datetime) -> None:
    assert clock.reminder(asked_at, days) == reminded


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        (at(2026, 11, 23, 9), None),
        (at(2026, 11, 23, 16, 59), None),
        (at(2026, 11, 23, 17, 1), at(2026, 11, 24, 9)),
        (at(2026, 11, 27, 18), at(2026, 11, 30, 9)),  # over a weekend
        (at(2026, 12, 24, 18), at(2026, 12, 29, 9)),  # Christmas, a weekend, and the holiday in lieu
        (at(2026, 3, 27, 18), at(2026, 3, 30, 9)),  # the clocks change over it
    ],
)
def test_working_hours_begin_again(moment: datetime, opens: datetime | None) -> None:
    assert clock.next_opening(moment, NINE_TO_FIVE) == opens


def test_waits_double_up_to_an_hour() -> None:
    now = at(2026, 11, 23, 12)
    waits = [(clock.after_failure(now, attempt) - now) / timedelta(minutes=1) for attempt in range(1, 9)]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
