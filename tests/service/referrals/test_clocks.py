"""Hours as they were lived, over midnight, clock changes and a leap day; and nobody who still waits is left out."""

import random
import statistics
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from allcomers.service.people.models import Person
from allcomers.service.referrals.clocks import hours_between, in_words
from allcomers.service.referrals.selectors import first_look
from tests.service.referrals.examples import make_referral

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


def received(person: Person, hours: Iterable[float | None]) -> None:
    """Referrals of a hundred hours ago, looked at after so many hours; None: nobody has looked."""
    start = NOW - timedelta(hours=100)
    for one in hours:
        make_referral(person, received_at=start, first_looked_at=None if one is None else start + timedelta(hours=one))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hours", "median", "waiting"),
    [
        ((), None, 0),
        ((1, 3), 2, 0),
        ((1, 3, 8), 3, 0),
        ((1, 3, None), 3, 1),  # without who waits it would be 2
        ((1, None), None, 1),
        ((1, None, None), None, 2),
        ((8, None, 1, 2, None), 8, 2),
    ],
)
def test_the_median_counts_who_still_waits(
    hours: tuple[float | None, ...], median: float | None, waiting: int, cast: Any
) -> None:
    received(cast.patient, hours)
    make_referral(cast.patient, received_at=NOW - timedelta(days=29), first_looked_at=None)  # too long ago to count
    found = first_look(NOW)
    assert (found.received, found.median_hours, found.not_looked_at) == (len(hours), median, waiting)
    assert found.longest_waiting_hours == (100 if waiting else None)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(5))
def test_one_more_who_waits_never_makes_the_median_better(seed: int, cast: Any) -> None:
    """The median without them is that of Python's own statistics."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    hours = [chance.randrange(99) / 4 for _ in range(seed + 1)]
    received(cast.patient, hours)
    without = first_look(NOW).median_hours
    assert without == statistics.median(hours)
    received(cast.patient, [None])
    with_waiting = first_look(NOW).median_hours
    assert with_waiting is None or with_waiting >= without
