"""Every official measure, declared once, in the order of the official ids within each family.

An official measure's counterparts, which ask the same of everyone who came, are declared beneath it.

>>> from allcomers.measures import catalogue
>>> catalogue.get("M192").name
'Percentage_Recovery'
"""

from functools import cache

from allcomers.exceptions import MeasureRequestError
from allcomers.measures.catalogue import (
    assessment,
    contacts,
    data_quality,
    employment_outcomes,
    employment_records,
    employment_status,
    employment_support,
    integrated,
    outcomes,
    referrals,
    sessions,
    stages,
    treatment,
    waits,
    wsas,
)
from allcomers.measures.measure import Measure

FAMILIES = {
    "Referrals received and ended": referrals,
    "First assessment": assessment,
    "Waits": waits,
    "Appointments": contacts,
    "Therapy sessions": sessions,
    "Finished courses": treatment,
    "Outcomes": outcomes,
    "Completeness of scores": data_quality,
    "Work and social adjustment": wsas,
    "Stages of intensity": stages,
    "Integrated care": integrated,
    "Employment support": employment_support,
    "Employment status": employment_status,
    "Employment and outcomes": employment_outcomes,
    "Employment records": employment_records,
}


@cache
def all() -> tuple[Measure, ...]:  # noqa: A001 - read with its package, as `catalogue.all()`
    """Every official measure that is computed, family by family."""
    return tuple(measure for family in FAMILIES.values() for measure in family.MEASURES)


@cache
def counterparts() -> tuple[Measure, ...]:
    """Every all-comers counterpart, in the order of the measures that they stand beneath."""
    return tuple(one for measure in all() for one in measure.all_comers)


@cache
def by_id() -> dict[str, Measure]:
    """Every measure and counterpart by its id."""
    return {measure.id: measure for measure in (*all(), *counterparts())}


def official_of(counterpart: Measure) -> Measure:
    """The official measure that a counterpart stands beneath."""
    return next(measure for measure in all() if counterpart.id in measure.counterparts)


@cache
def _in_capitals() -> dict[str, Measure]:
    return {id_.upper(): measure for id_, measure in by_id().items()}


def get(id_: str) -> Measure:
    """The measure or counterpart with that id, in any case of letters.

    Raises
    ------
    MeasureRequestError : none has it.
    """
    try:
        return _in_capitals()[id_.upper()]
    except KeyError:
        raise MeasureRequestError(
            where=id_, found="there is no measure with that id", next_step="`allcomers define` lists every id"
        ) from None
