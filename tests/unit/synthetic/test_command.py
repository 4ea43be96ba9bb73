"""`allcomers synthesise`: what it writes, and what it says when asked for something impossible."""

import polars as pl
import pyarrow.parquet as pq
import pytest
import typer
from typer.testing import CliRunner

from allcomers.cli.synthesise import synthesise
from allcomers.exceptions import AllcomersError
from allcomers.synthetic.writing import NOTICE

app = typer.Typer()
app.command()(synthesise)


def run(*words: str):
    return CliRunner().invoke(app, list(words))


def test_it_writes_stamped_files(tmp_path):
    result = run(str(tmp_path / "town"), "--referrals", "300", "--months", "2", "--seed", "4")
    assert result.exit_code == 0, result.output
    assert "do not exist" in result.output
    for path in (tmp_path / "town").rglob("*.parquet"):
        assert pq.read_metadata(path).metadata[b"SYNTHETIC"] == NOTICE.encode()
        assert (path.parent / "SYNTHETIC.txt").read_text() == NOTICE
    assert (
        pl.read_parquet(tmp_path / "town" / "extra" / "organisations.parquet")["provider_name"]
        .str.starts_with("Synthetic")
        .all()
    )


def test_csv_has_a_sidecar(tmp_path):
    assert run(str(tmp_path / "town"), "--referrals", "300", "--format", "csv", "--faults", "0.01").exit_code == 0
    assert (tmp_path / "town" / "SYNTHETIC.txt").exists()
    assert (tmp_path / "town" / "truth" / "faults.csv").exists()


def test_calibration_prints_every_target_and_says_when_one_is_missed():
    result = run("--calibration", "--referrals", "600", "--seed", "4")
    lines = result.output.splitlines()
    assert sum(" | " in line for line in lines) == 1_657
    assert lines[-1].startswith("all")
    assert result.exit_code == (1 if any(line.endswith("| fail") for line in lines) else 0)


@pytest.mark.parametrize(
    ("words", "where"),
    [
        ((), "allcomers synthesise"),
        (("OUT",), "allcomers synthesise"),
        (("OUT", "--referrals", "0"), "--referrals"),
        (("OUT", "--referrals", "900000000"), "--referrals"),
        (("OUT", "--referrals", "10", "--start", "2024-13"), "--start"),
        (("OUT", "--referrals", "10", "--start", "April"), "--start"),
        (("OUT", "--referrals", "10", "--start", "2022-03"), "--start"),
        (("OUT", "--referrals", "10", "--months", "0"), "--months"),
        (("OUT", "--referrals", "10", "--seed", "-1"), "--seed"),
        (("OUT", "--referrals", "10", "--faults", "2"), "--faults"),
        (("OUT", "--referrals", "10", "--workers", "0"), "--workers"),
    ],
)
def test_what_cannot_be_made_is_named(tmp_path, monkeypatch, words, where):
    monkeypatch.chdir(tmp_path)
    result = run(*words)
    assert isinstance(result.exception, AllcomersError)
    assert result.exception.where == where
    assert not (tmp_path / "OUT").exists()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("keep me")
    result = run(str(tmp_path), "--referrals", "10")
    assert isinstance(result.exception, AllcomersError)
    assert (tmp_path / "mine.txt").read_text() == "keep me"


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "a file").write_text("in the way")
    result = run(str(tmp_path / "a file" / "town"), "--referrals", "10")
    assert isinstance(result.exception, AllcomersError)
    assert "cannot be made" in str(result.exception)


@pytest.mark.parametrize("referrals", ["1", "2", "37"])
def test_a_tiny_data_set_is_whole(tmp_path, referrals):
    assert run(str(tmp_path / "tiny"), "--referrals", referrals, "--months", "1").exit_code == 0
    assert len(list((tmp_path / "tiny").glob("IDS*.parquet"))) == 21
