"""Definitions in words."""

import pytest

from allcomers.measures import breakdowns, catalogue, explaining, statement
from allcomers.measures.measure import TABLE_KEYS, Count, Share, Statistic, Total


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("first_treatment_on is null", "first treatment is not recorded"),
        ("end_code is not null", "end code is recorded"),
        ("end_code not in ('10', '11')", "end code is none of 10, 11"),
        (
            "date_diff('day', received_on, first_treatment_on) <= 42",
            "days from referral to first treatment is at most 42",
        ),
        ("received_on <= $period_end", "referral is by the end of the period"),
        ("first_assessment_on <= first_treatment_on", "first assessment is not after first treatment"),
        ("problem_descriptor like 'F42%'", "problem descriptor begins with F42"),
        ("treatment_count between 1 and 3", "treatment count is from 1 to 3"),
        ("not attended", "not attended"),
    ],
)
def test_an_expression_in_words(text, words):
    assert explaining.in_words(text) == words


def test_a_share_is_told_by_its_measures():
    parts = explaining.parts(catalogue.get("M192"))
    assert [one.what for one in parts["numerator"]] == ["M191 Count_Recovery"]
    assert [one.what for one in parts["denominator"]] == [
        "M076 Count_FinishedCourseTreatment",
        "less M179 Count_NotAtCaseness",
    ]


def test_a_count_is_told_by_its_terms():
    (counted,) = explaining.parts(catalogue.get("M036"))["counts"]
    assert counted.lines == (
        "referrals with first treatment in the period",
        "– days from referral to first treatment is at most 42",
    )


def counted():
    """Every set of rows that a measure counts or describes."""
    for measure in catalogue.by_id().values():
        of = measure.of
        if isinstance(of, Share):
            yield from (count for side in (of.of, of.among) for _, count in statement.counts_of(side))
        else:
            yield from (*of.counts, *of.minus) if isinstance(of, Total) else (of,)


def test_a_contact_with_a_therapy_is_a_contact():
    (sessions,) = explaining.parts(catalogue.get("M090"))["counts"]
    assert sessions.what == "care contacts with the contact in the period"


def test_what_is_counted_has_a_word_whatever_table_it_is_in():
    keys = {statement.key(of) for of in counted() if isinstance(of, Count)}
    assert keys <= explaining.COUNTED.keys()
    described = {of.table for of in counted() if isinstance(of, Statistic)} - TABLE_KEYS.keys()
    assert all("pathway_id" in statement.tables().columns(table) for table in described)


def test_the_fields_of_a_measure_are_the_submitted_ones_it_rests_on():
    fields = explaining.fields(catalogue.get("M053"))
    assert {"IDS101Referral.ServDischDate", "IDS201CareContact.AppType"} <= fields
    assert "IDS603PresentingComplaints.PresComp" not in fields


def test_a_category_is_told_by_who_is_in_it():
    under_18, *_ = breakdowns.of("V001")
    assert explaining.belonging(under_18) == "age at the end of the period is from 0 to 17"
    sleepio = next(one for one in breakdowns.of("V009") if one.a == "Sleepio")
    assert explaining.belonging(sleepio) == "programme is Sleepio and the start is by the end of the period"
    no_code = breakdowns.of("V003")[-1]
    assert explaining.belonging(no_code) == "those of whom nothing says: disability code is recorded"
