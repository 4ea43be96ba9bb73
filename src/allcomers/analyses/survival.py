"""Time to an event when some are still being followed and others can no longer have it: Aalen–Johansen from counts.

Days are whole numbers, so people are counted by day and event once, and a million of them cost no more than a hundred.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from allcomers.analyses.finding import Floats, Numbers, floats, same_length
from allcomers.analyses.proportions import UNKNOWN, Interval, wilson_limits
from allcomers.exceptions import AllcomersError

CENSORED = 0
_LEAST = 1e-12
_HALF = 0.5 - _LEAST
"""A half, whatever the last binary digit of a product of shares."""


@dataclass(frozen=True, kw_only=True)
class Followed:
    """How many were followed and what happened, day by day.

    Attributes
    ----------
    days : the distinct days on which anything happened or following ended, ascending.
    at_risk : people followed and without event just before each day.
    events : a row for each cause, a column for each day: people to whom it happened.
    """

    days: Floats
    at_risk: Floats
    events: NDArray[np.float64]

    @property
    def people(self) -> float:
        """Everyone at the start."""
        return float(self.at_risk[0]) if len(self.at_risk) else 0.0

    @property
    def event_free(self) -> Floats:
        """Share (0–1) without any event after each day, by Kaplan and Meier."""
        return np.cumprod(1 - self.events.sum(axis=0) / self.at_risk)

    def event_free_at(self, day: float) -> float | None:
        """Share without any event by a day; None when nobody was followed so far and it could still have fallen."""
        return float(np.concatenate(([1.0], self.event_free))[self.place(day) + 1]) if self.says(day) else None

    def says(self, day: float) -> bool:
        """Whether someone was followed to a day, or nobody was left to be."""
        return bool(len(self.days)) and bool(self.days[-1] >= day or self.event_free[-1] < _LEAST)

    def place(self, day: float) -> int:
        """The place of the last of `days` by a day; −1 before the first."""
        return int(np.searchsorted(self.days, day, side="right")) - 1

    def still_followed(self, day: float) -> int:
        """People without event whose following goes beyond a day."""
        return int(self.at_risk[self.days > day].max(initial=0.0))

    def incidence(self, cause: int) -> "Curve":
        """Share to whom a cause (1, 2, …) has happened by each day, the other causes ending its chance."""
        happened = self.events[cause - 1]
        before = np.concatenate(([1.0], self.event_free))[: len(self.days)]
        share = np.cumsum(before * happened / self.at_risk)
        return Curve(followed=self, happened=happened, share=share, variance=self._variance(share, happened, before))

    def alone(self, cause: int) -> "Curve":
        """1 − Kaplan–Meier of one cause, as though people with another had merely stopped being followed.

        Of a world in which the other causes did not exist: as an answer about this one it is too high.
        """
        only = Followed(days=self.days, at_risk=self.at_risk, events=self.events[[cause - 1]])
        return only.incidence(1)

    def _variance(self, share: Floats, happened: Floats, before: Floats) -> Floats:
        n, every = self.at_risk, self.events.sum(axis=0)
        # Nobody is left after a day on which it happened to all; the share cannot move again, so its term is nought.
        others = np.divide(every, n * (n - every), out=np.zeros(len(n)), where=n > every)
        per_person = before / n
        own = per_person * happened / n
        spread: Floats = (
            share**2 * np.cumsum(others)
            - 2 * share * np.cumsum(share * others)
            + np.cumsum(share**2 * others)
            + np.cumsum(per_person**2 * (n - happened) * happened / n)
            - 2 * share * np.cumsum(own)
            + 2 * np.cumsum(share * own)
        )
        return np.clip(spread, 0.0, None)


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A share (0–1) that rises by day, with its variance; it holds between days."""

    followed: Followed
    happened: Floats
    share: Floats
    variance: Floats

    def happened_by(self, day: float) -> int:
        """People to whom it was seen to happen by a day."""
        return int(self.happened[self.followed.days <= day].sum())

    def variance_at(self, day: float) -> float:
        """The variance of the share by a day; 0 before anything happened."""
        place = self.followed.place(day)
        return float(self.variance[place]) if place >= 0 else 0.0

    def at(self, day: float) -> float | None:
        """The share by a day; None when nobody was followed so far and the share could still have risen."""
        return self.interval(day).estimate

    def interval(self, day: float) -> Interval:
        """The share by a day with its 95 % interval: Wilson's at the number of people that would have its variance."""
        if not self.followed.says(day):
            return UNKNOWN
        place = self.followed.place(day)
        share = float(self.share[place]) if place >= 0 else 0.0
        people = self._people_at(share, place, day)
        low, high = wilson_limits(np.array([share * people]), np.array([people]))
        return Interval(estimate=share, low=float(low[0]), high=float(high[0]))

    @property
    def median(self) -> float | None:
        """The first day by which half have had it; None while half have not."""
        reached = self.share >= _HALF
        return float(self.followed.days[reached.argmax()]) if reached.any() else None

    def _people_at(self, share: float, place: int, day: float) -> float:
        """How many people, none of them lost, would leave the share as uncertain as it is."""
        if share < _LEAST:
            return self._followed_to(day)
        if 1 - share < _LEAST:
            return float(self.happened.sum())
        return share * (1 - share) / float(self.variance[place])

    def _followed_to(self, day: float) -> float:
        later = self.followed.at_risk[self.followed.days >= day]
        return float(later[0]) if len(later) else float(self.followed.at_risk[-1])


def followed(days: Numbers, event: Numbers, *, causes: int, people: Numbers | None = None) -> Followed:
    """Count people by day and event.

    Parameters
    ----------
    days : whole days from the start to the event, or to the end of following.
    event : 0 where following ended without one, else the number of the cause, 1 to `causes`. Someone whose following
        ends on a day when others have the event was still at risk of it.
    people : how many people each row stands for; one each when None.

    Raises
    ------
    AllcomersError : columns of unequal length, a day below 0 or missing, or an event that is no cause.

    Source
    ------
    Kaplan & Meier 1958, J Am Stat Assoc 53:457; Aalen & Johansen 1978, Scand J Stat 5:141 (not re-read). The variance
    is the one that statsmodels' `CumIncidenceRight` gives for people one by one, after Dinse & Larson 1986.
    """
    when, what = floats(days), floats(event)
    weight = np.ones_like(when) if people is None else floats(people)
    same_length("followed", when, what, weight)
    if not ((when >= 0).all() and np.isin(what, np.arange(causes + 1)).all()):
        raise AllcomersError(
            where="followed",
            found="a day that is missing or below 0, or an event that is no cause",
            expected=f"Days from 0, events from 0 to {causes}",
            next_step="Set aside people without a start, and say how many",
        )
    distinct, place = np.unique(when, return_inverse=True)
    size = len(distinct)
    gone = np.bincount(place, weights=weight, minlength=size)
    events = [np.bincount(place, weights=weight * (what == cause), minlength=size) for cause in range(1, causes + 1)]
    return Followed(
        days=distinct,
        at_risk=gone[::-1].cumsum()[::-1],
        events=np.array(events, dtype=np.float64).reshape(causes, size),
    )


def tallied(frame: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """Rows of people with `day` and `event` as counts: `people`, for each combination of the keys, day and event."""
    return frame.group_by(*keys, "day", "event").agg(people=pl.len())


def followed_by(tally: pl.DataFrame, *keys: str) -> dict[tuple[str, ...], Followed]:
    """`followed` for each combination of the keys of a tally, in their order, of two causes."""
    ordered = tally.sort(*keys, "day")
    return {
        tuple(map(str, key)): followed(part["day"], part["event"], causes=2, people=part["people"])
        for key, part in ordered.partition_by(keys, as_dict=True, maintain_order=True).items()
    }
