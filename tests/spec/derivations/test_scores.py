"""First and last scores, the anxiety measure, caseness, recovery and reliable change."""

title = "Scores and outcomes"


def test_first_and_last_score(spec):
    "Scores of contacts and scores with a date of their own, in order of date."
    spec(
        referrals="""
            pathway | discharged
            1       | 2025-04-01
        """,
        contacts="""
            pathway | on         | scores
            1       | 2025-02-03 | PHQ9 18, GAD7 15
            1       | 2025-02-10 | PHQ9 12
            1       | 2025-02-17 | GAD7 6
        """,
        own_scores="""
            pathway | on         | key  | score
            1       | 2025-02-20 | PHQ9 | 7
        """,
        expected="""
            pathway | phq9_first | phq9_last | gad7_first | gad7_last
            1       | 18         | 7         | 15         | 6
        """,
    )


def test_a_last_score_needs_a_discharge_and_two_scores(spec):
    "It never falls back to the first score."
    spec(
        referrals="""
            pathway | discharged
            open    |
            single  | 2025-04-01
            two     | 2025-04-01
        """,
        contacts="""
            pathway | on         | scores
            open    | 2025-02-03 | PHQ9 18
            open    | 2025-02-10 | PHQ9 8
            single  | 2025-02-03 | PHQ9 18
            two     | 2025-02-03 | PHQ9 18
            two     | 2025-02-10 | PHQ9 8
        """,
        expected="""
            pathway | phq9_first | phq9_last
            open    | 18         |
            single  | 18         |
            two     | 18         | 8
        """,
    )


def test_scores_outside_the_pathway_do_not_count(spec):
    "Before referral, after discharge, and at an employment support appointment."
    spec(
        referrals="""
            pathway | received   | discharged
            1       | 2025-02-03 | 2025-03-03
        """,
        contacts="""
            pathway | on         | type | scores
            1       | 2025-02-01 | 01   | PHQ9 20
            1       | 2025-02-03 | 02   | PHQ9 18
            1       | 2025-02-10 | 02   | PHQ9 9
            1       | 2025-02-17 | 10   | PHQ9 5
            1       | 2025-03-10 | 06   | PHQ9 4
        """,
        own_scores="""
            pathway | on         | key  | score
            1       | 2025-02-02 | PHQ9 | 21
            1       | 2025-03-04 | PHQ9 | 3
        """,
        expected="""
            pathway | phq9_first | phq9_last
            1       | 18         | 9
        """,
    )


def test_what_is_no_score_on_the_scale(spec):
    "WSAS work 9 means not applicable. Beyond the range, finer than the scale, and words are no scores."
    spec(
        referrals="""
            pathway | discharged
            1       | 2025-04-01
        """,
        contacts="""
            pathway | on         | scores
            1       | 2025-02-03 | WSAS_Work 9, PHQ9 28, GAD7 -1, MI_alone 2.85
            1       | 2025-02-10 | WSAS_Work 8, PHQ9 27, GAD7 NA, MI_alone 0.5
            1       | 2025-02-17 | WSAS_Work 0, PHQ9 9.5, GAD7 0, MI_alone 1.25
        """,
        expected="""
            pathway | wsas_work_first | wsas_work_last | phq9_first | gad7_first | mi_alone_first | mi_alone_last
            1       | 8               | 0              | 27         | 0          | 2.85           | 1.25
        """,
    )


def test_two_scores_of_one_day(spec):
    "Taken in the order of the records; a score with a date of its own before those of a contact."
    spec(
        referrals="""
            pathway | discharged
            twice   | 2025-04-01
            both    | 2025-04-01
        """,
        contacts="""
            pathway | on         | contact | scores
            twice   | 2025-02-03 | a       | PHQ9 20
            twice   | 2025-02-03 | b       | PHQ9 10
            both    | 2025-02-03 | c       | PHQ9 20
        """,
        own_scores="""
            pathway | on         | key  | score
            both    | 2025-02-03 | PHQ9 | 15
        """,
        expected="""
            pathway | phq9_first | phq9_last
            twice   | 20         | 10
            both    | 15         | 20
        """,
    )


def test_which_anxiety_measure_speaks(spec):
    "The one the problem calls for if it has a pair, else GAD-7 if it has; with single scores, in the same order."
    spec(
        referrals="""
            pathway  | discharged
            specific | 2025-04-01
            fallback | 2025-04-01
            single   | 2025-04-01
            gad      | 2025-04-01
            other    | 2025-04-01
            none     | 2025-04-01
        """,
        complaints="""
            pathway  | code  | on
            specific | F401  | 2025-02-01
            fallback | F42.9 | 2025-02-01
            single   | F401  | 2025-02-01
            gad      | F401  | 2025-02-01
            other    | F320  | 2025-02-01
        """,
        contacts="""
            pathway  | on         | scores
            specific | 2025-02-03 | SPIN 40, GAD7 15
            specific | 2025-02-10 | SPIN 20, GAD7 5
            fallback | 2025-02-03 | OCI 60, GAD7 15
            fallback | 2025-02-10 | GAD7 5
            single   | 2025-02-03 | SPIN 40, GAD7 15
            gad      | 2025-02-03 | GAD7 15
            other    | 2025-02-03 | SPIN 40, GAD7 15
            other    | 2025-02-10 | SPIN 20, GAD7 5
            none     | 2025-02-03 | PHQ9 15
        """,
        expected="""
            pathway  | called_for_measure | anxiety_measure | anxiety_first | anxiety_last
            specific | SocialPhobia       | SocialPhobia    | 40            | 20
            fallback | OCD                | GAD7            | 15            | 5
            single   | SocialPhobia       | SocialPhobia    | 40            |
            gad      | SocialPhobia       | GAD7            | 15            |
            other    | GAD7               | GAD7            | 15            | 5
            none     | GAD7               |                 |               |
        """,
    )


OUTCOMES = """
    pathway  | on         | scores
    well     | 2025-02-03 | PHQ9 9, GAD7 7
    well     | 2025-02-10 | PHQ9 3, GAD7 7
    better   | 2025-02-03 | PHQ9 15, GAD7 7
    better   | 2025-02-10 | PHQ9 9, GAD7 7
    little   | 2025-02-03 | PHQ9 10, GAD7 7
    little   | 2025-02-10 | PHQ9 9, GAD7 7
    mixed    | 2025-02-03 | PHQ9 20, GAD7 7
    mixed    | 2025-02-10 | PHQ9 9, GAD7 12
    worse    | 2025-02-03 | PHQ9 15, GAD7 10
    worse    | 2025-02-10 | PHQ9 15, GAD7 14
    unpaired | 2025-02-03 | PHQ9 15, GAD7 10
    unpaired | 2025-02-10 | PHQ9 5
    unknown  | 2025-02-03 | PHQ9 15
    unknown  | 2025-02-10 | PHQ9 5
    once     | 2025-02-03 | PHQ9 15, GAD7 10
"""
ENDED = """
    pathway  | discharged
    well     | 2025-04-01
    better   | 2025-04-01
    little   | 2025-04-01
    mixed    | 2025-04-01
    worse    | 2025-04-01
    unpaired | 2025-04-01
    unknown  | 2025-04-01
    once     | 2025-04-01
"""


def test_caseness_and_recovery(spec):
    "At caseness on either measure at the start; recovered if on neither at the end. Unknown without both measures."
    spec(
        referrals=ENDED,
        contacts=OUTCOMES,
        expected="""
            pathway  | at_caseness | not_at_caseness | recovered
            well     | no          | yes             | no
            better   | yes         | no              | yes
            little   | yes         | no              | yes
            mixed    | yes         | no              | no
            worse    | yes         | no              | no
            unpaired | yes         | no              |
            unknown  |             |                 |
            once     |             |                 |
        """,
    )


def test_reliable_change(spec):
    "A fall of 6 on PHQ-9, or 4 on GAD-7, and no such rise on the other. Better on one, worse on the other: neither."
    spec(
        referrals=ENDED,
        contacts=OUTCOMES,
        expected="""
            pathway  | reliably_improved | reliably_deteriorated | no_reliable_change | reliably_recovered
            well     | yes               | no                    | no                 | no
            better   | yes               | no                    | no                 | yes
            little   | no                | no                    | yes                | no
            mixed    | no                | no                    | yes                | no
            worse    | no                | yes                   | no                 | no
            unpaired |                   |                       |                    |
            unknown  |                   |                       |                    |
            once     |                   |                       |                    |
        """,
    )


def test_a_fallback_is_judged_by_its_own_threshold(spec):
    "GAD-7 of 18 is a case; against the threshold for social phobia, 19, it would not be."
    spec(
        referrals="""
            pathway | discharged
            1       | 2025-04-01
        """,
        complaints="""
            pathway | code | on
            1       | F401 | 2025-02-01
        """,
        contacts="""
            pathway | on         | scores
            1       | 2025-02-03 | PHQ9 5, GAD7 18
            1       | 2025-02-10 | PHQ9 5, GAD7 7
        """,
        expected="""
            pathway | anxiety_measure | at_caseness | recovered | uses_unverified
            1       | GAD7            | yes         | yes       | no
        """,
    )
