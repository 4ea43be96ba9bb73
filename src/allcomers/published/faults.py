"""Impossible, repeated or doubtful rows in published tables: each kind declared once, every instance listed.

Nothing is dropped silently. A row printed twice is used once; a cell that is not a count is left out of the figures
that need it; an impossible row is kept as published and marked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal

import polars as pl

from allcomers.measures.rounding import ROUNDED_TO
from allcomers.published.figures import FIGURES, KEYS, Base, Figure, bounds, is_published, percent_interval
from allcomers.published.layouts import COUNTS, percent_column
from allcomers.published.source import Source

if TYPE_CHECKING:
    from allcomers.published.tables import TableSource


@dataclass(frozen=True)
class FaultKind:
    """A kind of fault, what it means and what is done with the row.

    severity : "fault" cannot be true of a correct table; "note" can, and a reader should know.
    """

    code: str
    severity: Literal["fault", "note"]
    meaning: str
    handling: str


KINDS = (
    FaultKind(
        "repeated_row",
        "fault",
        "The same organisation, breakdown and counts are printed twice, sometimes under two names.",
        "Used once, under the first name.",
    ),
    FaultKind(
        "conflicting_row",
        "fault",
        "The same organisation and breakdown are printed twice with different counts.",
        "The first row is used; this one is listed and not used.",
    ),
    FaultKind("not_a_count", "fault", "A cell that should hold a count holds something else.", "The cell is not used."),
    FaultKind(
        "part_exceeds_whole",
        "fault",
        "A count is greater than the group it is part of, by more than rounding can explain.",
        "Kept as published and marked.",
    ),
    FaultKind(
        "percentage_outside_interval",
        "fault",
        "A published percentage cannot be had from the published counts, however they were rounded.",
        "Our figure follows the counts; the percentage is listed here.",
    ),
    FaultKind(
        "unknown_organisation_type",
        "fault",
        "An organisation type that no layout names.",
        "In the data, without a page.",
    ),
    FaultKind(
        "not_rounded",
        "note",
        "A count below England level is not a multiple of 5, so it was not rounded.",
        "Taken as exact.",
    ),
    FaultKind(
        "more_finished_than_referred",
        "note",
        "More courses finished in the period than referrals were received, as happens when a service closes or moves: "
        "a period ratio over 100 %.",
        "Kept: these are different people, and the figure says so.",
    ),
)
KIND = {kind.code: kind for kind in KINDS}

PARTS = (
    (("at_caseness", "not_at_caseness"), "finished"),
    (("recovered",), "at_caseness"),
    (("recovered", "not_at_caseness"), "finished"),
    (("reliably_recovered",), "recovered"),
    (("reliably_recovered",), "reliably_improved"),
    (("reliably_improved", "reliably_deteriorated", "no_reliable_change"), "finished"),
)
"""Counts that add to no more than another, by their definitions."""

COLUMNS = ("file", "sha256", "row", *KEYS, "fault", "severity", "found", "handling")
_OWN = ("source", "row", *KEYS)
_SCHEMA = pl.Schema({"source": pl.Int32, "row": pl.Int64, **dict.fromkeys((*KEYS, "fault", "found"), pl.String)})
EPSILON = 1e-9


def _text(template: str, *parts: pl.Expr) -> pl.Expr:
    """`template` with each {} filled in. (`pl.format` panics on some expressions in polars 2.1.)"""
    pieces: list[pl.Expr] = []
    for literal, part in zip_longest(template.split("{}"), parts):
        pieces.extend([pl.lit(literal), *([] if part is None else [part.cast(pl.String)])])
    return pl.concat_str(pieces)


def _listed(rows: pl.DataFrame, code: str, found: pl.Expr) -> pl.DataFrame:
    return rows.select(*_OWN, pl.lit(code).alias("fault"), found.alias("found")).cast(_SCHEMA)


def unusable_cells(frame: pl.DataFrame, column: str, unusable: pl.Expr, source: Source) -> pl.DataFrame:
    """Cells of a count that are neither a whole number, withheld nor not applicable."""
    found = _text("{} is “{}” in {}", pl.lit(column), pl.col(column).str.slice(0, 40), pl.lit(source.member))
    rows = frame.filter(unusable).with_columns(pl.col("row").cast(pl.Int64))
    return _listed(rows, "not_a_count", found)


def repeated_measures(rows: pl.DataFrame, index: int, period: str) -> pl.DataFrame:
    """Measures printed more than once for one organisation in a monthly file."""
    labelled = rows.with_columns(
        pl.lit(index).alias("source"),
        pl.col("row").cast(pl.Int64),
        pl.lit(period).alias("period"),
        *(pl.lit("").alias(name) for name in ("variable_type", "variable_a", "variable_b")),
    )
    again = labelled.filter(~pl.struct("org_type", "org_code", "org_name", "measure_id").is_first_distinct())
    return _listed(again, "conflicting_row", _text("{} is printed again", pl.col("measure_id")))


def without_repeated_rows(counts: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows with each organisation and breakdown once, and the others as faults."""
    key = [name for name in KEYS if name != "org_name"]
    values = [column for count in COUNTS for column in bounds(count.name)]
    marked = counts.with_columns(
        pl.struct(key).is_first_distinct().alias("first"),
        pl.struct(values).hash().alias("fingerprint"),
    ).with_columns(
        (pl.col("fingerprint") == pl.col("fingerprint").first().over(key)).alias("same"),
        pl.col("org_name").first().over(key).alias("first_name"),
        pl.col("row").first().over(key).alias("first_row"),
    )
    again = marked.filter(~pl.col("first"))
    found = _text("also printed at row {} as {}", pl.col("first_row"), pl.col("first_name"))
    listed = pl.concat(
        [
            _listed(again.filter("same"), "repeated_row", found),
            _listed(again.filter(~pl.col("same")), "conflicting_row", found),
        ]
    )
    return counts.filter(marked["first"]), listed


def in_counts(counts: pl.DataFrame) -> list[pl.DataFrame]:
    """Every fault that can be told from the counts of one row."""
    return [
        *(_part_exceeds_whole(counts, parts, whole) for parts, whole in PARTS),
        *(_percentage_outside(counts, figure, figure.official) for figure in FIGURES if figure.official),
        _unknown_types(counts),
        _not_rounded(counts),
        _more_finished_than_referred(counts),
    ]


def _part_exceeds_whole(counts: pl.DataFrame, parts: tuple[str, ...], whole: str) -> pl.DataFrame:
    least = pl.sum_horizontal(*(pl.col(bounds(part)[0]) for part in parts), ignore_nulls=False)
    rows = counts.filter(least > pl.col(bounds(whole)[2]))
    words = " + ".join(parts).replace("_", " ")
    found = _text(
        "{} = {}, more than {} = {}",
        pl.lit(words),
        pl.sum_horizontal(*parts),
        pl.lit(whole.replace("_", " ")),
        _printed(whole),
    )
    return _listed(rows, "part_exceeds_whole", found)


def _printed(count: str) -> pl.Expr:
    return pl.col(count).cast(pl.String).fill_null("*")


def _checkable(figure: Figure, base: Base) -> pl.Expr:
    return is_published(figure, base) & pl.col(percent_column(figure.name)).is_not_null()


def _percentage_outside(counts: pl.DataFrame, figure: Figure, base: Base) -> pl.DataFrame:
    """England is published to one decimal and other levels to whole percent, so a percentage is itself an interval."""
    low, _, high = percent_interval(figure, base)
    printed = pl.col(percent_column(figure.name))
    half = pl.when(pl.col("level") == "england").then(0.05).otherwise(0.5)
    outside = (printed + half < low - EPSILON) | (printed - half > high + EPSILON)
    found = _text(
        "{} {} %, but {} over {} is {} to {} %",
        pl.lit(figure.title.lower()),
        printed,
        _printed(figure.numerator),
        pl.lit(base.formula),
        low.round(2),
        high.round(2),
    )
    return _listed(counts.filter(_checkable(figure, base) & outside), "percentage_outside_interval", found)


def percentages_checked(counts: pl.DataFrame) -> int:
    """How many published percentages could be recomputed from published counts."""
    official = [(figure, figure.official) for figure in FIGURES if figure.official]
    return sum(counts.filter(_checkable(figure, base)).height for figure, base in official)


def _unknown_types(counts: pl.DataFrame) -> pl.DataFrame:
    first = counts.filter(pl.col("level").is_null()).unique(["source", "org_type"], keep="first", maintain_order=True)
    return _listed(first, "unknown_organisation_type", _text("“{}”, first at this row", pl.col("org_type")))


def _not_rounded(counts: pl.DataFrame) -> pl.DataFrame:
    names = [count.name for count in COUNTS]
    odd = pl.any_horizontal((pl.col(name) % ROUNDED_TO != 0).fill_null(False) for name in names)
    below_england = pl.col("level").ne_missing("england")
    values = pl.concat_str(
        [pl.when(pl.col(name) % ROUNDED_TO != 0).then(_text("{} = {}", pl.lit(name), pl.col(name))) for name in names],
        separator=", ",
        ignore_nulls=True,
    )
    return _listed(counts.filter(below_england & odd), "not_rounded", values)


def _more_finished_than_referred(counts: pl.DataFrame) -> pl.DataFrame:
    totals = counts.filter((pl.col("variable_type") == "Total") & (pl.col("finished_low") > pl.col("referred_high")))
    found = _text("finished {}, referred {}", _printed("finished"), _printed("referred"))
    return _listed(totals, "more_finished_than_referred", found)


def concatenate(found: Iterable[pl.DataFrame], sources: Sequence["TableSource"]) -> pl.DataFrame:
    """All faults in the order of files and rows, with the file, the severity and what was done."""
    rows = pl.concat([pl.DataFrame(schema=_SCHEMA), *found])
    files = pl.DataFrame(
        {
            "source": pl.Series(range(len(sources)), dtype=pl.Int32),
            "file": [source.member for source in sources],
            "sha256": [source.sha256 for source in sources],
        }
    )
    return (
        rows.join(files, on="source", how="left")
        .with_columns(
            pl.col("fault").replace_strict({kind.code: kind.severity for kind in KINDS}).alias("severity"),
            pl.col("fault").replace_strict({kind.code: kind.handling for kind in KINDS}).alias("handling"),
        )
        .sort("source", "row", maintain_order=True)
        .select(*COLUMNS)
    )
