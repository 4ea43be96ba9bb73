"""Which anxiety measure speaks for a pathway: the one its problem descriptor calls for, or GAD-7.

Both scores always come from one instrument, and each is judged by that instrument's own threshold.

Source: NHS Talking Therapies monthly metadata, July 2026, M196-M205, and Clark 2018, Table 2, for the fallback. Which
measure is named when only one score exists is unverified, so it is a switch.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from allcomers.instruments.model import Descriptor, Instrument, Number
from allcomers.instruments.registry import Registry, national

FALLBACK = "GAD7"

FirstAndLast = tuple[Number | None, Number | None]


@dataclass(frozen=True, slots=True)
class AnxietyChoice:
    """The measure chosen and its first and last score; `uses_unverified` if the rule for single scores chose it."""

    measure: Instrument
    first: Number | None
    last: Number | None
    uses_unverified: bool = False


def measure_for(descriptor: str | None, registry: Registry | None = None) -> Instrument:
    """The anxiety measure that a cleaned problem descriptor calls for."""
    known = registry or national()
    for measure in _specific(known):
        if descriptor and any(called.matches(descriptor) for called in measure.descriptors):
            return measure
    return known.by_adsm(FALLBACK)


def choose(
    descriptor: str | None,
    scores: Mapping[str, FirstAndLast],
    *,
    single_scores: bool = True,
    registry: Registry | None = None,
) -> AnxietyChoice | None:
    """The measure to use for a pathway, with its scores.

    Parameters
    ----------
    scores : key of the instrument to its first and last score.
    single_scores : name a measure even if it has only a first score (unverified).

    Returns
    -------
    None if no measure has what is needed.
    """
    known = registry or national()
    candidates = (measure_for(descriptor, known), known.by_adsm(FALLBACK))
    for measure in candidates:
        first, last = scores.get(measure.key, (None, None))
        if first is not None and last is not None:
            return AnxietyChoice(measure, first, last)
    for measure in candidates if single_scores else ():
        first, last = scores.get(measure.key, (None, None))
        if first is not None:
            return AnxietyChoice(measure, first, last, uses_unverified=True)
    return None


def national_first(measure: Instrument) -> str:
    """The national field of a measure's first score."""
    assert measure.fields is not None, measure.key
    return measure.fields[0]


def national_last(measure: Instrument) -> str:
    """The national field of a measure's last score."""
    assert measure.fields is not None, measure.key
    return measure.fields[1]


def called_for_sql(descriptor: str, registry: Registry | None = None) -> str:
    """The token of the measure that the cleaned descriptor in a column calls for."""
    whens = [f"when {_matches(measure, descriptor)} then '{measure.adsm}'" for measure in _specific(registry)]
    return f"case {' '.join(whens)} else '{FALLBACK}' end"


def adsm_sql(
    descriptor: str,
    *,
    first: Callable[[Instrument], str] = national_first,
    last: Callable[[Instrument], str] = national_last,
    single_scores: bool = True,
    registry: Registry | None = None,
) -> str:
    """The token of the measure to use, null if none: the national field ADSM.

    `first` and `last` name the columns of each measure's scores; `single_scores` as in `choose`.
    """
    known = registry or national()
    fallback = known.by_adsm(FALLBACK)

    def choices(has: Callable[[Instrument], str]) -> list[str]:
        specific = [
            f"when ({_matches(measure, descriptor)}) and {has(measure)} then '{measure.adsm}'"
            for measure in _specific(known)
        ]
        return [*specific, f"when {has(fallback)} then '{FALLBACK}'"]

    whens = choices(lambda measure: f"{first(measure)} is not null and {last(measure)} is not null")
    if single_scores:
        whens += choices(lambda measure: f"{first(measure)} is not null")
    return f"case {' '.join(whens)} end"


def adsm_score_sql(adsm: str, score: Callable[[Instrument], str], registry: Registry | None = None) -> str:
    """The score of the measure that the token in `adsm` names, from the column that `score` gives for each."""
    whens = [f"when '{measure.adsm}' then {score(measure)}" for measure in (registry or national()).anxiety_measures]
    return f"case {adsm} {' '.join(whens)} end"


def _specific(registry: Registry | None) -> list[Instrument]:
    return [measure for measure in (registry or national()).anxiety_measures if measure.adsm != FALLBACK]


def _matches(measure: Instrument, descriptor: str) -> str:
    return " or ".join(_match(called, descriptor) for called in measure.descriptors)


def _match(called: Descriptor, descriptor: str) -> str:
    return f"{descriptor} like '{called.code}%'" if called.prefix else f"{descriptor} = '{called.code}'"
