"""Reliable and clinically significant change of one measure, by the published methods side by side.

Every method gives an index in standard units, negative where the score fell (and so the person improved, since on both
measures a higher score is worse); beyond ±1.96 the change is called reliable.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import floor, sqrt
from types import MappingProxyType

import numpy as np

from allcomers.analyses.finding import Floats, Numbers, Truths, floats
from allcomers.analyses.proportions import standard_score
from allcomers.exceptions import AllcomersError
from allcomers.instruments.model import Status

LIMIT = standard_score(0.95)


class Reliability(StrEnum):
    """What a reliability coefficient compares."""

    INTERNAL = "internal consistency"
    RETEST = "test–retest"


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A published reliability, and how far it is known."""

    value: float
    source: str
    status: Status = Status.UNVERIFIED


RELIABILITIES: Mapping[str, Mapping[Reliability, Coefficient]] = {
    "PHQ9": {
        Reliability.INTERNAL: Coefficient(0.89, "Kroenke et al. 2001 (recalled, not re-read)"),
        Reliability.RETEST: Coefficient(0.84, "Kroenke et al. 2001 (recalled, not re-read)"),
    },
    "GAD7": {
        Reliability.INTERNAL: Coefficient(0.92, "Spitzer et al. 2006 (recalled, not re-read)"),
        Reliability.RETEST: Coefficient(0.83, "Spitzer et al. 2006 (recalled, not re-read)"),
    },
}


@dataclass(frozen=True, slots=True)
class Population:
    """What a method needs to know of everyone's scores on one measure, in points.

    Attributes
    ----------
    mean, sd : of first scores. mean_last, sd_last : of last scores. correlation : between first and last.
    """

    mean: float
    sd: float
    mean_last: float
    sd_last: float
    correlation: float

    @classmethod
    def of(cls, first: Numbers, last: Numbers) -> "Population | None":
        """From pairs without a gap; None where there are fewer than three, or first or last scores do not vary."""
        before, after = floats(first), floats(last)
        if len(before) < 3 or np.ptp(before) == 0 or np.ptp(after) == 0:
            return None
        return cls(
            mean=float(before.mean()),
            sd=float(before.std(ddof=1)),
            mean_last=float(after.mean()),
            sd_last=float(after.std(ddof=1)),
            correlation=float(np.corrcoef(before, after)[0, 1]),
        )


def measurement_error(sd: float, reliability: float) -> float:
    """Standard error of measurement, in points: SD √(1 − r)."""
    return sd * sqrt(1 - _share("reliability", reliability))


def difference_error(sd: float, reliability: float) -> float:
    """Standard error of the difference between two scores, in points."""
    return sqrt(2) * measurement_error(sd, reliability)


def reliable_points(sd: float, reliability: float) -> int:
    """The fewest whole points that are more than 1.96 standard errors of a difference.

    >>> reliable_points(6.1, 0.89), reliable_points(6.1, 0.84)
    (6, 7)
    """
    return floor(LIMIT * difference_error(sd, reliability)) + 1


def jacobson_truax(first: Floats, last: Floats, whole: Population, reliability: float) -> Floats:
    """Change over the standard error of a difference (Jacobson & Truax 1991)."""
    return _over(last - first, difference_error(whole.sd, reliability))


def gulliksen_lord_novick(first: Floats, last: Floats, whole: Population, reliability: float) -> Floats:
    """Last score against the one that regression to the first scores' mean predicts."""
    predicted = reliability * (first - whole.mean)
    return _over(last - whole.mean - predicted, whole.sd * sqrt(1 - reliability**2))


def hsu_linn_lord(first: Floats, last: Floats, whole: Population, reliability: float) -> Floats:
    """As Gulliksen–Lord–Novick, with last scores about their own mean."""
    predicted = reliability * (first - whole.mean)
    return _over(last - whole.mean_last - predicted, whole.sd * sqrt(1 - reliability**2))


def edwards_nunnally(first: Floats, last: Floats, whole: Population, reliability: float) -> Floats:
    """Last score against the true first score as estimated, in standard errors of measurement."""
    return _over(last - _true_first(first, whole, reliability), measurement_error(whole.sd, reliability))


def nunnally_kotsch(
    first: Floats, last: Floats, whole: Population, reliability: float, reliability_last: float | None = None
) -> Floats:
    """As Edwards–Nunnally, with the errors of both scores; the last score may have a reliability of its own."""
    at_last = reliability if reliability_last is None else _share("reliability_last", reliability_last)
    spread = whole.sd * sqrt(reliability**2 * (1 - reliability) + 1 - at_last)
    return _over(last - _true_first(first, whole, reliability), spread)


def hageman_arrindell(first: Floats, last: Floats, whole: Population, reliability: float) -> Floats:
    """The true change as estimated from the reliability of difference scores in this population.

    Null for everyone where differences hold no more than error, so that their reliability is not above 0.
    """
    error = measurement_error(whole.sd, reliability)
    shared = 2 * whole.correlation * whole.sd * whole.sd_last
    spread = whole.sd**2 + whole.sd_last**2 - shared
    true_spread = spread - 2 * error**2
    if true_spread <= 0:
        return np.full(len(first), np.nan)
    of_difference = true_spread / spread
    expected = (last - first) * of_difference + (whole.mean_last - whole.mean) * (1 - of_difference)
    return _over(expected, sqrt(of_difference) * sqrt(2) * error)


Method = Callable[[Floats, Floats, Population, float], Floats]
METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "Jacobson–Truax": jacobson_truax,
        "Gulliksen–Lord–Novick": gulliksen_lord_novick,
        "Hsu–Linn–Lord": hsu_linn_lord,
        "Edwards–Nunnally": edwards_nunnally,
        "Nunnally–Kotsch": nunnally_kotsch,
        "Hageman–Arrindell": hageman_arrindell,
    }
)


@dataclass(frozen=True, slots=True)
class CutOffs:
    """Jacobson and Truax's three places to draw the line between clinical and functional, in points."""

    a: float
    b: float
    c: float


def cut_offs(clinical: tuple[float, float], functional: tuple[float, float]) -> CutOffs:
    """The lines a, b and c, from the mean and SD of a clinical and of a functional population.

    Here a higher score is worse: `a` is two SD below the clinical mean, `b` two SD above the functional one, and `c`
    between the means in proportion to the spreads.

    >>> cut_offs((15, 5), (3, 4)).c
    8.333333333333334
    """
    (ill, ill_sd), (well, well_sd) = clinical, functional
    if min(ill_sd, well_sd) <= 0:
        raise AllcomersError(
            where="cut-offs", found="a standard deviation that is not above 0", expected="Points above 0"
        )
    return CutOffs(a=ill - 2 * ill_sd, b=well + 2 * well_sd, c=(well_sd * ill + ill_sd * well) / (well_sd + ill_sd))


def both_measures(one: Floats, other: Floats) -> tuple[Truths, Truths]:
    """Improved and deteriorated by the official rule of two measures, from an index of each.

    At least one fell reliably and neither rose: improved; the mirror image: deteriorated. Both are false where an
    index is missing (NaN).
    """
    known = ~(np.isnan(one) | np.isnan(other))
    fell, rose = (one < -LIMIT) | (other < -LIMIT), (one > LIMIT) | (other > LIMIT)
    return known & fell & ~rose, known & rose & ~fell


def _true_first(first: Floats, whole: Population, reliability: float) -> Floats:
    return reliability * (first - whole.mean) + whole.mean


def _over(points: Floats, error: float) -> Floats:
    # A perfectly reliable measure makes every difference reliable, and no difference none.
    with np.errstate(divide="ignore", invalid="ignore"):
        index: Floats = np.where(points == 0, 0.0, points / error)
    return index


def _share(name: str, value: float) -> float:
    if not 0 <= value <= 1:
        raise AllcomersError(where=name, found=f"{value}", expected="A share from 0 to 1")
    return value
