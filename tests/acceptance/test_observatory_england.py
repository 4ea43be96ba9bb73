"""What issue 2 asks of the observatory on NHS England's own tables ("Done when", 2): read from what it writes."""

import html
import re
from pathlib import Path

import polars as pl
import pytest

from allcomers.observatory.site import Summary, build_site

PUBLISHED = Path(__file__).parents[2].parent / "shared" / "data" / "published"
FILES = sorted(PUBLISHED.glob("psych-ther-ann-rep-csvs-*.zip"))

pytestmark = pytest.mark.skipif(not FILES, reason=f"NHS England's published tables are not in {PUBLISHED}")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of 2023-24 alone: three years take three times as long and say the same of that one."""
    directory = tmp_path_factory.mktemp("observatory") / "site"
    summary: Summary = build_site([path for path in FILES if "2023-24" in path.name], directory, processes=2)
    assert not summary.synthetic
    return directory


@pytest.mark.parametrize(
    ("figure", "base", "kind", "numerator", "denominator", "percent"),
    [
        ("recovery", "official", "official", 318_013, 671_648 - 37_164, 50.12),
        ("recovery", "at_caseness", "all_comers", 318_013, 633_828, 50.17),
        ("recovery", "entered", "all_comers", 318_013, 1_260_381, 25.23),
        ("finished", "referred", "all_comers", 671_648, 1_829_202, 36.72),
        ("recovery", "referred", "all_comers", 318_013, 1_829_202, 17.39),
        ("reliable_recovery", "referred", "all_comers", 298_780, 1_829_202, 16.33),
    ],
)
def test_the_figures_of_england_2023_24(
    out: Path, figure: str, base: str, kind: str, numerator: int, denominator: int, percent: float
) -> None:
    """The counts are printed in the table; the percentages are the issue's."""
    england = pl.scan_csv(out / "data" / "figures.csv", infer_schema_length=None).filter(
        pl.col("org_type") == "England", pl.col("variable_type") == "Total", pl.col("period") == "2023-24"
    )
    (row,) = england.filter(pl.col("figure") == figure, pl.col("base") == base).collect().rows(named=True)
    assert (row["kind"], row["numerator"], row["denominator"]) == (kind, numerator, denominator)
    assert round(row["value"], 2) == percent
    assert row["high"] - row["low"] < 0.001


def test_the_page_of_england_says_them(out: Path) -> None:
    tagless = re.sub(r"<[^>]+>", " ", (out / "england.html").read_text(encoding="utf-8"))
    page = " ".join(html.unescape(tagless).split())
    assert (
        "Of every 100 people referred in England, 37 finished a course of treatment and 16 reliably recovered." in page
    )
    assert "The official recovery rate printed for this period is 50.1%" in page
    assert "The official base is 634,484 finished courses; 1,829,202 referrals were received." in page
    for base, number, recovery in (
        ("Official base", "634,484", "50.1%"),
        ("At caseness", "633,828", "50.2%"),
        ("Entered treatment", "1,260,381", "25.2%"),
        ("Everyone referred", "1,829,202", "17.4%"),
    ):
        assert re.search(rf"{base} (?:[a-z][^%]*? )?{re.escape(number)} {re.escape(recovery)}", page), base
    assert "Finished a course 671,648 36.7" in page
    assert "Reliably recovered 298,780 16.3" in page
