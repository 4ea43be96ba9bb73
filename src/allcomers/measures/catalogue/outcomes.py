"""Caseness, reliable change and recovery (M179-M195, M1010), and reliable recovery by ethnic group (M206-M210).

Recovery divides by finished courses less those *known* to start below caseness, so a course without a first score
stays in, and one without a last score stays in as not recovered. Reliable change divides by every finished course.
"""

from functools import partial

from allcomers.codes.person import ETHNIC_CATEGORY
from allcomers.measures.catalogue.terms import (
    ACTIVITY_TABLE,
    ALL_ENDED,
    ALL_RECEIVED,
    ALL_TREATED,
    BOTH,
    DETERIORATED,
    IMPROVED,
    MAY_RECOVER,
    NOT_AT_CASENESS,
    RECOVERED,
    UNCHANGED,
    counterpart,
    discharged,
    finished,
    one_of,
)
from allcomers.measures.measure import Count, Measure, Share

PROBLEM_TABLE = ("IDS603PresentingComplaints",)
SCORE_TABLES = (*ACTIVITY_TABLE, "IDS606CodedScoreAssessmentRefer", "IDS607CodedScoreAssessmentAct")
"""Where scores are: with a date of their own, and of an activity, which says when and in what kind of contact."""
OUTCOME_TABLES = (*SCORE_TABLES, *PROBLEM_TABLE)
"""What an outcome is judged by: scores, and the problem that says which anxiety measure speaks."""


def _reliable_recovery(group: str) -> Share:
    """Reliable recovery among the people of an ethnic group."""
    people = one_of("ethnic_category", ETHNIC_CATEGORY.in_group(group))
    recovered: Count = discharged(RECOVERED, IMPROVED, people)
    return Share(of=recovered, among=finished(MAY_RECOVER, people))


def _of_everyone(official: str, name: str, count: str, because: str) -> tuple[Measure, ...]:
    """An outcome among all who began treatment, all who ended, and all who were referred."""
    bases = {
        "all": ("EnteredTreatment", ALL_TREATED, "referrals that ended after at least one treatment contact"),
        "ended": ("Ended", ALL_ENDED, "all referrals that ended"),
        "referred": (
            "Received",
            ALL_RECEIVED,
            "referrals received in the period, which are not all the same people as those who ended",
        ),
    }
    return tuple(
        counterpart(
            f"{official}_{suffix}",
            f"Percentage_{name}_Of{base}",
            Share(of=count, among=ids, of_others=ids == ALL_RECEIVED),
            among=who,
            because=because,
            optional=OUTCOME_TABLES,
        )
        for suffix, (base, ids, who) in bases.items()
    )


_STOPPING = "Finishing is itself an outcome: leaving out those who stopped flatters a service that many leave."
_UNSEEN_HARM = (
    "Worsening is seen only in those who stayed for a last score; over everyone it is a floor, since nobody asked the "
    "others."
)

_outcome = partial(Measure, optional=OUTCOME_TABLES)

MEASURES = (
    _outcome("M179", "Count_NotAtCaseness", discharged(NOT_AT_CASENESS), frequency=BOTH),
    _outcome("M180", "Percentage_NotAtCaseness", Share(of="M179", among="M076")),
    _outcome("M185", "Count_ReliableImprovement", discharged(IMPROVED), frequency=BOTH),
    _outcome(
        "M186",
        "Percentage_ReliableImprovement",
        Share(of="M185", among="M076"),
        frequency=BOTH,
        all_comers=_of_everyone("M186", "ReliableImprovement", "M185", _STOPPING),
    ),
    _outcome("M187", "Count_NoReliableChange", discharged(UNCHANGED), frequency=BOTH),
    _outcome("M189", "Count_ReliableDeterioration", discharged(DETERIORATED), frequency=BOTH),
    _outcome(
        "M1010",
        "Percentage_ReliableDeterioration",
        Share(of="M189", among="M076"),
        frequency=BOTH,
        all_comers=_of_everyone("M1010", "ReliableDeterioration", "M189", _UNSEEN_HARM),
    ),
    _outcome("M191", "Count_Recovery", discharged(RECOVERED), frequency=BOTH),
    _outcome(
        "M192",
        "Percentage_Recovery",
        Share(of="M191", among="M076 - M179"),
        frequency=BOTH,
        all_comers=_of_everyone("M192", "Recovery", "M191", _STOPPING),
    ),
    _outcome("M193", "Count_ReliableRecovery", discharged(RECOVERED, IMPROVED), frequency=BOTH),
    _outcome(
        "M195",
        "Percentage_ReliableRecovery",
        Share(of="M193", among="M076 - M179"),
        frequency=BOTH,
        all_comers=_of_everyone("M195", "ReliableRecovery", "M193", _STOPPING),
    ),
    _outcome("M206", "Percentage_ReliableRecovery_EthnicGroupWhite", _reliable_recovery("White")),
    _outcome("M207", "Percentage_ReliableRecovery_EthnicGroupAsianOrAsianBritish", _reliable_recovery("Asian")),
    _outcome("M208", "Percentage_ReliableRecovery_EthnicGroupBlackOrBlackBritish", _reliable_recovery("Black")),
    _outcome("M209", "Percentage_ReliableRecovery_EthnicGroupMixed", _reliable_recovery("Mixed")),
    _outcome("M210", "Percentage_ReliableRecovery_EthnicGroupOther", _reliable_recovery("Other")),
)
