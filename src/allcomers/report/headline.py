"""The headline pairs: each official figure, and right beside it the same question asked of everyone who came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from allcomers.measures import catalogue
from allcomers.measures.measure import Measure
from allcomers.measures.output import ENGLAND as ENGLAND_NAMES

ENGLAND = ENGLAND_NAMES[0]
"""The code of everyone. Its percentages have one decimal, others are whole."""

WORDS: Mapping[str, tuple[str, str]] = {
    "M192": ("Recovery", "courses finished, less those not at caseness"),
    "M195": ("Reliable recovery", "courses finished, less those not at caseness"),
    "M186": ("Reliable improvement", "courses finished"),
    "M1010": ("Reliable deterioration", "courses finished"),
    "M053": ("First treatment within 6 weeks", "courses finished"),
    "M055": ("First treatment within 18 weeks", "courses finished"),
    "M126": ("Over 90 days from first to second treatment", "those who had a second treatment in the period"),
}
"""Official percentages that are headlines: what they are called here, and whom they are among."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One percentage as it may be shown: text, with the id of its definition and whom it is among."""

    id: str
    name: str
    shown: str
    among: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An official figure and its counterparts."""

    words: str
    official: Figure
    counterparts: tuple[Figure, ...]


def measures() -> list[Measure]:
    """The official measures of `WORDS` and their counterparts."""
    known = catalogue.by_id()
    official = [known[id_] for id_ in WORDS]
    return [one for each in official for one in (each, *(known[id_] for id_ in each.counterparts))]


def pairs(frame: pl.DataFrame, code: str) -> tuple[Pair, ...]:
    """The pairs of one organisation.

    Parameters
    ----------
    frame : as `measures.output.frame` gives it, one period. code : `ENGLAND` for everyone.
    """
    rows = {row["measure_id"]: row for row in frame.filter(pl.col("org_code1") == code).to_dicts()}
    known = catalogue.by_id()
    return tuple(
        Pair(
            words=words,
            official=_figure(known[id_], rows, among),
            counterparts=tuple(_figure(known[other], rows, _among(known[other])) for other in known[id_].counterparts),
        )
        for id_, (words, among) in WORDS.items()
    )


def _figure(measure: Measure, rows: Mapping[str, Mapping[str, object]], among: str) -> Figure:
    row = rows.get(measure.id, {"status": "not available", "value": None})
    return Figure(id=measure.id, name=measure.name, shown=_shown(row), among=among)


def _shown(row: Mapping[str, object]) -> str:
    if row["status"] == "shown":
        return f"{row['value']:.{1 if row['org_code1'] == ENGLAND else 0}f}%"
    return {"withheld": "withheld", "null": "nobody to count"}.get(str(row["status"]), "not available")


def _among(measure: Measure) -> str:
    return measure.note or measure.name


def listed(found: Sequence[Pair]) -> tuple[str, ...]:
    """The ids of every figure in the pairs, in order."""
    return tuple(figure.id for pair in found for figure in (pair.official, *pair.counterparts))
