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


def column(rows: str, name: str, given: str) -> str:
    """Rows that all begin alike, one for each value."""
    return "\n".join(
        [f"{rows.split('=')[0]} | {name}", *(f"{rows.split('=')[1]} | {value}" for value in given.split())]
    )


def test_a_referral_counts_by_who_sent_it(spec):
    "B2 is a relative, the E codes are the justice system, N3 belongs to the older list and to no measure."
    given = """
        A1 A1  A2  A3 A3 A3  A4 A4  B1  B2 B2 B2 B2  C1  D1 D2 D2  E1 E2 E3 E4 E5 E6  F1 F2 F3
        G1 G2 G3 G4  H1 H2  I1 I2 I2 I2  M1 M2 M3 M4 M5 M6 M7 M8  N1 N2 N3 N4  P1 P1 P1  Q1 Q1
    """
    sent = column("received_on=2025-04-10", "source_of_referral", given)
    spec({"M001": 53, "M002": 1, "M003": 2, "M004": 1, "M005": 3, "M006": 4, "M007": 1, "M008": 3}, pathway=sent)
    spec({"M009": 6, "M010": 3, "M011": 4, "M012": 2, "M013": 4, "M014": 3, "M017": 8, "M018": 3}, pathway=sent)
    spec({"M287": 2, "M345": 2}, pathway=sent)


def test_an_ended_referral_counts_under_its_own_end_code(spec):
    "Each code as often as its place in the list; 15 is a retired code."
    codes = ["11", "12", "13", "14", "16", "17", "47", "48", "49", "95", "96", "15"]
    given = " ".join(f"{code} " * times for times, code in enumerate(codes, start=1))
    ended = column("discharged_on=2025-04-10", "end_code", given)
    spec({"M058": 1, "M059": 2, "M060": 3, "M061": 4, "M340": 5, "M062": 6, "M344": 7, "M341": 8}, pathway=ended)
    spec({"M069": 9, "M063": 10, "M070": 11, "M071": 12, "M056": 78}, pathway=ended)
