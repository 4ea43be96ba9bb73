"""`allcomers observatory` and `allcomers figures`, as typed: what they print, refuse and leave alone."""

import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from allcomers.cli import app, main
from tests.unit.observatory.conftest import Site

Table = Callable[..., Path]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """The command as `main` runs it: the exit code, and all that is printed on one line."""

    def typed(*arguments: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["allcomers", *map(str, arguments)])
        monkeypatch.setenv("COLUMNS", "400")
        try:
            main()
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        else:
            code = 0
        printed = capsys.readouterr()
        return code, " ".join((printed.out + printed.err).split())

    return typed


Run = Callable[..., tuple[int, str]]


def test_it_says_what_it_made(run: Run, table: Table, tmp_path: Path) -> None:
    file = table({}, {"OrgCode": "ZZP02"}, {"OrgCode": "ZZP03"})
    synthetic = file.rename(tmp_path / f"SYNTHETIC-{file.name}")
    code, printed = run("observatory", synthetic, "--out", tmp_path / "site", "--processes", 1)
    assert code == 0
    assert "SYNTHETIC" in printed
    assert "about 3 organisations" in printed
    assert f"Open {tmp_path / 'site' / 'index.html'}" in printed


def _truncated(folder: Path, whole: Path) -> Path:
    path = folder / "psych-ther-ann-rep-csvs-2023-24.zip"
    path.write_bytes(whole.read_bytes()[:5000])
    return path


def _html_error_page(folder: Path, _: Path) -> Path:
    path = folder / "psych-ther-ann-rep-csv-2023-24-main.csv"
    path.write_text("<!DOCTYPE html><html><body><h1>404</h1></body></html>\n")
    return path


def _another_publication(folder: Path, _: Path) -> Path:
    path = folder / "gp-appointments-2023-24.csv"
    path.write_text("GP_CODE,APPOINTMENTS\nA81001,12\n")
    return path


def _missing_column(folder: Path, whole: Path) -> Path:
    member = zipfile.ZipFile(whole).namelist()[0]
    frame = pl.read_csv(zipfile.ZipFile(whole).read(member), infer_schema=False).drop("Count_FinishedCourseTreatment")
    path = folder / "psych-ther-ann-rep-csv-2023-24-main.csv"
    frame.write_csv(path)
    return path


def _not_there(folder: Path, _: Path) -> Path:
    return folder / "nowhere-2023-24.zip"


BAD = [
    (_truncated, "psych-ther-ann-rep-csvs-2023-24.zip"),
    (_html_error_page, "psych-ther-ann-rep-csv-2023-24-main.csv"),
    (_another_publication, "another publication or layout"),
    (_missing_column, "Count_FinishedCourseTreatment"),
    (_not_there, "nowhere-2023-24.zip"),
]


@pytest.mark.parametrize(("bad", "said"), BAD, ids=[bad.__name__.strip("_") for bad, _ in BAD])
def test_a_file_that_cannot_be_used_is_named_and_the_site_that_stands_is_left_alone(
    run: Run, one_year: list[Path], tmp_path: Path, bad: Callable[[Path, Path], Path], said: str
) -> None:
    out = tmp_path / "site"
    out.mkdir()
    (out / ".allcomers-site").touch()
    (out / "index.html").write_text("the site that stands")
    folder = tmp_path / "given"
    folder.mkdir()
    code, printed = run("observatory", bad(folder, one_year[0]), "--out", out)
    assert code == 2
    assert said in printed
    assert "Traceback" not in printed
    assert (out / "index.html").read_text() == "the site that stands"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["given", "site"]


def test_a_year_given_twice_is_refused(run: Run, one_year: list[Path], tmp_path: Path) -> None:
    code, printed = run("observatory", *one_year, *one_year, "--out", tmp_path / "site")
    assert code == 2
    assert "2023-24 is given twice" in printed
    assert not (tmp_path / "site").exists()


def test_every_bad_file_is_told_in_one_run(run: Run, one_year: list[Path], tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    files = [_html_error_page(tmp_path, one_year[0]), _another_publication(tmp_path / "other", one_year[0])]
    code, printed = run("observatory", *files, "--out", tmp_path / "site")
    assert code == 2
    assert "psych-ther-ann-rep-csv-2023-24-main.csv" in printed
    assert "gp-appointments-2023-24.csv" in printed


@pytest.mark.parametrize(
    ("option", "content"), [("--organisations", "code,name\n1,2\n"), ("--declarations", "producer = 3\n")]
)
def test_an_unusable_reference_or_declaration_is_refused_before_anything_is_written(
    run: Run, one_year: list[Path], tmp_path: Path, option: str, content: str
) -> None:
    given = tmp_path / "given.csv"
    given.write_text(content)
    code, printed = run("observatory", *one_year, option, given, "--out", tmp_path / "site")
    assert code == 2
    assert str(given) in printed
    assert not (tmp_path / "site").exists()


def test_a_folder_of_other_files_is_refused(run: Run, one_year: list[Path], tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    code, printed = run("observatory", *one_year, "--out", tmp_path)
    assert code == 2
    assert "holds files that this command did not write" in printed
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_text_in_a_number_is_kept_and_marked(run: Run, table: Table, tmp_path: Path) -> None:
    rows = [{"OrgCode": f"ZZP{number:02}", "OrgName": f"P{number}"} for number in range(1, 5)]
    rows[2]["Count_Recovery"] = "forty"
    code, _ = run("observatory", table(*rows), "--out", tmp_path / "site", "--processes", 1)
    assert code == 0
    (fault,) = pl.read_csv(tmp_path / "site" / "faults.csv").filter(fault="not_a_count").to_dicts()
    assert (fault["row"], fault["org_code"]) == (4, "ZZP03")
    assert "forty" in fault["found"]


def test_help_teaches() -> None:
    printed = CliRunner().invoke(app, ["observatory", "--help"]).output
    for word in ("--out", "--organisations", "--declarations", "published fetch"):
        assert word in printed


def test_figures_prints_what_a_page_says(run: Run, site: Site) -> None:
    code, printed = run(
        "figures", *site.files, "--organisation", "ZZP01", "--period", "2023-24", "--figure", "recovery"
    )
    assert code == 0
    row = pl.read_csv(site.out / "data" / "totals.csv").filter(
        pl.col("org_code") == "ZZP01", pl.col("period") == "2023-24", pl.col("figure") == "recovery"
    )
    for value, numerator in row.filter(pl.col("value").is_not_null()).select("value", "numerator").iter_rows():
        assert f"{value:,.4f}" in printed
        assert f"{numerator:,}" in printed
    (official,) = row.filter(pl.col("base") == "official")["value"]
    assert f"{official:.1f}%" in site.text("provider/ZZP01.html")


def test_figures_can_be_kept_as_csv(run: Run, site: Site, tmp_path: Path) -> None:
    kept = tmp_path / "kept.csv"
    code, _ = run("figures", *site.files, "--base", "referred", "--breakdown", "Gender", "--csv", kept)
    assert code == 0
    table = pl.read_csv(kept)
    assert set(table["base"]) == {"referred"}
    assert set(table["org_code"]) == {"All"}


def test_an_organisation_that_is_not_there_is_refused_with_some_that_are(run: Run, site: Site) -> None:
    code, printed = run("figures", *site.files, "--organisation", "NOWHERE")
    assert code == 2
    assert "NOWHERE" in printed
    assert "ZZP01" in printed or "ZZB01" in printed
