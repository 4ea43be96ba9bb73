"""Waits to assessment and treatment, and idle open referrals."""

title = "Waits"

PATHWAYS = """
    received_on | first_assessment_on | first_treatment_on | second_treatment_on | discharged_on | finished_course
    2025-03-01  | 2025-04-01          | 2025-04-12         | 2025-05-10          |               | no
    2025-03-04  | 2025-04-01          | 2025-04-16         | 2025-04-16          |               | no
    2024-12-01  | 2025-04-30          |                    |                     |               | no
    2025-04-20  |                     |                    |                     | 2025-04-30    | no
    2025-01-30  |                     |                    |                     |               | no
    2025-04-16  |                     |                    |                     | 2025-05-02    | no
    2025-05-01  |                     |                    |                     |               | no
    2024-11-01  | 2024-11-10          | 2024-12-13         | 2025-01-10          | 2025-04-03    | yes
    2024-11-01  | 2024-11-10          | 2024-12-14         | 2025-04-10          | 2025-04-03    | yes
"""


def test_the_wait_for_assessment_is_in_plain_days(spec):
    "31, 28 and 150 days; someone who ends unassessed never waits to the end."
    spec({"M023": 3, "M024": 1, "M025": 1, "M026": 0, "M027": 1, "M028": 1}, pathway=PATHWAYS)


def test_waiting_is_told_at_the_end_of_the_period(spec):
    "The referral of 16 April that ends in May waits at the end of April; one of May is not there yet."
    spec({"M029": 2, "M030": 0, "M038": 3, "M039": 1, "M043": 2, "M044": 1, "M045": 1}, pathway=PATHWAYS)


def test_waiting_over_ninety_days(spec):
    "30 January to 30 April are 90 days, not more; to 31 May it is."
    spec({"M030": 1}, pathway=PATHWAYS, period="2025-05")


def test_what_happens_later_changes_nothing(spec):
    "Seen at the end of March, people first assessed or treated in April are waiting."
    spec({"M029": 4, "M038": 4}, pathway=PATHWAYS, period="2025-03")


def test_six_weeks_are_forty_two_days_to_first_treatment(spec):
    "42 and 43 days for those who entered treatment; likewise for those who finished."
    spec({"M031": 2, "M033": 2, "M036": 1, "M037": 2, "M048": 42.5, "M049": 42.5}, pathway=PATHWAYS)
    spec({"M052": 1, "M053": 50, "M054": 2, "M055": 100, "M050": 42.5, "M051": 42.5}, pathway=PATHWAYS)


def test_the_second_treatment_counts_when_it_is_held(spec):
    "On the same day, and after 117 days; that of 10 May is not of April."
    spec({"M184": 2, "M121": 1, "M122": 0, "M046": 1, "M047": 1, "M123": 50, "M126": 50}, pathway=PATHWAYS)
    spec({"M184": 1, "M122": 0, "M121": 1}, pathway=PATHWAYS, period="2025-05")


def test_29_to_90_days_as_named_and_as_printed(spec):
    "The print asks for 90 days or more."
    rows = """
        first_treatment_on | second_treatment_on
        2025-01-01         | 2025-04-01
        2025-01-01         | 2025-04-02
        2025-03-20         | 2025-04-18
    """
    spec({"M122": 2, "M125": 200 / 3}, pathway=rows)
    spec({"M122": 2, "M125": 200 / 3}, pathway=rows.replace("2025-04-18", "2025-04-17"), official=True)
    spec({"M122": 1}, pathway=rows.replace("2025-04-18", "2025-04-17"))


def test_idle_days_run_from_the_last_session_so_far(spec):
    "The first pathway's next session is in May: at the end of April its last was in March. The third has ended."
    spec(
        {"M019": 1, "M020": 1, "M021": 0, "M022": 0},
        pathway="""
            pathway | received_on | discharged_on
            1       | 2024-12-01  |
            2       | 2024-12-01  | 2025-05-03
            3       | 2024-12-01  | 2025-04-30
            4       | 2024-12-01  |
        """,
        session="""
            pathway | held_on    | place
            1       | 2025-01-07 | 1
            1       | 2025-03-01 | 2
            1       | 2025-05-20 | 3
            2       | 2025-02-01 | 1
            2       | 2025-02-01 | 2
            3       | 2025-04-20 | 1
        """,
    )


def test_bands_of_the_wait_for_assessment_hold_both_their_ends(spec):
    "56, 57, 90 and 91 days to 30 April."
    rows = """
        received_on | first_assessment_on
        2025-03-05  | 2025-04-30
        2025-03-04  | 2025-04-30
        2025-01-30  | 2025-04-30
        2025-01-29  | 2025-04-30
    """
    spec({"M023": 4, "M024": 0, "M025": 1, "M026": 2, "M027": 1}, pathway=rows)


def test_bands_of_the_wait_for_treatment_hold_both_their_ends(spec):
    "28, 29, 56, 57, 90 and 91 days to 30 April."
    rows = """
        received_on | first_treatment_on
        2025-04-02  | 2025-04-30
        2025-04-01  | 2025-04-30
        2025-03-05  | 2025-04-30
        2025-03-04  | 2025-04-30
        2025-01-30  | 2025-04-30
        2025-01-29  | 2025-04-30
    """
    spec({"M031": 6, "M032": 1, "M033": 2, "M034": 2, "M035": 1}, pathway=rows)


def test_weeks_of_waiting_hold_those_of_fewer_weeks(spec):
    "28, 29, 42, 43, 84 and 85 days to 30 April; each line holds those before it."
    rows = """
        received_on
        2025-04-02
        2025-04-01
        2025-03-19
        2025-03-18
        2025-02-05
        2025-02-04
    """
    spec({"M038": 6, "M039": 0, "M040": 1, "M041": 3, "M042": 5, "M043": 6}, pathway=rows)


def test_share_of_second_treatments_after_more_than_28_days(spec):
    "28, 29 and 100 days."
    rows = """
        first_treatment_on | second_treatment_on
        2025-03-18         | 2025-04-15
        2025-03-17         | 2025-04-15
        2025-01-05         | 2025-04-15
    """
    spec({"M184": 3, "M046": 2, "M124": 200 / 3}, pathway=rows)


def test_idle_for_longer(spec):
    "100, 120 and 121 days to 30 April."
    spec(
        {"M021": 2, "M022": 1},
        pathway="""
            pathway | received_on | discharged_on
            1       | 2024-11-01  |
            2       | 2024-11-01  |
            3       | 2024-11-01  |
        """,
        session="""
            pathway | held_on    | place
            1       | 2025-01-20 | 1
            2       | 2024-12-31 | 1
            3       | 2024-12-30 | 1
        """,
    )


def test_a_referral_that_is_no_longer_sent_is_not_open(spec):
    "Sent until March without an end; sent in April; one history, which does not say."
    spec(
        {"M029": 2, "M038": 2, "M043": 0, "M044": 2},
        pathway="""
            received_on | discharged_on | reported_to_on
            2024-11-01  |               | 2025-03-31
            2024-11-01  |               | 2025-04-30
            2024-11-01  |               |
        """,
    )
    spec(
        {"M019": 1},
        pathway="""
            pathway | received_on | reported_to_on
            1       | 2025-01-01  | 2025-03-31
            2       | 2025-01-01  | 2025-04-30
        """,
        session="""
            pathway | held_on    | place
            1       | 2025-04-01 | 1
            2       | 2025-04-01 | 1
        """,
    )
