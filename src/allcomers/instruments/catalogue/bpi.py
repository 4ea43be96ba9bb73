"""Brief Pain Inventory, interference items."""

from allcomers.instruments.model import Concept, Instrument, Licence, Rule, Scale, Status, numbered_items
from allcomers.instruments.sources import NATIONAL

BPI = Instrument(
    key="BPI",
    name="Brief Pain Inventory, interference items",
    construct="pain interference",
    items=numbered_items(7, high=10),
    items_status=Status.UNVERIFIED,
    scales=(Scale(Rule.SUM, 0, 70),),
    national_use="long-term condition measure; first and last kept",
    problems="chronic pain",
    snomed=Concept("443223005"),
    fields=("BPI_FirstScore", "BPI_LastScore"),
    licence=Licence("MD Anderson; needs a licence", Status.UNVERIFIED),
    sources=NATIONAL,
)
