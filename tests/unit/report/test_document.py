"""One page that needs nothing else, on which every number has a definition; written whole or not at all."""

import re
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from allcomers.analyses import catalogue
from allcomers.cli import app
from allcomers.exceptions import AllcomersError
from allcomers.synthetic import Plan, write

RUN = CliRunner()
NOT_A_NUMBER = r">\s*(?:[Nn]a[Nn]|-?inf|None)\s*<"


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """300 referrals of one provider."""
    folder = tmp_path_factory.mktemp("service") / "data"
    write(folder, Plan(referrals=300, start=date(2024, 4, 1), months=12, seed=1), workers=1)
    return folder


@pytest.fixture(scope="session")
def page(data: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    out = tmp_path_factory.mktemp("report")
    result = RUN.invoke(
        app, ["report", str(data), "--period", "2024/25", "--out", str(out / "r.html"), "--csv", str(out)]
    )
    assert result.exit_code == 0, result.output
    return (out / "r.html").read_text(encoding="utf-8")


def test_it_needs_nothing_from_anywhere(page):
    assert not re.findall(r'(?:src|href)="(?!#|data:)[^"]*"', page)
    assert "<script" not in page
    assert "url(" not in page


def test_no_number_is_not_a_number(page):
    assert not re.search(NOT_A_NUMBER, page)
    assert not re.search(r"\{\w+@\d+\}", page)


def test_every_chapter_is_there_with_its_command(page):
    for name in catalogue.by_name():
        assert f'id="{name}"' in page
        assert f"--only {name}" in page


def test_every_link_leads_somewhere(page):
    targets, ids = set(re.findall(r'href="#([^"]+)"', page)), re.findall(r'\bid="([^"]+)"', page)
    assert targets <= set(ids)
    assert len(ids) == len(set(ids))


def test_synthetic_data_are_stamped_and_one_provider_is_no_england(page):
    assert "<strong>SYNTHETIC.</strong>" in page
    assert re.search(r"<h1>Synthetic Talking Therapies 001 \(ZS001\)</h1>", page)


def test_the_same_seed_gives_the_same_page(page, data, tmp_path):
    RUN.invoke(app, ["report", str(data), "--period", "2024/25", "--out", str(tmp_path / "again.html")])
    assert (tmp_path / "again.html").read_text(encoding="utf-8") == page


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--period", "2031/32"], "Ask for an earlier period"),
        (["--period", "2024/25", "--organisation", "XXX"], "no referral has the organisation"),
        (["--period", "2024/25", "--only", "nonsense"], "there is no such analysis"),
        (["--period", "yesterday"], "is no period"),
    ],
)
def test_what_cannot_be_made_is_said_and_nothing_is_left(data, tmp_path, options, words):
    result = RUN.invoke(app, ["report", str(data), *options, "--out", str(tmp_path / "r.html")])
    assert isinstance(result.exception, AllcomersError)
    assert words in str(result.exception)
    assert list(tmp_path.iterdir()) == []


def test_a_month_in_which_little_happened_has_no_number_that_is_none(data, tmp_path):
    result = RUN.invoke(app, ["report", str(data), "--period", "2023-02", "--out", str(tmp_path / "r.html")])
    assert result.exit_code == 0, result.output
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert not re.search(NOT_A_NUMBER, text)
