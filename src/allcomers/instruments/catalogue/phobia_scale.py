"""IAPT Phobia Scale: three screening questions of the first data set, none of them part of recovery."""

from allcomers.instruments.model import Instrument, Item, Licence, Rule, Scale, Status
from allcomers.instruments.sources import DATA_HANDBOOK, SAUNDERS_2021, verified

PROMPT = verified(
    4, DATA_HANDBOOK, note="Read on a secondary page. A score from here up prompts a look for that problem."
)


def _situation(number: int, key: str, what: str, problems: str) -> Instrument:
    return Instrument(
        key=f"PHOBIA_{key}",
        name=f"IAPT Phobia Scale: {what}",
        construct="avoidance",
        items=(Item(number, high=8),),
        scales=(Scale(Rule.SINGLE, 0, 8),),
        national_use="screening question in the original data set; no concept in the v2.1 list",
        problems=problems,
        prompt=PROMPT,
        licence=Licence("IAPT programme document, Crown copyright", Status.UNVERIFIED),
        sources=(DATA_HANDBOOK, SAUNDERS_2021),
        note="Not part of recovery.",
    )


PHOBIA_SCALE = (
    _situation(1, "social", "social situations", "social phobia"),
    _situation(2, "panic", "situations feared because of panic or losing control", "agoraphobia or panic"),
    _situation(3, "specific", "specific objects or activities", "specific phobia"),
)
