"""`allcomers check` as a person meets it: what it prints, writes and ends with."""

import json
import shutil

import pytest
import typer
from typer.testing import CliRunner

from allcomers.cli.check import check
from allcomers.exceptions import UnusableSourceError

app = typer.Typer()
app.command()(check)


@pytest.fixture
def run():
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def spoilt(valid_folder, tmp_path):
    """The valid submission with one score out of range and one contact before its referral."""
    folder = shutil.copytree(valid_folder, tmp_path / "spoilt")
    scores, contacts = folder / "IDS607CodedScoreAssessmentAct.csv", folder / "IDS201CareContact.csv"
    scores.write_text(scores.read_text().replace("A1,720433000,16", "A1,720433000,61"))
    contacts.write_text(contacts.read_text().replace("C6,R3,2025-04-22", "C6,R3,2025-04-01"))
    return folder


def test_a_clean_data_set_ends_with_0(run, valid_folder):
    result = run(valid_folder)
    assert result.exit_code == 0
    assert "Every one of 62 records would be accepted." in result.output


def test_a_data_set_with_a_rejected_record_ends_with_1(run, spoilt):
    result = run(spoilt)
    assert result.exit_code == 1
    assert "IDS20171" in result.output
    assert "IDS60707" in result.output
    assert "1 of 62 records would be rejected, 61 accepted." in result.output
    assert "2025-04-01" not in result.output


def test_records_are_shown_when_asked(run, spoilt):
    assert "CareContDate 2025-04-01" in " ".join(run(spoilt, "--rows").output.split())


def test_reports_are_written(run, spoilt, tmp_path):
    run(spoilt, "--html", tmp_path / "a.html", "--json", tmp_path / "a.json")
    assert "IDS20171" in (tmp_path / "a.html").read_text()
    assert json.loads((tmp_path / "a.json").read_text())["rejected"] == 1


def test_what_cannot_be_read_is_an_error_a_user_can_mend(run, tmp_path):
    result = run(tmp_path / "nowhere")
    assert isinstance(result.exception, UnusableSourceError)
    assert result.exception.exit_code == 2


def test_a_form_that_is_none_is_refused(run, valid_folder):
    assert run(valid_folder, "--as", "letters").exit_code == 2
