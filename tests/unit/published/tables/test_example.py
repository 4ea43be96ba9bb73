"""The synthetic tables: one consistent truth, published the official way, and figures that contain it."""

import hashlib
import io
import zipfile
from pathlib import Path

import polars as pl
import pytest

from allcomers.published.example import (
    LABELS,
    NAMES,
    YEARS,
    example_truth,
    organisations,
    published_form,
    write_example,
    write_organisations,
)
from allcomers.published.figures import FIGURE, FIGURES, KEYS, figures
from allcomers.published.tables import PublishedTables, read_tables

SEED = 7
OF_FINISHED_ONLY = "Waiting Time"


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_example(tmp_path_factory.mktemp("example"), seed=SEED, entered_everywhere=True)


@pytest.fixture(scope="module")
def tables(paths: list[Path]) -> PublishedTables:
    return read_tables(paths)


@pytest.fixture(scope="module")
def truth() -> pl.DataFrame:
    return example_truth(SEED)


def test_it_is_read_as_synthetic_and_without_fault(tables: PublishedTables) -> None:
    assert tables.synthetic
    assert [source.period for source in tables.sources] == list(YEARS)
    assert tables.faults.is_empty()
    assert tables.percentages_checked > 10_000


def test_every_name_says_what_it_is(truth: pl.DataFrame, paths: list[Path], tmp_path: Path) -> None:
    below_england = truth.filter(pl.col("org_type") != "England")
    assert below_england["org_name"].str.contains("SYNTHETIC").all()
    assert below_england["org_code"].str.contains(r"^ZZ[A-Z]\d\d$").all()
    for path in [*paths, write_organisations(tmp_path), *map(Path, zipfile.ZipFile(paths[0]).namelist())]:
        assert path.name.startswith("SYNTHETIC-")


def test_it_has_every_level_and_breakdown(truth: pl.DataFrame) -> None:
    year = truth.filter(period="2023-24", variable_type="Total")
    assert dict(year.group_by("org_type").len().rows()) == {
        "England": 1,
        "Commissioning Region": 3,
        "ICB": 6,
        "SubICB": 12,
        "Provider": 16,
    }
    assert set(truth["variable_type"]) == {
        "Total",
        "Age Group",
        "Gender",
        "Ethnic Group",
        "BME Group",
        "Indices of Deprivation Decile",
        "Disability Type",
        "Sexual Orientation Type",
        "Religion",
        "Long Term Condition Status",
        "Presenting Complaint",
        "Waiting Time",
    }


def test_the_truth_adds_up(truth: pl.DataFrame) -> None:
    """Breakdowns add to their total, organisations of a level to England, and parts stay within their wholes."""
    year_org = ["period", "org_code"]
    whole = truth.filter(variable_type="Total").select(*year_org, *NAMES)
    parts = truth.filter(~pl.col("variable_type").is_in(["Total", OF_FINISHED_ONLY]))
    several = pl.len().over("period", "org_code", "variable_type", "variable_a") > 1
    parts = parts.filter(~((pl.col("variable_b") == "All") & several))
    added = parts.group_by(*year_org, "variable_type").agg(pl.col(NAMES).sum())
    joined = added.join(whole, on=year_org, suffix="_total")
    assert joined.height == added.height
    for name in NAMES:
        assert (joined[name] == joined[f"{name}_total"]).all()
        by_level = truth.filter(variable_type="Total").group_by("period", "org_type").agg(pl.col(name).sum())
        assert by_level.group_by("period").agg(pl.col(name).n_unique())[name].to_list() == [1] * len(YEARS)
    within = (
        (pl.col("entered") <= pl.col("referred"))
        & (pl.col("finished") <= pl.col("entered"))
        & (pl.col("at_caseness") + pl.col("not_at_caseness") <= pl.col("finished"))
        & (pl.col("recovered") <= pl.col("at_caseness"))
        & (pl.col("reliably_recovered") <= pl.min_horizontal("recovered", "reliably_improved"))
    )
    assert truth.filter(variable_type="Total").select(within.all()).item()


def test_more_deprived_groups_finish_and_recover_less_often(truth: pl.DataFrame) -> None:
    england = truth.filter(org_type="England", variable_type="Indices of Deprivation Decile")
    least, most = (
        england.filter(pl.col("variable_a") == label).select(pl.col(NAMES).sum())
        for label in ("01 Least deprived", "10 Most deprived")
    )
    for part, of in (("finished", "referred"), ("recovered", "at_caseness")):
        assert (least[part] / least[of]).item() > (most[part] / most[of]).item() + 0.05


def test_the_published_form_is_rounded_and_withheld_below_england(paths: list[Path]) -> None:
    published = pl.read_csv(
        zipfile.ZipFile(paths[-1]).read(zipfile.ZipFile(paths[-1]).namelist()[0]), infer_schema=False
    )
    assert tuple(published.columns[:6]) == LABELS
    below = published.filter(pl.col("OrgType") != "England")
    for column in published.columns[6:]:
        pattern = r"^(\*|NULL|\d*[05])$" if column.startswith("Count") else r"^(\*|NULL|\d{1,3})$"
        assert below[column].str.contains(pattern).all()
    assert below.filter(Count_Recovery="*")["Percentage_Recovery"].unique().to_list() == ["*"]
    assert not below["Count_Recovery"].is_in(["0"]).any()
    assert published.filter(OrgType="England")["Percentage_Recovery"].str.contains(r"\.\d$").any()


def test_entered_treatment_is_printed_where_it_is_asked_for(truth: pl.DataFrame) -> None:
    given = published_form(truth).filter(pl.col("Count_AccessingServices") != "NULL")
    assert given.select("OrgType", "VariableType").unique().rows() == [("England", "Total")]
    everywhere = published_form(truth, entered_everywhere=True).filter(pl.col("Count_AccessingServices") != "NULL")
    assert everywhere.height == truth.filter(pl.col("variable_type") != OF_FINISHED_ONLY).height


def test_the_truth_lies_in_every_interval(tables: PublishedTables, truth: pl.DataFrame) -> None:
    made = figures(tables.counts).join(truth, on=KEYS, how="left", maintain_order="left")
    assert made["referred"].is_not_null().all()
    checked = 0
    for figure in FIGURES:
        for base in figure.bases:
            rows = made.filter(figure=figure.name, base=base.name)
            whole = pl.col(base.plus) - (pl.col(base.minus) if base.minus else 0)
            rows = rows.with_columns((100 * pl.col(FIGURE[figure.name].numerator) / whole).alias("truth"))
            rows = rows.filter(whole > 0)
            inside = pl.col("truth").is_between(pl.col("low") - 1e-9, pl.col("high").fill_null(float("inf")) + 1e-9)
            assert rows.filter(~inside).is_empty(), (figure.name, base.name)
            checked += rows.height
    assert checked > 100_000


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(paths: list[Path], tmp_path: Path) -> None:
    def digests(found: list[Path]) -> list[str]:
        return [hashlib.sha256(path.read_bytes()).hexdigest() for path in found]

    again = write_example(tmp_path / "again", seed=SEED, entered_everywhere=True)
    other = write_example(tmp_path / "other", seed=SEED + 1, entered_everywhere=True)
    assert digests(again) == digests(paths)
    assert not set(digests(other)) & set(digests(paths))


def test_a_year_is_the_same_whichever_years_are_asked_for(truth: pl.DataFrame) -> None:
    alone = example_truth(SEED, years=("2022-23",))
    assert alone.equals(truth.filter(period="2022-23"))


def test_the_organisations_are_the_providers_of_the_tables(truth: pl.DataFrame, tmp_path: Path) -> None:
    reference = pl.read_csv(io.BytesIO(write_organisations(tmp_path).read_bytes()))
    assert reference.equals(organisations())
    assert ",".join(reference.columns) == "org_code,org_name,town,postcode,icb_code,icb_name,region_code,region_name"
    for level, column in (("Provider", "org_code"), ("ICB", "icb_code"), ("Commissioning Region", "region_code")):
        assert set(reference[column]) == set(truth.filter(org_type=level)["org_code"])
    assert reference["org_code"].is_unique().all()
