"""PTSD Checklist for DSM-5: the measure for post-traumatic stress since version 2.0 of the data set."""

from allcomers.instruments.model import (
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
from allcomers.instruments.sources import CAMCOPS, NATIONAL_OUTCOME, RECALLED, recalled

TEXTS = (
    "Repeated, disturbing, and unwanted memories of the stressful experience?",
    "Repeated, disturbing dreams of the stressful experience?",
    "Suddenly feeling or acting as if the stressful experience were actually happening again (as if you were actually "
    "back there reliving it)?",
    "Feeling very upset when something reminded you of the stressful experience?",
    "Having strong physical reactions when something reminded you of the stressful experience (for example, heart "
    "pounding, trouble breathing, sweating)?",
    "Avoiding memories, thoughts, or feelings related to the stressful experience?",
    "Avoiding external reminders of the stressful experience (for example, people, places, conversations, activities, "
    "objects, or situations)?",
    "Trouble remembering important parts of the stressful experience?",
    "Having strong negative beliefs about yourself, other people, or the world (for example, having thoughts such as: "
    "I am bad, there is something seriously wrong with me, no one can be trusted, the world is completely dangerous)?",
    "Blaming yourself or someone else for the stressful experience or what happened after it?",
    "Having strong negative feelings such as fear, horror, anger, guilt, or shame?",
    "Loss of interest in activities that you used to enjoy?",
    "Feeling distant or cut off from other people?",
    "Trouble experiencing positive feelings (for example, being unable to feel happiness or have loving feelings for "
    "people close to you)?",
    "Irritable behavior, angry outbursts, or acting aggressively?",
    "Taking too many risks or doing things that could cause you harm?",
    'Being "superalert" or watchful or on guard?',
    "Feeling jumpy or easily startled?",
    "Having difficulty concentrating?",
    "Trouble falling or staying asleep?",
)

PCL5 = Instrument(
    key="PCL5",
    name="PTSD Checklist for DSM-5",
    construct="post-traumatic stress",
    question="In the past month, how much were you bothered by:",
    options=(
        Option(0, "Not at all"),
        Option(1, "A little bit"),
        Option(2, "Moderately"),
        Option(3, "Quite a bit"),
        Option(4, "Extremely"),
    ),
    items=numbered_items(20, high=4, texts=TEXTS),
    scales=(Scale(Rule.SUM, 0, 80),),
    national_use="specific measure for PTSD in v2.0 and v2.1",
    problems="post-traumatic stress disorder (F43.1)",
    caseness=recalled(32),
    reliable_change=recalled(10),
    adsm="PTSD",
    descriptors=(Descriptor("F431"),),
    snomed=Concept("491581000000104"),
    fields=("PTSD_FirstScore", "PTSD_LastScore"),
    licence=Licence("United States Government work, not under copyright", Status.VERIFIED, True),
    sources=(*NATIONAL_OUTCOME, CAMCOPS, f"thresholds {RECALLED}"),
)
