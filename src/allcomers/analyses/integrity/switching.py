"""Recoveries gained and lost where the problem descriptor, and so the anxiety measure, was changed."""

import numpy as np
import polars as pl
from scipy.stats import binom

from allcomers.analyses.finding import Floats, Numbers, floats
from allcomers.instruments.anxiety_measure import adsm_score_sql, adsm_sql
from allcomers.instruments.outcome import OUTCOME_SQL, OutcomeColumns, outcome_terms_sql
from allcomers.pathways.derivations import scores

_OUTCOME = OutcomeColumns(
    "phq9_first", "phq9_last", "measure_by_first", "anxiety_first_by_first", "anxiety_last_by_first"
)
SCORES = tuple(column(one) for one in scores.with_fields() for column in (scores.first, scores.last))
"""The columns that `recovered_by_first` reads besides first_descriptor."""


def mcnemar(gained: Numbers, lost: Numbers) -> Floats:
    """Exact two-sided p-values that gains and losses are equally likely; 1 where there are none.

    >>> mcnemar([14], [3]).round(5)
    array([0.01273])
    """
    more, fewer = floats(gained), floats(lost)
    tail: Floats = np.minimum(1.0, 2 * binom.cdf(np.minimum(more, fewer), more + fewer, 0.5))
    return tail


def first_descriptors(complaints: pl.DataFrame) -> pl.DataFrame:
    """The first problem descriptor on record, where it is not the one that counts.

    Parameters
    ----------
    complaints : pathway_no, complaint_no, complained_on, validated_complaint, problem_descriptor (the one that counts).

    Returns
    -------
    pathway_no, first_descriptor.
    """
    return (
        complaints.filter(pl.col("validated_complaint").is_not_null() & pl.col("complained_on").is_not_null())
        .sort("pathway_no", "complained_on", "complaint_no")
        .unique("pathway_no", keep="first", maintain_order=True)
        .filter(pl.col("validated_complaint") != pl.col("problem_descriptor"))
        .select("pathway_no", first_descriptor="validated_complaint")
    )


def recovered_by_first(pathways: pl.DataFrame) -> pl.DataFrame:
    """What recovery would have been by the measure that the first descriptor calls for.

    Parameters
    ----------
    pathways : first_descriptor and the columns of `SCORES`.

    Returns
    -------
    The same rows with recovered_by_first: true, false, or null where a score is missing or the measure has no
    threshold.
    """
    measured = pathways.with_columns(
        measure_by_first=pl.sql_expr(adsm_sql("first_descriptor", first=scores.first, last=scores.last))
    )
    paired = measured.with_columns(
        anxiety_first_by_first=pl.sql_expr(adsm_score_sql("measure_by_first", scores.first)),
        anxiety_last_by_first=pl.sql_expr(adsm_score_sql("measure_by_first", scores.last)),
    )
    terms = paired.with_columns(**{name: pl.sql_expr(rule) for name, rule in outcome_terms_sql(_OUTCOME).items()})
    return pathways.with_columns(terms.select(recovered_by_first=pl.sql_expr(OUTCOME_SQL["recovered"])))
