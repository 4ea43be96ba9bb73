"""Reporting periods."""

from datetime import date

import pytest

from allcomers.exceptions import PeriodError
from allcomers.measures.periods import Period, month, parse, run_of


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025-04", date(2025, 4, 1), date(2025, 4, 30)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025/26", date(2025, 4, 1), date(2026, 3, 31)),
        ("2025/26 Q1", date(2025, 4, 1), date(2025, 6, 30)),
        ("2025/26 Q4", date(2026, 1, 1), date(2026, 3, 31)),
        ("12 months to 2025-06", date(2024, 7, 1), date(2025, 6, 30)),
    ],
)
def test_a_text_names_a_period_and_the_period_that_text(text: str, first: date, last: date) -> None:
    "Financial years begin in April; quarters are theirs."
    assert parse(text) == Period(first, last)
    assert parse(text).label == text


@pytest.mark.parametrize("text", ["2025-13", "2025", "2025/27", "April", "0 months to 2025-04", "2025/26 Q5"])
def test_what_is_no_period_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(PeriodError, match=r"2025/26 Q1"):
        parse(text)


def test_a_run_follows_on() -> None:
    assert [each.label for each in run_of(month(2025, 11), 3)] == ["2025-11", "2025-12", "2026-01"]
    assert [each.label for each in run_of(parse("2024/25 Q4"), 2)] == ["2024/25 Q4", "2025/26 Q1"]
