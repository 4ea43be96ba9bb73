"""Definitions in words."""

import pytest

from allcomers.measures import breakdowns, catalogue, explaining


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


def test_the_fields_of_a_measure_are_the_submitted_ones_it_rests_on():
    fields = explaining.fields(catalogue.get("M053"))
    assert {"IDS101Referral.ServDischDate", "IDS201CareContact.AppType"} <= fields
    assert "IDS603PresentingComplaints.PresComp" not in fields


def test_a_category_is_told_by_who_is_in_it():
    under_18, *_ = breakdowns.of("V001")
    assert explaining.belonging(under_18) == "age at the end of the period is from 0 to 17"
    no_code = breakdowns.of("V003")[-1]
    assert explaining.belonging(no_code) == "those of whom nothing says: disability code is recorded"
