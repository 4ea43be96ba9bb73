"""The code lists of the national data set, each with its versions, its sources and how far its meanings were read.

>>> from allcomers import codes
>>> codes.get("AttendOrDNACode").meaning("3")
'did not attend, no advance warning'
"""

from functools import cache

from allcomers.codes import condition, contact, employment, person, problem, referral, scores, therapy, workforce
from allcomers.codes.cleaning import clean_finding, clean_finding_sql, normalise, normalise_sql
from allcomers.codes.model import Code, CodeList

__all__ = ["Code", "CodeList", "all", "clean_finding", "clean_finding_sql", "get", "normalise", "normalise_sql"]

_MODULES = (referral, contact, therapy, problem, scores, condition, person, employment, workforce)


@cache
def all() -> tuple[CodeList, ...]:  # noqa: A001 - read with its package, as `codes.all()`
    """Every code list."""
    return tuple(one for module in _MODULES for one in vars(module).values() if isinstance(one, CodeList))


def get(name: str) -> CodeList:
    """The list of that name, as the data set spells the field; KeyError if there is none."""
    return {one.name: one for one in all()}[name]
