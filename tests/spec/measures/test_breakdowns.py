"""Who belongs to which category."""

title = "Breakdowns"


def test_age_is_at_the_end_of_the_period(found):
    "18 on 30 April; on 1 May; 90; born on 29 February, 26 the day after; not recorded."
    rows = """
        pathway | born_on
        1       | 2007-04-30
        2       | 2007-05-01
        3       | 1935-04-30
        4       | 1999-04-30
        5       |
    """
    unknown = "Not stated/Not known/Invalid"
    assert found("V001", pathway=rows) == {
        "Under 18": {"2"},
        "18 to 25": {"1"},
        "90 and over": {"3"},
        "26 to 64": {"4"},
        unknown: {"5"},
    }
    assert found("V015", pathway=rows) == {
        "Under 18": {"2"},
        "18 to 64": {"1", "4"},
        "65 and over": {"3"},
        unknown: {"5"},
    }


def test_a_missing_ethnic_category_is_unknown(found):
    rows = """
        pathway | ethnic_category
        1       | A
        2       | B
        3       | S
        4       | Z
        5       | -1
    """
    bme = found("V002", pathway=rows)
    assert bme == {"White British": {"1"}, "BME": {"2", "3"}, "Not stated/Not known/Invalid": {"4", "5"}}
    printed = found("V002", pathway=rows, official=True)
    assert printed["Not stated/Not known/Invalid"] == {"4"}
    assert found("V005", pathway=rows) == {
        "British": {"1"},
        "Irish": {"2"},
        "Any other ethnic group": {"3"},
        "Not stated/Not known/Invalid": {"4", "5"},
    }


def test_gender_stands_in_where_identity_is_not_recorded(found):
    rows = """
        pathway | gender_identity | gender
        1       | 1               | 2
        2       |                 | 2
        3       | X               | 9
        4       | 3               |
        5       |                 |
        6       |                 | X
    """
    expected = {
        "Male (including trans men)": {"1"},
        "Female (including trans women)": {"2"},
        "Indeterminate": {"3"},
        "Non-binary": {"4"},
        "Not stated/Not known/Invalid": {"5", "6"},
    }
    assert found("V007", pathway=rows) == expected
    printed = found("V007", pathway=rows, official=True)
    assert printed["Not stated/Not known/Invalid"] == {"2", "3", "5", "6"}


def test_each_problem_is_in_one_category(found):
    rows = """
        pathway | problem_descriptor
        1       | F400
        2       | F429
        3       | F439
        4       | F452
        5       | K589
        6       | F329
        7       | F459
        8       | Z999
        9       | -3
        10      |
    """
    expected = {
        "F400 - Agoraphobia": {"1"},
        "F42 - Obsessive-compulsive disorder": {"2"},
        "Other F40-F43 code": {"3"},
        "F452 Hypochondriacal Disorders": {"4"},
        "K58 - Irritable bowel syndrome": {"5"},
        "Depression": {"6"},
        "Other Mental Health disorders": {"7"},
        "Other recorded problems": {"8"},
        "Not stated/Not known/Invalid": {"9", "10"},
    }
    assert found("V011", pathway=rows) == expected


def test_as_printed_some_problems_are_in_two(found):
    rows = """
        pathway | problem_descriptor
        1       | F400
        2       | F452
        3       | K589
        4       |
    """
    printed = found("V011", pathway=rows, official=True)
    assert printed["Other F40-F43 code"] == {"1"}
    assert printed["Other Mental Health disorders"] == {"2"}
    assert printed["Other recorded problems"] == {"3"}
    assert "Not stated/Not known/Invalid" not in printed


def test_several_disabilities_are_several_categories(found):
    assert found(
        "V003",
        pathway="pathway\n1\n2\n3",
        disability="""
            pathway | disability_code
            1       | 02
            1       | XX
            2       | 99
        """,
    ) == {"02 Hearing": {"1"}, "XX Other": {"1"}, "Invalid code": {"2"}, "No code": {"3"}}


def test_religion_and_orientation_are_circumstances(found):
    tables = {
        "pathway": "pathway\n1\n2\n3",
        "circumstance": """
            pathway | circumstance_code
            1       | 160549006
            1       | 20430005
            2       | 763896000
        """,
    }
    unknown = "Not stated/Not known/Invalid"
    assert found("V013", **tables) == {"Christian": {"1"}, unknown: {"2", "3"}}
    assert found("V014", **tables) == {"Heterosexual": {"1"}, unknown: {"2", "3"}}


def test_a_circumstance_that_was_recorded_after_the_period_is_not_known_yet(found):
    "On the last day; the day after; without a date; one of each; and what is no religion, the day after."
    tables = {
        "pathway": "pathway\n1\n2\n3\n4\n5",
        "circumstance": """
            pathway | circumstance_code | recorded_on
            1       | 160549006         | 2025-04-30
            1       | 20430005          | 2025-04-30
            2       | 160549006         | 2025-05-01
            2       | 20430005          | 2025-05-01
            3       | 160549006         |
            3       | 20430005          |
            4       | 160549006         | 2025-04-30
            4       | 309884000         | 2025-05-01
            4       | 20430005          | 2025-04-30
            4       | 42035005          | 2025-05-01
            5       | 763896000         | 2025-05-01
        """,
    }
    unknown = "Not stated/Not known/Invalid"
    assert found("V013", **tables) == {"Christian": {"1", "3", "4"}, unknown: {"2", "5"}}
    assert found("V014", **tables) == {"Heterosexual": {"1", "3", "4"}, unknown: {"2", "5"}}


def test_conditions_are_of_people_in_integrated_care(found):
    "Everyone else is in the last category, whatever is recorded."
    assert found(
        "V010",
        pathway="""
            pathway | first_integrated_contact_on
            1       | 2025-04-01
            2       | 2025-04-01
            3       |
            4       | 2025-05-01
        """,
        long_term_condition="""
            pathway | condition_code
            1       | 195967001
            1       | 12345
            3       | 195967001
        """,
    ) == {"Asthma": {"1"}, "No code recorded": {"2"}, "Invalid Code": {"1", "3", "4"}}


def test_a_programme_is_recorded_or_not(found):
    assert found(
        "V009",
        pathway="pathway\n1\n2",
        therapy_log="""
            pathway | programme         | started_on
            1       | Silvercloud       | 2025-03-01
            1       | Other/unknown IET | 2025-04-30
        """,
    ) == {"Silvercloud": {"1"}, "Other/unknown IET": {"1"}, "No recorded IET": {"2"}}


def test_a_programme_that_began_after_the_period_is_not_recorded_yet(found):
    "Received in April, with the first log in May; and one that changed programme in May."
    assert found(
        "V009",
        pathway="""
            pathway | received_on
            1       | 2025-04-10
            2       | 2025-04-10
        """,
        therapy_log="""
            pathway | programme   | started_on
            1       | Silvercloud | 2025-05-01
            2       | Sleepio     | 2025-04-30
            2       | Silvercloud | 2025-05-01
        """,
    ) == {"No recorded IET": {"1"}, "Sleepio": {"2"}}


def test_medication_is_of_courses_that_finished_in_the_period(found):
    assert found(
        "V012",
        pathway="""
            pathway | discharged_on | finished_course | psychotropic_first | psychotropic_last
            1       | 2025-04-01    | yes             | 01                 | 03
            2       | 2025-04-01    | no              | 01                 | 03
            3       | 2025-04-01    | yes             | 01                 |
            4       |               | no              | 01                 | 03
        """,
    ) == {"Prescribed first session and not last session": {"1"}, "Not stated/Not known/Invalid": {"3", "4"}}


def test_education_goes_by_age(found):
    assert found(
        "V004",
        pathway="""
            pathway | education | born_on
            1       | 2         | 1999-05-01
            2       | 3         | 1999-04-30
            3       | 8         |
            4       | X         | 1999-04-30
        """,
    ) == {
        "College and 25 and under": {"1"},
        "University and Over 25": {"2"},
        "Other and Age Not Recorded": {"3"},
        "Not stated/Not known/Invalid": {"4"},
    }


def test_forces_and_gender_at_birth(found):
    rows = """
        pathway | ex_forces | gender_same_at_birth
        1       | 02        | Y
        2       | 03        | N
        3       | ZZ        |
    """
    unknown = "Not stated/Not known/Invalid"
    assert found("V006", pathway=rows) == {
        "Ex-services member": {"1"},
        "Not an ex-services member or their dependant": {"2"},
        unknown: {"3"},
    }
    assert found("V008", pathway=rows) == {
        "Same gender at birth": {"1"},
        "Different gender at birth": {"2"},
        unknown: {"3"},
    }
