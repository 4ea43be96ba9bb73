"""A synthetic set of annual tables in the official layout, so that everything runs where no published table is at hand.

Nobody in it exists and no service in it is real: every name says SYNTHETIC and every code begins with ZZ. Referrals are
drawn at the finest grain (a provider in a sub-ICB area, by breakdown and by how the referral ended) and summed, so that
every table agrees with every other; then they are rounded and withheld the official way. `example_truth` gives the
exact counts beside the published form.

The shares are near England's in 2023-24 (annual "main" table), with more-deprived areas finishing and recovering less
often, as is published.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import expit

from allcomers.measures.rounding import ROUNDED_TO, SMALLEST_SHOWN
from allcomers.published.example_people import (
    AREAS,
    BREAKDOWNS,
    DEPRIVATION,
    ENDINGS,
    PROVIDERS,
    REGION_NAMES,
    Category,
    Stage,
)
from allcomers.published.figures import FIGURES, KEYS, Figure
from allcomers.published.layouts import COUNTS, PERCENTAGES, TOTAL, WITHHELD

YEARS = ("2021-22", "2022-23", "2023-24")
DEFAULT_SEED = 2024
LABELS = ("OrgType", "OrgCode", "OrgName", "VariableType", "VariableA", "VariableB")
LABEL_KEYS = tuple(name for name in KEYS if name != "period")
NAMES = tuple(count.name for count in COUNTS)
GROUP_TOTAL = "All"
NO_COUNTS = "Mean wait"
FIXED_TIME = (2000, 1, 1, 0, 0, 0)
GROWTH = 1.04

Counts = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Leaf:
    """A provider's work in one sub-ICB area: the finest grain."""

    provider: int
    area: int
    referrals_a_year: int


LEAVES = tuple(
    _Leaf(provider, area, given.referrals_a_year // len(given.areas))
    for provider, given in enumerate(PROVIDERS)
    for area in given.areas
)


def write_example(
    out: Path, *, seed: int = DEFAULT_SEED, years: Sequence[str] = YEARS, entered_everywhere: bool = False
) -> list[Path]:
    """Write one ZIP a year, as downloaded, into a directory that is made where it is missing.

    Parameters
    ----------
    years : financial years such as "2023-24".
    entered_everywhere : print the count entering treatment in every row; otherwise, as in the tables rebuilt from
        published figures, for the England total only.

    Returns
    -------
    The ZIPs, in the order of the years. The same seed gives the same bytes.
    """
    out.mkdir(parents=True, exist_ok=True)
    truth = example_truth(seed, years=years)
    paths = []
    for year in years:
        table = published_form(truth.filter(pl.col("period") == year), entered_everywhere=entered_everywhere)
        path = out / f"SYNTHETIC-psych-ther-ann-rep-csvs-{year}.zip"
        path.write_bytes(_zipped(f"SYNTHETIC-psych-ther-ann-rep-csv-{year}-main.csv", table.write_csv()))
        paths.append(path)
    return paths


def write_organisations(out: Path) -> Path:
    """Write `SYNTHETIC-organisations.csv`, the reference by which a provider is found by town and area."""
    out.mkdir(parents=True, exist_ok=True)
    path = out / "SYNTHETIC-organisations.csv"
    organisations().write_csv(path)
    return path


def organisations() -> pl.DataFrame:
    """One row a provider: code, name, town, postcode (of no real place), ICB and region."""
    rows = []
    for number, provider in enumerate(PROVIDERS):
        home = provider.areas[0]
        rows.append(
            {
                "org_code": _code("P", number),
                "org_name": provider.name,
                "town": AREAS[home],
                "postcode": f"ZZ{home + 1} {number % 9 + 1}ZZ",
                "icb_code": _code("B", home // 2),
                "icb_name": _icb_name(home),
                "region_code": _code("R", home // 4),
                "region_name": REGION_NAMES[home // 4],
            }
        )
    return pl.DataFrame(rows)


def example_truth(seed: int = DEFAULT_SEED, *, years: Sequence[str] = YEARS) -> pl.DataFrame:
    """The exact counts behind the published form.

    Returns
    -------
    The columns of `figures.KEYS`, then every count under our name; null where the table has none (waiting times have
    finished courses only).
    """
    service = np.random.default_rng(seed).normal(scale=0.25, size=(len(LEAVES), 2))
    return pl.concat([_year(seed, year, service) for year in years])


def published_form(truth: pl.DataFrame, *, entered_everywhere: bool = False) -> pl.DataFrame:
    """Counts and percentages as the publisher prints them, under the official headings.

    Below England a count under 5 is `*`, any other goes to the nearest 5, and percentages, made from exact counts, to
    the whole percent; England's counts are exact and its percentages have one decimal.
    """
    england = pl.col("org_type") == "England"
    england_total = england & (pl.col("variable_type") == TOTAL)
    percentages = {figure.numerator: figure for figure in FIGURES if figure.official}
    columns: list[pl.Expr] = [
        pl.when(pl.col(key) == "").then(pl.lit("NULL")).otherwise(pl.col(key)).alias(label)
        for key, label in zip(LABEL_KEYS, LABELS, strict=True)
    ]
    for count in COUNTS:
        printed = _printed_count(count.name, england)
        if count.name == "entered" and not entered_everywhere:
            printed = pl.when(england_total).then(printed)
        columns.append(printed.fill_null("NULL").alias(count.annual[0]))
        if figure := percentages.get(count.name):
            columns.append(_printed_percentage(figure, england).fill_null("NULL").alias(PERCENTAGES[figure.name][0]))
    return truth.select(columns)


def _printed_count(name: str, england: pl.Expr) -> pl.Expr:
    count = pl.col(name)
    rounded = (count + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO
    return (
        pl.when(england)
        .then(count.cast(pl.String))
        .when(count < SMALLEST_SHOWN)
        .then(pl.lit(WITHHELD))
        .otherwise(rounded.cast(pl.String))
    )


def _printed_percentage(figure: Figure, england: pl.Expr) -> pl.Expr:
    base = figure.official
    assert base is not None, f"{figure.name} is not published"
    whole = pl.col(base.plus) - (pl.col(base.minus) if base.minus else 0)
    percent = pl.when(whole > 0).then(100.0 * pl.col(figure.numerator) / whole)
    one_decimal = percent.round(1, mode="half_away_from_zero").cast(pl.String).str.strip_suffix(".0")
    whole_percent = percent.round(0, mode="half_away_from_zero").cast(pl.Int64).cast(pl.String)
    return (
        pl.when(england)
        .then(one_decimal)
        .when(pl.col(figure.numerator) < SMALLEST_SHOWN)
        .then(pl.lit(WITHHELD))
        .otherwise(whole_percent)
    )


def _year(seed: int, year: str, service: Shares) -> pl.DataFrame:
    """Every row of one year: drawn by leaf, then summed for each organisation the leaf belongs to."""
    start = int(year[:4])
    rng = np.random.default_rng([seed, start])
    growth = GROWTH ** (start - int(YEARS[0][:4]))
    referrals = rng.poisson([leaf.referrals_a_year * growth for leaf in LEAVES])
    by_decile = _by_decile(rng, referrals, service)
    ended = by_decile.sum(axis=1)
    parts = [_rows(TOTAL, (Category("", "", 1.0),), ended[:, None, :])]
    parts.append(_rows("Indices of Deprivation Decile", DEPRIVATION, by_decile))
    for variable, categories in BREAKDOWNS.items():
        parts.append(_rows(variable, categories, _split(rng, ended, categories)))
    leaves = pl.concat(parts)
    rows = pl.concat([leaves, _group_totals(leaves), _bme_group(leaves)])
    keys = [*LABEL_KEYS[:3], "variable_type", "variable_a", "variable_b"]
    totals = rows.join(_membership(), on="leaf").group_by("level", *keys).agg(pl.col(NAMES).sum())
    return (
        totals.sort("level", "org_code", "variable_type", "variable_a", "variable_b")
        .select(pl.lit(year).alias("period"), *keys, *(_where_applicable(name) for name in NAMES))
        .cast(dict.fromkeys(NAMES, pl.Int64))
    )


def _by_decile(rng: np.random.Generator, referrals: Counts, service: Shares) -> Counts:
    """Referrals of each leaf by deprivation decile and by how they ended."""
    decile = np.array([category.deprivation for category in DEPRIVATION])
    weight = np.array([category.weight for category in DEPRIVATION])
    tilt = np.linspace(-0.12, 0.12, len(LEAVES))[:, None]
    where = weight * np.exp(tilt * decile)
    people = rng.multinomial(referrals, where / where.sum(axis=1, keepdims=True))
    # Near England 2023-24: 69 % enter treatment, 53 % of those finish, half of those at caseness recover.
    entered = expit(0.85 + service[:, :1] / 2 - 0.04 * decile)
    finished = expit(0.15 + service[:, :1] - 0.05 * decile)
    recovered = expit(0.05 + service[:, 1:] - 0.06 * decile)
    return rng.multinomial(people, _end_shares(entered, finished, recovered))


def _end_shares(entered: Shares, finished: Shares, recovered: Shares) -> Shares:
    """How likely each ending is, given the chances of entering, of then finishing and of then recovering."""
    stage = {
        Stage.NOT_ENTERED: 1 - entered,
        Stage.LEFT: entered * (1 - finished),
        Stage.UNSCORED: entered * finished * 0.005,
        Stage.NOT_A_CASE: entered * finished * 0.055,
        Stage.RECOVERED: entered * finished * 0.94 * recovered,
        Stage.NOT_RECOVERED: entered * finished * 0.94 * (1 - recovered),
    }
    return np.stack([stage[ending.stage] * ending.share for ending in ENDINGS], axis=-1)


def _split(rng: np.random.Generator, ended: Counts, categories: Sequence[Category]) -> Counts:
    """Each leaf's endings divided among the categories of a breakdown: leaf, category, ending."""
    weight = np.array([category.weight for category in categories])
    finishing = np.array([category.finishing for category in categories])
    chances = np.stack([weight * finishing if "finished" in ending.counts else weight for ending in ENDINGS])
    drawn = rng.multinomial(ended, chances / chances.sum(axis=1, keepdims=True))
    return drawn.transpose(0, 2, 1)


def _rows(variable: str, categories: Sequence[Category], ended: Counts) -> pl.DataFrame:
    """A row a leaf and category, with every count: the sum of the endings that are part of it."""
    part_of = np.array([[name in ending.counts for name in NAMES] for ending in ENDINGS], dtype=np.int64)
    counts = (ended @ part_of).reshape(-1, len(NAMES))
    labels = {
        "leaf": np.repeat(np.arange(len(LEAVES)), len(categories)),
        "variable_type": [variable] * len(counts),
        "variable_a": [category.a for category in categories] * len(LEAVES),
        "variable_b": [category.b for category in categories] * len(LEAVES),
    }
    return pl.DataFrame({**labels, **{name: counts[:, index] for index, name in enumerate(NAMES)}})


def _group_totals(leaves: pl.DataFrame) -> pl.DataFrame:
    """The `All` row of each group that is printed in several parts; waiting times have none."""
    several = pl.col("variable_b").n_unique().over("leaf", "variable_type", "variable_a") > 1
    parts = leaves.filter(several & (pl.col("variable_type") != "Waiting Time"))
    return _summed(parts.with_columns(pl.lit(GROUP_TOTAL).alias("variable_b")), leaves.columns)


def _bme_group(leaves: pl.DataFrame) -> pl.DataFrame:
    """Ethnic groups as three: White British, Black and minority ethnic (everyone else known), not stated."""
    group = (
        pl.when(pl.col("variable_b") == "British")
        .then(pl.lit("White British"))
        .when(pl.col("variable_a").str.starts_with("Not stated"))
        .then(pl.col("variable_a"))
        .otherwise(pl.lit("BME"))
    )
    parts = leaves.filter(pl.col("variable_type") == "Ethnic Group")
    named = parts.with_columns(
        pl.lit("BME Group").alias("variable_type"), group.alias("variable_a"), pl.lit("").alias("variable_b")
    )
    return _summed(named, leaves.columns)


def _summed(rows: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    keys = ["leaf", "variable_type", "variable_a", "variable_b"]
    return rows.group_by(keys, maintain_order=True).agg(pl.col(NAMES).sum()).select(columns)


def _where_applicable(name: str) -> pl.Expr:
    """Waiting times are printed for finished courses alone, and the mean wait is not a count."""
    waiting = pl.col("variable_type") == "Waiting Time"
    absent = waiting & (pl.col("variable_b") == NO_COUNTS) if name == "finished" else waiting
    return pl.when(~absent).then(pl.col(name)).alias(name)


def _membership() -> pl.DataFrame:
    """The five organisations to which each leaf belongs: England, region, ICB, sub-ICB area and provider."""
    rows: list[tuple[int, int, str, str, str]] = []
    for number, leaf in enumerate(LEAVES):
        area = leaf.area
        named = (
            ("England", "All", "All"),
            ("Commissioning Region", _code("R", area // 4), f"{REGION_NAMES[area // 4]} COMMISSIONING REGION"),
            ("ICB", _code("B", area // 2), _icb_name(area)),
            ("SubICB", _code("S", area), f"{AREAS[area]} SUB-ICB AREA (SYNTHETIC)"),
            ("Provider", _code("P", leaf.provider), PROVIDERS[leaf.provider].name),
        )
        rows.extend((number, level, *organisation) for level, organisation in enumerate(named))
    return pl.DataFrame(rows, schema=["leaf", "level", "org_type", "org_code", "org_name"], orient="row")


def _code(kind: str, number: int) -> str:
    """A code that no organisation has: the data service gives out none that begins with ZZ and a letter."""
    return f"ZZ{kind}{number + 1:02d}"


def _icb_name(area: int) -> str:
    first = area // 2 * 2
    return f"{AREAS[first]} AND {AREAS[first + 1]} INTEGRATED CARE BOARD (SYNTHETIC)"


def _zipped(name: str, text: str) -> bytes:
    """A ZIP whose bytes depend on its content alone."""
    member = zipfile.ZipInfo(name, date_time=FIXED_TIME)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.create_system = 3
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(member, text)
    return buffer.getvalue()
