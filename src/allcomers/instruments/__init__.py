"""Questionnaires as data, and what their scores mean.

>>> from allcomers import instruments
>>> phq9 = instruments.get("PHQ9")
>>> instruments.change(phq9, 18, 8).value
<Change.IMPROVED: 'improved'>
"""

from allcomers.instruments.model import Instrument, Status
from allcomers.instruments.registry import Registry, national
from allcomers.instruments.result import Result
from allcomers.instruments.scoring import Change, Score, at_caseness, band, change, prompts, score
from allcomers.instruments.values import load_values

__all__ = [
    "Change",
    "Instrument",
    "Registry",
    "Result",
    "Score",
    "Status",
    "all",
    "at_caseness",
    "band",
    "by_adsm",
    "by_snomed",
    "change",
    "get",
    "load_values",
    "national",
    "prompts",
    "score",
]


def get(key: str) -> Instrument:
    """The national instrument with that key."""
    return national().get(key)


def all() -> tuple[Instrument, ...]:  # noqa: A001 - read with its package, as `instruments.all()`
    """Every national instrument."""
    return tuple(national())


def by_snomed(code: str) -> Instrument:
    """The national instrument whose score has that SNOMED CT code."""
    return national().by_snomed(code)


def by_adsm(token: str) -> Instrument:
    """The national instrument that the field ADSM calls `token`."""
    return national().by_adsm(token)
