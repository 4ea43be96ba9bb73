"""How long people wait: for a first treatment, and between the first and the second.

The days are drawn from the published bands, evenly within each, with some providers slower than others.
"""

from functools import cache

import numpy as np
from numpy.random import Generator
from scipy.special import ndtr

from allcomers.synthetic.arrays import Floats, Ints
from allcomers.synthetic.targets import value

BANDS = (28, 42, 56, 90, 126)
LONGEST_WAIT = {"wait_access": 330, "wait_first_second": 290}
"""Days; the published bands end at "over 90" and "over 18 weeks" (design values)."""
SHORTEST_WAIT = {"wait_access": 0, "wait_first_second": 3}

PROVIDER_SHARE = 0.15
"""Of the variance of waits, on the normal scale, that lies between providers (design value)."""

SEPARATE_ASSESSMENT = 0.22
"""Share of treated pathways assessed at a contact of its own; for the rest the first session is both."""


@cache
def _wait_knots(measure: str) -> tuple[Floats, Floats]:
    """Cumulative share of finished courses by days waited, at the published bands."""
    name = {"wait_access": "Accessing services", "wait_first_second": "First to Second treatment"}[measure]
    ends = ("<=28 days", "29-56 days", "57-90 days", "<6 weeks", "<18 weeks")
    by_28, to_56, to_90, by_42, by_126 = (value(measure, f"{name} / {end}") / 100 for end in ends)
    if measure == "wait_access":  # a verified month differs from the year, so both are met half way
        by_42, by_126 = (by_42 + value("lit_apr2025_6wk") / 100) / 2, (by_126 + value("lit_apr2025_18wk") / 100) / 2
    shares = [by_28, by_42, by_28 + to_56, by_28 + to_56 + to_90, by_126]
    within = (0.12, 0.38, 0.70) if measure == "wait_access" else (0.06, 0.45, 0.70)
    early = [share * by_28 for share in within]
    days = [SHORTEST_WAIT[measure], 4, 10, 18, *BANDS, LONGEST_WAIT[measure]]
    # A whole number of days up to 28 is a draw below 29.
    edges = np.array([days[0], *(day + 1 for day in days[1:])], dtype=float)
    return np.array([0, *early, *shares, 1]), edges


@cache
def assessed_in_time(days: int) -> float:
    """Share of people whose assessment falls within a period of that many days, if they are referred at a steady rate
    in it: the wait for treatment stands for that for assessment, a little shorter for those assessed apart."""
    places = (np.arange(20_000) + 0.5) / 20_000
    wait = np.interp(places, *_wait_knots("wait_access")).astype(np.int64)
    shorter = 1 - SEPARATE_ASSESSMENT * 0.45
    return float(1 - np.minimum(shorter * wait, days).mean() / days)


def wait_days(rng: Generator, measure: str, delay: Floats) -> Ints:
    """Days waited, for pathways whose provider is `delay` standard deviations slower than the country."""
    own = rng.standard_normal(len(delay))
    place = ndtr(np.sqrt(1 - PROVIDER_SHARE) * own + np.sqrt(PROVIDER_SHARE) * delay)
    return np.asarray(np.interp(place, *_wait_knots(measure)).astype(np.int64))
