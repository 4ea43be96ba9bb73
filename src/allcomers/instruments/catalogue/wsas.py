"""Work and Social Adjustment Scale: the data set holds its five items and no total."""

from allcomers.instruments.model import Concept, Instrument, Item, Licence, Rule, Scale, Status
from allcomers.instruments.sources import ANNUAL_METADATA, CLARK_2018, MONTHLY_METADATA, NATIONAL, SCALE_RULES

LICENCE = Licence(
    "Isaac Marks; free for clinical use is commonly stated, and the wording waits for that to be confirmed",
    Status.UNVERIFIED,
)
EMPLOYMENT_SUPPORT = "Scores from employment support appointments are left out of the national WSAS measures."
NO_NATIONAL_VALUES = (
    "No national caseness or reliable change; research quotes a total change of 8 and total bands 0-9, 10-20, 21-40 "
    "(unverified)."
)
NOT_WORKING = 9
HIGHEST = 8


def _area(number: int, key: str, area: str, snomed: str, *, not_applicable: int | None = None) -> Instrument:
    return Instrument(
        key=f"WSAS_{key}",
        name=f"Work and Social Adjustment Scale: {area}",
        construct="functioning",
        items=(Item(number, high=HIGHEST, not_applicable=not_applicable),),
        scales=(Scale(Rule.SINGLE, 0, HIGHEST),),
        national_use="mean first score, mean last score, mean change and paired counts per item; annual effect size",
        problems="all",
        snomed=Concept(snomed),
        # The national fields are spelt WASAS.
        fields=(f"WASAS_{key}_FirstScore", f"WASAS_{key}_LastScore"),
        licence=LICENCE,
        sources=(*NATIONAL, MONTHLY_METADATA, CLARK_2018),
        note=f"{EMPLOYMENT_SUPPORT} {NO_NATIONAL_VALUES}",
    )


WORK = _area(1, "Work", "work", "932621000000100", not_applicable=NOT_WORKING)
HOME = _area(2, "HomeManagement", "home management", "932581000000100")
SOCIAL = _area(3, "SocialLeisureActivities", "social leisure activities", "932611000000106")
PRIVATE = _area(4, "PrivateLeisureActivities", "private leisure activities", "932591000000103")
RELATIONSHIPS = _area(5, "Relationships", "family and relationships", "932601000000109")
AREAS = (WORK, HOME, SOCIAL, PRIVATE, RELATIONSHIPS)

TOTAL = Instrument(
    key="WSAS_total",
    name="Work and Social Adjustment Scale total",
    construct="functioning",
    items=tuple(item for area in AREAS for item in area.items),
    scales=(Scale(Rule.SUM, 0, HIGHEST * len(AREAS)),),
    national_use="not a field of the data set; the annual effect size needs at least 4 of the 5 last scores",
    problems="all",
    licence=LICENCE,
    sources=(ANNUAL_METADATA, SCALE_RULES),
    note="Work answered as not applicable adds nothing and lowers the greatest total to 32. How a blank is prorated in "
    f"the annual effect size was not found. {NO_NATIONAL_VALUES}",
)

WSAS = (*AREAS, TOTAL)
