"""How complete the outcome scores of finished courses are (M196-M205).

The anxiety measure that a problem descriptor calls for, and its score fields, stand with the instruments. GAD-7 is
what every other problem calls for, and stands in where the specific measure is missing.
"""

from functools import partial

from allcomers.instruments.anxiety_measure import FALLBACK, adsm_score_sql
from allcomers.instruments.registry import national
from allcomers.measures.catalogue.outcomes import OUTCOME_TABLES, PROBLEM_TABLE, SCORE_TABLES
from allcomers.measures.catalogue.terms import BOTH, all_of, any_of, finished, has, lacks, none_of
from allcomers.measures.measure import Measure, Share
from allcomers.pathways.names import first_score, last_score

GENERAL = national().by_adsm(FALLBACK)
DEPRESSION = national().get("PHQ9")

CALLED_FOR = "called_for_measure"
CALLED_FIRST = adsm_score_sql(CALLED_FOR, first_score)
CALLED_LAST = adsm_score_sql(CALLED_FOR, last_score)

SPECIFIC_PROBLEM = none_of(CALLED_FOR, (FALLBACK,))
NO_SCORE = all_of(lacks(CALLED_FIRST), lacks(first_score(GENERAL)))
PAIRED = any_of(has(CALLED_LAST), has(last_score(GENERAL)))
FIRST_ONLY = all_of(
    any_of(has(CALLED_FIRST), has(first_score(GENERAL))), lacks(CALLED_LAST), lacks(last_score(GENERAL))
)
APPROPRIATE = all_of(SPECIFIC_PROBLEM, f"anxiety_measure = {CALLED_FOR}")
BY_NAME_ALONE = (
    "The description speaks of paired scores; the construction asks only which measure is named in ADSM. Where one is "
    "named for a course with a first score alone, which is unverified, such a course counts; with "
    "Choices(single_scores=False) none does."
)
COMPLAINT_OF_M203 = "Which complaint speaks for a pathway with several is printed at M203, not here."

_scored = partial(Measure, optional=SCORE_TABLES)
_judged = partial(Measure, optional=OUTCOME_TABLES)
_complaint_unsaid = partial(_judged, note=COMPLAINT_OF_M203)

MEASURES = (
    _complaint_unsaid("M196", "Count_FirstADSMOrGADOnly", finished(FIRST_ONLY), defect="unbalanced-brackets"),
    _complaint_unsaid("M197", "Count_NoADSMOrGAD", finished(NO_SCORE)),
    _complaint_unsaid("M198", "Count_PairedADSMOrGAD", finished(PAIRED), defect="unbalanced-brackets"),
    _scored("M199", "Count_FirstPHQOnly", finished(has(first_score(DEPRESSION)), lacks(last_score(DEPRESSION)))),
    _scored("M200", "Count_NoPHQ", finished(lacks(first_score(DEPRESSION))), defect="flag-misprint"),
    _scored("M201", "Count_PairedPHQ", finished(has(last_score(DEPRESSION)))),
    _judged("M202", "Count_PairedPHQAndADSMOrGAD", finished(has(last_score(DEPRESSION)), has("anxiety_last"))),
    Measure("M203", "Count_ADSMFinishedTreatment", finished(SPECIFIC_PROBLEM), frequency=BOTH, optional=PROBLEM_TABLE),
    _judged("M204", "Count_AppropriatePairedADSM", finished(APPROPRIATE), frequency=BOTH, note=BY_NAME_ALONE),
    _judged(
        "M205",
        "Percentage_AppropriatePairedADSM",
        Share(of="M204", among="M203"),
        frequency=BOTH,
        defect="unbalanced-brackets",
        note=BY_NAME_ALONE,
    ),
)
