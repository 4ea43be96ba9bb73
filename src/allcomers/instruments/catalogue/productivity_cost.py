"""Three questions of the iMTA Productivity Cost Questionnaire."""

from allcomers.instruments.model import Concept, Direction, Instrument, Item, Licence, Rule, Scale, Status
from allcomers.instruments.sources import NATIONAL


def _question(item: Item, about: str, scale: Scale, direction: Direction, snomed: str) -> Instrument:
    return Instrument(
        key=f"IPCQ_q{item.number}",
        name=f"iMTA Productivity Cost Questionnaire, question {item.number}: {about}",
        construct="work productivity",
        items=(item,),
        scales=(scale,),
        direction=direction,
        direction_status=Status.UNVERIFIED,
        national_use="long-term condition and employment evaluation items",
        problems="all",
        snomed=Concept(snomed),
        licence=Licence("iMTA, Erasmus University; licence terms apply", Status.UNVERIFIED),
        sources=NATIONAL,
    )


PRODUCTIVITY_COST = (
    _question(
        Item(7, choices=("Y", "N")),
        "paid work affected (yes or no)",
        Scale(Rule.COUNTED),
        Direction.NONE,
        "748161000000109",
    ),
    _question(
        Item(8, high=28),
        "days affected in four weeks",
        Scale(Rule.SINGLE, 0, 28),
        Direction.WORSE,
        "760741000000102",
    ),
    _question(
        Item(9, high=10),
        "amount of work done on those days",
        Scale(Rule.SINGLE, 0, 10),
        Direction.BETTER,
        "761051000000105",
    ),
)
