"""Referrals received and ended."""

title = "Referrals received and ended"

PATHWAYS = """
    received_on | source_of_referral | discharged_on | end_code | contact_count | treatment_count | finished_course | first_treatment_on
    2025-04-01  | B1                 |               |          | 0             | 0               | no              |
    2025-04-30  | C2                 | 2025-04-30    | 50       | 0             | 0               | no              |
    2025-03-31  | B1                 | 2025-04-01    | 10       | 1             | 0               | no              |
    2025-03-01  | C1                 | 2025-04-15    | 46       | 4             | 3               | yes             | 2025-03-10
    2025-02-01  | A1                 | 2025-04-15    | 42       | 3             | 1               | no              | 2025-03-01
    2025-05-01  | B1                 | 2025-05-01    |          | 0             | 0               | no              |
    2025-01-01  |                    | 2025-04-02    |          | 2             | 2               | yes             | 2025-01-09
"""


def test_a_referral_counts_in_the_month_it_was_received(spec):
    "Both ends of the month are in it; the source may be missing."
    spec({"M001": 2, "M002": 1, "M003": 0, "M007": 1}, pathway=PATHWAYS)


def test_a_quarter_holds_its_months(spec):
    spec({"M001": 3, "M002": 2}, pathway=PATHWAYS, period="2025/26 Q1")


def test_an_ended_referral_counts_by_its_end_code(spec):
    "A retired code is invalid, and no code is not."
    spec({"M056": 5, "M057": 1, "M066": 1, "M071": 1, "M072": 1, "M342": 1}, pathway=PATHWAYS)


def test_an_ended_referral_counts_by_what_it_held(spec):
    spec({"M073": 1, "M074": 1, "M075": 1, "M076": 2, "M153": 2}, pathway=PATHWAYS)


def test_shares_of_ended_referrals(spec):
    "Two of five ended before treatment; of the three treated, two finished and one was seen once."
    spec({"M077": 40, "M078": 20, "M079": 40, "M080": 60, "M081": 200 / 3, "M288": 100 / 3}, pathway=PATHWAYS)


def test_with_nobody_to_divide_by_there_is_no_share(spec):
    spec({"M056": 0, "M077": None}, pathway=PATHWAYS, period="2024-04")
