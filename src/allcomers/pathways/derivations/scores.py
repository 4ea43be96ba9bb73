"""First and last scores, a pair of columns for each questionnaire that has national fields."""

import re

from allcomers.instruments.model import Instrument
from allcomers.instruments.registry import Registry, national
from allcomers.pathways.derivations.derivation import CONSTRUCTIONS, SPECIFICATION, Derivation, Status

FOR_EVERYONE, SPECIFIC = "scores_of_pathway", "specific_scores_of_pathway"

_ITEMS = {
    "GAD_FirstScore": 54,
    "GAD_LastScore": 55,
    "PHQ9_FirstScore": 56,
    "PHQ9_LastScore": 57,
    "AgoraAlone_FirstScore": 58,
    "AgoraAlone_LastScore": 59,
    "SocialPhobia_FirstScore": 60,
    "SocialPhobia_LastScore": 61,
    "PanicDisorder_FirstScore": 62,
    "PanicDisorder_LastScore": 63,
    "OCD_FirstScore": 64,
    "OCD_LastScore": 65,
    "BIQ_FirstScore": 68,
    "IBS_FirstScore": 78,
    "PHQ15_FirstScore": 80,
    "WASAS_HomeManagement_FirstScore": 93,
    "WASAS_PrivateLeisureActivities_FirstScore": 94,
    "WASAS_Relationships_FirstScore": 95,
    "WASAS_SocialLeisureActivities_FirstScore": 96,
    "WASAS_Work_FirstScore": 97,
    "WASAS_HomeManagement_LastScore": 98,
    "WASAS_PrivateLeisureActivities_LastScore": 99,
    "WASAS_Relationships_LastScore": 100,
    "WASAS_SocialLeisureActivities_LastScore": 101,
    "WASAS_Work_LastScore": 102,
    "AnxietyInventory_FirstScore": 103,
    "AnxietyInventory_LastScore": 104,
    "PTSD_FirstScore": 111,
    "PTSD_LastScore": 112,
    "CFS_FirstScore": 126,
}
"""National item numbers, I101D54 and on, where the metadata print them."""

ASKED_OF_EVERYONE = ("PHQ9", "GAD7", "WSAS_")
"""How the keys of what is asked at every session begin. Only the cost of a query hangs on this, never a result."""

_WHY = "Two scores on one day are taken in the order of the records, which is unverified."


def column(instrument: Instrument, when: str) -> str:
    """The pathway column of an instrument's `first` or `last` score, such as `wsas_home_management_last`."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", instrument.key).lower()
    return f"{words}_{when}"


def first(instrument: Instrument) -> str:
    """The column of the first score."""
    return column(instrument, "first")


def last(instrument: Instrument) -> str:
    """The column of the last score."""
    return column(instrument, "last")


def with_fields(registry: Registry | None = None) -> tuple[Instrument, ...]:
    """The instruments whose first and last scores are national fields."""
    return tuple(one for one in registry or national() if one.fields and one.snomed)


def _derivations(instrument: Instrument) -> tuple[Derivation, ...]:
    assert instrument.fields is not None, instrument.key
    of = f"instrument = '{instrument.key}'"
    rules = {
        first(instrument): f"max(first_score) filter (where {of})",
        # One score is no pair, so a single score is never the last.
        last(instrument): f"max(last_score) filter (where {of} and score_count >= 2)",
    }
    return tuple(
        Derivation(
            name,
            rule,
            on=FOR_EVERYONE if instrument.key.startswith(ASKED_OF_EVERYONE) else SPECIFIC,
            national=field,
            id=f"I101D{_ITEMS[field]}" if field in _ITEMS else "",
            source=f"{SPECIFICATION}; {CONSTRUCTIONS}, M196-M199",
            status=Status.VERIFIED,
            why=_WHY,
        )
        for (name, rule), field in zip(rules.items(), instrument.fields, strict=True)
    )


def derivations(registry: Registry | None = None) -> tuple[Derivation, ...]:
    """The first and the last score of each instrument that has national fields."""
    return tuple(one for instrument in with_fields(registry) for one in _derivations(instrument))
