"""CORE-10: not in the national data set; some services use it. Its licence lets it be shared only unchanged."""

from allcomers.instruments.model import (
    Band,
    Bands,
    Instrument,
    Licence,
    Rule,
    Scale,
    Status,
    numbered_items,
    with_risk_item,
)
from allcomers.instruments.sources import CAMCOPS, RECALLED, recalled

RISK = recalled(1, note="Any answer above “not at all” prompts a conversation about risk.")
ITEMS = with_risk_item(numbered_items(10, high=4), 6, RISK, about="plans to end one's life")

CORE10 = Instrument(
    key="CORE10",
    name="CORE-10",
    construct="general distress",
    items=ITEMS,
    reversed_items=(2, 3),
    reversed_status=Status.UNVERIFIED,
    scales=(Scale(Rule.SUM, 0, 40),),
    national_use="not part of the national data set; some services use it locally",
    problems="not applicable",
    caseness=recalled(11),
    reliable_change=recalled(6),
    bands=Bands(
        (
            Band(0, 5, "healthy"),
            Band(6, 10, "low"),
            Band(11, 14, "mild"),
            Band(15, 19, "moderate"),
            Band(20, 24, "moderate to severe"),
            Band(25, 40, "severe"),
        ),
        Status.UNVERIFIED,
        RECALLED,
    ),
    licence=Licence(
        "CORE System Trust, Creative Commons BY-ND 4.0: may be shared unchanged, not adapted", Status.VERIFIED
    ),
    sources=(CAMCOPS, f"thresholds, the numbers of the two reversed items and of the item about risk {RECALLED}"),
)
