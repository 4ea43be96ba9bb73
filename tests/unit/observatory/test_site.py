"""The whole site of the synthetic tables: its contract for machines, its links, and what every page has."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import polars as pl
import pytest

from allcomers.observatory.site import FAULT_TITLES, build_site
from allcomers.published.faults import KINDS
from allcomers.published.figures import figures
from allcomers.published.tables import read_tables
from tests.unit.observatory.conftest import Site

CONTRACT = (
    "period,org_type,org_code,org_name,variable_type,variable_a,variable_b,figure,base,kind,numerator,denominator,"
    "low,value,high"
)
FIGURES = {
    "recovery",
    "reliable_recovery",
    "reliable_improvement",
    "reliable_deterioration",
    "no_reliable_change",
    "finished",
}
BASES = {"official", "at_caseness", "finished", "entered", "referred"}
MAY_BE_LINKED = {"https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"}


class Page(HTMLParser):
    """What a page links to, loads, and is made of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.ids: list[str] = []
        self.lang = ""
        self.unnamed_pictures = 0
        self.text: list[str] = []
        self._silent = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.ids += [given["id"]] if "id" in given else []
        self.lang = given.get("lang", self.lang) if tag == "html" else self.lang
        if tag == "a":
            self.links.append(given["href"])
        elif "href" in given or "src" in given or "data-index" in given:
            self.loaded.append(given.get("href") or given.get("src") or given["data-index"])
        if (tag == "img" and "alt" not in given) or (given.get("role") == "img" and not given.get("aria-label")):
            self.unnamed_pictures += 1
        self._silent += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.text.append(data)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())


@pytest.fixture(scope="session")
def pages(site: Site) -> dict[str, Page]:
    return {path: Page(site.text(path)) for path in site.pages}


def test_figures_keep_the_contract(site: Site) -> None:
    assert site.text("data/figures.csv").split("\n", 1)[0] == CONTRACT
    table = pl.read_csv(site.out / "data" / "figures.csv", infer_schema_length=None)
    assert table.equals(pl.read_parquet(site.out / "data" / "figures.parquet"))
    assert table.height == site.summary.figures
    assert set(table["figure"]) == FIGURES
    assert set(table["base"]) == BASES
    assert set(table["kind"]) == {"official", "all_comers"}
    assert table.filter((pl.col("kind") == "official") != (pl.col("base") == "official")).is_empty()
    assert table.filter((pl.col("low") > pl.col("value")) | (pl.col("value") > pl.col("high"))).is_empty()
    assert table.filter(pl.col("low").lt(0) | pl.col("low").is_null()).is_empty()
    assert table.select(CONTRACT.split(",")[:9]).is_duplicated().sum() == 0


def test_figures_are_those_of_the_tables(site: Site) -> None:
    made = figures(read_tables(site.files).counts)
    assert made.equals(pl.read_parquet(site.out / "data" / "figures.parquet"))


def test_the_totals_are_the_figures_without_breakdowns(site: Site) -> None:
    parquet = pl.read_parquet(site.out / "data" / "figures.parquet").filter(pl.col("variable_type") == "Total")
    totals = json.loads(site.text("data/totals.json"))
    assert len(totals) == parquet.height
    assert totals[0] == parquet.to_dicts()[0]
    by_organisation = sum(
        pl.read_csv(path, infer_schema=False).height for path in (site.out / "data" / "organisations").rglob("*.csv")
    )
    assert by_organisation == parquet.height


def test_every_organisation_has_its_page_and_its_csv(site: Site) -> None:
    totals = pl.read_csv(site.out / "data" / "totals.csv")
    folders = {
        "Provider": "provider/{}",
        "SubICB": "sub-icb/{}",
        "ICB": "icb/{}",
        "Commissioning Region": "region/{}",
        "England": "england",
    }
    for org_type, code in totals.select("org_type", "org_code").unique().iter_rows():
        path = folders[org_type].format(code)
        assert (site.out / f"{path}.html").is_file()
        assert (site.out / "data" / "organisations" / f"{path}.csv").is_file()
    assert {"index.html", "find.html", "towns.html", "methods.html", "data.html", "faults.html", "declarations.html",
            "inequality.html", "compare/index.html", "figures/index.html"} <= set(site.pages)  # fmt: skip
    assert (site.out / "faults.csv").is_file()
    assert len(site.pages) == site.summary.pages


def test_every_figure_and_base_has_a_page(site: Site, england_figures: pl.DataFrame) -> None:
    for figure, base in england_figures.select("figure", "base").unique().iter_rows():
        text = site.text(f"figures/{figure}-{base}.html".replace("_", "-"))
        assert "Numerator" in text
        assert "Denominator" in text
        assert f"--figure {figure} --base {base}" in text
        assert len(re.findall(r"[0-9a-f]{64}", text)) == 3  # the three sources' SHA-256


def test_every_link_and_asset_is_there(site: Site, pages: dict[str, Page]) -> None:
    broken = []
    for path, page in pages.items():
        for link in {*page.links, *page.loaded} - MAY_BE_LINKED:
            parts = urlsplit(link)
            assert not parts.scheme
            assert not parts.netloc, f"{path} leads to {link}"
            target = (site.out / path).parent / unquote(parts.path) if parts.path else site.out / path
            inside = target.resolve().is_relative_to(site.out.resolve())
            if (
                not inside
                or not target.is_file()
                or (parts.fragment and parts.fragment not in _ids(site, pages, target))
            ):
                broken.append((path, link))
    assert broken == []


def _ids(site: Site, pages: dict[str, Page], target: Path) -> list[str]:
    return pages[target.resolve().relative_to(site.out.resolve()).as_posix()].ids


def test_nothing_is_loaded_from_anywhere_else(site: Site, pages: dict[str, Page]) -> None:
    for page in pages.values():
        assert not [link for link in page.loaded if link.startswith(("http:", "https:", "//", "/"))]
        assert {link for link in page.links if urlsplit(link).scheme} <= MAY_BE_LINKED
    for path in (site.out / "assets").rglob("*"):
        if path.suffix in (".css", ".js", ".svg"):
            text = path.read_text(encoding="utf-8").replace("http://www.w3.org/", "")
            assert not re.search(r"https?://|url\(|@import|<image", text), path


def test_every_page_is_whole(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        assert page.lang == "en-GB", path
        assert [page.tags.count(tag) for tag in ("h1", "title", "main", "html")] == [1, 1, 1, 1], path
        assert len(page.ids) == len(set(page.ids)), path
        assert page.unnamed_pictures == 0, path
        assert not re.search(r"\b(nan|null|undefined|Undefined)\b|\{\{|\{%|None[%.,]| (of|to) None", page.words), path
        headings = [int(tag[1]) for tag in page.tags if re.fullmatch("h[1-6]", tag)]
        assert all(after <= before + 1 for before, after in pairwise(headings)), path


def test_titles_tell_pages_apart(site: Site) -> None:
    titles = [re.search(r"<title>(.*?)</title>", site.text(path), re.DOTALL)[1] for path in site.pages]  # type: ignore[index]
    assert len(titles) == len(set(titles))


def test_a_synthetic_site_says_so_on_every_page_and_claims_no_real_source(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        assert "SYNTHETIC. These tables were made up" in page.words, path
        assert "comes from NHS England’s published tables" not in page.words, path
        assert "not an NHS site" in page.words, path


def test_no_page_tells_the_folders_of_whoever_made_it(site: Site) -> None:
    folder = str(site.files[0].parent)
    assert [path for path in site.pages if folder in site.text(path)] == []
    assert "--organisations SYNTHETIC-organisations.csv --out site" in site.text("methods.html")


def test_every_place_page_has_its_pictures_in_words_and_in_numbers(site: Site) -> None:
    """Each chart stands in a figure, beside a sentence that says it and a table that holds its numbers."""
    for place in json.loads(site.text("data/places.json")):
        page = site.text(place["page"])
        assert page.count('<svg class="hundred" viewBox="0 0 220 240"') == page.count('<ul class="key">')
        sentences = re.findall(r'(?:alt|aria-label)="((?:Line chart|Funnel plot)[^"]+)"', page)
        assert any(said.startswith("Line chart of reliable recovery by period: ") for said in sentences)
        assert "Reliable recovery and finishing by period</caption>" in page
        if "Funnel plot" in page:
            assert page.count("Funnel plot of reliable recovery by") == 2
            assert re.search(r"<caption>Reliable recovery among [\w ‑-]+, 2023-24</caption>", page)
        if "tenth of deprivation" in page:
            assert "<caption>Deprivation of the area people live in, 2023-24</caption>" in page


def test_the_funnel_levels_are_compared_and_england_is_not(site: Site) -> None:
    assert "Beside the others" in site.text("provider/ZZP01.html")
    assert "Beside the others" in site.text("icb/ZZB01.html")
    assert "Beside the others" not in site.text("england.html")
    for level in ("provider", "icb", "sub-icb"):
        assert f"compare/{level}-2023-24.html" in site.pages


def test_the_search_index_holds_every_place(site: Site) -> None:
    script = site.text("assets/search-index.js")
    rows = json.loads(script.removeprefix("window.ALLCOMERS_PLACES = ").removesuffix(";\n"))
    places = json.loads(site.text("data/places.json"))
    assert [(row[1], row[0], row[3]) for row in rows] == [(p["code"], p["name"], p["page"]) for p in places]
    assert len(rows) == site.summary.places
    for row, place in zip(rows, places, strict=True):
        assert place["code"].lower() in row[4].split()
        assert set(re.findall(r"[a-z0-9]+", place["town"].lower())) <= set(row[4].split())


def test_every_place_is_found_without_a_script(site: Site, pages: dict[str, Page]) -> None:
    places = json.loads(site.text("data/places.json"))
    hrefs = {place["page"] for place in places if place["level"] != "england"}
    assert hrefs <= set(pages["find.html"].links)
    assert {place["page"] for place in places if place["town"]} <= set(pages["towns.html"].links)
    assert hrefs | {"england.html"} <= {
        unquote(link).removeprefix("../") for path in pages for link in pages[path].links
    }


def test_a_page_says_what_the_data_say(site: Site, england_figures: pl.DataFrame) -> None:
    england = site.text("england.html")
    latest = england_figures.filter(pl.col("period") == "2023-24")
    for figure, base in (("recovery", "official"), ("recovery", "entered"), ("reliable_recovery", "referred")):
        (value,) = latest.filter(pl.col("figure") == figure, pl.col("base") == base)["value"]
        assert f">{value:.1f}%</a>" in england
    share = {
        figure: latest.filter(pl.col("figure") == figure, pl.col("base") == "referred")["value"].item()
        for figure in ("finished", "reliable_recovery")
    }
    assert (
        f"Of every 100 people referred in England, {share['finished']:.0f} finished a course of treatment "
        f"and {share['reliable_recovery']:.0f} reliably recovered."
    ) in england


def test_place_pages_say_that_the_ratio_is_of_a_period(site: Site, pages: dict[str, Page]) -> None:
    for place in json.loads(site.text("data/places.json")):
        words = pages[place["page"]].words
        assert "A period ratio" in words
        assert not re.search(r"\bof those who\b|\bbecause of\b|\bleads? to\b|\bthanks to\b|\bdue to\b", words)


def test_each_kind_of_fault_has_a_heading() -> None:
    assert set(FAULT_TITLES) == {kind.code for kind in KINDS}


def test_a_fault_is_on_the_faults_page_and_on_its_place(table: Callable[..., Path], tmp_path: Path) -> None:
    out = tmp_path / "site"
    summary = build_site(
        [table({"Count_Recovery": "120", "Percentage_Recovery": "*"}, {"OrgCode": "ZZP02", "OrgName": "SOUND"})], out
    )
    assert summary.faults == pl.read_csv(out / "faults.csv").height > 0
    page = (out / "faults.html").read_text()
    assert "A part greater than its whole: 2" in page  # more than were at caseness, and more than finished
    assert "recovered = 120, more than at caseness = 110" in page
    assert "rows about it are on the faults page" in (out / "provider" / "ZZP01.html").read_text()
    assert "rows about it are on the faults page" not in (out / "provider" / "ZZP02.html").read_text()


def test_a_site_of_one_small_provider_is_whole(table: Callable[..., Path], tmp_path: Path) -> None:
    """No England, no comparison, no trend, nothing but withheld numbers: still every page, and no broken link."""
    withheld = dict.fromkeys(("Count_ReliableRecovery", "Count_Recovery", "Count_FinishedCourseTreatment"), "*")
    out = tmp_path / "site"
    build_site([table(withheld | {"OrgName": "QUIET & <B>CO</B>"})], out)
    page = Page((out / "provider" / "ZZP01.html").read_text())
    assert "too small for a figure of every 100 people referred" in page.words
    assert "Quiet & <B>Co</B>" in page.words
    for path in out.rglob("*.html"):
        for link in {*(found := Page(path.read_text())).links, *found.loaded} - MAY_BE_LINKED:
            assert (path.parent / urlsplit(link).path).exists(), (path, link)


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_tables_give_the_same_bytes_wherever_and_on_however_many_processes(
    one_year: list[Path], tmp_path: Path
) -> None:
    build_site(one_year, tmp_path / "one", processes=1)
    build_site(one_year, tmp_path / "elsewhere" / "two", processes=2)
    one, two = _bytes(tmp_path / "one"), _bytes(tmp_path / "elsewhere" / "two")
    assert sorted(one) == sorted(two)
    assert [name for name in one if one[name] != two[name]] == []
