"""Impact of Events Scale, revised: kept for old data; its scores have no concept in version 2.1."""

from allcomers.instruments.model import Descriptor, Instrument, Licence, Rule, Scale, Status, numbered_items
from allcomers.instruments.sources import CAMCOPS, CLARK_2018, RECALLED, recalled

IESR = Instrument(
    key="IESR",
    name="Impact of Events Scale, revised (legacy)",
    construct="post-traumatic stress",
    items=numbered_items(22, high=4),
    items_status=Status.UNVERIFIED,
    scales=(Scale(Rule.SUM, 0, 88, status=Status.UNVERIFIED),),
    national_use="specific measure for PTSD before v2.0; no concept in the v2.1 list",
    problems="post-traumatic stress disorder (F43.1), legacy data only",
    descriptors=(Descriptor("F431"),),
    caseness=recalled(33),
    reliable_change=recalled(9),
    licence=Licence("Weiss and Marmar; permission was refused to an open-source project", Status.VERIFIED),
    sources=(CLARK_2018, CAMCOPS, f"thresholds {RECALLED}"),
)
