"""All-comers counterparts: the same question as the official measure above each, asked of everyone who came."""

title = "Of everyone who came"

SEVEN = """
    received_on | first_treatment_on | discharged_on | treatment_count | finished_course | not_at_caseness | recovered | reliably_improved | reliably_deteriorated
    2025-01-10  | 2025-02-01         | 2025-04-10    | 6               | yes             | no              | yes       | yes               | no
    2025-01-10  | 2025-02-01         | 2025-04-10    | 4               | yes             | no              | no        | no                | yes
    2025-02-10  | 2025-03-01         | 2025-04-20    | 1               | no              |                 |           |                   |
    2025-02-10  |                    | 2025-04-20    | 0               | no              |                 |           |                   |
    2025-04-05  |                    |               | 0               | no              |                 |           |                   |
    2025-04-06  | 2025-04-30         |               | 1               | no              |                 |           |                   |
    2025-04-07  |                    |               | 0               | no              |                 |           |                   |
"""


def test_recovery_of_those_who_stopped_too(spec):
    "2 finished, 1 stopped after a session, 1 left before any; 3 were referred. One recovered, reliably."
    spec(
        {
            "M192": 50,
            "M192_all": 100 / 3,
            "M192_ended": 25,
            "M192_referred": 100 / 3,
            "M195": 50,
            "M195_all": 100 / 3,
            "M195_ended": 25,
            "M195_referred": 100 / 3,
        },
        pathway=SEVEN,
    )


def test_change_of_those_who_stopped_too(spec):
    spec(
        {
            "M186": 50,
            "M186_all": 100 / 3,
            "M186_ended": 25,
            "M186_referred": 100 / 3,
            "M1010": 50,
            "M1010_all": 100 / 3,
            "M1010_ended": 25,
            "M1010_referred": 100 / 3,
        },
        pathway=SEVEN,
    )


def test_how_many_of_those_referred_came_in_and_finished(spec):
    spec({"M031": 1, "M031_referred": 100 / 3, "M079": 50, "M079_referred": 200 / 3}, pathway=SEVEN)


def test_sessions_of_those_who_came_once_too(spec):
    spec({"M141": 5, "M141_all": 11 / 3, "M142": 5, "M142_all": 4}, pathway=SEVEN)


def test_a_period_ratio_can_pass_one_hundred(spec):
    "Two that were referred before the period finish in it, and nobody is referred in it but one."
    pathway = """
        received_on | discharged_on | finished_course
        2025-01-10  | 2025-04-10    | yes
        2025-01-10  | 2025-04-10    | yes
        2025-04-05  |               | no
    """
    spec({"M079_referred": 200}, pathway=pathway)


def test_six_weeks_are_asked_of_each_referral_once_when_they_are_over(spec):
    """42 days after 2025-02-18 is 2025-04-01, the first day of the period, and after 2025-03-19 its last.

    Of the five in between, one was treated on its 42nd day, one a day late, one left untreated, one waits, and one was
    treated at once. The first and the last referral have their 42nd day in another month.
    """
    pathway = """
        received_on | first_treatment_on | discharged_on | finished_course
        2025-02-17  | 2025-02-18         |               | no
        2025-02-18  | 2025-04-01         |               | no
        2025-03-01  | 2025-04-13         |               | no
        2025-03-01  |                    | 2025-03-10    | no
        2025-03-01  |                    |               | no
        2025-03-19  | 2025-03-19         | 2025-04-20    | yes
        2025-03-20  | 2025-03-20         |               | no
    """
    spec({"M053": 100, "M053_all": 40, "M053_ended": 100}, pathway=pathway)


def test_eighteen_weeks_among_all_who_ended(spec):
    "126 days after 2024-12-01 is 2025-04-06. One of two that ended was treated, a day late; neither counts as in time."
    pathway = """
        received_on | first_treatment_on | discharged_on | finished_course
        2024-12-01  | 2025-04-07         | 2025-04-20    | no
        2024-12-01  |                    | 2025-04-20    | no
        2024-12-01  | 2025-04-06         |               | no
    """
    spec({"M055": None, "M055_all": 100 / 3, "M055_ended": 0}, pathway=pathway)


def test_who_still_waits_for_a_second_treatment_waits(spec):
    """90 days after 2025-01-05 is 2025-04-05.

    Officially one wait of two was long. Of four whose 90 days are over, one had the second treatment in time, one late,
    one is still waiting, and one was discharged first.
    """
    pathway = """
        received_on | first_treatment_on | second_treatment_on | discharged_on
        2025-01-01  | 2025-01-05         | 2025-04-05          |
        2025-01-01  | 2025-01-05         | 2025-04-06          |
        2025-01-01  | 2025-01-05         |                     |
        2025-01-01  | 2025-01-05         |                     | 2025-02-01
        2025-03-01  | 2025-03-05         |                     |
    """
    spec({"M126": 50, "M126_all": 50}, pathway=pathway)


def test_work_of_everyone_with_a_first_record(spec):
    "Three have a first record; the one who stopped is in no official count, and no last record is not in work."
    pathway = """
        discharged_on | finished_course | first_employment_support_on | received_on | employment_first | sickness_first | employment_last | sickness_last
        2025-04-10    | yes             |                             | 2025-01-01  | 01               | N              | 01              | N
        2025-04-10    | no              |                             | 2025-01-01  | 01               | N              |                 |
        2025-04-10    | no              |                             | 2025-01-01  | 02               | 8              | 01              | N
        2025-04-10    | yes             |                             | 2025-01-01  |                  |                | 01              | N
    """
    spec({"M316": 1, "M316_all": 200 / 3, "M320": 2, "M320_all": 200 / 3}, pathway=pathway)


def test_work_of_everyone_with_support_and_a_first_record(spec):
    pathway = """
        discharged_on | finished_course | first_employment_support_on | received_on | employment_first | sickness_first | employment_last | sickness_last
        2025-04-10    | yes             | 2025-02-01                  | 2025-01-01  | 02               | 8              | 01              | N
        2025-04-10    | no              | 2025-02-01                  | 2025-01-01  | 01               | N              | 01              | Y
    """
    spec({"M324": 0, "M324_all": 50, "M328": 1, "M328_all": 50}, pathway=pathway)


def test_first_scores_of_adjustment_of_those_who_stopped_too(spec):
    "Officially the mean is of those with a pair; the one who stopped began worse."
    items = ("work", "home_management", "social_leisure_activities", "private_leisure_activities", "relationships")
    for place, item in enumerate(items):
        pathway = f"""
            first_treatment_on | discharged_on | finished_course | wsas_{item}_first | wsas_{item}_last
            2025-02-01         | 2025-04-10    | yes             | 2                 | 1
            2025-02-01         | 2025-04-10    | no              | 6                 |
                               | 2025-04-10    | no              | 8                 |
            2025-02-01         | 2025-04-10    | yes             |                   |
        """
        official = f"M{213 + 5 * place}"
        spec({official: 2, f"{official}_all": 4}, pathway=pathway)


def test_nobody_to_divide_by(spec):
    spec({"M192_all": None, "M192_referred": None, "M053_all": None, "M126_all": None, "M141_all": None})
