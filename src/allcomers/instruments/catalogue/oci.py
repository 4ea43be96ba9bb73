"""Obsessive-Compulsive Inventory: the 42-item form, not the 18-item OCI-R, whose scores end at 72."""

from allcomers.instruments.model import Concept, Descriptor, Instrument, Licence, Rule, Scale, Status, numbered_items
from allcomers.instruments.sources import CLARK_2018, NATIONAL_OUTCOME, RECALLED, recalled

OCI = Instrument(
    key="OCI",
    name="Obsessive-Compulsive Inventory, distress scale",
    construct="obsessive-compulsive symptoms",
    items=numbered_items(42, high=4),
    scales=(Scale(Rule.SUM, 0, 168),),
    national_use="specific measure for OCD",
    problems="obsessive-compulsive disorder (F42, prefix match)",
    caseness=recalled(40),
    reliable_change=recalled(32),
    adsm="OCD",
    descriptors=(Descriptor("F42"),),
    snomed=Concept("450324005"),
    fields=("OCD_FirstScore", "OCD_LastScore"),
    licence=Licence("Foa and colleagues; needs permission", Status.UNVERIFIED),
    sources=(*NATIONAL_OUTCOME, CLARK_2018, f"thresholds {RECALLED}"),
    note="The 42-item form, not the 18-item OCI-R (0 to 72).",
)
