"""Surveys of staff: shares with silence counted, and questions so asked that nobody's answer is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi, sqrt

from allcomers.analyses.finding import floats
from allcomers.analyses.proportions import Interval, standard_score, wilson_limits
from allcomers.exceptions import AllcomersError

CBI_POINTS = (0, 25, 50, 75, 100)
"""What an answer to the Copenhagen Burnout Inventory can be worth. Source: Kristensen et al. 2005, Work & Stress 19."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share of those who answered, and between what the share of everyone asked must lie.

    Attributes
    ----------
    share : with its Wilson interval; of those who answered.
    least, most : if nobody, and if everybody, of the silent would have said yes.
    """

    share: Interval
    least: float
    most: float


def with_silence(*, yes: int, answered: int, invited: int) -> Share:
    """A survey's share with non-response shown.

    Raises
    ------
    AllcomersError : not 0 <= yes <= answered <= invited, or nobody answered.
    """
    if not 0 <= yes <= answered <= invited or not answered:
        raise AllcomersError(
            where="survey", found=f"{yes} yes, {answered} answers, {invited} invited", expected="Each at most the next"
        )
    low, high = wilson_limits(floats([yes]), floats([answered]))
    return Share(
        share=Interval(estimate=yes / answered, low=float(low[0]), high=float(high[0])),
        least=yes / invited,
        most=(yes + invited - answered) / invited,
    )


def crosswise(*, alike: int, people: int, known_share: float) -> Interval:
    """The share to whom a sensitive statement applies, from answers that give nobody away.

    Each person says only whether the sensitive statement and an innocuous one, true of `known_share`, are both or
    neither true of them.

    Parameters
    ----------
    alike : how many said "both or neither". people : how many answered. known_share : 0–1, not ½.

    Source
    ------
    Yu, Tian & Tang 2008, Metrika 67:251 (not re-read). The interval is normal, and cut off at 0 and 1.
    """
    _within("the innocuous statement's share", known_share)
    if known_share == 0.5:
        raise AllcomersError(where="crosswise", found="a share of ½", expected="One that is not ½: ½ tells nothing")
    share = alike / people
    estimate = (share + known_share - 1) / (2 * known_share - 1)
    return _normal(estimate, sqrt(share * (1 - share) / (people * (2 * known_share - 1) ** 2)))


def list_experiment(
    *, mean_with: float, variance_with: float, n_with: int, mean_without: float, variance_without: float, n_without: int
) -> Interval:
    """The share to whom a sensitive item applies: how many more items those choose whose list holds it.

    Source: Blair & Imai 2012, Political Analysis 20:47 (not re-read). The interval is normal, and cut off at 0 and 1.
    """
    return _normal(mean_with - mean_without, sqrt(variance_with / n_with + variance_without / n_without))


def burnout(answers: Sequence[int | None]) -> float | None:
    """A subscale of the Copenhagen Burnout Inventory, 0–100: the mean answer; None where fewer than half are answered.

    Raises
    ------
    AllcomersError : an answer is none of 0, 25, 50, 75, 100.
    """
    given = [answer for answer in answers if answer is not None]
    if wrong := sorted({answer for answer in given if answer not in CBI_POINTS}):
        raise AllcomersError(where="burnout", found=f"answers worth {wrong}", expected=f"Each one of {CBI_POINTS}")
    return sum(given) / len(given) if given and 2 * len(given) >= len(answers) else None


def intraclass_correlation(between_variance: float) -> float:
    """The part of the variation, 0–1, that lies between services, from a variance on the log-odds scale."""
    return between_variance / (between_variance + pi**2 / 3)


def _normal(estimate: float, error: float) -> Interval:
    half_width = standard_score(0.95) * error
    return Interval(estimate=estimate, low=max(0.0, estimate - half_width), high=min(1.0, estimate + half_width))


def _within(what: str, share: float) -> None:
    if not 0 < share < 1:
        raise AllcomersError(where=what, found=str(share), expected="A share between 0 and 1")
