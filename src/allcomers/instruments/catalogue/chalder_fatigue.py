"""Chalder Fatigue Questionnaire. The national token is CFQ and its score fields begin CFS."""

from allcomers.instruments.model import Concept, Descriptor, Instrument, Licence, Rule, Scale, Status, numbered_items
from allcomers.instruments.sources import MONTHLY_METADATA, OUTPUT_SPECIFICATION, not_found

CFQ = Instrument(
    key="CFQ",
    name="Chalder Fatigue Questionnaire",
    construct="fatigue",
    items=numbered_items(11, high=3),
    items_status=Status.UNVERIFIED,
    scales=(Scale(Rule.SUM, 0, 33),),
    national_use="specific measure for chronic fatigue syndrome since April 2022",
    problems="chronic fatigue syndrome (G93.3, prefix match)",
    caseness=not_found("Candidate: 19."),
    reliable_change=not_found(),
    adsm="CFQ",
    descriptors=(Descriptor("G933"),),
    snomed=Concept("1077511000000101"),
    fields=("CFS_FirstScore", "CFS_LastScore"),
    licence=Licence("Chalder; terms not found", Status.UNVERIFIED),
    sources=(OUTPUT_SPECIFICATION, MONTHLY_METADATA),
    note="The token is CFQ and the score fields are named CFS.",
)
