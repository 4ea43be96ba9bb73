"""Work and social adjustment: first and last scores of finished courses with a pair (M212-M236).

Work asked of someone who does not work ("not applicable") is no score.
"""

from collections.abc import Iterator
from functools import partial

from allcomers.instruments.registry import national
from allcomers.measures.catalogue.outcomes import SCORE_TABLES
from allcomers.measures.catalogue.terms import ENTERED, counterpart, discharged, finished, has, mean, median
from allcomers.measures.measure import Measure
from allcomers.pathways.names import first_score, last_score

ITEMS = {
    "W": national().get("WSAS_Work"),
    "HM": national().get("WSAS_HomeManagement"),
    "SLA": national().get("WSAS_SocialLeisureActivities"),
    "PLA": national().get("WSAS_PrivateLeisureActivities"),
    "R": national().get("WSAS_Relationships"),
}
"""The items by the letters that the official names give them."""

FIRST_ID = 212
_scored = partial(Measure, optional=SCORE_TABLES)


def _five(letters: str, number: int) -> Iterator[Measure]:
    """The five measures of an item, whose ids follow one another."""
    first, last = first_score(ITEMS[letters]), last_score(ITEMS[letters])
    paired = finished(has(last))
    yield _scored(f"M{number}", f"Count_WSAS{letters}PairedScores", paired)
    everyone = counterpart(
        f"M{number + 1}_all",
        f"Mean_FirstWSAS{letters}_OfEnteredTreatment",
        mean(first, discharged(ENTERED, has(first))),
        among="referrals that ended after at least one treatment contact and have a first score",
        because="Those with a first and a last score are those who stayed; the others may have started elsewhere.",
        optional=SCORE_TABLES,
    )
    yield _scored(f"M{number + 1}", f"Mean_FirstWSAS{letters}", mean(first, paired), all_comers=(everyone,))
    yield _scored(f"M{number + 2}", f"Median_FirstWSAS{letters}", median(first, paired))
    yield _scored(f"M{number + 3}", f"Mean_LastWSAS{letters}", mean(last, paired))
    yield _scored(f"M{number + 4}", f"Median_LastWSAS{letters}", median(last, paired))


MEASURES = tuple(one for place, letters in enumerate(ITEMS) for one in _five(letters, FIRST_ID + 5 * place))
