"""What is to be generated: how many referrals, over which months, from which seed, and how the work is divided."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from allcomers.exceptions import AllcomersError
from allcomers.synthetic.arrays import Floats, Ints

BLOCK = 25_000
"""Referrals of the period in a block. A block has its own random streams, so changing this changes the data."""

RUN_IN_MONTHS = 18
"""Before the period; only pathways still open when it begins are kept. Twelve months would lose the longest courses."""

FIRST_MONTH, LAST_MONTH = date(2022, 4, 1), date(2099, 12, 1)
"""Version 2.1 of the data set is in force from the first."""
MOST_REFERRALS = 20_000_000
MOST_MONTHS = 60

_WEEKDAY = np.array([1.15, 1.12, 1.08, 1.02, 0.93, 0.16, 0.14])
_MONTH = np.array([1.10, 1.06, 1.08, 0.98, 1.02, 1.00, 0.98, 0.88, 1.02, 1.07, 1.05, 0.76])
"""Referrals a day by weekday from Monday, and by month from January, against the average day (design values)."""

EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Days since 1 January 1970, as Arrow and NumPy count them."""
    return (day - EPOCH).days


def month_after(day: date, months: int = 1) -> date:
    """The first of the month that many months later (or earlier)."""
    month = day.year * 12 + day.month - 1 + months
    return date(month // 12, month % 12 + 1, 1)


@dataclass(frozen=True)
class Plan:
    """One data set to be generated.

    Parameters
    ----------
    referrals : received in the period, all months together.
    start : first of the first month.
    months : length of the period.
    seed : any whole number from 0; the same plan gives the same bytes.
    """

    referrals: int
    start: date
    months: int
    seed: int

    def __post_init__(self) -> None:
        if not FIRST_MONTH <= self.start <= LAST_MONTH or self.start.day != 1:
            raise AllcomersError(
                where="--start",
                found="no data set can begin then",
                expected=f"A month from {FIRST_MONTH:%Y-%m}, when version 2.1 came in force, to {LAST_MONTH:%Y-%m}",
            )
        for option, found, least, most in (
            ("--referrals", self.referrals, 1, MOST_REFERRALS),
            ("--months", self.months, 1, MOST_MONTHS),
            ("--seed", self.seed, 0, 2**63 - 1),
        ):
            if not least <= found <= most:
                raise AllcomersError(
                    where=option,
                    found=f"{found:,} is out of range",
                    expected=f"A whole number from {least:,} to {most:,}",
                )

    @cached_property
    def first_day(self) -> int:
        """First day of the period."""
        return day_number(self.start)

    @cached_property
    def last_day(self) -> int:
        """Last day of the period; nothing after it is in the data set."""
        return day_number(month_after(self.start, self.months)) - 1

    @cached_property
    def run_in_day(self) -> int:
        """First day of the run-in."""
        return day_number(month_after(self.start, -RUN_IN_MONTHS))

    @property
    def block_count(self) -> int:
        """How many blocks there are."""
        return -(-self.referrals // BLOCK)

    def block_referrals(self, block: int) -> int:
        """Referrals of the period in one block."""
        return min(BLOCK, self.referrals - block * BLOCK)

    def run_in_referrals(self, block: int) -> int:
        """Referrals of the run-in that belong to one block, at the rate of the period."""
        days = (self.first_day - self.run_in_day) / (self.last_day - self.first_day + 1)
        return round(self.block_referrals(block) * days)

    @cached_property
    def month_starts(self) -> Ints:
        """First day of every month from the run-in to the month after the period."""
        months = RUN_IN_MONTHS + self.months + 1
        first = month_after(self.start, -RUN_IN_MONTHS)
        return np.array([day_number(month_after(first, n)) for n in range(months)])


def referral_rhythm(first_day: int, last_day: int) -> Floats:
    """Share of referrals received on each day, both ends included: weekly and yearly rhythm."""
    days = [EPOCH + timedelta(days=day) for day in range(first_day, last_day + 1)]
    weight = np.array([_WEEKDAY[day.weekday()] * _MONTH[day.month - 1] for day in days])
    return np.asarray(weight / weight.sum())
