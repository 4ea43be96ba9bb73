"""Two groups compared within strata, and over the strata together: Mantel and Haenszel's ratio and difference."""

from dataclasses import dataclass

import numpy as np

from allcomers.analyses.finding import Floats, Numbers, floats, same_length
from allcomers.analyses.proportions import UNKNOWN, Interval, standard_score


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratified:
    """The comparison over strata in which there are people of both groups.

    Attributes
    ----------
    ratio, difference : of shares, group a to group b; `UNKNOWN` where no stratum has both. The ratio is also unknown
        where nobody of group b has the outcome.
    compared_a, compared_b : how many people are in strata that have both groups.
    """

    ratio: Interval
    difference: Interval
    compared_a: int
    compared_b: int


def mantel_haenszel(
    outcomes_a: Numbers, people_a: Numbers, outcomes_b: Numbers, people_b: Numbers, *, level: float = 0.95
) -> Stratified:
    """Mantel–Haenszel ratio and difference of two shares over strata.

    Parameters
    ----------
    outcomes_a, people_a, outcomes_b, people_b : counts, a value for each stratum. Strata without people of both groups
        say nothing, and are left out.

    Source
    ------
    Greenland & Robins 1985, Biometrics 41:55: both variances, which hold in sparse strata too.
    """
    a, n_a, b, n_b = (floats(each) for each in (outcomes_a, people_a, outcomes_b, people_b))
    same_length("mantel_haenszel", a, n_a, b, n_b)
    both = (n_a > 0) & (n_b > 0)
    a, n_a, b, n_b = a[both], n_a[both], b[both], n_b[both]
    if not both.any():
        return Stratified(ratio=UNKNOWN, difference=UNKNOWN, compared_a=0, compared_b=0)
    z = standard_score(level)
    return Stratified(
        ratio=_ratio(a, n_a, b, n_b, z),
        difference=_difference(a, n_a, b, n_b, z),
        compared_a=int(n_a.sum()),
        compared_b=int(n_b.sum()),
    )


def _ratio(a: Floats, n_a: Floats, b: Floats, n_b: Floats, z: float) -> Interval:
    everyone = n_a + n_b
    above, below = (a * n_b / everyone).sum(), (b * n_a / everyone).sum()
    if not below:
        return UNKNOWN
    ratio = float(above / below)
    if not above:
        return Interval(estimate=0.0, low=0.0, high=None)
    variance = ((n_a * n_b * (a + b) - a * b * everyone) / everyone**2).sum() / (above * below)
    spread = float(np.exp(z * np.sqrt(variance)))
    return Interval(estimate=ratio, low=ratio / spread, high=ratio * spread)


def _difference(a: Floats, n_a: Floats, b: Floats, n_b: Floats, z: float) -> Interval:
    everyone = n_a + n_b
    weight = n_a * n_b / everyone
    difference = float((weight * (a / n_a - b / n_b)).sum() / weight.sum())
    of_a, of_b = a * (n_a - a) * n_b**3, b * (n_b - b) * n_a**3
    variance = ((of_a + of_b) / (n_a * n_b * everyone**2)).sum() / weight.sum() ** 2
    half_width = z * float(np.sqrt(variance))
    return Interval(estimate=difference, low=difference - half_width, high=difference + half_width)


def standardised_difference(share_a: float, share_b: float) -> float | None:
    """Difference of two shares over the standard deviation of what they are shares of; None where that is 0.

    Source: Austin 2009, Stat Med 28:3083 (not re-read). Above 0.1 either way is commonly called unbalanced.
    """
    deviation = float(np.sqrt((share_a * (1 - share_a) + share_b * (1 - share_b)) / 2))
    return (share_a - share_b) / deviation if deviation else None


def e_value(ratio: float) -> float:
    """How strongly something unseen would have to be tied to both group and outcome to explain a ratio away.

    Source: VanderWeele & Ding 2017, Ann Intern Med 167:268 (not re-read).
    """
    away = ratio if ratio >= 1 else 1 / ratio
    return float(away + np.sqrt(away * (away - 1)))
