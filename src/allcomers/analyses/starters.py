"""Those who began treatment and left in the period, whether or not they finished or were asked for a last score.

The official outcomes are null for a course that was not finished. Here the same rules are asked of everybody who began:
who was at caseness at the first score, and what the last recorded score says.
"""

import re

from allcomers.instruments.outcome import OUTCOME_SQL, OutcomeColumns, outcome_terms_sql

COLUMNS = OutcomeColumns("phq9_first", "phq9_last", "anxiety_measure", "anxiety_first", "anxiety_last")
_TERMS = outcome_terms_sql(COLUMNS)

LEFT = (
    "first_treatment_on is not null and discharged_on between $period_start and $period_end "
    "and discharged_on >= received_on"
)
"""Which pathways: at least one treatment contact, and discharged in the period."""

SEEN = "coalesce(finished_course and recovered is not null, false)"
"""Whether the outcome at the end of the course that was meant is on record: a finished course with all four scores."""


def _asked_of_anyone(rule: str) -> str:
    """An official rule over the pathway's scores, finished or not."""
    return re.sub(r"\w+", lambda word: f"({_TERMS[word[0]]})" if word[0] in _TERMS else word[0], OUTCOME_SQL[rule])


CASE_AT_START = _asked_of_anyone("at_caseness")
"""Null where a first score is missing."""

RECOVERED_AT_LAST_SCORE = _asked_of_anyone("recovered")
"""By the last scores on record, however the course ended; null where one of the four is missing."""
