"""What would be expected of people like these: recovery by first scores, age and gender, from everyone's courses.

The provider is not in the model, so that what providers do differently stays in their difference from it. Deprivation
is put in or left out openly: to adjust for it is to explain away what may be an inequity.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import patsy  # type: ignore[import-untyped]
import polars as pl
import statsmodels.api as sm

from allcomers.analyses.finding import Floats

FEWEST_EACH_WAY = 50
"""A model is fitted only to so many courses with the outcome and so many without."""
_KNOTTED_VALUES = 6
_TENTHS = 10


@dataclass(frozen=True, kw_only=True)
class CaseMix:
    """A fitted model, as what it expects of each combination of its covariates.

    Attributes
    ----------
    covariates : columns of the model.
    expected : a row for each combination of them seen: the covariates, n, recovered and expected_share (0–1).
    c_statistic : chance that of two courses, one recovered and one not, the recovered one was given the higher
        expectation; ½ is none.
    """

    covariates: tuple[str, ...]
    expected: pl.DataFrame
    c_statistic: float

    def of(self, courses: pl.DataFrame) -> pl.Series:
        """The expectation (0–1) for each course; null for a combination that was not in the model."""
        keys = self.expected.select(*self.covariates, "expected_share")
        return courses.join(keys, list(self.covariates), "left", maintain_order="left")["expected_share"]

    def calibration(self) -> pl.DataFrame:
        """By tenths of expectation: tenth (1 lowest), n, recovered, expected_share and share (0–1)."""
        ordered = self.expected.sort("expected_share")
        place = (pl.col("n").cum_sum() - pl.col("n") / 2) / pl.col("n").sum()
        tenth = (place * _TENTHS).floor().clip(0, _TENTHS - 1).cast(pl.Int64) + 1
        expected = (pl.col("expected_share") * pl.col("n")).sum() / pl.col("n").sum()
        return (
            ordered.with_columns(tenth=tenth)
            .group_by("tenth")
            .agg(pl.col("n").sum(), pl.col("recovered").sum(), expected_share=expected)
            .with_columns(share=pl.col("recovered") / pl.col("n"))
            .sort("tenth")
        )


def fitted(courses: pl.DataFrame, *, scores: Sequence[str], categories: Sequence[str]) -> CaseMix | None:
    """Logistic regression of `recovered`.

    Parameters
    ----------
    courses : a row a course: recovered (boolean), the scores (numbers) and the categories (text). None is missing:
        what was not recorded is a category of its own.
    scores : columns that enter as natural cubic splines with 3 degrees of freedom, or as a line where they take fewer
        than 6 values. categories : columns that enter as they are.

    Returns
    -------
    CaseMix; None where there are too few courses with or without the outcome to say anything.
    """
    recovered = int(courses["recovered"].sum()) if courses.height else 0
    if min(recovered, courses.height - recovered) < FEWEST_EACH_WAY:
        return None
    covariates = (*scores, *categories)
    cells = (
        courses.group_by(*covariates)
        .agg(n=pl.len().cast(pl.Int64), recovered=pl.col("recovered").sum().cast(pl.Int64))
        .sort(*covariates)
    )
    design = _design(cells, scores, categories)
    outcome = np.column_stack([cells["recovered"], cells["n"] - cells["recovered"]]).astype(float)
    share = sm.GLM(outcome, design, family=sm.families.Binomial()).fit().fittedvalues
    expected = cells.with_columns(expected_share=pl.Series(np.asarray(share)))
    return CaseMix(covariates=covariates, expected=expected, c_statistic=c_statistic(expected))


def _design(cells: pl.DataFrame, scores: Sequence[str], categories: Sequence[str]) -> Floats:
    parts = [np.ones((cells.height, 1))]
    for name in scores:
        values = cells[name].to_numpy().astype(float)
        knotted = cells[name].n_unique() >= _KNOTTED_VALUES
        # Centred, because the columns of a natural spline add up to the constant.
        spline = "cr(x, df=3, constraints='center') - 1" if knotted else "x - 1"
        parts.append(np.asarray(patsy.dmatrix(spline, {"x": values})))
    for name in categories:
        kinds = cells[name].unique().sort().to_list()[1:]
        parts += [(cells[name] == kind).to_numpy().astype(float)[:, None] for kind in kinds]
    return np.hstack(parts)


def c_statistic(expected: pl.DataFrame) -> float:
    """Of pairs of a course with the outcome and one without, the share in which the former has the higher expectation.

    Parameters
    ----------
    expected : n, recovered and expected_share of each kind of course. Ties count half.
    """
    tied = expected.group_by("expected_share").agg(pl.col("n", "recovered").sum()).sort("expected_share")
    with_it = tied["recovered"].to_numpy().astype(float)
    without = (tied["n"] - tied["recovered"]).to_numpy().astype(float)
    below = without.cumsum() - without / 2
    return float((with_it * below).sum() / (with_it.sum() * without.sum()))
