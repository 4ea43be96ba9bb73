"""What a finished course held: sessions, time, work and social adjustment, stages of intensity, integrated care."""

import pytest

title = "Finished courses"

SESSIONS = """
    discharged_on | finished_course | treatment_count | first_treatment_on | last_treatment_on | internet_therapy_minutes | cognitive_behaviour_therapy_count | counselling_depression_count | guided_self_help_book_count | community_sign_posting_count
    2025-04-01    | yes             | 2               | 2025-03-01         | 2025-03-11        | 30                       | 2                                 | 0                            | 0                           | 0
    2025-04-02    | yes             | 11              | 2024-10-01         | 2025-01-09        |                          | 0                                 | 4                            | 3                           | 1
    2025-04-03    | no              | 1               | 2025-03-01         | 2025-03-01        | 90                       | 1                                 | 0                            | 0                           | 0
"""
NONE = [
    "non_guided_self_help_book_count",
    "guided_self_help_computer_count",
    "non_guided_self_help_computer_count",
    "structured_physical_activity_count",
    "psychoeducational_peer_support_count",
    "other_low_intensity_count",
    "applied_relaxation_count",
    "couples_therapy_depression_count",
    "collaborative_care_count",
    "brief_psychodynamic_psychotherapy_count",
    "eye_movement_desensitisation_reprocessing_count",
    "mindfulness_count",
    "other_high_intensity_count",
    "interpersonal_psychotherapy_count",
]


@pytest.fixture
def sessions():
    """The table, with no session of any other therapy."""
    head, *rows = SESSIONS.strip().splitlines()
    zeros = " | 0" * len(NONE)
    return "\n".join([f"{head} | {' | '.join(NONE)}", *(row + zeros for row in rows)])


def test_sessions_of_finished_courses(spec, sessions):
    spec({"M089": 13, "M141": 6.5, "M142": 6.5, "M143": 11, "M144": 2}, pathway=sessions)


def test_days_between_sessions_weigh_every_gap_alike(spec, sessions):
    "10 days and 100 days over one gap and ten."
    spec({"M351": 10}, pathway=sessions)


def test_a_course_without_both_dates_adds_no_sessions_either(spec):
    "20 days over 2 gaps; the second course has 4 gaps whose length nobody knows."
    rows = """
        discharged_on | finished_course | treatment_count | first_treatment_on | last_treatment_on
        2025-04-10    | yes             | 3               | 2025-02-01         | 2025-02-21
        2025-04-10    | yes             | 5               | 2025-02-01         |
    """
    spec({"M351": 10}, pathway=rows)


def test_sessions_of_a_therapy_are_averaged_over_courses_that_had_any(spec, sessions):
    "Counselling counts as high intensity, signposting as low."
    spec({"M112": 3, "M113": 2, "M115": 4, "M114": None, "M120": 4}, pathway=sessions)


def test_minutes_online_are_averaged_over_courses_with_a_log(spec, sessions):
    spec({"M1013": 30}, pathway=sessions, period="2025/26 Q1")


def test_adjustment_is_of_courses_with_a_last_score(spec):
    spec(
        {"M212": 2, "M213": 6, "M214": 6, "M215": 3, "M216": 3, "M232": 1, "M233": 8, "M236": 1, "M217": 0},
        pathway="""
            discharged_on | finished_course | wsas_work_first | wsas_work_last | wsas_relationships_first | wsas_relationships_last
            2025-04-01    | yes             | 8               | 4              | 8                        | 1
            2025-04-02    | yes             | 4               | 2              | 7                        |
            2025-04-03    | yes             | 1               |                |                          |
            2025-04-03    | no              | 1               | 1              | 1                        | 1
        """,
    )


STAGES = """
    discharged_on | finished_course | treatment_count | first_assessment_on | first_treatment_on | first_high_intensity_on | first_low_intensity_on | first_stage_intensity | last_of_stage_1_on | mixed_sessions_before_stage_1 | second_stage_intensity | second_stage_on | runs_before_stage_2
    2025-04-01    | yes             | 4               | 2025-01-01          | 2025-01-10         | 2025-02-10              | 2025-01-10             | low                   | 2025-01-20         | 0                             | high                   | 2025-02-10      | 1
    2025-04-01    | yes             | 5               | 2025-01-01          | 2025-01-05         | 2025-01-05              | 2025-01-30             | low                   | 2025-02-01         | 1                             | high                   | 2025-03-01      | 2
    2025-04-01    | yes             | 4               | 2025-01-01          | 2025-01-10         | 2025-01-10              | 2025-02-10             | high                  | 2025-01-20         | 0                             | low                    | 2025-02-20      | 3
    2025-04-01    | yes             | 4               | 2025-01-01          | 2025-01-10         | 2025-01-10              | 2025-02-10             | high                  | 2025-01-20         | 0                             | low                    | 2025-02-20      | 2
    2025-04-01    | yes             | 6               | 2025-01-01          | 2025-01-10         | 2025-01-10              | 2025-01-20             | low                   | 2025-02-20         | 2                             |                        |                 |
    2025-04-01    | yes             | 6               | 2025-01-11          | 2025-01-10         | 2025-01-10              | 2025-01-20             | low                   | 2025-02-20         | 0                             |                        |                 |
"""


def test_the_wait_to_a_first_stage_runs_from_assessment(spec):
    "Left out: several mixed sessions before the first stage, and an assessment after the first treatment."
    spec({"M352": 2, "M353": 2, "M347": 9, "M348": 19, "M356": 2, "M357": 1, "M359": 2, "M363": 50}, pathway=STAGES)


def test_a_step_runs_from_the_first_stage_to_the_other_intensity(spec):
    "Up: 21 days to the first high session, and 28 to the second stage where a high one came before the first stage."
    spec({"M355": 2, "M350": 24.5, "M360": 2, "M361": 2, "M366": 100}, pathway=STAGES)


def test_stepping_down_leaves_out_several_mixed_sessions_between(spec):
    "The third pathway has two single sessions between its stages, the fourth one."
    spec({"M354": 1, "M349": 21}, pathway=STAGES)


def test_as_printed_steps_run_backwards(spec):
    spec({"M350": -24.5, "M349": -21, "M360": 2}, pathway=STAGES, official=True)


def test_integrated_care_is_told_by_the_end_of_the_period(spec):
    "The second course's integrated contact came in May: in April it is core only."
    rows = """
        discharged_on | finished_course | first_integrated_contact_on | first_integrated_treatment_on | at_caseness | not_at_caseness | recovered
        2025-04-01    | yes             | 2025-03-01                  | 2025-04-01                    | yes         | no              | yes
        2025-04-02    | yes             | 2025-05-01                  |                               | yes         | no              | no
        2025-04-03    | yes             |                             |                               | no          | yes             |
        2025-04-03    | no              | 2025-04-03                  | 2025-04-03                    |             |                 |
    """
    spec({"M271": 1, "M272": 2, "M273": 1, "M274": 2, "M275": 1, "M276": 0, "M277": 1, "M278": 100}, pathway=rows)
    spec({"M283": 1, "M284": 1, "M285": 0, "M286": 0, "M1012": 100 / 3}, pathway=rows)


def test_sessions_of_a_therapy_over_courses_that_had_any_of_it(spec):
    "The course that did not finish had fifty of each."
    spec(
        {"M114": 5, "M116": 5.5, "M117": 4.5, "M119": 4},
        pathway="""
            discharged_on | finished_course | brief_psychodynamic_psychotherapy_count | interpersonal_psychotherapy_count | couples_therapy_depression_count | other_high_intensity_count
            2025-04-01    | yes             | 4                                       | 3                                 | 0                                | 1
            2025-04-02    | yes             | 6                                       | 0                                 | 2                                | 9
            2025-04-03    | yes             | 0                                       | 8                                 | 7                                | 2
            2025-04-03    | no              | 50                                      | 50                                | 50                               | 50
        """,
    )


def test_adjustment_item_by_item(spec):
    "Three courses with both scores: mean and median of the first, then of the last; the fourth has no last score."
    rows = """
        discharged_on | finished_course | wsas_home_management_first | wsas_home_management_last | wsas_social_leisure_activities_first | wsas_social_leisure_activities_last | wsas_private_leisure_activities_first | wsas_private_leisure_activities_last | wsas_relationships_first | wsas_relationships_last
        2025-04-01    | yes             | 8                          | 2                         | 8                                    | 1                                   | 7                                     | 4                                    | 5                        | 0
        2025-04-02    | yes             | 1                          | 0                         | 8                                    | 1                                   | 5                                     | 4                                    | 3                        | 1
        2025-04-03    | yes             | 3                          | 7                         | 2                                    | 7                                   | 0                                     | 1                                    | 1                        | 8
        2025-04-04    | yes             | 8                          |                           | 8                                    |                                     | 8                                     |                                      | 8                        |
    """
    spec({"M217": 3, "M218": 4, "M219": 3, "M220": 3, "M221": 2}, pathway=rows)
    spec({"M222": 3, "M223": 6, "M224": 8, "M225": 3, "M226": 1}, pathway=rows)
    spec({"M227": 3, "M228": 4, "M229": 5, "M230": 3, "M231": 4}, pathway=rows)
    spec({"M232": 3, "M233": 3, "M234": 3, "M235": 3, "M236": 1}, pathway=rows)


def test_waits_to_a_first_stage_within_28_and_90_days(spec):
    "28, 29, 90 and 91 days from the assessment on 1 January; the same for both intensities."
    rows = """
        discharged_on | finished_course | treatment_count | first_assessment_on | first_treatment_on | first_high_intensity_on | first_low_intensity_on | first_stage_intensity | mixed_sessions_before_stage_1
        2025-04-30    | yes             | 2               | 2025-01-01          | 2025-01-29         | 2025-01-29              |                        | high                  | 0
        2025-04-30    | yes             | 2               | 2025-01-01          | 2025-01-30         | 2025-01-30              |                        | high                  | 0
        2025-04-30    | yes             | 2               | 2025-01-01          | 2025-04-01         | 2025-04-01              |                        | high                  | 0
        2025-04-30    | yes             | 2               | 2025-01-01          | 2025-04-02         | 2025-04-02              |                        | high                  | 0
    """
    spec({"M352": 4, "M356": 1, "M358": 3, "M362": 25, "M364": 75}, pathway=rows)
    low = rows.replace("| high ", "| low  ").replace("first_high", "first_x").replace("first_low", "first_high")
    spec({"M353": 4, "M357": 1, "M359": 3, "M363": 25, "M365": 75}, pathway=low.replace("first_x", "first_low"))


def test_steps_up_within_28_and_90_days(spec):
    "28, 29, 90 and 91 days from the last low-intensity session of the first stage to the first high-intensity one."
    rows = """
        discharged_on | finished_course | treatment_count | first_assessment_on | first_treatment_on | first_high_intensity_on | first_low_intensity_on | first_stage_intensity | last_of_stage_1_on | mixed_sessions_before_stage_1 | second_stage_intensity | second_stage_on | runs_before_stage_2
        2025-04-30    | yes             | 4               | 2025-01-01          | 2025-01-01         | 2025-02-07              | 2025-01-01             | low                   | 2025-01-10         | 0                             | high                   | 2025-02-07      | 1
        2025-04-30    | yes             | 4               | 2025-01-01          | 2025-01-01         | 2025-02-08              | 2025-01-01             | low                   | 2025-01-10         | 0                             | high                   | 2025-02-08      | 1
        2025-04-30    | yes             | 4               | 2025-01-01          | 2025-01-01         | 2025-04-10              | 2025-01-01             | low                   | 2025-01-10         | 0                             | high                   | 2025-04-10      | 1
        2025-04-30    | yes             | 4               | 2025-01-01          | 2025-01-01         | 2025-04-11              | 2025-01-01             | low                   | 2025-01-10         | 0                             | high                   | 2025-04-11      | 1
    """
    spec({"M355": 4, "M360": 1, "M361": 3, "M366": 25, "M367": 75, "M350": 59.5}, pathway=rows)


def test_recovery_with_and_without_integrated_care(spec):
    "Without: one of the two that may recover; with: one that started below caseness."
    rows = """
        discharged_on | finished_course | first_integrated_contact_on | not_at_caseness | recovered
        2025-04-01    | yes             |                             | no              | yes
        2025-04-02    | yes             |                             | no              | no
        2025-04-03    | yes             |                             | yes             |
        2025-04-03    | yes             | 2025-03-01                  | yes             |
        2025-04-03    | yes             | 2025-03-01                  | no              | yes
    """
    spec({"M274": 3, "M284": 1, "M285": 1, "M286": 50, "M276": 1, "M278": 100}, pathway=rows)
