"""Health Anxiety Inventory, short week version: all 18 items, while many papers score only the first 14."""

from allcomers.instruments.model import Concept, Descriptor, Instrument, Licence, Rule, Scale, Status, numbered_items
from allcomers.instruments.sources import CLARK_2018, KINGS_CADAT, NATIONAL_OUTCOME, RECALLED, recalled

HAI = Instrument(
    key="HAI",
    name="Health Anxiety Inventory, short week version",
    construct="health anxiety",
    items=numbered_items(18, high=3),
    scales=(Scale(Rule.SUM, 0, 54),),
    national_use="specific measure for hypochondriasis (health anxiety)",
    problems="hypochondriacal disorder (F45.2)",
    caseness=recalled(18, note="The same number is also quoted in research as a diagnostic cut-off."),
    reliable_change=recalled(4),
    adsm="AnxietyInventory",
    descriptors=(Descriptor("F452"),),
    snomed=Concept("446793008"),
    fields=("AnxietyInventory_FirstScore", "AnxietyInventory_LastScore"),
    licence=Licence(
        "Salkovskis and colleagues; offered for clinical use by a university clinic, terms of reproduction not found",
        Status.UNVERIFIED,
    ),
    sources=(*NATIONAL_OUTCOME, CLARK_2018, KINGS_CADAT, f"thresholds {RECALLED}"),
    note="14 main items and 4 on the feared consequence; cut-offs in papers often refer to the first 14 (0 to 42).",
)
