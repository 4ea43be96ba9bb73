"""The all-comers counterparts as declarations."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from allcomers.cli import app
from allcomers.engine.expression import Expression
from allcomers.measures import catalogue, explaining, run, statement
from allcomers.measures.measure import Share
from allcomers.synthetic import Plan, write

SPEC = Path(__file__).parents[2] / "spec" / "measures" / "test_counterparts.py"
HEADLINES = ("M031", "M053", "M055", "M079", "M126", "M141", "M186", "M192", "M195", "M1010")


def test_ids_are_distinct_and_none_is_an_official_one():
    ids = Counter(one.id for one in (*catalogue.all(), *catalogue.counterparts()))
    assert set(ids.values()) == {1}
    assert all(not one.is_official for one in catalogue.counterparts())
    assert all(one.is_official for one in catalogue.all())


@pytest.mark.parametrize("id_", HEADLINES)
def test_every_headline_has_a_counterpart(id_):
    assert catalogue.get(id_).counterparts


def test_a_counterpart_is_found_in_any_case_of_letters():
    assert catalogue.get("m192_ALL").id == "M192_all"


@pytest.mark.parametrize("one", catalogue.counterparts(), ids=lambda one: one.id)
def test_a_counterpart_is_named_after_the_measure_above_it(one):
    official = catalogue.official_of(one)
    assert one.id.startswith(f"{official.id}_")
    assert one.optional == official.optional
    assert one.name not in {each.name for each in catalogue.all()}


@pytest.mark.parametrize("one", catalogue.counterparts(), ids=lambda one: one.id)
def test_a_counterpart_is_explained(one):
    facts = dict(explaining.facts(one))
    assert facts["Why"] == (one.because,)
    assert facts["Among"] == (one.note,)
    assert facts["Official figure"][0].startswith(catalogue.official_of(one).id)
    assert facts["Source"] == (f"Allcomers, {one.id}",)
    assert facts["Published"] == ("not by NHS England",)
    assert facts["Submitted fields"]
    assert not any("$" in line or "_on" in line for lines in facts.values() for line in lines if one.id not in line)


@pytest.mark.parametrize("one", catalogue.counterparts(), ids=lambda one: one.id)
def test_a_counterpart_can_be_written_as_a_query(one):
    assert "period_start" in statement.statement(one, "tsql")
    of = one.of
    counts = (
        [count for side in (of.of, of.among) for _, count in statement.counts_of(side)]
        if isinstance(of, Share)
        else [of]
    )
    for each in counts:
        Expression(each.where, one.id).check_predicate(statement.tables().columns(each.table))


@pytest.mark.parametrize("one", catalogue.counterparts(), ids=lambda one: one.id)
def test_every_counterpart_has_a_spec(one):
    written = SPEC.read_text(encoding="utf-8")
    assert f'"{one.id}":' in written or re.fullmatch(r"M2[1-3][38]_all", one.id)


def test_no_text_calls_a_period_ratio_a_share_of_those_people():
    for one in catalogue.counterparts():
        if one.id.endswith("_referred"):
            assert "not all the same people" in one.note


def test_an_official_measure_names_its_counterparts():
    facts = dict(explaining.facts(catalogue.get("M192")))
    assert [line.split()[0] for line in facts["Of everyone who came"]] == ["M192_all", "M192_ended", "M192_referred"]


def test_counterparts_are_written_only_when_asked_for_each_after_its_measure():
    assert all(one.is_official for one in run.chosen([]))
    asked = [one.id for one in run.chosen(["M192", "M001"], counterparts=True)]
    assert asked == ["M192", "M192_all", "M192_ended", "M192_referred", "M001"]
    assert len(run.chosen([], counterparts=True)) == len(catalogue.all()) + len(catalogue.counterparts())
    assert [one.id for one in run.chosen(["M192_all"])] == ["M192_all"]


def test_the_command_writes_them_in_the_official_layout(tmp_path):
    write(tmp_path / "data", Plan(referrals=300, start=date(2024, 4, 1), months=12, seed=3), workers=1)
    asked = ["measure", str(tmp_path / "data"), "--period", "2024/25", "--by", "england", "--only", "M192,M126"]
    result = CliRunner().invoke(app, [*asked, "--counterparts", "--out", str(tmp_path / "out.csv")])
    assert result.exit_code == 0, result.output
    rows = pl.read_csv(tmp_path / "out.csv", infer_schema=False)
    assert rows["MEASURE_ID"].to_list() == ["M192", "M192_all", "M192_ended", "M192_referred", "M126", "M126_all"]
    official, *wider = map(float, rows["MEASURE_VALUE_SUPPRESSED"].to_list()[:4])
    assert all(0 < value < official for value in wider)
