"""What a questionnaire is, as data: its items, its totals, its cut-offs, and how far each of these is to be trusted.

Nothing here computes a result. `scoring` reads these for one person, `columns` for a whole table.
"""

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

Number = int | float | Decimal
"""A score as a caller holds it."""

Points = int | Decimal
"""A score as it is kept: whole, or with the decimals of its scale."""

Answer = int | str | None
"""One answer as given; None where the question was left blank."""

CURRENT_VERSION = "2.1"


class Status(StrEnum):
    """How far a transcribed value can be trusted."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    NOT_FOUND = "not found"
    LOCAL = "local"


class Operator(StrEnum):
    """How a score is compared with a threshold."""

    AT_LEAST = ">="
    ABOVE = ">"

    def holds(self, score: Points, threshold: Points) -> bool:
        """Whether `score` reaches `threshold`."""
        return score >= threshold if self is Operator.AT_LEAST else score > threshold


class Rule(StrEnum):
    """How answers become a result."""

    SUM = "sum of items"
    MEAN = "mean of answered items"
    SINGLE = "single item"
    COUNTED = "single item; answers are counted, never summed"


class Direction(StrEnum):
    """What a higher score means."""

    WORSE = "higher is worse"
    BETTER = "higher is better"
    NONE = "no direction"


@dataclass(frozen=True, slots=True)
class Concept:
    """A code in SNOMED CT or LOINC, and whether it was seen in a source."""

    code: str
    status: Status = Status.VERIFIED


@dataclass(frozen=True, slots=True)
class Threshold:
    """A value that a score, or a change of score, has to reach.

    `value` is None when the status is NOT_FOUND; a candidate is then named in `note` and nothing is computed from it.
    """

    value: Points | None
    status: Status
    source: str
    operator: Operator = Operator.AT_LEAST
    note: str = ""

    def __post_init__(self) -> None:
        assert (self.value is None) == (self.status is Status.NOT_FOUND), self

    @property
    def unverified(self) -> bool:
        """Whether a figure that uses this has to say so."""
        return self.status is Status.UNVERIFIED

    def __str__(self) -> str:
        return f"{self.operator} {self.value}" if self.value is not None else str(Status.NOT_FOUND)


@dataclass(frozen=True, slots=True)
class Band:
    """A named range of scores, both ends included."""

    low: int
    high: int
    label: str


@dataclass(frozen=True, slots=True)
class Bands:
    """The severity bands of an instrument, lowest first, without gaps."""

    bands: tuple[Band, ...]
    status: Status
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer offered, and what it scores."""

    value: int
    label: str
    loinc: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One question.

    `text` is None where the licence does not let the wording be reproduced. `choices` replaces the range where
    answers are not numbers. `not_applicable` is an answer that is accepted and is not a score. An item that is
    `optional` is not asked of everyone: left blank, it adds nothing to the total and lowers the greatest total.
    `risk` is the answer from which somebody has to look after the person's safety; None where the question is not
    about it. `about` says in our words what is asked, where the wording may not be reproduced.
    """

    number: int
    low: int = 0
    high: int = 0
    text: str | None = None
    choices: tuple[str, ...] = ()
    not_applicable: int | str | None = None
    optional: bool = False
    loinc: str | None = None
    risk: Threshold | None = None
    about: str = ""

    def accepts(self, answer: Answer) -> bool:
        """Whether `answer` may be given to this question."""
        if answer == self.not_applicable and answer is not None:
            return True
        if self.choices:
            return answer in self.choices
        return isinstance(answer, int) and not isinstance(answer, bool) and self.low <= answer <= self.high

    def asks_for_help(self, answer: Answer) -> bool:
        """Whether somebody has to look after the person's safety because of this answer."""
        if self.risk is None or self.risk.value is None or not isinstance(answer, int):
            return False
        return self.accepts(answer) and self.risk.operator.holds(answer, self.risk.value)

    @property
    def expected(self) -> str:
        """The answers that are accepted, in words; the wording follows the rule, so the two cannot differ."""
        answers = ", ".join(self.choices) if self.choices else f"{self.low} to {self.high}"
        return answers if self.not_applicable is None else f"{answers}, or {self.not_applicable} for not applicable"


@dataclass(frozen=True, slots=True)
class Scale:
    """How the answers of one version of the data set become a score, and the scores that can come of it."""

    rule: Rule
    low: Points = 0
    high: Points = 0
    decimals: int = 0
    versions: tuple[str, ...] = ("2.0", CURRENT_VERSION)
    status: Status = Status.VERIFIED
    note: str = ""

    @property
    def steps_per_point(self) -> int:
        """How many steps of the scale make a point: 1 on whole numbers, 100 with two decimals."""
        return int(10**self.decimals)

    def round(self, score: Decimal) -> Points:
        """The score to the decimals that the scale keeps, halves upwards, as the data set stores it."""
        rounded = score.quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP)
        return rounded if self.decimals else int(rounded)

    def read(self, score: Number) -> Points | None:
        """The score on this scale; None if it is not one."""
        exact = Decimal(str(score))
        if not exact.is_finite() or not self.low <= exact <= self.high:
            return None
        points = self.round(exact)
        return points if points == exact else None


@dataclass(frozen=True, slots=True)
class MissingItems:
    """How many blanks a total survives; the answered items then stand for the blank ones."""

    allowed: int = 0
    status: Status = Status.VERIFIED
    source: str = "Only a complete questionnaire is scored: no rule for blanks was found."


@dataclass(frozen=True, slots=True)
class Licence:
    """Who owns the wording, and whether it is reproduced here."""

    terms: str
    status: Status
    reproduced: bool = False


@dataclass(frozen=True, slots=True)
class Descriptor:
    """A problem descriptor code. ICD-10 codes match by their beginning, since cleaning may lengthen them."""

    code: str
    prefix: bool = True

    def matches(self, code: str) -> bool:
        """Whether a cleaned descriptor is this one."""
        return code.startswith(self.code) if self.prefix else code == self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A questionnaire, or an item of one, that has its own row in the national list of scores.

    Attributes
    ----------
    scales : newest first; more than one where a version of the data set changed how the score is made.
    caseness : the score from which a person counts as a case; None where there is none nationally.
    reliable_change : the least change that is more than measurement error, in points.
    prompt : the score that asks a clinician to look further. Never an outcome.
    adsm : the value of the national field ADSM that names this measure; None if it is never chosen.
    descriptors : the problem descriptors for which it is chosen.
    reversed_items : numbers of the items scored from high to low.
    scoring_gap : why items cannot be scored although scores can be read; empty if they can.
    further_items : asked on the same form, and never part of the total.
    fields : the national fields of the first and the last score.
    """

    key: str
    name: str
    construct: str
    items: tuple[Item, ...]
    scales: tuple[Scale, ...]
    national_use: str
    problems: str
    licence: Licence
    sources: tuple[str, ...]
    direction: Direction = Direction.WORSE
    direction_status: Status = Status.VERIFIED
    question: str = ""
    options: tuple[Option, ...] = ()
    further_items: tuple[Item, ...] = ()
    reversed_items: tuple[int, ...] = ()
    reversed_status: Status = Status.VERIFIED
    scoring_gap: str = ""
    items_status: Status = Status.VERIFIED
    missing: MissingItems = MissingItems()
    caseness: Threshold | None = None
    reliable_change: Threshold | None = None
    prompt: Threshold | None = None
    bands: Bands | None = None
    adsm: str | None = None
    adsm_status: Status = Status.VERIFIED
    descriptors: tuple[Descriptor, ...] = ()
    snomed: Concept | None = None
    loinc: Concept | None = None
    loinc_panel: Concept | None = None
    fields: tuple[str, str] | None = None
    note: str = ""

    def scale(self, version: str = CURRENT_VERSION) -> Scale:
        """The scale of a version of the data set; an instrument older than that version keeps its newest one."""
        return next((scale for scale in self.scales if version in scale.versions), self.scales[0])

    def item(self, number: int) -> Item | None:
        """The question of that number, scored or not; None if there is none."""
        return next((item for item in self.items + self.further_items if item.number == number), None)

    @property
    def risk_items(self) -> tuple[Item, ...]:
        """The questions whose answer may be that somebody is in danger."""
        return tuple(item for item in self.items + self.further_items if item.risk is not None)

    @property
    def thresholds(self) -> dict[str, Threshold]:
        """Every threshold that the instrument declares, found or not, by name."""
        named = {"caseness": self.caseness, "reliable_change": self.reliable_change, "prompt": self.prompt}
        return {name: threshold for name, threshold in named.items() if threshold is not None}


def numbered_items(
    count: int, *, low: int = 0, high: int, texts: tuple[str, ...] = (), loinc: tuple[str, ...] = ()
) -> tuple[Item, ...]:
    """`count` questions that share a range of answers."""
    return tuple(
        Item(
            number=n + 1,
            low=low,
            high=high,
            text=texts[n] if texts else None,
            loinc=loinc[n] if loinc else None,
        )
        for n in range(count)
    )


def with_risk_item(items: tuple[Item, ...], number: int, risk: Threshold, about: str = "") -> tuple[Item, ...]:
    """The same questions, of which one is about the person's safety."""
    return tuple(replace(item, risk=risk, about=about) if item.number == number else item for item in items)
