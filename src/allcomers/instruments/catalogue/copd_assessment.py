"""COPD Assessment Test."""

from allcomers.instruments.model import Concept, Instrument, Licence, Rule, Scale, Status, numbered_items
from allcomers.instruments.sources import NATIONAL

CAT = Instrument(
    key="CAT",
    name="COPD Assessment Test",
    construct="COPD impact",
    items=numbered_items(8, high=5),
    items_status=Status.UNVERIFIED,
    scales=(Scale(Rule.SUM, 0, 40),),
    national_use="long-term condition measure; first and last kept",
    problems="COPD",
    snomed=Concept("446660005"),
    fields=("CAT_FirstScore", "CAT_LastScore"),
    licence=Licence("GlaxoSmithKline trade mark and copyright", Status.UNVERIFIED),
    sources=NATIONAL,
)
