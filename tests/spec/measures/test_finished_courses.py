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
