"""Hours as they were lived, over midnight, clock changes and a leap day; and nobody who still waits is left out."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allcomers.service.referrals.clocks import first_look, hours_between, in_words

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (datetime(2026, 3, 2, 23, 30, tzinfo=LONDON), datetime(2026, 3, 3, 0, 30, tzinfo=LONDON), 1),
        (datetime(2026, 3, 28, 12, tzinfo=LONDON), datetime(2026, 3, 29, 12, tzinfo=LONDON), 23),
        (datetime(2026, 10, 24, 12, tzinfo=LONDON), datetime(2026, 10, 25, 12, tzinfo=LONDON), 25),
        (datetime(2028, 2, 28, 12, tzinfo=LONDON), datetime(2028, 3, 1, 12, tzinfo=LONDON), 48),
        (datetime(2026, 2, 28, 12, tzinfo=LONDON), datetime(2026, 3, 1, 12, tzinfo=LONDON), 24),
    ],
)
def test_hours_that_passed(start: datetime, end: datetime, hours: float) -> None:
    assert hours_between(start, end) == hours


@pytest.mark.parametrize(
    ("hours", "words"),
    [(0.9, "less than an hour"), (1, "1 hour"), (23.99, "23 hours"), (47.9, "47 hours"), (48, "2 days")],
)
def test_a_wait_in_words(hours: float, words: str) -> None:
    start = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    assert in_words(start, start + timedelta(hours=hours)) == words


NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def waits(*hours: float | None) -> list[tuple[datetime, datetime | None]]:
    start = NOW - timedelta(hours=100)
    return [(start, None if one is None else start + timedelta(hours=one)) for one in hours]


@pytest.mark.parametrize(
    ("hours", "median", "waiting"),
    [
        ((), None, 0),
        ((1, 3), 2, 0),
        ((1, 3, 8), 3, 0),
        ((1, 3, None), 3, 1),  # without who waits it would be 2
        ((1, None), None, 1),
        ((1, None, None), None, 2),
    ],
)
def test_the_median_counts_who_still_waits(hours: tuple[float | None, ...], median: float | None, waiting: int) -> None:
    found = first_look(waits(*hours), NOW)
    assert (found.received, found.median_hours, found.not_looked_at) == (len(hours), median, waiting)
    assert found.longest_waiting_hours == (100 if waiting else None)


@settings(deadline=None, derandomize=True, max_examples=50)
@given(st.lists(st.floats(0, 99), min_size=1))
def test_one_more_who_waits_never_makes_the_median_better(hours: list[float]) -> None:
    with_waiting = first_look([*waits(*hours), *waits(None)], NOW).median_hours
    without = first_look(waits(*hours), NOW).median_hours
    assert without is not None
    assert with_waiting is None or with_waiting >= without
