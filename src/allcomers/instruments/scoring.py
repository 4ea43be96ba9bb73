"""One person's answers and scores: the total, whether it is a case, its band, and change between two totals.

The column forms are in `columns`; both read the same declarations.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from allcomers.instruments.model import (
    CURRENT_VERSION,
    Answer,
    Band,
    Direction,
    Instrument,
    Item,
    Number,
    Operator,
    Points,
    Rule,
    Scale,
    Status,
    Threshold,
)
from allcomers.instruments.result import Result, undefined


class Change(StrEnum):
    """How a person's score moved, beyond measurement error."""

    IMPROVED = "improved"
    DETERIORATED = "deteriorated"
    UNCHANGED = "no reliable change"


@dataclass(frozen=True, slots=True)
class Score:
    """What came of one completed, or partly completed, questionnaire.

    Attributes
    ----------
    total : None if not scorable, and for questions whose answers are counted and never summed.
    answer : the answer itself, for those questions.
    maximum : the greatest total that these questions allow, once those that do not apply are left out.
    answered, asked : how many of the scored questions were answered, of those that apply.
    prorated : blanks were filled from the answered items.
    because : why there is no score; empty if there is one.
    """

    instrument: str
    version: str
    answered: int
    asked: int
    total: Points | None = None
    answer: Answer = None
    maximum: Points | None = None
    prorated: bool = False
    uses_unverified: bool = False
    because: str = ""

    @property
    def scorable(self) -> bool:
        """Whether there is a total, or an answer to count."""
        return not self.because

    @property
    def complete(self) -> bool:
        """Whether every question that applies was answered."""
        return self.answered == self.asked


def score(instrument: Instrument, answers: Mapping[int, Answer], *, version: str = CURRENT_VERSION) -> Score:
    """The score of one questionnaire from its answers.

    Parameters
    ----------
    answers : item number to answer; an item that is absent, or None, was left blank. Items that are on the form but
        not in the total are accepted and never change it.
    version : the version of the data set, for instruments that it changed.

    Returns
    -------
    Score, with the reason when there is none.
    """
    counts = {item.number: answers.get(item.number) for item in instrument.items}
    given = {number: answer for number, answer in counts.items() if answer is not None}
    applicable = [item for item in instrument.items if not _left_out(item, given)]
    answered = [item for item in applicable if item.number in given]
    scale = instrument.scale(version)
    base = Score(instrument.key, version, answered=len(answered), asked=len(applicable))
    if because := _not_scorable(instrument, answers, applicable, answered):
        return replace(base, because=because)
    if scale.rule is Rule.COUNTED:
        return replace(base, answer=given[instrument.items[0].number])
    points = [_points(instrument, item, given[item.number]) for item in answered]
    blanks = len(applicable) - len(answered)
    unverified = Status.UNVERIFIED in _statuses(instrument, scale, blanks)
    return replace(
        base,
        total=_total(scale, points, len(applicable)),
        maximum=scale.high if scale.rule is not Rule.SUM else sum(item.high for item in applicable),
        prorated=blanks > 0,
        uses_unverified=unverified,
    )


def at_caseness(instrument: Instrument, score: Number | None) -> Result[bool]:
    """Whether a score is at or above the caseness threshold. Undefined without a score or a threshold."""
    return _reaches(instrument, "caseness", score)


def prompts(instrument: Instrument, score: Number | None) -> Result[bool]:
    """Whether an answer asks a clinician to look further: risk, or a problem not yet named. Never an outcome."""
    return _reaches(instrument, "prompt", score)


def band(instrument: Instrument, score: Number | None) -> Result[Band]:
    """The severity band of a score; undefined below the lowest band and where there are none."""
    if instrument.bands is None:
        return undefined(f"{instrument.name} has no severity bands")
    points, because = _read(instrument.scale(), score)
    if points is None:
        return undefined(because)
    found = next((band for band in instrument.bands.bands if band.low <= points <= band.high), None)
    if found is None:
        return undefined("below the lowest band")
    return Result(found, uses_unverified=instrument.bands.status is Status.UNVERIFIED)


def change(
    instrument: Instrument,
    first: Number | None,
    last: Number | None,
    *,
    first_version: str = CURRENT_VERSION,
    last_version: str = CURRENT_VERSION,
) -> Result[Change]:
    """Direction of change between two scores, beyond measurement error.

    Parameters
    ----------
    first, last : in points; None where not asked.
    first_version, last_version : the versions of the data set in which they were recorded.

    Returns
    -------
    Undefined where a score is missing or off the scale, where the version changed the scale in between, and where
    the instrument has no reliable change value or none was found.

    Source
    ------
    The threshold's own, on the instrument.
    """
    if instrument.scale(first_version) != instrument.scale(last_version):
        return undefined("the two scores are on different scales and are never compared")
    found = threshold(instrument, "reliable_change")
    if found.value is None:
        return undefined(found.because)
    scale = instrument.scale(first_version)
    (start, because), (end, because_last) = _read(scale, first), _read(scale, last)
    if start is None or end is None:
        return undefined(because or because_last)
    fall = start - end if instrument.direction is Direction.WORSE else end - start
    return Result(_moved(found.value, fall), uses_unverified=found.uses_unverified)


def threshold(instrument: Instrument, name: str) -> Result[Threshold]:
    """A threshold that can be computed with; undefined where there is none, or where it was not found."""
    declared = instrument.thresholds.get(name)
    words = name.replace("_", " ")
    if declared is None:
        return undefined(f"{instrument.name} has no {words} value")
    if declared.value is None:
        return undefined(f"the {words} value of {instrument.name} was not found; a site can supply its own")
    return Result(declared, uses_unverified=declared.unverified)


def _reaches(instrument: Instrument, name: str, score: Number | None) -> Result[bool]:
    found = threshold(instrument, name)
    if found.value is None:
        return undefined(found.because)
    points, because = _read(instrument.scale(), score)
    if points is None:
        return undefined(because)
    return Result(_holds(found.value.operator, points, found.value), uses_unverified=found.uses_unverified)


def _holds(operator: Operator, points: Points, threshold: Threshold) -> bool:
    assert threshold.value is not None, threshold
    return operator.holds(points, threshold.value)


def _moved(threshold: Threshold, fall: Points) -> Change:
    if _holds(threshold.operator, fall, threshold):
        return Change.IMPROVED
    return Change.DETERIORATED if _holds(threshold.operator, -fall, threshold) else Change.UNCHANGED


def _read(scale: Scale, score: Number | None) -> tuple[Points | None, str]:
    if score is None:
        return None, "there is no score"
    points = scale.read(score)
    return points, "" if points is not None else f"not a score from {scale.low} to {scale.high}"


def _left_out(item: Item, given: Mapping[int, Answer]) -> bool:
    answer = given.get(item.number)
    return (item.optional and answer is None) or (answer is not None and answer == item.not_applicable)


def _not_scorable(
    instrument: Instrument, answers: Mapping[int, Answer], applicable: list[Item], answered: list[Item]
) -> str:
    if unknown := [number for number in answers if instrument.item(number) is None]:
        return f"there is no item {unknown[0]}"
    for item in (*instrument.items, *instrument.further_items):
        given = answers.get(item.number)
        if given is not None and not item.accepts(given):
            return f"the answer to item {item.number} is not {item.expected}"
    if instrument.scoring_gap:
        return instrument.scoring_gap
    if not applicable:
        return "answered as not applicable"
    if not answered:
        return "nothing was answered"
    blanks = len(applicable) - len(answered)
    if blanks > instrument.missing.allowed:
        return f"{blanks} of {len(applicable)} items are blank, and {instrument.missing.allowed} may be"
    return ""


def _points(instrument: Instrument, item: Item, answer: Answer) -> int:
    assert isinstance(answer, int), item
    return item.low + item.high - answer if item.number in instrument.reversed_items else answer


def _total(scale: Scale, points: list[int], asked: int) -> Points:
    weight = 1 if scale.rule is Rule.MEAN else asked
    return scale.round(Decimal(sum(points) * weight) / len(points))


def _statuses(instrument: Instrument, scale: Scale, blanks: int) -> set[Status]:
    used = {scale.status, instrument.items_status}
    if instrument.reversed_items:
        used.add(instrument.reversed_status)
    if blanks:
        used.add(instrument.missing.status)
    return used
