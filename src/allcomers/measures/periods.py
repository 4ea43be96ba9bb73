"""Reporting periods: months, quarters, twelve months to a month, financial years."""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from allcomers.exceptions import PeriodError

_EXPECTED = 'a month "2025-04", a quarter "2025/26 Q1", a financial year "2025/26" or "12 months to 2025-04"'
_FIRST_MONTH_OF_YEAR = 4


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Whole months from a first day to a last, both included."""

    starts_on: date
    ends_on: date

    @property
    def months(self) -> int:
        """How many calendar months it holds."""
        return len(self.month_numbers)

    @property
    def month_numbers(self) -> range:
        """Its calendar months, January of the year 0 being 0."""
        return range(_month_number(self.starts_on), _month_number(self.ends_on) + 1)

    @property
    def label(self) -> str:
        """The text from which `parse` makes it."""
        if self.months == 1:
            return f"{self.starts_on:%Y-%m}"
        year = _financial_year(self.starts_on)
        if self.months == 12 and self.starts_on.month == _FIRST_MONTH_OF_YEAR:
            return year
        if self.months == 3 and self.starts_on.month % 3 == 1:
            return f"{year} Q{(self.starts_on.month - _FIRST_MONTH_OF_YEAR) % 12 // 3 + 1}"
        return f"{self.months} months to {self.ends_on:%Y-%m}"

    def holds(self, other: "Period") -> bool:
        """Whether every day of the other is in this one."""
        return self.starts_on <= other.starts_on and other.ends_on <= self.ends_on


def month(year: int, number: int) -> Period:
    """A calendar month."""
    return Period(date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1]))


def months_to(last: Period, count: int) -> Period:
    """The `count` months of which `last` is the last."""
    return Period(_shifted(last, 1 - count).starts_on, last.ends_on)


def parse(text: str) -> Period:
    """The period that a text names.

    >>> parse("2025/26 Q1").ends_on
    datetime.date(2025, 6, 30)

    Raises
    ------
    PeriodError : it names none.
    """
    for pattern, read in _FORMS:
        found = re.fullmatch(pattern, text.strip())
        if found:
            try:
                return read(*map(int, found.groups()))
            except ValueError:
                break
    raise PeriodError(where="period", found=f'"{text}" is no period', expected=f"Expected {_EXPECTED}")


def run_of(first: Period, count: int) -> list[Period]:
    """So many periods of the same length, one after another, the given one first."""
    return [_moved(first, first.months * step) for step in range(count)]


def _year(first: int, second: int) -> Period:
    if (first + 1) % 100 != second:
        raise ValueError(second)
    return months_to(month(first + 1, 3), 12)


def _quarter(first: int, second: int, quarter: int) -> Period:
    year = _year(first, second)
    return months_to(_shifted(month(year.starts_on.year, _FIRST_MONTH_OF_YEAR), quarter * 3 - 1), 3)


def _rolling(count: int, year: int, number: int) -> Period:
    if count < 1:
        raise ValueError(count)
    return months_to(month(year, number), count)


_FORMS: list[tuple[str, Callable[..., Period]]] = [
    (r"(\d{4})-(\d{2})", month),
    (r"(\d{4})/(\d{2})", _year),
    (r"(\d{4})/(\d{2}) ?Q([1-4])", _quarter),
    (r"(\d{1,2}) months to (\d{4})-(\d{2})", _rolling),
]


def _moved(period: Period, months: int) -> Period:
    return months_to(_shifted(period, months), period.months)


def _shifted(period: Period, months: int) -> Period:
    year, number = divmod(_month_number(period.ends_on) + months, 12)
    return month(year, number + 1)


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _financial_year(day: date) -> str:
    first = day.year - (day.month < _FIRST_MONTH_OF_YEAR)
    return f"{first}/{(first + 1) % 100:02}"
