"""The example site, built once a session, and small tables written as NHS England writes them."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from allcomers.observatory.headline import Totals, totals
from allcomers.observatory.places import Place
from allcomers.observatory.site import Summary, build_site
from allcomers.published.example import write_example, write_organisations
from allcomers.published.figures import figures
from allcomers.published.tables import PublishedTables, read_tables

ROW = {
    "OrgType": "Provider",
    "OrgCode": "ZZP01",
    "OrgName": "EXAMPLE VALE TALKING THERAPIES",
    "VariableType": "Total",
    "VariableA": "NULL",
    "VariableB": "NULL",
    "Count_ReferralsReceived": "300",
    "Count_AccessingServices": "NULL",
    "Count_FinishedCourseTreatment": "115",
    "Count_AtCaseness": "110",
    "Count_NotAtCaseness": "5",
    "Count_Improvement": "70",
    "Percentage_Improvement": "61",
    "Count_Deterioration": "5",
    "Percentage_Deterioration": "4",
    "Count_NoReliableChange": "35",
    "Percentage_NoReliableChange": "30",
    "Count_ReliableRecovery": "40",
    "Percentage_ReliableRecovery": "36",
    "Count_Recovery": "45",
    "Percentage_Recovery": "41",
}
"""A provider's total; a test names only the cells it is about."""


@dataclass(frozen=True)
class Site:
    """A built site, and what it was built from."""

    out: Path
    summary: Summary
    files: list[Path]
    organisations: Path

    def text(self, path: str) -> str:
        return (self.out / path).read_text(encoding="utf-8")

    @property
    def pages(self) -> list[str]:
        return sorted(page.relative_to(self.out).as_posix() for page in self.out.rglob("*.html"))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site of the three synthetic years."""
    inputs, out = tmp_path_factory.mktemp("example"), tmp_path_factory.mktemp("built") / "site"
    files, organisations = write_example(inputs), write_organisations(inputs)
    summary = build_site(files, out, organisations=organisations)
    return Site(out, summary, files, organisations)


@pytest.fixture(scope="session")
def one_year(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """One synthetic year: the quickest whole site."""
    return write_example(tmp_path_factory.mktemp("one-year"), years=("2023-24",))


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    """An annual table as a file: each row is `ROW` with the given cells changed."""

    def write(*rows: dict[str, str], period: str = "2023-24") -> Path:
        path = tmp_path / f"psych-ther-ann-rep-csv-{period}-main.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(ROW))
            writer.writeheader()
            writer.writerows(ROW | row for row in rows or ({},))
        return path

    return write


@pytest.fixture
def read(table: Callable[..., Path]) -> Callable[..., PublishedTables]:
    def from_rows(*rows: dict[str, str]) -> PublishedTables:
        return read_tables([table(*rows)])

    return from_rows


@pytest.fixture
def total_of(read: Callable[..., PublishedTables]) -> Callable[..., Totals]:
    """One organisation's total in 2023-24, with the given cells changed."""

    def made(**cells: str) -> Totals:
        counts = read(cells).counts
        (by_period,) = totals(counts, figures(counts)).values()
        return by_period["2023-24"]

    return made


@pytest.fixture
def england() -> Place:
    return Place("england", "All", "England", "England", ("2023-24",))


@pytest.fixture
def provider() -> Place:
    return Place("provider", "ZZP01", "Example Vale", "Provider", ("2023-24",))


@pytest.fixture(scope="session")
def england_figures(site: Site) -> pl.DataFrame:
    return pl.read_csv(site.out / "data" / "figures.csv", infer_schema_length=None).filter(
        pl.col("org_type") == "England", pl.col("variable_type") == "Total"
    )
