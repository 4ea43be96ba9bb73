"""Outcomes of finished courses with and without employment support (M296-M315), and their adjustment (EA058-EA285)."""

from collections.abc import Iterator
from functools import partial

from allcomers.measures.catalogue.outcomes import OUTCOME_TABLES, SCORE_TABLES
from allcomers.measures.catalogue.terms import (
    ACTIVITY_TABLE,
    CLINICAL_ONLY,
    DETERIORATED,
    IMPROVED,
    NOT_AT_CASENESS,
    RECOVERED,
    UNCHANGED,
    WITH_EMPLOYMENT_SUPPORT,
    finished,
    has,
    mean,
    median,
)
from allcomers.measures.catalogue.wsas import ITEMS
from allcomers.measures.measure import Measure, Share
from allcomers.pathways.names import first_score, last_score

_ea = partial(Measure, group="EA")
_outcome = partial(_ea, optional=OUTCOME_TABLES)
_scored = partial(_ea, optional=SCORE_TABLES)

CLINICAL = (
    _ea("M296", "Count_FinishedNHSTalkingTherapiesOnly", finished(CLINICAL_ONLY), optional=ACTIVITY_TABLE),
    _outcome("M297", "Count_FinishedNHSTalkingTherapiesOnlyNotAtCaseness", finished(CLINICAL_ONLY, NOT_AT_CASENESS)),
    _outcome("M298", "Count_FinishedNHSTalkingTherapiesOnlyReliableImprovement", finished(CLINICAL_ONLY, IMPROVED)),
    _outcome("M299", "Percentage_NHSTalkingTherapiesOnlyReliableImprovement", Share(of="M298", among="M296")),
    _outcome("M300", "Count_FinishedNHSTalkingTherapiesOnlyNoChange", finished(CLINICAL_ONLY, UNCHANGED)),
    _outcome(
        "M301", "Count_FinishedNHSTalkingTherapiesOnlyReliableDeterioration", finished(CLINICAL_ONLY, DETERIORATED)
    ),
    _outcome("M302", "Count_FinishedNHSTalkingTherapiesOnlyRecovered", finished(CLINICAL_ONLY, RECOVERED)),
    _outcome("M303", "Percentage_NHSTalkingTherapiesOnlyRecovered", Share(of="M302", among="M296 - M297")),
    _outcome(
        "M304", "Count_FinishedNHSTalkingTherapiesOnlyReliableRecovery", finished(CLINICAL_ONLY, RECOVERED, IMPROVED)
    ),
    _outcome("M305", "Percentage_NHSTalkingTherapiesOnlyReliableRecovery", Share(of="M304", among="M296 - M297")),
)

SUPPORTED = (
    _ea("M306", "Count_FinishedES", finished(WITH_EMPLOYMENT_SUPPORT), optional=ACTIVITY_TABLE),
    _outcome("M307", "Count_FinishedESNotAtCaseness", finished(WITH_EMPLOYMENT_SUPPORT, NOT_AT_CASENESS)),
    _outcome("M308", "Count_FinishedESReliableImprovement", finished(WITH_EMPLOYMENT_SUPPORT, IMPROVED)),
    _outcome("M309", "Percentage_ESReliableImprovement", Share(of="M308", among="M306")),
    _outcome("M310", "Count_FinishedESNoChange", finished(WITH_EMPLOYMENT_SUPPORT, UNCHANGED)),
    _outcome("M311", "Count_FinishedESReliableDeterioration", finished(WITH_EMPLOYMENT_SUPPORT, DETERIORATED)),
    _outcome("M312", "Count_FinishedESRecovered", finished(WITH_EMPLOYMENT_SUPPORT, RECOVERED)),
    _outcome("M313", "Percentage_ESRecovered", Share(of="M312", among="M306 - M307")),
    _outcome("M314", "Count_FinishedESReliableRecovery", finished(WITH_EMPLOYMENT_SUPPORT, RECOVERED, IMPROVED)),
    _outcome("M315", "Percentage_ESReliableRecovery", Share(of="M314", among="M306 - M307")),
)


def _work(who: str, number: int, people: str) -> Iterator[Measure]:
    """The five measures of the item on work, whose ids follow one another."""
    first, last = first_score(ITEMS["W"]), last_score(ITEMS["W"])
    paired = finished(people, has(last))
    yield _scored(f"EA{number:03}", f"Count_{who}WSASWPairedScores", paired)
    yield _scored(f"EA{number + 1:03}", f"Mean_{who}FirstWASASW", mean(first, paired))
    yield _scored(f"EA{number + 2:03}", f"Median_{who}FirstWASASW", median(first, paired))
    yield _scored(f"EA{number + 3:03}", f"Mean_{who}LastWASASW", mean(last, paired))
    yield _scored(f"EA{number + 4:03}", f"Median_{who}LastWASASW", median(last, paired))


_ALL_PAIRED = tuple(has(last_score(item)) for item in ITEMS.values())
_FIRST_SUM = " + ".join(first_score(item) for item in ITEMS.values())
_LAST_SUM = " + ".join(last_score(item) for item in ITEMS.values())
_WITH = finished(WITH_EMPLOYMENT_SUPPORT, *_ALL_PAIRED)
_WITHOUT = finished(CLINICAL_ONLY, *_ALL_PAIRED)

ADJUSTMENT = (
    *_work("FinishedES", 58, WITH_EMPLOYMENT_SUPPORT),
    *_work("FinishedNHSTalkingTherapiesonly", 83, CLINICAL_ONLY),
    _scored("EA282", "Mean_FinishedESWASASFirstPairedScores", mean(_FIRST_SUM, _WITH)),
    _scored("EA283", "Mean_FinishedNHSTalkingTherapiesOnlyWASASFirstPairedScores", mean(_FIRST_SUM, _WITHOUT)),
    _scored("EA284", "Mean_FinishedESWASASLastPairedScores", mean(_LAST_SUM, _WITH)),
    _scored("EA285", "Mean_FinishedNHSTalkingTherapiesOnlyWASASLastPairedScores", mean(_LAST_SUM, _WITHOUT)),
)

MEASURES = (*CLINICAL, *SUPPORTED, *ADJUSTMENT)
