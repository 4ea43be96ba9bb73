"""GAD-7: the anxiety half of an outcome unless the problem calls for its own measure, and the fallback if it does."""

from allcomers.instruments.catalogue.phq9 import DIFFICULTY, LICENCE, OPTIONS, QUESTION
from allcomers.instruments.model import (
    Band,
    Bands,
    Concept,
    Descriptor,
    Instrument,
    Item,
    MissingItems,
    Rule,
    Scale,
    Status,
    numbered_items,
)
from allcomers.instruments.sources import CAMCOPS, CLARK_2018, SAUNDERS_2021, SCALE_RULES, verified

TEXTS = (
    "Feeling nervous, anxious or on edge",
    "Not being able to stop or control worrying",
    "Worrying too much about different things",
    "Trouble relaxing",
    "Being so restless that it is hard to sit still",
    "Becoming easily annoyed or irritable",
    "Feeling afraid as if something awful might happen",
)
LOINC = ("69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7")

GAD7 = Instrument(
    key="GAD7",
    name="Generalised Anxiety Disorder scale, 7 items",
    construct="anxiety",
    question=QUESTION,
    options=OPTIONS,
    items=numbered_items(7, high=3, texts=TEXTS, loinc=LOINC),
    further_items=(Item(8, high=3, text=DIFFICULTY, loinc="69722-7"),),
    scales=(Scale(Rule.SUM, 0, 21),),
    missing=MissingItems(
        allowed=1,
        status=Status.UNVERIFIED,
        source="Allcomers' method notes, reliable change; the developers' own rule was not read",
    ),
    national_use="anxiety half of the outcome pair for depression, GAD, mixed and missing descriptors, and fallback "
    "when the specific measure is missing",
    problems="depression; generalised anxiety disorder; mixed anxiety and depression; none recorded; any other "
    "descriptor without its own measure",
    caseness=verified(8, SAUNDERS_2021),
    reliable_change=verified(
        4, SAUNDERS_2021, note="The first whole number above the reliable change index, recalled as 3.53 (unverified)."
    ),
    bands=Bands(
        (Band(0, 4, "minimal"), Band(5, 9, "mild"), Band(10, 14, "moderate"), Band(15, 21, "severe")),
        Status.VERIFIED,
        CAMCOPS,
    ),
    adsm="GAD7",
    adsm_status=Status.UNVERIFIED,
    descriptors=(Descriptor("F32"), Descriptor("F33"), Descriptor("F411"), Descriptor("F412")),
    snomed=Concept("445455005"),
    loinc=Concept("70274-6", Status.UNVERIFIED),
    loinc_panel=Concept("69737-5", Status.UNVERIFIED),
    fields=("GAD_FirstScore", "GAD_LastScore"),
    licence=LICENCE,
    sources=(SCALE_RULES, SAUNDERS_2021, CLARK_2018, CAMCOPS),
    note="The spelling of the token GAD7 is unverified.",
)
