"""Every official measure and category, declared once, and as the official lists have it.

The official lists stand beside the project (../shared); where they are not there, their tests are skipped and say so.
"""

import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from allcomers.engine.expression import Expression
from allcomers.measures import breakdowns, catalogue, defects, explaining, statement
from allcomers.measures.measure import Count, Share, Statistic, Total, terms
from allcomers.measures.not_computed import NOT_COMPUTED

SHARED = Path(__file__).parents[4] / "shared" / "spec" / "measures.csv"
SPECS = Path(__file__).parents[2] / "spec" / "measures"
MEASURES, CATEGORIES = 343, 138


@cache
def official():
    if not SHARED.exists():
        pytest.skip(f"{SHARED} is not there")
    with SHARED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def official_measures():
    return {row["measure_id"]: row for row in official() if not row["measure_id"].startswith("V")}


def parts(of):
    if isinstance(of, Share):
        return [one for side in (of.of, of.among) if isinstance(side, Count) for one in (side,)]
    return [*of.counts, *of.minus] if isinstance(of, Total) else [of]


EVERY_FORM = [one for measure in catalogue.all() for one in dict.fromkeys((measure, defects.as_printed(measure)))]
EVERY_CATEGORY_FORM = [
    form for one in breakdowns.all() for form in dict.fromkeys((one, defects.category_as_printed(one)))
]


def test_every_id_is_declared_once_or_said_not_to_be_computed():
    ids = Counter([*(one.id for one in catalogue.all()), *NOT_COMPUTED])
    assert len(ids) == MEASURES
    assert set(ids.values()) == {1}


def test_every_category_is_declared_once():
    labels = Counter((one.variable, one.a, one.b) for one in breakdowns.all())
    assert len(labels) == CATEGORIES
    assert set(labels.values()) == {1}


@pytest.mark.parametrize("measure", EVERY_FORM, ids=lambda one: one.id)
def test_every_predicate_and_value_fits_its_table(measure):
    for one in parts(measure.of):
        columns = statement.tables().columns(one.table)
        Expression(one.where, measure.id).check_predicate(columns)
        assert one.in_period is None or one.in_period in columns
        if isinstance(one, Statistic):
            assert Expression(one.value, measure.id).check(columns) in {"integer", "decimal", "number"}
            assert not one.per or Expression(one.per, measure.id).check(columns) == "integer"
        else:
            assert statement.key(one) in columns


@pytest.mark.parametrize("category", EVERY_CATEGORY_FORM, ids=lambda one: f"{one.variable} {one.b or one.a}")
def test_every_category_fits_its_table(category):
    columns = statement.tables().columns(category.table)
    for predicate in filter(None, (category.where, category.or_none)):
        Expression(predicate, category.variable).check_predicate(columns)


def test_shares_name_counts():
    named = {id_ for one in catalogue.all() if isinstance(one.of, Share) for id_ in _named(one.of)}
    assert all(isinstance(catalogue.get(id_).of, Count) for id_ in named)


def _named(share):
    return [id_ for side in (share.of, share.among) if isinstance(side, str) for _, id_ in terms(side)]


def test_ids_names_groups_and_frequencies_are_the_official_ones():
    expected = {id_: (row["name"], row["group"], row["frequency"]) for id_, row in official_measures().items()}
    found = {one.id: (one.name, one.group, str(one.frequency)) for one in catalogue.all()}
    assert found == {id_: facts for id_, facts in expected.items() if id_ not in NOT_COMPUTED}


def test_what_is_computed_is_what_is_published():
    expected = {id_: row["statistic"] for id_, row in official_measures().items()}
    assert {one.id: one.kind for one in catalogue.all()} == expected


def test_shares_divide_as_published():
    "Numerators and denominators in words are of no published measure, and declared as counts of their own."
    for id_, row in official_measures().items():
        if row["statistic"] != "percentage":
            continue
        share = catalogue.get(id_).of
        for written, side in ((row["numerator_ids"], share.of), (row["denominator_ids"], share.among)):
            if re.fullmatch(r"[A-Z]+\d+( [+-] [A-Z]+\d+)*", written):
                assert side == written, id_
            else:
                assert isinstance(side, Count), id_


def test_categories_are_the_official_ones():
    expected = Counter(
        (row["measure_id"], row["variable_a"], row["variable_b"])
        for row in official()
        if row["measure_id"].startswith("V")
    )
    assert Counter((one.variable, one.a, one.b) for one in breakdowns.all()) == expected


# Picks a pathway's row, ties tables together, says which month's file a row is from, or is of version 1.5.
_NOT_ASKED_FOR = re.compile(
    r"PathwayID|Use(Pathway|QuarterReferral)_Flag|RecordNumber|Unique.*|Person_ID|CareContactI[dD]|ReportingPeriod.*"
    r"|RecordStartDate|legacy:.*"
)
AS_AT_THE_PERIODS_END = {
    "TherapySession_LastDate": "told from the sessions, because a later one would move it",
    "EmpSupport_LastDate": "told from the contacts, because a later one would move it",
    "TreatmentCareContact_Count": "more than none is a first treatment by then",
    "Count_EmploymentStatuses": "none is no first record by then",
}


def test_every_official_field_is_traced():
    "A field that the construction names is read by the declaration, directly or through what it is derived from."
    missing = Counter()
    for measure in catalogue.all():
        named = set(filter(None, (one.strip() for one in official_measures()[measure.id]["fields_used"].split(";"))))
        read = {field.split(".")[1] for field in explaining.fields(measure)} | set(explaining.national_names(measure))
        missing.update(name for name in named - read if not _NOT_ASKED_FOR.fullmatch(name))
    assert missing.keys() == AS_AT_THE_PERIODS_END.keys()


@pytest.mark.parametrize("measure", catalogue.all(), ids=lambda one: one.id)
def test_every_measure_can_be_explained(measure):
    facts = dict(explaining.facts(measure))
    assert facts["Source"] == (f"NHS Talking Therapies monthly metadata, July 2026, {measure.id}",)
    assert facts["Submitted fields"]
    assert not any(
        "$" in line or "_on" in line for heading, lines in facts.items() for line in lines if heading in ROLES
    )


ROLES = ("Counts", "Less", "Numerator", "Denominator", "Mean", "Median", "Least", "Greatest", "Sum")


def test_an_unknown_id_says_where_the_ids_are():
    with pytest.raises(catalogue.MeasureRequestError, match="`allcomers define` lists every id"):
        catalogue.get("M999")


@pytest.mark.parametrize("family", catalogue.FAMILIES)
def test_every_family_has_a_spec(family):
    specs = "".join(path.read_text(encoding="utf-8") for path in SPECS.glob("test_*.py"))
    assert any(f'"{one.id}":' in specs for one in catalogue.FAMILIES[family].MEASURES)


@pytest.mark.parametrize("variable", dict.fromkeys(one.variable for one in breakdowns.all()))
def test_every_breakdown_has_a_spec(variable):
    assert f'"{variable}"' in (SPECS / "test_breakdowns.py").read_text(encoding="utf-8")
