"""Mobility Inventory for Agoraphobia: a mean with two decimals, so `>` and `>=` differ and nothing is rounded first."""

from decimal import Decimal

from allcomers.instruments.model import (
    Concept,
    Descriptor,
    Instrument,
    Licence,
    MissingItems,
    Operator,
    Rule,
    Scale,
    Status,
    numbered_items,
)
from allcomers.instruments.sources import CLARK_2018, NATIONAL, NATIONAL_OUTCOME, RECALLED, recalled

LICENCE = Licence("author copyright (Chambless 1985); needs permission", Status.UNVERIFIED)
MEAN = Scale(
    Rule.MEAN,
    Decimal("1.00"),
    Decimal("5.00"),
    decimals=2,
    note="The mapping gives 1.00 to 5.00; the national range rule lets 0 to 5 through.",
)


def _any_answered(items: int) -> MissingItems:
    return MissingItems(
        allowed=items - 1,
        status=Status.UNVERIFIED,
        source="A mean of the answered items; how few may be answered was not found",
    )


MI_ALONE = Instrument(
    key="MI_alone",
    name="Mobility Inventory for Agoraphobia, when alone",
    construct="agoraphobic avoidance",
    items=numbered_items(26, low=1, high=5),
    items_status=Status.UNVERIFIED,
    scales=(MEAN,),
    missing=_any_answered(26),
    national_use="specific measure for agoraphobia",
    problems="agoraphobia (F40.0)",
    caseness=recalled(
        Decimal("2.30"),
        Operator.ABOVE,
        note="Whether a score has to be above this, or may equal it, is still to be confirmed.",
    ),
    reliable_change=recalled(Decimal("0.73")),
    adsm="AgoraAlone",
    descriptors=(Descriptor("F400"),),
    snomed=Concept("473355002"),
    fields=("AgoraAlone_FirstScore", "AgoraAlone_LastScore"),
    licence=LICENCE,
    sources=(*NATIONAL_OUTCOME, CLARK_2018, f"thresholds {RECALLED}"),
    note="26 items, or 27 with the write-in item.",
)

MI_ACCOMPANIED = Instrument(
    key="MI_accompanied",
    name="Mobility Inventory for Agoraphobia, when accompanied",
    construct="agoraphobic avoidance",
    items=numbered_items(25, low=1, high=5),
    items_status=Status.UNVERIFIED,
    scales=(MEAN,),
    missing=_any_answered(25),
    national_use="collected, first and last kept; not used for caseness, recovery or reliable change",
    problems="agoraphobia (F40.0)",
    snomed=Concept("473354003"),
    fields=("AgoraAccom_FirstScore", "AgoraAccom_LastScore"),
    licence=LICENCE,
    sources=NATIONAL,
    note="25 items, or 26 with the write-in item.",
)
