"""Where each organisation stands among the others of its level: by the official rate, and among everyone referred."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from allcomers.analyses.comparison import Funnel, Shrunken, funnel, shrunken
from allcomers.analyses.ranks import RankMovement, rank_movement
from allcomers.observatory.headline import Totals
from allcomers.published.figures import FIGURE
from allcomers.report.charts import Frame

COMPARED = "reliable_recovery"
"""The figure compared: the programme's own headline since 2024, and the stricter of the two."""
SMALLEST_COMPARED = 3


@dataclass(frozen=True)
class Side:
    """One base: the funnel, its drawing's frame, the shrunken estimates."""

    base: str
    funnel: Funnel
    shrunken: Shrunken
    frame: Frame


@dataclass(frozen=True)
class Position:
    """One organisation on one base; shares in percent."""

    size: float
    percent: float
    category: str
    side: str
    z_adjusted: float
    depends_on_rounding: bool
    shrunken: float
    shrunken_low: float
    shrunken_high: float
    rank: float
    rank_low: float
    rank_high: float
    across: float
    down: float


@dataclass(frozen=True)
class Standing:
    """A level in a period: both bases, the movement between them, and every organisation's positions by code."""

    level: str
    period: str
    organisations: int
    official: Side
    everyone: Side
    movement: RankMovement
    positions: Mapping[str, tuple[Position, Position]]
    excluded: Mapping[str, str]


def standing(level: str, period: str, totals: Mapping[str, Totals]) -> Standing | None:
    """Compare the organisations of a level; None where fewer than three can be compared.

    Parameters
    ----------
    totals : organisation code → its totals in the period.
    """
    codes = sorted(totals)
    rows = pl.DataFrame([_row(code, totals[code]) for code in codes], schema=_ROW_SCHEMA, orient="row")
    movement = rank_movement(
        official_numerator=rows["numerator"],
        official_denominator=rows["official"],
        all_comers_numerator=rows["numerator"],
        all_comers_denominator=rows["referred"],
        organisations=codes,
    )
    if movement.n_used < SMALLEST_COMPARED:
        return None
    official, everyone = _side(rows, codes, "official"), _side(rows, codes, "referred")
    return Standing(
        level=level,
        period=period,
        organisations=movement.n_used,
        official=official,
        everyone=everyone,
        movement=movement,
        positions=_positions(codes, official, everyone, movement),
        excluded={row["organisation"]: row["excluded"] for row in movement.table.to_dicts() if row["excluded"]},
    )


_COLUMNS = ("numerator", "numerator_low", "numerator_high", "official", "official_low", "official_high")
_ROW_SCHEMA = {"code": pl.String} | dict.fromkeys((*_COLUMNS, "referred", "referred_low", "referred_high"), pl.Float64)


def _row(code: str, total: Totals) -> tuple[object, ...]:
    figure = FIGURE[COMPARED]
    assert figure.official is not None
    numerator = total.counts[figure.numerator]
    plus, minus = (total.counts[name] for name in figure.official.counts)
    referred = total.counts["referred"]
    return (
        code,
        *(numerator.value, numerator.low, numerator.high),
        *(_less(plus.value, minus.value), _less(plus.low, minus.high), _less(plus.high, minus.low)),
        *(referred.value, referred.low, referred.high),
    )


def _less(count: int | None, other: int | None) -> int | None:
    """A small withheld count taken away counts as nothing: it is under five."""
    return None if count is None else max(0, count - (other or 0))


def _side(rows: pl.DataFrame, codes: Sequence[str], base: str) -> Side:
    plot = funnel(
        rows["numerator"],
        rows[base],
        organisations=codes,
        numerator_range=(rows["numerator_low"], rows["numerator_high"]),
        denominator_range=(rows[f"{base}_low"], rows[f"{base}_high"]),
    )
    used = plot.table.filter(pl.col("excluded").is_null())
    percents = [100 * share for share in used["share"]]
    frame = Frame(
        x_max=1.04 * max(used["denominator"]),
        y_min=max(0.0, 5 * (min(percents) // 5)),
        y_max=min(100.0, 5 * (max(percents) // 5 + 1)),
    )
    return Side(base, plot, shrunken(rows["numerator"], rows[base], organisations=codes), frame)


def _positions(
    codes: Sequence[str], official: Side, everyone: Side, movement: RankMovement
) -> dict[str, tuple[Position, Position]]:
    ranks = {row["organisation"]: row for row in movement.table.to_dicts() if row["excluded"] is None}
    places = {
        side.base: {row["organisation"]: row for row in _joined(side).to_dicts()} for side in (official, everyone)
    }
    return {
        code: (
            _position(official, places[official.base][code], ranks[code], "official"),
            _position(everyone, places[everyone.base][code], ranks[code], "all_comers"),
        )
        for code in codes
        if code in ranks
    }


def _joined(side: Side) -> pl.DataFrame:
    estimates = side.shrunken.table.select(
        "organisation",
        pl.col("shrunken_share").alias("estimate"),
        pl.col("low").alias("estimate_low"),
        pl.col("high").alias("estimate_high"),
    )
    return side.funnel.table.join(estimates, on="organisation", how="left")


def _position(side: Side, row: Mapping[str, object], rank: Mapping[str, float], prefix: str) -> Position:
    size, percent = _number(row["denominator"]), 100 * _number(row["share"])
    across, down = side.frame.place(size, percent)
    return Position(
        size=size,
        percent=percent,
        category=str(row["category"]),
        side=str(row["side"]),
        z_adjusted=_number(row["z_adjusted"]),
        depends_on_rounding=bool(row["depends_on_rounding"]),
        shrunken=100 * _number(row["estimate"]),
        shrunken_low=100 * _number(row["estimate_low"]),
        shrunken_high=100 * _number(row["estimate_high"]),
        rank=rank[f"{prefix}_rank"],
        rank_low=rank[f"{prefix}_rank_low"],
        rank_high=rank[f"{prefix}_rank_high"],
        across=across,
        down=down,
    )


def _number(value: object) -> float:
    assert isinstance(value, int | float), value
    return float(value)


def limit_rows(side: Side) -> list[dict[str, object]]:
    """The curves of a funnel, in percent, closer together where they bend."""
    sizes = [side.frame.x_max * (step / 60) ** 2 for step in range(1, 61)]
    curves = side.funnel.limits(sizes)
    return [
        {
            "size": row["denominator"],
            "limit": name,
            "low": 100 * row[f"lower_{column}"],
            "high": 100 * row[f"upper_{column}"],
        }
        for row in curves.to_dicts()
        for name, column in (("95 %", "95"), ("99.8 %", "998"))
    ]
