"""Caseness, reliable change, recovery, and how complete the scores are."""

title = "Outcomes of finished courses"

PATHWAYS = """
    discharged_on | finished_course | at_caseness | not_at_caseness | recovered | reliably_improved | reliably_deteriorated | no_reliable_change | ethnic_category
    2025-04-01    | yes             | yes         | no              | yes       | yes               | no                    | no                 | A
    2025-04-02    | yes             | yes         | no              | yes       | no                | no                    | yes                | J
    2025-04-03    | yes             | yes         | no              | no        | no                | yes                   | no                 | C
    2025-04-04    | yes             | no          | yes             |           | yes               | no                    | no                 | A
    2025-04-30    | yes             |             |                 |           |                   |                       |                    | A
    2025-04-30    | no              |             |                 |           |                   |                       |                    | A
    2025-05-01    | yes             | yes         | no              | yes       | yes               | no                    | no                 | A
"""


def test_recovery_divides_by_finished_courses_not_known_to_start_below_caseness(spec):
    "Two of four: the course without scores stays in the denominator as not recovered."
    spec({"M076": 5, "M179": 1, "M180": 20, "M191": 2, "M192": 50}, pathway=PATHWAYS)


def test_reliable_change_divides_by_every_finished_course(spec):
    spec({"M185": 2, "M186": 40, "M187": 1, "M189": 1, "M1010": 20}, pathway=PATHWAYS)


def test_reliable_recovery_needs_both(spec):
    spec({"M193": 1, "M195": 25}, pathway=PATHWAYS)


def test_reliable_recovery_within_an_ethnic_group(spec):
    "White: one of three, the Irish and other White codes included; Asian: none of one; Black: nobody."
    spec({"M206": 100 / 3, "M207": 0, "M208": None}, pathway=PATHWAYS)


SCORES = """
    discharged_on | finished_course | called_for_measure | anxiety_measure | anxiety_last | phq9_first | phq9_last | oci_first | oci_last | gad7_first | gad7_last
    2025-04-01    | yes             | OCD                | OCD             | 20           | 15         | 8         | 40        | 20       |            |
    2025-04-02    | yes             | OCD                | GAD7            | 6            | 15         | 8         | 40        |          | 12         | 6
    2025-04-03    | yes             | OCD                | OCD             |              | 15         |           | 40        |          |            |
    2025-04-04    | yes             | GAD7               |                 |              |            |           | 40        | 20       |            |
    2025-04-05    | yes             | GAD7               | GAD7            |              | 15         | 8         |           |          | 12         |
    2025-04-06    | no              | OCD                | OCD             |              | 15         |           | 40        |          |            |
"""


def test_a_score_of_another_measure_is_none(spec):
    "The fourth course has a pair on a measure that its problem does not call for, and no GAD-7."
    spec({"M196": 2, "M197": 1, "M198": 2}, pathway=SCORES)


def test_pairs_of_the_depression_measure(spec):
    spec({"M199": 1, "M200": 1, "M201": 3, "M202": 2}, pathway=SCORES)


def test_the_appropriate_measure_is_the_one_the_problem_calls_for(spec):
    "Three courses call for the OCD measure; two name it, one of them with a first score only."
    spec({"M203": 3, "M204": 2, "M205": 200 / 3}, pathway=SCORES)


def test_reliable_recovery_within_each_ethnic_group(spec):
    "Of three Asian courses that may recover one did so reliably, of two Black one, of four mixed one, of three other two."
    spec(
        {"M207": 100 / 3, "M208": 50, "M209": 25, "M210": 200 / 3},
        pathway="""
            discharged_on | finished_course | not_at_caseness | recovered | reliably_improved | ethnic_category
            2025-04-01    | yes             | no              | yes       | yes               | H
            2025-04-01    | yes             | no              | no        | yes               | J
            2025-04-01    | yes             | yes             |           | yes               | K
            2025-04-01    | yes             | no              | yes       | no                | L
            2025-04-01    | yes             | no              | yes       | yes               | M
            2025-04-01    | yes             | no              | no        | no                | N
            2025-04-01    | yes             | yes             |           | no                | P
            2025-04-01    | yes             | no              | yes       | yes               | D
            2025-04-01    | yes             | no              | no        | yes               | E
            2025-04-01    | yes             | no              | no        | no                | F
            2025-04-01    | yes             |                 |           |                   | G
            2025-04-01    | yes             | no              | yes       | yes               | R
            2025-04-01    | yes             | no              | no        | yes               | R
            2025-04-01    | yes             | no              | yes       | yes               | S
            2025-04-01    | yes             | no              | yes       | yes               | Z
        """,
    )
