"""Stages of low and high intensity in a finished course: waits to the first, and stepping up or down (M347-M367).

A stage is a run of two or more sessions of one intensity; `pathways` finds them. The wait to a first stage runs from
the first assessment to the first session of that intensity. A step's wait runs from the last day of the first stage to
the first session of the other intensity or, where that came before the first stage, to the second stage.
"""

from functools import partial

from allcomers.codes.therapy import Intensity
from allcomers.measures.catalogue.terms import ACTIVITY_TABLE, LOG_TABLE, days, finished, has, mean, one_of, up_to
from allcomers.measures.measure import Count, Measure, Share

LOW, HIGH = Intensity.LOW, Intensity.HIGH
FIRST_SESSION = {HIGH: "first_high_intensity_on", LOW: "first_low_intensity_on"}
LAST_OF_FIRST_STAGE, SECOND_STAGE = "last_of_stage_1_on", "second_stage_on"
# A single session before the first stage, or between the two, is ignored; with more the course is left out.
NOT_MIXED_BEFORE = up_to("mixed_sessions_before_stage_1", 1)
NOT_MIXED_BETWEEN = up_to("runs_before_stage_2 - mixed_sessions_before_stage_1 - 1", 1)


def starting(intensity: Intensity, *also: str) -> Count:
    """Finished courses, assessed no later than treated, whose first stage is of an intensity."""
    assessed_first = "first_assessment_on <= first_treatment_on"
    stage = one_of("first_stage_intensity", (intensity.value,))
    return finished("treatment_count > 0", assessed_first, stage, NOT_MIXED_BEFORE, *also)


def stepping(start: Intensity, end: Intensity, *also: str) -> Count:
    """Those whose second stage is of the other intensity."""
    return starting(start, one_of("second_stage_intensity", (end.value,)), *also)


def stepped_on(start: Intensity, end: Intensity) -> str:
    """The day of the step."""
    own, other = FIRST_SESSION[start], FIRST_SESSION[end]
    return f"case when {other} < {own} then {SECOND_STAGE} when {own} < {other} then {other} end"


WAIT = {intensity: days("first_assessment_on", first) for intensity, first in FIRST_SESSION.items()}
DOWN, UP = (days(LAST_OF_FIRST_STAGE, stepped_on(*steps)) for steps in ((HIGH, LOW), (LOW, HIGH)))

_SESSIONS = (
    "Sessions are attended treatment contacts with a listed therapy code, and internet therapy logs, which count as "
    "high intensity. Counselling and collaborative care are in neither list."
)
_WITH_A_WAIT = (
    "As printed, the denominator asks for the stages alone and not that there is a wait. Here it is the count that is "
    "published beside it, which is described as the referrals that the mean and these shares are worked out on."
)
_stage = partial(Measure, optional=(*ACTIVITY_TABLE, *LOG_TABLE), official=_SESSIONS)
_high = partial(_stage, defect="counselling-unlisted")
_low = partial(_stage, defect="wrong-footnote")
_step = partial(_stage, defect="later-from-earlier", status="reconstructed")

# Only M349 prints that a course with several mixed sessions between its two stages is left out.
STEPPED_DOWN = stepping(HIGH, LOW, NOT_MIXED_BETWEEN, has(DOWN))
STEPPED_UP = stepping(LOW, HIGH, has(UP))
# The counts are of the courses that the means are taken over, so of those with a wait.
STARTED = {intensity: starting(intensity, has(first)) for intensity, first in FIRST_SESSION.items()}

TO_FIRST_STAGE = (
    _high("M347", "Mean_Wait_AssessmentDate_HighIntensityFirstDate", mean(WAIT[HIGH], STARTED[HIGH])),
    _low("M348", "Mean_Wait_AssessmentDate_LowIntensityFirstDate", mean(WAIT[LOW], STARTED[LOW])),
    _high("M352", "Count_AssessmentDate_HighIntensityFirstDate", STARTED[HIGH]),
    _low("M353", "Count_AssessmentDate_LowIntensityFirstDate", STARTED[LOW]),
    _high("M356", "Count_AssessmentDate_HighIntensityFirstDate28days", starting(HIGH, up_to(WAIT[HIGH], 28))),
    _low("M357", "Count_AssessmentDate_LowIntensityFirstDate28days", starting(LOW, up_to(WAIT[LOW], 28))),
    _high("M358", "Count_AssessmentDate_HighIntensityFirstDate90days", starting(HIGH, up_to(WAIT[HIGH], 90))),
    _low("M359", "Count_AssessmentDate_LowIntensityFirstDate90days", starting(LOW, up_to(WAIT[LOW], 90))),
    _high(
        "M362",
        "Percentage_AssessmentDate_HighIntensityFirstDate28days",
        Share(of="M356", among="M352"),
        note=_WITH_A_WAIT,
    ),
    _low(
        "M363",
        "Percentage_AssessmentDate_LowIntensityFirstDate28days",
        Share(of="M357", among="M353"),
        note=_WITH_A_WAIT,
    ),
    _high(
        "M364",
        "Percentage_AssessmentDate_HighIntensityFirstDate90days",
        Share(of="M358", among="M352"),
        note=_WITH_A_WAIT,
    ),
    _low(
        "M365",
        "Percentage_AssessmentDate_LowIntensityFirstDate90days",
        Share(of="M359", among="M353"),
        note=_WITH_A_WAIT,
    ),
)

STEPS = (
    _step("M349", "Mean_Wait_StepDown_LastHighIntensity_FirstLowIntensity", mean(DOWN, STEPPED_DOWN)),
    _step("M350", "Mean_Wait_StepUp_LastLowIntensity_FirstHighIntensity", mean(UP, STEPPED_UP)),
    _step("M354", "Count_StepDown_LastHighIntensity_FirstLowIntensity", STEPPED_DOWN),
    _step("M355", "Count_StepUp_LastLowIntensity_FirstHighIntensity", STEPPED_UP),
    _step(
        "M360",
        "Count_StepUp_LastLowIntensity_FirstHighIntensity28days",
        stepping(LOW, HIGH, up_to(UP, 28)),
    ),
    _step(
        "M361",
        "Count_StepUp_LastLowIntensity_FirstHighIntensity90days",
        stepping(LOW, HIGH, up_to(UP, 90)),
    ),
    _step(
        "M366",
        "Percentage_StepUp_LastLowIntensity_FirstHighIntensity28days",
        Share(of="M360", among="M355"),
        note=_WITH_A_WAIT,
    ),
    _step(
        "M367",
        "Percentage_StepUp_LastLowIntensity_FirstHighIntensity90days",
        Share(of="M361", among="M355"),
        note=_WITH_A_WAIT,
    ),
)

MEASURES = (*TO_FIRST_STAGE, *STEPS)
