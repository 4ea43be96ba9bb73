"""Dates and durations that gather where a count is taken or a clock stops."""

import calendar
import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.stats import norm, poisson_binom

from allcomers.analyses.finding import Floats

MONTH_END_DAYS = 3
SHORT_MINUTES = 20
WEEKDAYS = 7


def is_month_end(day: dt.date) -> bool:
    """Whether a day is one of the last three of its month."""
    return day.day > calendar.monthrange(day.year, day.month)[1] - MONTH_END_DAYS


def month_end_shares(starts_on: dt.date, ends_on: dt.date) -> Floats:
    """Of each weekday's dates within a period, Monday first, the share that fall at a month's end (0–1)."""
    days = [starts_on + dt.timedelta(days=n) for n in range((ends_on - starts_on).days + 1)]
    at_end, all_ = np.zeros(WEEKDAYS), np.zeros(WEEKDAYS)
    for day in days:
        all_[day.weekday()] += 1
        at_end[day.weekday()] += is_month_end(day)
    return np.divide(at_end, all_, out=np.zeros(WEEKDAYS), where=all_ > 0)


@dataclass(frozen=True, slots=True)
class Heaped:
    """Events at months' ends: how many, how many their weekdays would bring, and whether that is more than chance."""

    observed: int
    expected: float
    p_value: float


def heaped(by_weekday: Floats, at_month_end: int, shares: Floats) -> Heaped:
    """Whether more events fall at months' ends than their weekdays bring.

    Parameters
    ----------
    by_weekday : events by weekday, Monday first. at_month_end : how many of them fall at a month's end.
    shares : of each weekday's dates, those at a month's end.

    Returns
    -------
    Heaped, with a one-sided p-value: binomial counts for each weekday, added up.
    """
    expected = float(by_weekday @ shares)
    variance = float(by_weekday @ (shares * (1 - shares)))
    if variance == 0:
        return Heaped(at_month_end, expected, 1.0)
    # A sum of seven binomials; normal with a continuity correction from 1,000 events on, exact below.
    if by_weekday.sum() >= 1000:
        return Heaped(at_month_end, expected, float(norm.sf((at_month_end - 0.5 - expected) / np.sqrt(variance))))
    each = np.repeat(shares, by_weekday.astype(int))
    return Heaped(at_month_end, expected, float(min(1.0, max(0.0, poisson_binom.sf(at_month_end - 1, each)))))


def by_weekday(discharged: pl.DataFrame) -> pl.DataFrame:
    """Discharges by weekday and how many at months' ends: group, monday … as one list `weekdays`, at_month_end."""
    left = (pl.col("discharged_on").dt.month_end() - pl.col("discharged_on")).dt.total_days()
    weekday = pl.col("discharged_on").dt.weekday()
    return discharged.group_by("group").agg(
        at_month_end=(left < MONTH_END_DAYS).sum(),
        weekdays=pl.concat_list([(weekday == day).sum() for day in range(1, WEEKDAYS + 1)]),
    )
