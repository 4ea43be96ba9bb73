"""Caseness, reliable change and recovery (M179-M195, M1010), and reliable recovery by ethnic group (M206-M210).

Recovery divides by finished courses less those *known* to start below caseness, so a course without a first score
stays in, and one without a last score stays in as not recovered. Reliable change divides by every finished course.
"""

from allcomers.codes.person import ETHNIC_CATEGORY
from allcomers.measures.catalogue.terms import (
    BOTH,
    DETERIORATED,
    IMPROVED,
    MAY_RECOVER,
    NOT_AT_CASENESS,
    RECOVERED,
    UNCHANGED,
    discharged,
    finished,
    one_of,
)
from allcomers.measures.measure import Count, Measure, Share


def _reliable_recovery(group: str) -> Share:
    """Reliable recovery among the people of an ethnic group."""
    people = one_of("ethnic_category", ETHNIC_CATEGORY.in_group(group))
    recovered: Count = discharged(RECOVERED, IMPROVED, people)
    return Share(of=recovered, among=finished(MAY_RECOVER, people))


MEASURES = (
    Measure("M179", "Count_NotAtCaseness", discharged(NOT_AT_CASENESS), frequency=BOTH),
    Measure("M180", "Percentage_NotAtCaseness", Share(of="M179", among="M076")),
    Measure("M185", "Count_ReliableImprovement", discharged(IMPROVED), frequency=BOTH),
    Measure("M186", "Percentage_ReliableImprovement", Share(of="M185", among="M076"), frequency=BOTH),
    Measure("M187", "Count_NoReliableChange", discharged(UNCHANGED), frequency=BOTH),
    Measure("M189", "Count_ReliableDeterioration", discharged(DETERIORATED), frequency=BOTH),
    Measure("M1010", "Percentage_ReliableDeterioration", Share(of="M189", among="M076"), frequency=BOTH),
    Measure("M191", "Count_Recovery", discharged(RECOVERED), frequency=BOTH),
    Measure("M192", "Percentage_Recovery", Share(of="M191", among="M076 - M179"), frequency=BOTH),
    Measure("M193", "Count_ReliableRecovery", discharged(RECOVERED, IMPROVED), frequency=BOTH),
    Measure("M195", "Percentage_ReliableRecovery", Share(of="M193", among="M076 - M179"), frequency=BOTH),
    Measure("M206", "Percentage_ReliableRecovery_EthnicGroupWhite", _reliable_recovery("White")),
    Measure("M207", "Percentage_ReliableRecovery_EthnicGroupAsianOrAsianBritish", _reliable_recovery("Asian")),
    Measure("M208", "Percentage_ReliableRecovery_EthnicGroupBlackOrBlackBritish", _reliable_recovery("Black")),
    Measure("M209", "Percentage_ReliableRecovery_EthnicGroupMixed", _reliable_recovery("Mixed")),
    Measure("M210", "Percentage_ReliableRecovery_EthnicGroupOther", _reliable_recovery("Other")),
)
