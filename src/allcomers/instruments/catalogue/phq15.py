"""PHQ-15: physical symptoms. The national token is MUS and its score fields begin PHQ15."""

from dataclasses import replace

from allcomers.instruments.model import (
    Band,
    Bands,
    Concept,
    Descriptor,
    Instrument,
    Licence,
    Option,
    Rule,
    Scale,
    Status,
    numbered_items,
)
from allcomers.instruments.sources import CAMCOPS, NATIONAL_OUTCOME, not_found

TEXTS = (
    "Stomach pain",
    "Back pain",
    "Pain in your arms, legs, or joints (knees, hips, etc.)",
    "Menstrual cramps or other problems with your periods",
    "Headaches",
    "Chest pain",
    "Dizziness",
    "Fainting spells",
    "Feeling your heart pound or race",
    "Shortness of breath",
    "Pain or problems during sexual intercourse",
    "Constipation, loose bowels, or diarrhea",
    "Nausea, gas, or indigestion",
    "Feeling tired or having low energy",
    "Trouble sleeping",
)
MENSTRUAL = 4

PHQ15 = Instrument(
    key="PHQ15",
    name="Patient Health Questionnaire, 15 physical symptoms",
    construct="somatic symptoms",
    question="During the past 4 weeks, how much have you been bothered by any of the following problems?",
    options=(Option(0, "Not bothered at all"), Option(1, "Bothered a little"), Option(2, "Bothered a lot")),
    items=tuple(replace(item, optional=item.number == MENSTRUAL) for item in numbered_items(15, high=2, texts=TEXTS)),
    scales=(Scale(Rule.SUM, 0, 30),),
    national_use="specific measure for other medically unexplained symptoms since April 2022",
    problems="medically unexplained symptoms not otherwise specified (SNOMED CT 723916001)",
    caseness=not_found("Candidate: 10."),
    reliable_change=not_found(),
    bands=Bands(
        (Band(0, 4, "minimal"), Band(5, 9, "low"), Band(10, 14, "medium"), Band(15, 30, "high")),
        Status.VERIFIED,
        CAMCOPS,
        note="The cut points are verified; their use nationally is not.",
    ),
    adsm="MUS",
    descriptors=(Descriptor("723916001", prefix=False),),
    snomed=Concept("1065441000000103"),
    fields=("PHQ15_FirstScore", "PHQ15_LastScore"),
    licence=Licence("free to reproduce (developer statement)", Status.VERIFIED, reproduced=True),
    sources=(*NATIONAL_OUTCOME, CAMCOPS),
    note="Item 4 (menstrual problems) is answered by women only.",
)
