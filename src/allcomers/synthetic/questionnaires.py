"""What the generator needs of a questionnaire, read from `allcomers.instruments`: no cut-off is written down here.

Scores are held in steps of their scale: whole points, or hundredths where the scale has two decimals.
"""

from dataclasses import dataclass
from functools import cache

from allcomers import instruments
from allcomers.instruments.model import Operator, Threshold
from allcomers.synthetic.arrays import Flags, Ints
from allcomers.synthetic.classes import Outcome


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A questionnaire whose outcome values are known."""

    key: str
    code: str
    low: int
    high: int
    steps_per_point: int
    blanks_allowed: int
    _caseness: tuple[Operator, int]
    _change: tuple[Operator, int]

    def case(self, score: Ints) -> Flags:
        """Whether each score reaches caseness."""
        return _reaches(score, *self._caseness)

    def fell(self, first: Ints, last: Ints) -> Flags:
        """Whether each pair fell by more than measurement error."""
        return _reaches(first - last, *self._change)

    def words(self) -> list[str]:
        """Every score as the data set writes it, lowest first."""
        if self.steps_per_point == 1:
            return [str(step) for step in range(self.low, self.high + 1)]
        return [f"{step / self.steps_per_point:.2f}" for step in range(self.low, self.high + 1)]


def _reaches(score: Ints, operator: Operator, threshold: int) -> Flags:
    return score >= threshold if operator is Operator.AT_LEAST else score > threshold


@cache
def questionnaire(key: str) -> Questionnaire:
    """The questionnaire with that key; its caseness and reliable-change values have to be known."""
    known = instruments.get(key)
    scale = known.scale()
    assert known.snomed
    assert known.caseness
    assert known.reliable_change
    return Questionnaire(
        key=key,
        code=known.snomed.code,
        low=int(scale.low * scale.steps_per_point),
        high=int(scale.high * scale.steps_per_point),
        steps_per_point=scale.steps_per_point,
        blanks_allowed=known.missing.allowed,
        _caseness=_in_steps(known.caseness, scale.steps_per_point),
        _change=_in_steps(known.reliable_change, scale.steps_per_point),
    )


def _in_steps(threshold: Threshold, steps_per_point: int) -> tuple[Operator, int]:
    assert threshold.value is not None
    return threshold.operator, int(threshold.value * steps_per_point)


def outcome(
    depression: tuple[Ints, Ints], anxiety: tuple[Ints, Ints], anxiety_key: str, depression_key: str = "PHQ9"
) -> Outcome:
    """National outcome flags from first and last scores: improved is better on one and worse on neither."""
    p, a = questionnaire(depression_key), questionnaire(anxiety_key)
    (p1, p2), (a1, a2) = depression, anxiety
    case_first, case_last = p.case(p1) | a.case(a1), p.case(p2) | a.case(a2)
    better = p.fell(p1, p2) | a.fell(a1, a2)
    worse = p.fell(p2, p1) | a.fell(a2, a1)
    return Outcome(case_first, case_first & ~case_last, better & ~worse, worse & ~better)
