"""Social Phobia Inventory."""

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
from allcomers.instruments.sources import CLARK_2018, NATIONAL_OUTCOME, RECALLED, recalled

SPIN = Instrument(
    key="SPIN",
    name="Social Phobia Inventory",
    construct="social anxiety",
    items=numbered_items(17, high=4),
    scales=(Scale(Rule.SUM, 0, 68),),
    national_use="specific measure for social phobia",
    problems="social phobia (F40.1)",
    caseness=recalled(19),
    reliable_change=recalled(10),
    bands=Bands(
        (
            Band(0, 20, "none"),
            Band(21, 30, "mild"),
            Band(31, 40, "moderate"),
            Band(41, 50, "severe"),
            Band(51, 68, "very severe"),
        ),
        Status.UNVERIFIED,
        RECALLED,
    ),
    adsm="SocialPhobia",
    descriptors=(Descriptor("F401"),),
    snomed=Concept("445552006"),
    fields=("SocialPhobia_FirstScore", "SocialPhobia_LastScore"),
    licence=Licence("Davidson; needs a licence", Status.UNVERIFIED),
    sources=(*NATIONAL_OUTCOME, CLARK_2018, f"thresholds and bands {RECALLED}"),
)
