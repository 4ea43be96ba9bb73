"""When each record is sent: an open referral every month, a contact in the file of its own month only."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa

from allcomers.synthetic.arrays import Flags, Ints
from allcomers.synthetic.columns import coded, whole_numbers
from allcomers.synthetic.organisations import Organisations
from allcomers.synthetic.plan import RUN_IN_MONTHS, Plan

PROVIDERS_A_MONTH = 1000
"""Submission identifiers set aside for a month."""


@dataclass(slots=True)
class Records:
    """Records of one table, with the months whose files carry them. One value a record; months from the run-in's start.

    Attributes
    ----------
    first, last : months of the first and the last file.
    gap_first, gap_last : months in between without it, while a person who comes back is away; none where the first is
        after the last.
    """

    table: pa.Table
    provider: Ints
    first: Ints
    last: Ints
    gap_first: Ints
    gap_last: Ints

    def sent(self, month: int) -> Flags:
        """Whether each record is in that month's file."""
        away = (self.gap_first <= month) & (month <= self.gap_last)
        return (self.first <= month) & (month <= self.last) & ~away

    def take(self, rows: Ints) -> Self:
        """The records of those rows."""
        months = (self.provider, self.first, self.last, self.gap_first, self.gap_last)
        return type(self)(self.table.take(pa.array(rows)), *(values[rows] for values in months))


class Calendar:
    """Months of one plan: what month a day is in, and how submissions are numbered."""

    def __init__(self, plan: Plan, organisations: Organisations) -> None:
        self.plan, self._organisations = plan, organisations
        first = plan.start.year * 12 + plan.start.month - 1 - RUN_IN_MONTHS
        self._month_id = first - 1900 * 12 + 1 - 3

    @property
    def months(self) -> int:
        """Months of run-in and period."""
        return RUN_IN_MONTHS + self.plan.months

    def month(self, day: Ints) -> Ints:
        """Month of each day, from the start of the run-in; days outside fall in the nearest."""
        found = np.searchsorted(self.plan.month_starts, day, side="right") - 1
        return np.clip(found, 0, self.months - 1)

    def month_id(self, month: Ints | int) -> Ints:
        """National month number: April 1900 is 1."""
        return np.asarray(self._month_id + np.asarray(month))

    def submission_id(self, month: Ints, provider: Ints) -> Ints:
        """Number of the submitted file; a later month has a higher number."""
        return self.month_id(month) * PROVIDERS_A_MONTH + provider + 1

    def once(self, table: pa.Table, provider: Ints, day: Ints) -> Records:
        """Records sent in the month of `day` only."""
        month = self.month(day)
        return Records(table, provider, month, month, *no_gap(len(month)))

    def monthly(
        self, table: pa.Table, provider: Ints, *, since: Ints, until: Ints, away: tuple[Ints, Ints] | None = None
    ) -> Records:
        """Records sent every month from the one to the other day; not in whole months between the days of `away`."""
        gap = no_gap(len(provider))
        if away is not None:
            gap = (self.month(away[0]) + 1, np.where(away[1] > away[0], self.month(away[1]) - 1, 0))
        last = self.month(np.minimum(until, self.plan.last_day))
        return Records(table, provider, self.month(since), last, *gap)

    def labelled(self, records: Records) -> pa.Table:
        """The records with provider and submission, as last sent."""
        number = whole_numbers(self.submission_id(records.last, records.provider))
        provider = coded(records.provider, self._organisations.codes)
        return records.table.append_column("OrgID_Provider", provider).append_column("UniqueSubmissionID", number)


def no_gap(rows: int) -> tuple[Ints, Ints]:
    """Records that are sent without a gap."""
    return np.ones(rows, dtype=np.int64), np.zeros(rows, dtype=np.int64)
