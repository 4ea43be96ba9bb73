"""Which contacts count, and the dates and counts of treatment sessions."""

title = "Contacts, sessions and finished courses"


def test_finished_course(spec):
    "Discharged, with at least two treatment sessions."
    spec(
        referrals="""
            pathway | discharged
            one     | 2025-03-01
            two     | 2025-03-01
            open    |
        """,
        contacts="""
            pathway | on
            one     | 2025-02-03
            two     | 2025-02-03
            two     | 2025-02-10
            open    | 2025-02-03
            open    | 2025-02-10
        """,
        expected="""
            pathway | treatment_count | finished_course
            one     | 1               | no
            two     | 2               | yes
            open    | 2               | no
        """,
    )


def test_attended_is_not_only_codes_5_and_6(spec):
    "An unplanned contact is attended whatever its attendance code says, or if it has none."
    spec(
        "contact",
        referrals="""
            pathway
            1
        """,
        contacts="""
            pathway | on         | attendance | planned
            1       | 2025-02-01 | 5          | Y
            1       | 2025-02-02 | 6          | Y
            1       | 2025-02-03 | 3          | Y
            1       | 2025-02-04 | none       | Y
            1       | 2025-02-05 | none       | N
            1       | 2025-02-06 | 2          | N
            1       | 2025-02-07 | 7          | none
        """,
        expected="""
            pathway | contact_on | attended
            1       | 2025-02-01 | yes
            1       | 2025-02-02 | yes
            1       | 2025-02-03 | no
            1       | 2025-02-04 | no
            1       | 2025-02-05 | yes
            1       | 2025-02-06 | yes
            1       | 2025-02-07 | no
        """,
    )


def test_only_contacts_from_referral_to_discharge_count(spec):
    "Both days are in it. A session after discharge changes nothing."
    spec(
        referrals="""
            pathway | received   | discharged
            1       | 2025-02-03 | 2025-02-10
        """,
        contacts="""
            pathway | on
            1       | 2025-02-02
            1       | 2025-02-03
            1       | 2025-02-10
            1       | 2025-02-11
        """,
        expected="""
            pathway | first_treatment_on | last_treatment_on | treatment_count | contact_count
            1       | 2025-02-03         | 2025-02-10        | 2               | 2
        """,
    )


def test_an_open_referral_counts_to_the_end_of_the_data(spec):
    spec(
        referrals="""
            pathway | data_ended
            1       | 2025-02-28
        """,
        contacts="""
            pathway | on
            1       | 2025-02-28
            1       | 2025-03-01
        """,
        expected="""
            pathway | treatment_count
            1       | 1
        """,
    )


def test_what_an_appointment_counts_as(spec):
    "03 is both assessment and treatment; 06 is follow-up and 10 employment support, neither of them treatment."
    spec(
        "contact",
        referrals="""
            pathway
            1
        """,
        contacts="""
            pathway | on         | type
            1       | 2025-02-01 | 01
            1       | 2025-02-02 | 02
            1       | 2025-02-03 | 03
            1       | 2025-02-04 | 04
            1       | 2025-02-05 | 05
            1       | 2025-02-06 | 06
            1       | 2025-02-07 | 10
        """,
        expected="""
            pathway | appointment_type | is_assessment | is_treatment | has_employment_support
            1       | 01               | yes           | no           | no
            1       | 02               | no            | yes          | no
            1       | 03               | yes           | yes          | no
            1       | 04               | no            | no           | no
            1       | 05               | no            | yes          | no
            1       | 06               | no            | no           | no
            1       | 10               | no            | no           | yes
        """,
    )


def test_employment_support_is_left_out_of_treatment_and_kept_in_contacts(spec):
    "By its code; with a therapy in the same contact, the whole contact is left out."
    spec(
        referrals="""
            pathway
            1
        """,
        contacts="""
            pathway | on         | type | therapy
            1       | 2025-02-01 | 02   | 304891004
            1       | 2025-02-02 | 02   | 1098051000000103
            1       | 2025-02-03 | 02   | 304891004 1098051000000103
        """,
        expected="""
            pathway | treatment_count | contact_count | employment_support_count | first_employment_support_on
            1       | 1               | 3             | 2                        | 2025-02-02
        """,
    )


def test_whether_employment_support_was_all_that_was_done(spec):
    "Not with a therapy, nor with something that has no code, nor where nothing says what was done."
    spec(
        "contact",
        referrals="""
            pathway
            1
        """,
        contacts="""
            pathway | on         | contact
            1       | 2025-02-01 | support
            1       | 2025-02-02 | both
            1       | 2025-02-03 | therapy
            1       | 2025-02-04 | uncoded
            1       | 2025-02-05 | nothing
        """,
        activities="""
            contact | activity | code
            support | a        | 1098051000000103
            support | b        | 1098051000000103
            both    | c        | 1098051000000103
            both    | d        | 304891004
            therapy | e        | 304891004
            uncoded | f        | 1098051000000103
            uncoded | g        |
        """,
        expected="""
            pathway | contact_on | is_employment_support | is_only_employment_support
            1       | 2025-02-01 | yes                   | yes
            1       | 2025-02-02 | yes                   | no
            1       | 2025-02-03 | no                    | no
            1       | 2025-02-04 | yes                   | no
            1       | 2025-02-05 | no                    | no
        """,
    )


def test_employment_support_may_go_on_after_discharge(spec):
    spec(
        referrals="""
            pathway | discharged
            1       | 2025-02-10
        """,
        contacts="""
            pathway | on         | type
            1       | 2025-02-01 | 10
            1       | 2025-03-01 | 10
            1       | 2025-01-01 | 10
        """,
        expected="""
            pathway | first_employment_support_on | last_employment_support_on
            1       | 2025-02-01                  | 2025-03-01
        """,
    )


def test_same_day_assessment_and_treatment(spec):
    "A contact that is both has both dates; two sessions of one day are first and second."
    spec(
        referrals="""
            pathway
            both
            twice
        """,
        contacts="""
            pathway | on         | type | contact
            both    | 2025-02-01 | 03   | a
            twice   | 2025-02-01 | 02   | b
            twice   | 2025-02-01 | 02   | c
        """,
        expected="""
            pathway | first_assessment_on | first_treatment_on | second_treatment_on
            both    | 2025-02-01          | 2025-02-01         |
            twice   |                     | 2025-02-01         | 2025-02-01
        """,
    )


def test_one_completed_log_is_one_session(spec):
    "Without any attendance code, dated by its start. One that has not ended within the referral is none."
    spec(
        referrals="""
            pathway | discharged
            1       | 2025-04-01
        """,
        contacts="""
            pathway | on
            1       | 2025-02-10
        """,
        logs="""
            pathway | started    | ended      | minutes
            1       | 2025-02-03 | 2025-02-09 | 20
            1       | 2025-03-03 |            | 30
            1       | 2025-03-30 | 2025-04-05 | 35
            1       | 2025-05-01 | 2025-05-07 | 40
        """,
        expected="""
            pathway | first_treatment_on | treatment_count | contact_count | internet_therapy_count
            1       | 2025-02-03         | 2               | 2             | 1
        """,
    )


def test_a_contact_identifier_that_comes_back_in_a_later_month(spec):
    "The activities of each month belong to the contact of that month."
    spec(
        "contact",
        referrals="""
            pathway
            1
        """,
        contacts="""
            pathway | on         | contact | submission
            1       | 2025-02-01 | C1      | 2
            1       | 2025-03-01 | C1      | 3
        """,
        activities="""
            contact | activity | code             | submission
            C1      | A1       | 1098051000000103 | 3
        """,
        expected="""
            pathway | contact_on | is_treatment
            1       | 2025-02-01 | yes
            1       | 2025-03-01 | no
        """,
    )


def test_first_dates_of_intensity(spec):
    "Counselling is high intensity here, and so is a log."
    spec(
        referrals="""
            pathway
            1
            2
        """,
        contacts="""
            pathway | on         | therapy
            1       | 2025-02-01 | 748051000000105
            1       | 2025-02-22 | 286711000000107
            2       | 2025-02-22 | 286711000000107
        """,
        logs="""
            pathway | started    | ended
            1       | 2025-02-10 | 2025-02-14
        """,
        expected="""
            pathway | first_low_intensity_on | first_high_intensity_on
            1       | 2025-02-01             | 2025-02-10
            2       |                        | 2025-02-22
        """,
    )


def test_therapy_counts(spec):
    "A session with two therapies counts once in each, with two codes of one therapy once; a log is other high intensity."
    spec(
        referrals="""
            pathway
            1
        """,
        contacts="""
            pathway | on         | therapy
            1       | 2025-02-01 | 748051000000105
            1       | 2025-02-08 | 748051000000105 748041000000107
            1       | 2025-02-15 | 304891004 228557008
        """,
        logs="""
            pathway | started    | ended
            1       | 2025-02-10 | 2025-02-14
        """,
        expected="""
            pathway | guided_self_help_book_count | guided_self_help_computer_count | cognitive_behaviour_therapy_count | other_high_intensity_count
            1       | 2                           | 1                               | 1                                 | 1
        """,
    )


def test_integrated_contacts(spec):
    "In a service integrated with physical care; a follow-up is not one, and an assessment is no treatment."
    spec(
        referrals="""
            pathway
            1
        """,
        contacts="""
            pathway | on         | type | integrated
            1       | 2025-02-01 | 06   | Y
            1       | 2025-02-02 | 02   | N
            1       | 2025-02-03 | 01   | Y
            1       | 2025-02-04 | 02   | Y
        """,
        expected="""
            pathway | first_integrated_contact_on | first_integrated_treatment_on
            1       | 2025-02-03                  | 2025-02-04
        """,
    )


def test_medication_at_the_first_and_last_session_that_records_it(spec):
    "Stray spellings are one code."
    spec(
        referrals="""
            pathway
            1
        """,
        contacts="""
            pathway | on         | medication | attendance
            1       | 2025-02-01 |            | 5
            1       | 2025-02-02 | 1          | 5
            1       | 2025-02-03 | 03         | 5
            1       | 2025-02-04 | 02         | 3
        """,
        expected="""
            pathway | psychotropic_first | psychotropic_last
            1       | 01                 | 03
        """,
    )
