"""The official rule of two measures: PHQ-9 with the anxiety measure chosen for the pathway.

Improvement needs one of the two to fall by its reliable change and neither to rise by it; deterioration is the mirror
image; whoever improves on one and deteriorates on the other has no reliable change (unverified). Recovery is caseness
on either at the start and on neither at the end. Every result but caseness needs all four scores.

Source: NHS Talking Therapies annual metadata 2024-25; Clark 2018, Table 2. Whether the course was finished is not
asked here: the pathway knows.
"""

from collections.abc import Callable
from dataclasses import dataclass

from allcomers.instruments.columns import caseness_sql, deteriorated_sql, improved_sql
from allcomers.instruments.model import Instrument, Number
from allcomers.instruments.registry import Registry, national
from allcomers.instruments.scoring import Change, at_caseness, change, threshold

DEPRESSION = "PHQ9"
NEEDED = ("caseness", "reliable_change")


@dataclass(frozen=True, slots=True)
class Pair:
    """A first and a last score on one instrument."""

    instrument: Instrument
    first: Number | None
    last: Number | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the official rule makes of one pathway's scores. None where a score or a threshold is missing."""

    at_caseness: bool | None
    recovered: bool | None
    reliably_improved: bool | None
    reliably_deteriorated: bool | None
    reliably_unchanged: bool | None
    reliably_recovered: bool | None
    uses_unverified: bool


def outcome(depression: Pair, anxiety: Pair) -> Outcome:
    """The official outcome of one pathway."""
    pairs = (depression, anxiety)
    started = _any_case([at_caseness(pair.instrument, pair.first).value for pair in pairs])
    ended = _any_case([at_caseness(pair.instrument, pair.last).value for pair in pairs])
    moves = [change(pair.instrument, pair.first, pair.last).value for pair in pairs]
    known = started is not None and ended is not None and None not in moves
    improved = Change.IMPROVED in moves and Change.DETERIORATED not in moves
    deteriorated = Change.DETERIORATED in moves and Change.IMPROVED not in moves
    recovered = bool(started) and not ended
    return Outcome(
        at_caseness=started,
        recovered=recovered if known else None,
        reliably_improved=improved if known else None,
        reliably_deteriorated=deteriorated if known else None,
        reliably_unchanged=not improved and not deteriorated if known else None,
        reliably_recovered=recovered and improved if known else None,
        uses_unverified=any(uses_unverified(pair.instrument) for pair in pairs),
    )


def uses_unverified(instrument: Instrument) -> bool:
    """Whether an outcome on this measure rests on a threshold that no source confirms."""
    return any(threshold(instrument, name).uses_unverified for name in NEEDED)


def can_be_judged(instrument: Instrument) -> bool:
    """Whether the measure has the thresholds that an outcome needs."""
    return all(threshold(instrument, name).defined for name in NEEDED)


@dataclass(frozen=True, slots=True)
class OutcomeColumns:
    """The columns that hold a pathway's four scores and the token of its anxiety measure."""

    depression_first: str = "PHQ9_FirstScore"
    depression_last: str = "PHQ9_LastScore"
    anxiety_measure: str = "ADSM"
    anxiety_first: str = "ADSM_FirstScore"
    anxiety_last: str = "ADSM_LastScore"


_UNKNOWN_START = "depression_case_first is null or anxiety_case_first is null"
_UNKNOWN = f"{_UNKNOWN_START} or depression_case_last is null or anxiety_case_last is null"
_RECOVERED = "(depression_case_first or anxiety_case_first) and not (depression_case_last or anxiety_case_last)"
_IMPROVED = "(depression_improved or anxiety_improved) and not (depression_deteriorated or anxiety_deteriorated)"
_DETERIORATED = "(depression_deteriorated or anxiety_deteriorated) and not (depression_improved or anxiety_improved)"


def _when_known(rule: str, unknown: str = _UNKNOWN) -> str:
    # `true or null` is true in SQL; a pathway with one score of two is neither at caseness nor not.
    return f"case when {unknown} then null else {rule} end"


OUTCOME_SQL = {
    "at_caseness": _when_known("depression_case_first or anxiety_case_first", _UNKNOWN_START),
    "recovered": _when_known(_RECOVERED),
    "reliably_improved": _when_known(_IMPROVED),
    "reliably_deteriorated": _when_known(_DETERIORATED),
    "reliably_unchanged": _when_known(f"not ({_IMPROVED}) and not ({_DETERIORATED})"),
    "reliably_recovered": _when_known(f"{_RECOVERED} and {_IMPROVED}"),
}
"""The fields of `Outcome` as SQL expressions over the columns that `outcome_terms_sql` names."""


def outcome_terms_sql(columns: OutcomeColumns | None = None, registry: Registry | None = None) -> dict[str, str]:
    """What `OUTCOME_SQL` is made of, by name: whether each score is a case, and how each pair moved.

    A term is null where a score is missing, and where the pathway's anxiety measure lacks a threshold: `not_judged` is
    then true. `uses_unverified` is true where a threshold is used that no source confirms.
    """
    at, known = columns or OutcomeColumns(), registry or national()
    depression, judged = known.get(DEPRESSION), [one for one in known.anxiety_measures if can_be_judged(one)]
    d_pair, a_pair = (at.depression_first, at.depression_last), (at.anxiety_first, at.anxiety_last)

    def anxiety(rule: Callable[[Instrument], str]) -> str:
        whens = [f"when '{measure.adsm}' then {rule(measure)}" for measure in judged]
        return f"case {at.anxiety_measure} {' '.join(whens)} end"

    return {
        "depression_case_first": caseness_sql(depression, at.depression_first),
        "depression_case_last": caseness_sql(depression, at.depression_last),
        "depression_improved": improved_sql(depression, *d_pair),
        "depression_deteriorated": deteriorated_sql(depression, *d_pair),
        "anxiety_case_first": anxiety(lambda measure: caseness_sql(measure, at.anxiety_first)),
        "anxiety_case_last": anxiety(lambda measure: caseness_sql(measure, at.anxiety_last)),
        "anxiety_improved": anxiety(lambda measure: improved_sql(measure, *a_pair)),
        "anxiety_deteriorated": anxiety(lambda measure: deteriorated_sql(measure, *a_pair)),
        "uses_unverified": _measured_by(at, [one for one in known.anxiety_measures if uses_unverified(one)]),
        "not_judged": _measured_by(at, [one for one in known.anxiety_measures if not can_be_judged(one)]),
    }


def _any_case(cases: list[bool | None]) -> bool | None:
    return None if None in cases else any(case for case in cases)


def _measured_by(at: OutcomeColumns, measures: list[Instrument]) -> str:
    tokens = ", ".join(f"'{measure.adsm}'" for measure in measures)
    return f"coalesce({at.anxiety_measure} in ({tokens}), false)" if measures else "false"
