"""The scores that the data set accepts: for each SNOMED CT concept, how a score is written and its range.

Read from `allcomers.instruments`, so that a range has one home. How wide a number may be written is a rule of the data
set (NHS England, Reusable Code Library: IAPT assessment scale rules, published 2026).
"""

from dataclasses import dataclass
from functools import cache

from allcomers import instruments
from allcomers.instruments.model import Instrument

_MEAN_RULE_LOW = 0.0
"""The national range rule lets the Mobility Inventory go down to 0, although its scale begins at 1."""


@dataclass(frozen=True)
class ScoreDomain:
    """What may be written as the score of one concept.

    `pattern` is how it must be written, `low` and `high` the national range, `plausible_low` the least score that the
    instrument itself can give, `words` the answers that are no number.
    """

    code: str
    key: str
    pattern: str
    low: float | None
    high: float | None
    plausible_low: float | None
    words: tuple[str, ...]

    def accepts(self, written: str) -> bool:
        """Whether a score, as written, is within the national range. For one value; the checks do this by column."""
        if written in self.words:
            return True
        try:
            score = float(written)
        except ValueError:
            return False
        return self.low is not None and self.high is not None and self.low <= score <= self.high


@cache
def score_domains() -> tuple[ScoreDomain, ...]:
    """The domain of every concept that the data set accepts."""
    return tuple(_domain(instrument) for instrument in instruments.all() if instrument.snomed)


def _domain(instrument: Instrument) -> ScoreDomain:
    assert instrument.snomed is not None
    scale = instrument.scale()
    item = instrument.items[0]
    words = (*item.choices, *([str(item.not_applicable)] if item.not_applicable is not None else []))
    if item.choices:
        longest = max(map(len, words))
        return ScoreDomain(instrument.snomed.code, instrument.key, f"[A-Za-z]{{1,{longest}}}", None, None, None, words)
    low, high = float(scale.low), float(scale.high)
    accepted_low = _MEAN_RULE_LOW if scale.decimals == 2 else low
    spoken = tuple(word for word in words if not word.isdigit())
    pattern = "|".join([_number_pattern(scale.decimals, int(high)), *spoken])
    return ScoreDomain(instrument.snomed.code, instrument.key, pattern, accepted_low, high, low, words)


def _number_pattern(decimals: int, high: int) -> str:
    if decimals == 2:
        return r"[0-9]\.[0-9]{1,2}"
    if decimals:
        return r"[0-9](\.[0-9]{1,2})?"
    return f"[0-9]{{1,{len(str(high))}}}"
