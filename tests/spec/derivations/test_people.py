"""Employment, staff, age and ethnic category, and coming back."""

title = "Employment, staff and people"


def test_first_and_last_valid_employment_status(spec):
    "With a valid status and sickness answer, from referral to discharge, however long employment support goes on."
    spec(
        referrals="""
            pathway | person | received   | discharged
            1       | P      | 2025-02-01 | 2025-04-01
        """,
        contacts="""
            pathway | on         | type
            1       | 2025-05-01 | 10
        """,
        employment="""
            person | on         | status | absent
            P      | 2025-01-01 | 04     | 8
            P      | 2025-02-01 | 01     | Y
            P      | 2025-03-01 | 02     |
            P      | 2025-03-15 | 99     | N
            P      | 2025-04-15 | 01     | N
            P      | 2025-05-02 | 08     | 8
        """,
        expected="""
            pathway | employment_first | sickness_first | employment_last | sickness_last | employment_status_count
            1       | 01               | Y              | 01              | Y             | 3
        """,
    )


def test_two_employment_records_of_one_day(spec):
    "The order of the records decides."
    spec(
        referrals="""
            pathway | person | discharged
            1       | P      | 2025-04-01
        """,
        employment="""
            person | on         | status | absent
            P      | 2025-02-01 | 02     | 8
            P      | 2025-02-01 | 01     | N
        """,
        expected="""
            pathway | employment_first | employment_last
            1       | 02               | 01
        """,
    )


def test_sick_pay_and_the_end_of_employment_support(spec):
    "Answers within the pathway; the latest end of support that is not before the referral."
    spec(
        referrals="""
            pathway | person | received   | discharged
            1       | P      | 2025-02-01 | 2025-04-01
        """,
        employment="""
            person | on         | status | absent | sick_pay | support_ended
            P      | 2025-02-01 | 01     | Y      | Y        | 2025-01-10
            P      | 2025-03-01 | 01     | N      | N        | 2025-05-01
            P      | 2025-04-02 | 01     | N      | Y        |
        """,
        expected="""
            pathway | sick_pay_first | sick_pay_last | sick_pay_count | employment_support_discharged_on
            1       | Y              | N             | 2              | 2025-05-01
        """,
    )


def test_the_end_of_support_known_in_the_month_of_a_contact(spec):
    "The end of 10 April is recorded in April, that of 30 August in August; a contact outside support asks for none."
    spec(
        "contact",
        referrals="""
            pathway | person | received   | discharged
            1       | P      | 2025-02-01 | 2025-03-01
        """,
        contacts="""
            pathway | on         | type
            1       | 2025-03-31 | 10
            1       | 2025-04-20 | 10
            1       | 2025-04-21 | 02
            1       | 2025-09-01 | 06
        """,
        employment="""
            person | on         | support_ended
            P      | 2025-04-09 | 2025-04-10
            P      | 2025-08-30 | 2025-08-30
        """,
        expected="""
            pathway | contact_on | employment_support_ended_on
            1       | 2025-03-31 |
            1       | 2025-04-20 | 2025-04-10
            1       | 2025-04-21 |
            1       | 2025-09-01 | 2025-08-30
        """,
    )


def test_each_record_stands_with_each_pathway_of_its_person(spec):
    spec(
        "pathway_employment",
        referrals="""
            pathway | person | received   | discharged
            first   | P      | 2025-01-01 | 2025-02-01
            second  | P      | 2025-03-01 |
        """,
        employment="""
            person | on         | status | absent
            P      | 2025-01-15 | 01     | N
            P      | 2025-03-15 | 02     | 8
        """,
        expected="""
            pathway | recorded_on | in_pathway
            first   | 2025-01-15  | yes
            first   | 2025-03-15  | no
            second  | 2025-01-15  | no
            second  | 2025-03-15  | yes
        """,
    )


def test_whether_the_staff_of_a_contact_are_qualified(spec):
    "On the day: by the earliest award of a qualification that counts, or the earliest planned."
    spec(
        "contact",
        referrals="""
            pathway
            1
        """,
        contacts="""
            pathway | on         | contact
            1       | 2025-02-01 | qualified
            1       | 2025-02-02 | too early
            1       | 2025-02-03 | in training
            1       | 2025-02-04 | neither
            1       | 2025-02-05 | unnamed
            1       | 2025-02-06 | nobody
            1       | 2025-02-07 | unrecorded
        """,
        activities="""
            contact     | activity | staff
            qualified   | a        | S1
            too early   | b        | S2
            in training | c        | S3
            neither     | d        | S4
            unnamed     | e        |
            unrecorded  | f        | S5
        """,
        staff="""
            staff | level | awarded    | planned
            S1    | 10    | 2020-01-01 |
            S2    | 11    | 2025-06-01 | 2025-05-01
            S3    | 11    |            | 2025-01-31
            S4    | 20    | 2020-01-01 |
        """,
        expected="""
            pathway | contact_on | staff_qualified | staff_in_training | staff_neither | staff_unknown
            1       | 2025-02-01 | yes             | no                | no            | no
            1       | 2025-02-02 | no              | yes               | no            | no
            1       | 2025-02-03 | no              | yes               | no            | no
            1       | 2025-02-04 | no              | no                | yes           | no
            1       | 2025-02-05 | no              | no                | no            | yes
            1       | 2025-02-06 | no              | no                | no            | yes
            1       | 2025-02-07 | no              | no                | no            | yes
        """,
    )


def test_staff_records_count_from_the_month_in_which_they_are_sent(spec):
    "S1 was first told of in March; what S2 planned in February was blank in March, when the award was told of."
    spec(
        "contact",
        referrals="""
            pathway
            1
        """,
        contacts="""
            pathway | on         | contact
            1       | 2025-02-10 | early
            1       | 2025-02-11 | training
            1       | 2025-03-20 | late
            1       | 2025-03-21 | trained
        """,
        activities="""
            contact  | activity | staff
            early    | a        | S1
            training | b        | S2
            late     | c        | S1
            trained  | d        | S2
        """,
        staff="""
            staff | level | awarded    | planned    | first_sent
            S1    | 10    | 2024-01-01 |            | 2025-03-01
            S2    | 11    |            | 2025-03-15 | 2025-02-01
            S2    | 11    | 2025-03-15 |            | 2025-03-01
        """,
        expected="""
            pathway | contact_on | staff_qualified | staff_in_training | staff_neither | staff_unknown
            1       | 2025-02-10 | no              | no                | no            | yes
            1       | 2025-02-11 | no              | yes               | no            | no
            1       | 2025-03-20 | yes             | no                | no            | no
            1       | 2025-03-21 | yes             | no                | no            | no
        """,
    )


def test_neither_qualified_nor_in_training_as_printed(spec):
    "M1016 as printed counts someone whose planned date lies ahead of the contact, whom M1015 counts as well."
    spec(
        "contact",
        referrals="""
            pathway
            1
        """,
        contacts="""
            pathway | on         | contact
            1       | 2025-02-02 | C
        """,
        activities="""
            contact | activity | staff
            C       | a        | S
        """,
        staff="""
            staff | level | awarded | planned
            S     | 11    |         | 2025-05-01
        """,
        expected="""
            pathway | contact_on | staff_in_training | staff_neither | staff_neither_as_printed
            1       | 2025-02-02 | yes               | no            | yes
        """,
    )


def test_age_and_ethnic_category(spec):
    "Completed years; someone born on 29 February is a year older on 1 March. Stray and missing codes are categories."
    spec(
        referrals="""
            pathway | person | received
            1       | A      | 2025-02-28
            2       | B      | 2025-03-01
            3       | C      | 2025-03-01
        """,
        people="""
            person | born       | ethnicity
            A      | 2000-02-29 | A
            B      | 2000-02-29 | 9
            C      |            | Q
        """,
        expected="""
            pathway | age_received | ethnic_category
            1       | 24           | A
            2       | 25           | 99
            3       |              | -3
        """,
    )


def test_coming_back(spec):
    "Each pathway of a person beside the one before it."
    spec(
        "returned",
        referrals="""
            pathway | person | received   | discharged
            first   | P      | 2025-01-01 | 2025-02-01
            second  | P      | 2025-03-01 | 2025-04-01
            third   | P      | 2025-03-15 |
            other   | Q      | 2025-03-01 |
        """,
        expected="""
            pathway | previous_discharged_on | days_since_discharge
            second  | 2025-02-01             | 28
            third   | 2025-04-01             | -17
        """,
    )


def test_repeat_referrals_are_of_finished_courses(spec):
    "As the dashboards count them: finished courses beside each other, whatever lies between."
    spec(
        "repeat_referral",
        referrals="""
            pathway | person | received   | discharged
            first   | P      | 2025-01-01 | 2025-02-01
            between | P      | 2025-02-10 | 2025-02-20
            second  | P      | 2025-03-01 | 2025-04-01
        """,
        contacts="""
            pathway | on
            first   | 2025-01-10
            first   | 2025-01-17
            second  | 2025-03-10
            second  | 2025-03-17
        """,
        expected="""
            pathway | previous_discharged_on | days_since_discharge
            second  | 2025-02-01             | 28
        """,
    )
