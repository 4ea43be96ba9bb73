"""First assessment and the wait for it (M023-M030)."""

from allcomers.measures.catalogue.terms import (
    WAIT_SO_FAR,
    WAIT_TO_ASSESSMENT,
    assessed,
    discharged,
    from_to,
    lacks,
    not_by_end,
    open_at_end,
    over,
    up_to,
)
from allcomers.measures.measure import Measure

NOT_ASSESSED = not_by_end("first_assessment_on")

MEASURES = (
    Measure("M023", "Count_FirstAssessment", assessed()),
    Measure("M024", "Count_FirstAssessment28days", assessed(up_to(WAIT_TO_ASSESSMENT, 28))),
    Measure("M025", "Count_FirstAssessment29to56days", assessed(from_to(WAIT_TO_ASSESSMENT, 29, 56))),
    Measure("M026", "Count_FirstAssessment57to90days", assessed(from_to(WAIT_TO_ASSESSMENT, 57, 90))),
    Measure("M027", "Count_FirstAssessmentOver90days", assessed(over(WAIT_TO_ASSESSMENT, 90))),
    Measure("M028", "Count_EndedBeforeAssessment", discharged(lacks("first_assessment_on"))),
    Measure("M029", "Count_WaitingForAssessment", open_at_end(NOT_ASSESSED)),
    Measure("M030", "Count_WaitingForAssessmentOver90days", open_at_end(NOT_ASSESSED, over(WAIT_SO_FAR, 90))),
)
