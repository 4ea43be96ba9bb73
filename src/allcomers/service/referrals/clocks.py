"""How long people wait for somebody to look at what they sent, with those who still wait."""

from dataclasses import dataclass
from datetime import UTC, datetime


def hours_between(start: datetime, end: datetime) -> float:
    """Hours that really passed: an hour that clocks skip or repeat is counted as it was lived."""
    return (end.astimezone(UTC) - start.astimezone(UTC)).total_seconds() / 3600


def in_words(start: datetime, end: datetime) -> str:
    hours = int(hours_between(start, end))
    if hours < 1:
        return "less than an hour"
    if hours < 48:
        return f"{hours} {'hour' if hours == 1 else 'hours'}"
    return f"{hours // 24} days"


@dataclass(frozen=True)
class FirstLook:
    """Hours until somebody looked, of everybody who referred themselves in some days.

    Parameters
    ----------
    median_hours : of everybody, where who still waits counts as longer than any; None where half of them still wait,
        or nobody came.
    """

    received: int
    not_looked_at: int
    median_hours: float | None
    longest_waiting_hours: float | None
