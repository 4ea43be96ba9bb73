"""Stray forms become codes, the same for a value and for a column."""

import string

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allcomers import codes
from allcomers.codes import clean_finding, clean_finding_sql, normalise, normalise_sql
from allcomers.codes.model import CodeList
from allcomers.codes.problem import PROBLEM
from allcomers.codes.therapy import programme, programme_sql

MEDICATION, ETHNICITY, SICK = (codes.get(name) for name in ("PsychMed", "EthnicCategory", "SickAbsenceInd"))
STRAY = [
    None,
    "",
    " ",
    "1",
    " 1",
    "1 ",
    "01",
    " 01",
    "4",
    "A",
    " A",
    "I",
    "9",
    "99",
    "0",
    "Z",
    "8",
    "X",
    "y",
    "-1",
    "Ω",
]


def in_a_column(sql: str, *columns: list[str | None]) -> list[object]:
    """What DuckDB makes of the expression, over columns named a, b ..., in their order."""
    names = "ab"[: len(columns)]
    lists = ", ".join(f"unnest(${n + 1}::varchar[]) as {name}" for n, name in enumerate(names))
    with duckdb.connect() as duck:
        return [row[0] for row in duck.execute(f"select {sql} from (select {lists})", list(columns)).fetchall()]


@pytest.mark.parametrize(
    ("code_list", "value", "code"),
    [
        # Official variable V012 reads these forms as one.
        *((MEDICATION, form, "01") for form in ("01", "1", " 1", "1 ")),
        (MEDICATION, "4", "4"),
        (MEDICATION, None, None),
        # Load derivation of Validated_EthnicCategory.
        (ETHNICITY, " A", "A"),
        *((ETHNICITY, form, "99") for form in ("9", "99")),
        *((ETHNICITY, form, "-1") for form in (None, "", " ", "0")),
        *((ETHNICITY, form, "-3") for form in ("I", "AA", "a")),
        (SICK, "8 ", "8"),
        (SICK, "?", "?"),
    ],
)
def test_what_a_submitted_value_stands_for(code_list: CodeList, value: str | None, code: str | None) -> None:
    assert normalise(code_list, value) == code


@pytest.mark.parametrize("code_list", codes.all(), ids=lambda one: one.name)
def test_the_column_form_agrees(code_list: CodeList) -> None:
    values = [*STRAY, *(code.code for code in code_list)]
    assert in_a_column(normalise_sql(code_list, "a"), values) == [normalise(code_list, value) for value in values]


@pytest.mark.parametrize("code_list", codes.all(), ids=lambda one: one.name)
def test_a_code_stands_for_itself(code_list: CodeList) -> None:
    assert [normalise(code_list, code.code) for code in code_list] == [code.code for code in code_list]


@pytest.mark.parametrize(
    ("scheme", "code", "cleaned"),
    [
        ("01", "F42", "F429"),
        ("01", "K58", "K589"),
        ("01", "F99", "F99X"),
        ("01", "F55", "F55X"),
        ("01", "I10", "I10X"),
        ("01", "g35", "G35X"),
        ("01", "R69D", "R69X"),
        ("01", "I10X", "I10X"),
        ("01", "I11", "I119"),
        ("01", "J45", "J459"),
        # The fourth character of an external cause is the place, so that none is undivided.
        ("01", "W00", "W009"),
        ("01", "f41.1", "F411"),
        ("01", " F 32 . 1 ", "F321"),
        ("01", "F00.0A", "F000"),
        ("01", "F42D", "F429"),
        ("01", "G93.3", "G933"),
        ("01", "", "-3"),
        ("01", "83482000", "-3"),
        ("01", "F4", "-3"),
        ("04", "83482000", "83482000"),
        ("04", " 83482000", " 83482000"),
        ("02", "F42", "-3"),
        (None, "F42", None),
        ("01", None, None),
    ],
)
def test_a_coded_finding_is_cleaned(scheme: str | None, code: str | None, cleaned: str | None) -> None:
    assert clean_finding(scheme, code) == cleaned
    assert in_a_column(clean_finding_sql("a", "b"), [scheme], [code]) == [cleaned]


findings = st.lists(
    st.tuples(
        st.sampled_from([None, "01", "04", "02", ""]),
        st.none() | st.text(max_size=6) | st.from_regex(r"[A-Za-z][0-9]{2}[.]?[0-9X]{0,2}[AD]?", fullmatch=True),
    ),
    min_size=1,
    max_size=50,
)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(findings)
def test_the_column_form_of_cleaning_agrees_on_anything(pairs: list[tuple[str | None, str | None]]) -> None:
    # DuckDB's text holds no zero character, and upper-cases "ß" and the like one letter at a time.
    pairs = [(scheme, code) for scheme, code in pairs if code is None or (code.isascii() and "\0" not in code)]
    schemes, found = [scheme for scheme, _ in pairs], [code for _, code in pairs]
    assert in_a_column(clean_finding_sql("a", "b"), schemes, found) == [clean_finding(*pair) for pair in pairs]


def test_every_category_is_cleaned_alike_in_a_column() -> None:
    categories = [f"{letter}{number:02}" for letter in string.ascii_uppercase for number in range(100)]
    cleaned = [clean_finding("01", category) for category in categories]
    assert in_a_column(clean_finding_sql("'01'", "a"), categories) == cleaned
    # Of the 254 that are undivided in both editions, less W46, whose fourth character is the place.
    assert sum(code is not None and code.endswith("X") for code in cleaned) == 253


def test_a_cleaned_descriptor_still_begins_as_its_problem_does() -> None:
    for problem in PROBLEM:
        for descriptor in getattr(problem, "descriptors", ()):
            scheme = "01" if descriptor.prefix else "04"
            cleaned = clean_finding(scheme, descriptor.code)
            assert cleaned
            assert descriptor.matches(cleaned)


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("SilverCloud Space from Depression", "Silvercloud"),
        ("SLVRCLD", "Silvercloud"),
        ("ocd.net", "OCD-NET"),
        ("mnddstrct", "Minddistrict"),
        ("Headspace", "Other/unknown IET"),
        ("", "Other/unknown IET"),
        (None, "No recorded IET"),
    ],
)
def test_a_programme_is_told_by_what_its_name_contains(text: str | None, group: str) -> None:
    assert programme(text) == group
    assert in_a_column(programme_sql("a"), [text]) == [group]
