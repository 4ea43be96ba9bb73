"""Diabetes Distress Scale: a sum in version 2.0 of the data set and a mean from 2.1, so the two never meet."""

from decimal import Decimal

from allcomers.instruments.model import Concept, Instrument, Licence, Rule, Scale, Status, numbered_items
from allcomers.instruments.sources import NATIONAL

DDS = Instrument(
    key="DDS",
    name="Diabetes Distress Scale",
    construct="diabetes distress",
    items=numbered_items(17, low=1, high=6),
    scales=(
        Scale(Rule.MEAN, Decimal("1.0"), Decimal("6.0"), decimals=1, versions=("2.1",)),
        Scale(Rule.SUM, 17, 102, versions=("2.0",)),
    ),
    national_use="long-term condition measure; first and last kept",
    problems="diabetes",
    snomed=Concept("910931000000101"),
    fields=("DDS_FirstScore", "DDS_LastScore"),
    licence=Licence("Polonsky; terms not found", Status.UNVERIFIED),
    sources=NATIONAL,
    note="A score of version 2.0 is never compared with one of version 2.1.",
)
