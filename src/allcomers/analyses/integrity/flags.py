"""Whether one service stands out from the others, and which of many do once their number is allowed for."""

import numpy as np
from scipy.optimize import brentq
from scipy.stats import chi2, false_discovery_control
from scipy.stats import t as student

from allcomers.analyses.finding import Floats, Truths

FALSE_DISCOVERY_RATE = 0.05
LEAST_OTHERS = 5
_MEDIAN_OF_SQUARE = float(chi2.median(1))
_EFFICIENCY = 0.37
"""Of the median deviation as a measure of spread: it knows as much from 100 services as the variance from 37."""


def against_others(estimate: Floats, variance: Floats) -> Floats:
    """One-sided p-values that a service lies no higher than services usually do.

    The centre is the weighted median of the services, and the variance between them is the one under which the median
    squared deviation is that of a normal: neither is moved by a minority that is far out, so that several services that
    game alike do not hide each other.

    Parameters
    ----------
    estimate, variance : a value a service, on a scale on which errors are about normal; NaN where unknown.

    Returns
    -------
    NaN where unknown, and for all where a service has fewer than five others.
    """
    known = np.isfinite(estimate) & np.isfinite(variance) & (variance > 0)
    p_value = np.full(len(estimate), np.nan)
    if known.sum() > LEAST_OTHERS:
        p_value[known] = _upper_tail(estimate[known], variance[known])
    return p_value


def _upper_tail(estimate: Floats, variance: Floats) -> Floats:
    between = _between(estimate, variance)
    centre, error = _centre(estimate, variance + between)
    degrees = max(2.0, _EFFICIENCY * (len(estimate) - 1)) if between else len(estimate) - 1
    tail: Floats = student.sf((estimate - centre) / np.sqrt(variance + between + error), degrees)
    return tail


def _centre(estimate: Floats, variance: Floats) -> tuple[float, float]:
    """The weighted median and its variance, which is π/2 times that of the weighted mean."""
    order, weight = np.argsort(estimate), 1 / variance
    half = np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2)
    return float(estimate[order][half]), float(np.pi / 2 / weight.sum())


def _between(estimate: Floats, variance: Floats) -> float:
    """Variance between services beyond that of their own errors; 0 where there is none to be seen."""

    def beyond(between: float) -> float:
        centre, _ = _centre(estimate, variance + between)
        return float(np.median((estimate - centre) ** 2 / (variance + between))) - _MEDIAN_OF_SQUARE

    if beyond(0.0) <= 0:
        return 0.0
    return float(brentq(beyond, 0.0, np.ptp(estimate) ** 2 / _MEDIAN_OF_SQUARE, xtol=1e-12))


def adjusted(p_value: Floats) -> Floats:
    """Benjamini and Hochberg's p-values across services; NaN stays NaN and is not counted."""
    known = np.isfinite(p_value)
    made = np.full(len(p_value), np.nan)
    if known.any():
        made[known] = false_discovery_control(p_value[known], method="bh")
    return made


def stands_out(p_value: Floats, *, rate: float = FALSE_DISCOVERY_RATE) -> Truths:
    """The services flagged when at most `rate` of those flagged are to be false alarms."""
    flagged: Truths = adjusted(p_value) <= rate
    return flagged
