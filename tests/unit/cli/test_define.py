"""`allcomers define` as a person meets it."""

import pytest
import typer
from typer.testing import CliRunner

from allcomers.cli.define import define
from allcomers.exceptions import MeasureRequestError
from allcomers.measures import breakdowns, catalogue

app = typer.Typer()
app.command()(define)


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def test_without_an_id_it_lists_every_id(run):
    output = run().output
    assert all(one.id in output for one in catalogue.all())
    assert all(one.variable in output for one in breakdowns.all())


def test_it_tells_numerator_denominator_fields_source_and_status(run):
    output = run("m192").output
    for told in (
        "M191 Count_Recovery",
        "less M179 Count_NotAtCaseness",
        "Recovery_Flag",
        "July 2026, M192",
        "verified",
    ):
        assert told in output


def test_it_tells_a_slip_and_how_it_is_read(run):
    output = run("M122").output
    assert "90 days or more" in output
    assert "Read here: From 29 to 90 days" in output


def test_it_writes_the_query_for_a_period_in_a_dialect(run):
    output = run("M122", "--sql", "tsql", "--period", "2025-04").output
    assert "CAST('2025-04-30' AS DATE)" in output
    assert "BETWEEN 29 AND 90" in output


def test_official_takes_a_slip_literally(run):
    assert "> 89" in run("M122", "--sql", "duckdb", "--compat", "official").output


def test_a_breakdown_is_told_by_its_categories(run):
    output = run("V008").output
    assert "Same gender at birth" in output
    assert "gender same at birth is Y" in output


def test_an_unknown_id_says_what_to_do(run):
    assert isinstance(run("M999").exception, MeasureRequestError)
