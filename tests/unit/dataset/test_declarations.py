"""The declarations against the reference they transcribe, and against themselves."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from allcomers import codes
from allcomers.dataset import TABLES
from allcomers.dataset.checking.expressions import Names, accepted_codes
from allcomers.dataset.model import TEXT, Basis, Check, HasChild, HasParent, NotEvaluated, Rule, Submission, Unique
from allcomers.dataset.rules import BY_ID, NATIONAL_RULES, NOT_EVALUATED, RULES
from allcomers.dataset.rules.kinds import LANGUAGES
from allcomers.dataset.tables import BY_CODE, BY_NAME

SPEC = Path(__file__).parents[4] / "shared" / "spec"
needs_spec = pytest.mark.skipif(not SPEC.exists(), reason="the reference ../shared/spec is not beside this checkout")
SEVERITY = {"REJECT_FILE": "file", "REJECT_GROUP": "group", "REJECT_RECORD": "record", "WARNING": "warning"}


def read(name: str) -> list[dict[str, str]]:
    with (SPEC / name).open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@needs_spec
def test_every_field_is_declared_as_the_reference_has_it():
    declared = [
        (t.name, f.name, f.item, f.dictionary, f.meaning, f.type, f.mandation, f.basis.value, f.origin.value, f.status)
        for t in TABLES
        for f in t.fields
    ]
    columns = ["table", "field", "item_uid", "data_dictionary_name", "meaning", "type", "mandation"]
    columns += ["mandation_basis", "origin", "status"]
    assert declared == [tuple(row[column] for column in columns) for row in read("dataset.csv")]


@needs_spec
def test_every_rule_is_declared_once_with_its_severity():
    declared = [(rule.id, rule.severity.value) for rule in (*NATIONAL_RULES, *NOT_EVALUATED)]
    reference = [(row["rule_code"], SEVERITY[row["severity"]]) for row in read("validation_rules.csv")]
    assert sorted(declared) == sorted(reference)


RENAMED = {"ConsMediumUsed": "ConsMechanism", "SourceOfReferralMH": "SourceOfReferralIAPT"}


@needs_spec
def test_every_rule_is_about_the_fields_of_the_reference():
    for row in read("validation_rules.csv"):
        rule = BY_ID.get(row["rule_code"])
        if rule is None or isinstance(rule.test, Submission | HasParent | HasChild):
            continue
        own = {name.split(".")[-1] for name in re.findall(r"[\w.]+", row["fields"]) if _is_own(name, rule)}
        named = {*rule.test.fields, *re.findall(r"\w+", getattr(rule.test, "where", ""))}
        assert {RENAMED.get(name, name) for name in own} <= named, rule.id


def _is_own(name: str, rule: Rule) -> bool:
    return "." not in name or name.startswith(rule.table[:6])


@needs_spec
@pytest.mark.parametrize("kind", ["length / character format", "numeric format"])
def test_lengths_are_those_of_the_reference(kind):
    for row in read("validation_rules.csv"):
        rule, bounds = BY_ID.get(row["rule_code"]), re.search(r"length (\d+)-(\d+)", row["parameters"])
        if row["kind"] == kind and rule is not None and bounds:
            assert isinstance(rule.test, Check)
            assert bounds[2] in re.findall(r"\d+", rule.test.fault), rule.id


@needs_spec
def test_no_code_of_the_published_rules_is_missing_from_its_list():
    """Version 2.1 added codes, and replaced two lists: the source of referral and the consultation medium."""
    for row in read("validation_rules.csv"):
        rule, listed = BY_ID.get(row["rule_code"]), re.fullmatch(r"\{(.*)\}", row["parameters"])
        if rule is None or listed is None or rule.id in {"IDS00003", "IDS10118", "IDS20120"}:
            continue
        assert set(listed[1].split(",")) <= set(accepted_codes(BY_NAME[rule.table][rule.field].codes)), rule.id


def test_there_are_21_tables_of_520_fields_and_382_national_rules():
    """Numbers from ../shared/spec/README.md and standards.md section 4."""
    assert len(TABLES) == 21
    assert sum(len(table.fields) for table in TABLES) == 520
    by_severity = Counter(rule.severity.value for rule in (*NATIONAL_RULES, *NOT_EVALUATED))
    assert by_severity == {"file": 13, "group": 37, "record": 247, "warning": 85}


def test_a_rule_is_evaluated_or_listed_with_a_reason_and_never_both():
    evaluated = {rule.id for rule in RULES}
    assert len(evaluated) == len(RULES)
    assert evaluated.isdisjoint(rule.id for rule in NOT_EVALUATED)
    assert all(isinstance(rule, NotEvaluated) and rule.reason for rule in NOT_EVALUATED)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_names_fields_that_exist_and_says_what_to_do(rule):
    table = BY_NAME[rule.table]
    assert all(name in table.by_name for name in rule.test.fields)
    assert rule.meaning.endswith(".")
    assert rule.remedy.endswith(".")
    if isinstance(rule.test, Check):
        assert Names(table).sql(rule.test.fault)
    if isinstance(rule.test, HasParent):
        assert table.parent is not None
        assert (table.parent.field, table.parent.table) == (rule.field, rule.test.parent)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.code)
def test_every_field_that_is_no_text_has_a_rule_on_how_it_is_written(table):
    tested = {rule.field for rule in RULES if rule.table == table.name and _tests_form(rule)}
    assert {field.name for field in table.submitted if field.type != TEXT} <= tested


def _tests_form(rule: Rule) -> bool:
    return isinstance(rule.test, Check) and ("unreadable(" in rule.test.fault or "regexp" in rule.test.fault)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.code)
def test_every_mandatory_field_has_a_rule_that_it_is_not_blank(table):
    """PersonBirthDate is mandatory in the Data Dictionary, and nationally its blank raises a warning only."""
    tested = {rule.field for rule in RULES if rule.table == table.name and _tests_blank(rule)}
    assert {field.name for field in table.submitted if field.mandation == "M"} <= tested


def _tests_blank(rule: Rule) -> bool:
    return isinstance(rule.test, Check) and rule.test.fault == f"blank({rule.field})"


@pytest.mark.parametrize("table", [t for t in TABLES if t.key], ids=lambda table: table.code)
def test_every_key_has_a_rule_that_it_is_unique(table):
    assert any(
        isinstance(rule.test, Unique) and set(rule.test.fields) == set(table.key)
        for rule in RULES
        if rule.table == table.name
    )


def test_every_code_list_named_by_a_field_exists():
    named = {field.codes for table in TABLES for field in table.fields if field.codes}
    assert all(codes.get(name).codes for name in named)


def test_every_list_that_is_named_for_a_submitted_field_is_tested():
    """The therapy codes are not: any SNOMED CT procedure may be sent. Score concepts have a rule of their own."""
    tested = {
        (rule.table, rule.field) for rule in RULES if isinstance(rule.test, Check) and "listed(" in rule.test.fault
    }
    named = {(table.name, field.name) for table in TABLES for field in table.submitted if field.codes}
    untested = {name for _, name in named - tested}
    assert untested == {"CodeProcAndProcStatus", "CodedAssToolType"}


def test_the_status_of_a_mandation_is_verified_inferred_or_unverified():
    assert {basis.status for basis in Basis if basis is not Basis.NONE} == {"verified", "inferred", "unverified"}


def test_languages_are_the_two_letter_codes_and_five_of_our_own():
    assert re.fullmatch(LANGUAGES, "cy")
    assert re.fullmatch(LANGUAGES, "q3")
    assert not re.fullmatch(LANGUAGES, "q6")
    assert not re.fullmatch(LANGUAGES, "EN")


def test_a_table_knows_its_code_and_its_fields():
    assert BY_CODE["IDS201"].name == "IDS201CareContact"
    assert BY_CODE["IDS201"]["AppType"].codes == "AppType"
