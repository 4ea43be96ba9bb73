"""Irritable bowel syndrome symptom severity scale (Francis)."""

from allcomers.instruments.model import (
    Band,
    Bands,
    Concept,
    Descriptor,
    Instrument,
    Licence,
    Rule,
    Scale,
    Status,
    numbered_items,
)
from allcomers.instruments.sources import NATIONAL_OUTCOME, RECALLED, not_found

IBSSSS = Instrument(
    key="IBSSSS",
    name="Irritable bowel syndrome symptom severity scale (Francis)",
    construct="irritable bowel symptoms",
    items=numbered_items(5, high=100),
    items_status=Status.UNVERIFIED,
    scales=(Scale(Rule.SUM, 0, 500),),
    national_use="specific measure for irritable bowel syndrome since April 2022",
    problems="irritable bowel syndrome (K58, prefix match)",
    caseness=not_found("Candidate: 75."),
    reliable_change=not_found("50 is quoted in the clinical literature as a meaningful change."),
    bands=Bands(
        (Band(75, 174, "mild"), Band(175, 299, "moderate"), Band(300, 500, "severe")), Status.UNVERIFIED, RECALLED
    ),
    adsm="IBS",
    descriptors=(Descriptor("K58"),),
    snomed=Concept("1083671000000108"),
    fields=("IBS_FirstScore", "IBS_LastScore"),
    licence=Licence("Francis and colleagues; terms not found", Status.UNVERIFIED),
    sources=(*NATIONAL_OUTCOME, f"bands {RECALLED}"),
)
