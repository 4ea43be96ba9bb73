"""The problem descriptor of a pathway."""

title = "Problem descriptors"


def test_which_descriptor_is_taken(spec):
    "One that is filled in, primary before secondary, the latest, the last record."
    spec(
        referrals="""
            pathway
            primary
            latest
            record
            blank
            none
        """,
        complaints="""
            pathway | code | sign | on         | scheme
            primary | F320 | 2    | 2025-03-01 | 01
            primary | F411 | 1    | 2025-02-01 | 01
            latest  | F320 | 1    | 2025-02-01 | 01
            latest  | F411 | 1    | 2025-03-01 | 01
            record  | F320 | 1    | 2025-02-01 | 01
            record  | F411 | 1    | 2025-02-01 | 01
            blank   |      | 1    | 2025-03-01 | 01
            blank   | F431 | 2    | 2025-02-01 | 01
        """,
        expected="""
            pathway | problem_descriptor
            primary | F411
            latest  | F411
            record  | F411
            blank   | F431
            none    |
        """,
    )


def test_a_category_without_subdivisions_gains_an_x(spec):
    "X comes before 9, in every chapter: I10 has no subdivisions and becomes I10X; I11 has, and becomes I119."
    spec(
        referrals="""
            pathway
            undivided
            divided
            misuse
            pain
        """,
        complaints="""
            pathway   | code | scheme
            undivided | I10  | 01
            divided   | I11  | 01
            misuse    | F55  | 01
            pain      | r52  | 01
        """,
        expected="""
            pathway   | problem_descriptor | problem_group
            undivided | I10X               | Other recorded problems
            divided   | I119               | Other recorded problems
            misuse    | F55X               | Other recorded problems
            pain      | R529               | Other recorded problems
        """,
    )


def test_codes_are_cleaned_and_matched_by_their_beginning(spec):
    "F42 becomes F429 and K58 becomes K589, so that only a match by beginning finds them; SNOMED CT stays as it is."
    spec(
        referrals="""
            pathway
            short
            dotted
            bowel
            body
            invalid
            other
        """,
        complaints="""
            pathway | code     | scheme
            short   | f42      | 01
            dotted  | F43.1    | 01
            bowel   | K58      | 01
            body    | 83482000 | 04
            invalid | F4       | 01
            other   | Z730     | 01
        """,
        expected="""
            pathway | problem_descriptor | called_for_measure | problem_group
            short   | F429               | OCD                | Anxiety and stress related disorders (Total)
            dotted  | F431               | PTSD               | Anxiety and stress related disorders (Total)
            bowel   | K589               | IBS                | Other recorded problems
            body    | 83482000           | BIQ                | Anxiety and stress related disorders (Total)
            invalid | -3                 | GAD7               | Invalid Data Supplied
            other   | Z730               | GAD7               | Other recorded problems
        """,
    )
