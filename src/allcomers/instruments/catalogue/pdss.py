"""Panic Disorder Severity Scale, self-report."""

from allcomers.instruments.model import Concept, Descriptor, Instrument, Licence, Rule, Scale, Status, numbered_items
from allcomers.instruments.sources import CLARK_2018, NATIONAL_OUTCOME, RECALLED, recalled

PDSS = Instrument(
    key="PDSS",
    name="Panic Disorder Severity Scale, self-report",
    construct="panic",
    items=numbered_items(7, high=4),
    scales=(Scale(Rule.SUM, 0, 28),),
    national_use="specific measure for panic disorder",
    problems="panic disorder (F41.0)",
    caseness=recalled(8),
    reliable_change=recalled(5),
    adsm="PanicDisorder",
    descriptors=(Descriptor("F410"),),
    snomed=Concept("450326007"),
    fields=("PanicDisorder_FirstScore", "PanicDisorder_LastScore"),
    licence=Licence("Shear; needs permission", Status.UNVERIFIED),
    sources=(*NATIONAL_OUTCOME, CLARK_2018, f"thresholds {RECALLED}"),
)
