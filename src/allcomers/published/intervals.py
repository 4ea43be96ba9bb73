"""What a published count can have been: rounding and suppression as intervals that contain the truth.

England is exact. Below England a count under 5 is withheld (`*`) and every other count is rounded to the nearest 5, so
that a printed c stands for c-2 to c+2, with 5 standing for 5 to 7. A printed zero stands for 0 to 4, because zero is
itself under 5. A sub-national count that is not a multiple of 5 cannot have been rounded and is taken as it stands.

Source: NHS England, annual data 2024-25 and dashboard SQL (`ROUND((n + 2) / 5) * 5`, counts under 5 withheld).
"""

import polars as pl

from allcomers.measures.rounding import HALF_ROUNDING, ROUNDED_TO, SMALLEST_SHOWN
from allcomers.published.layouts import WITHHELD

LARGEST_WITHHELD = SMALLEST_SHOWN - 1


def count_interval(printed: pl.Expr, *, exact: pl.Expr) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Lowest, printed and highest value of a count.

    Parameters
    ----------
    printed : text as published, already trimmed; null where not applicable or unusable.
    exact : true where the publisher neither rounds nor withholds (England).

    Returns
    -------
    Three integer columns. All null where `printed` is null; the middle one alone is null where it is withheld.
    """
    number = printed.cast(pl.Int64, strict=False)
    withheld = printed == WITHHELD
    as_it_stands = exact | (number % ROUNDED_TO != 0)
    small = number <= SMALLEST_SHOWN
    low = (
        pl.when(withheld | (number == 0) & ~exact)
        .then(0)
        .when(as_it_stands | small)
        .then(number)
        .otherwise(number - HALF_ROUNDING)
    )
    high = (
        pl.when(withheld | (number == 0) & ~exact)
        .then(LARGEST_WITHHELD)
        .when(as_it_stands)
        .then(number)
        .otherwise(number + HALF_ROUNDING)
    )
    return low.cast(pl.Int64), number, high.cast(pl.Int64)


def ratio_interval(
    numerator: tuple[pl.Expr, pl.Expr, pl.Expr],
    denominator: tuple[pl.Expr, pl.Expr, pl.Expr],
    *,
    contained: bool,
) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Lowest, printed and highest percentage (0–100) of two counts that are each known only to an interval.

    Parameters
    ----------
    contained : the numerator is part of the denominator, so that the percentage cannot pass 100. False for a period
        ratio (discharged this year, over referred this year), which can.

    Returns
    -------
    Three columns in percent. The middle is null where a count is withheld or the denominator is zero; the highest is
    null where the denominator may be zero and nothing bounds the ratio; all are null where it is certainly zero.
    """
    n_low, n, n_high = numerator
    d_low, d, d_high = denominator
    low = pl.when(d_high > 0).then(100.0 * n_low / d_high)
    value = pl.when(d > 0).then(100.0 * n / d)
    high: pl.Expr = pl.when(d_low > 0).then(100.0 * n_high / d_low)
    if contained:
        possible = (d_high > 0) & (n_low <= d_high)
        high = pl.when(possible & (n_high >= d_low)).then(100.0).otherwise(high)
    return low, value, high
