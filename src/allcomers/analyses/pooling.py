"""Rubin's rules: one estimate, error and interval out of those of several completed data sets."""

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
from scipy.special import stdtrit

from allcomers.analyses.finding import Numbers, floats
from allcomers.exceptions import AllcomersError


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """An estimate over several imputations.

    Attributes
    ----------
    estimate, error : mean of the estimates, and its standard error.
    within, between : mean of the variances, and variance of the estimates.
    freedom : degrees of freedom of the t distribution; infinite where imputing added nothing.
    """

    estimate: float
    within: float
    between: float
    error: float
    freedom: float

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Lower and upper end of the interval."""
        half = float(stdtrit(min(self.freedom, 1e9), 0.5 + level / 2)) * self.error
        return self.estimate - half, self.estimate + half


def pool(estimates: Numbers, variances: Numbers, *, complete_freedom: float = inf) -> Pooled:
    """Rubin's rules.

    Parameters
    ----------
    estimates, variances : of each completed data set, at least two, of equal length.
    complete_freedom : degrees of freedom that the complete data would have; infinite for large samples. Where it is
        finite, the degrees of freedom are those of Barnard and Rubin.

    Raises
    ------
    AllcomersError : there are fewer than two, or not as many of one as of the other.

    Source
    ------
    Rubin 1987, Multiple Imputation for Nonresponse in Surveys; Barnard and Rubin 1999, Biometrika 86:948.
    """
    found, errors = floats(estimates), floats(variances)
    count = len(found)
    if count < 2 or len(errors) != count:
        raise AllcomersError(
            where="pool", found=f"{count} estimates, {len(errors)} variances", expected="Two or more of each, as many"
        )
    within, between = float(errors.mean()), float(found.var(ddof=1))
    added = (1 + 1 / count) * between
    total = within + added
    return Pooled(
        estimate=float(found.mean()),
        within=within,
        between=between,
        error=sqrt(total),
        freedom=_freedom(count, added, total, complete_freedom),
    )


def _freedom(count: int, added: float, total: float, complete: float) -> float:
    if added <= np.finfo(float).eps * total:
        return complete
    missing = added / total
    large = (count - 1) / missing**2
    if complete == inf:
        return large
    observed = (complete + 1) / (complete + 3) * complete * (1 - missing)
    return 1 / (1 / large + 1 / observed) if observed else 0.0
