"""Patient experience questionnaire: one row a question, counted by answer and never summed.

The wording may be used and amended. What stands here is ours, from the short meaning in the national list: the official
wording and the labels of the answers 0 to 4 were not read.
"""

from allcomers.instruments.model import Concept, Direction, Instrument, Item, Licence, Rule, Scale, Status
from allcomers.instruments.sources import CAMCOPS, CORC, NATIONAL

LICENCE = Licence("free to use and amend", Status.VERIFIED, reproduced=True)
NOT_APPLICABLE = "NA"


def _question(name: str, snomed: str, item: Item) -> Instrument:
    graded = not item.choices
    return Instrument(
        key=f"PEQ_{snomed}",
        name=f"PEQ {name}",
        construct="patient experience",
        items=(item,),
        scales=(Scale(Rule.COUNTED, item.low, item.high),),
        direction=Direction.BETTER if graded else Direction.NONE,
        direction_status=Status.UNVERIFIED if graded else Status.VERIFIED,
        national_use="patient experience; assessment form after assessment, treatment form at the end or during review",
        problems="all",
        snomed=Concept(snomed),
        licence=LICENCE,
        sources=(*NATIONAL, CAMCOPS, CORC),
        note="The wording is ours, not the official one; the labels of graded answers are unverified.",
    )


def _choice(number: int, text: str, *, not_applicable: bool = False) -> Item:
    return Item(number, text=text, choices=("Y", "N"), not_applicable=NOT_APPLICABLE if not_applicable else None)


def _graded(number: int, text: str, *, not_applicable: bool = False) -> Item:
    return Item(number, high=4, text=text, not_applicable=NOT_APPLICABLE if not_applicable else None)


PATIENT_EXPERIENCE = (
    _question(
        "assessment: choice question 1",
        "747861000000100",
        _choice(1, "Were you given information about the options for treatment?"),
    ),
    _question(
        "assessment: choice question 2",
        "747871000000107",
        _choice(2, "Do you prefer any of the treatments among the options?"),
    ),
    _question(
        "assessment: choice question 3",
        "747881000000109",
        _choice(3, "Have you been offered the treatment you prefer?", not_applicable=True),
    ),
    _question(
        "assessment: choice question 4",
        "904691000000103",
        _choice(4, "Were your needs at work, or in finding work, covered?", not_applicable=True),
    ),
    _question(
        "assessment: satisfaction",
        "747891000000106",
        _graded(5, "How satisfied were you with your assessment?"),
    ),
    _question(
        "treatment: question 1",
        "747901000000107",
        _graded(1, "Were you listened to, and were your concerns taken seriously?"),
    ),
    _question(
        "treatment: question 2",
        "747911000000109",
        _graded(2, "Did the service help you to understand your difficulties and do something about them?"),
    ),
    _question(
        "treatment: question 3",
        "747921000000103",
        _graded(3, "Were you involved in the choices about your treatment?"),
    ),
    _question(
        "treatment: question 4",
        "747931000000101",
        _graded(4, "Did you get the help that mattered to you?"),
    ),
    _question(
        "treatment: question 5",
        "747941000000105",
        _graded(5, "Did you have confidence in your therapist?"),
    ),
    _question(
        "treatment: question 6",
        "747951000000108",
        _graded(6, "Were you helped with work, or with finding work?", not_applicable=True),
    ),
)
