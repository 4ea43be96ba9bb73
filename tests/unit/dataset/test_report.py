"""The report and the JSON: complete, self-contained, and without a value from a record."""

import json
import re
from html.parser import HTMLParser

import polars as pl
import pytest

from allcomers.dataset.checking.report import as_html, write_html, write_json

CONTACT = "IDS201CareContact"


@pytest.fixture(scope="module")
def spoilt(read_valid):
    frames = read_valid()
    dates = pl.Series(["07/04/2025", "<b>Zaphod</b>", *frames[CONTACT]["CareContDate"][2:]])
    frames[CONTACT] = frames[CONTACT].with_columns(CareContDate=dates, Ward=pl.lit("x"))
    return frames


class Page(HTMLParser):
    """Collects what a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def test_the_page_says_every_fault_and_where(checked, spoilt):
    page = as_html(checked(spoilt))
    assert "IDS20107" in page
    assert "1 of them look like DD/MM/YYYY." in page
    assert "table in memory row 1" in page
    assert "records would be rejected" in page
    assert "Ward" in page
    assert "IDS00125" in page  # what was not tested


def test_the_page_needs_nothing_else_and_is_accessible(checked, spoilt):
    page = Page(as_html(checked(spoilt)))
    assert not any(page.all(tag) for tag in ("script", "link", "img", "iframe"))
    assert page.all("html") == [{"lang": "en-GB"}]
    assert len(page.all("h1")) == len(page.all("title")) == len(page.all("main")) == 1
    assert len(page.all("table")) == len(page.all("caption")) > 1
    assert all(attrs.get("scope") in {"col", "row"} for attrs in page.all("th"))
    assert all(attrs["href"].startswith("#") for attrs in page.all("a"))


def test_values_are_shown_only_when_asked_and_then_escaped(checked, spoilt):
    assert "Zaphod" not in as_html(checked(spoilt))
    shown = as_html(checked(spoilt, rows=True))
    assert "&lt;b&gt;Zaphod&lt;/b&gt;" in shown
    assert "<b>Zaphod" not in shown


def test_a_clean_data_set_gets_a_page_that_says_so(checked, valid):
    page = as_html(checked(valid))
    assert "Every one of 62 records would be accepted" in " ".join(page.split())
    assert "No rule was broken." in page


def test_the_json_adds_up_and_keeps_its_format(checked, spoilt, tmp_path):
    result = checked(spoilt)
    write_json(result, tmp_path / "check.json")
    read = json.loads((tmp_path / "check.json").read_text())
    assert read["format"] == "allcomers-check-1"
    assert set(read) == {
        "format", "data_set", "form", "rows", "accepted", "rejected", "rules_evaluated", "tables", "findings",
        "rejected_submissions", "not_applicable", "not_evaluated", "ignored", "extra_columns", "absent_tables",
        "examples",
    }  # fmt: skip
    assert set(read["findings"][0]) == {
        "rule", "severity", "national", "table", "field", "count", "meaning", "consequence", "what_to_do", "places",
        "submissions",
    }  # fmt: skip
    assert read["rows"] == read["accepted"] + read["rejected"] == sum(table["rows"] for table in read["tables"])
    assert [path.name for path in tmp_path.iterdir()] == ["check.json"]


def test_the_page_is_written_whole(checked, valid, tmp_path):
    write_html(checked(valid), tmp_path / "check.html")
    assert re.search(r"</html>\s*$", (tmp_path / "check.html").read_text())
    assert [path.name for path in tmp_path.iterdir()] == ["check.html"]
