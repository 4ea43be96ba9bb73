"""Employment support, employment status, and the employment records."""

title = "Employment"


def test_employment_records_are_answers_defaults_invalid_or_missing(spec):
    rows = """
        recorded_on | employment_status | weekly_hours | universal_credit | employment_support_suitable
        2025-04-01  | 01                | 01           | Y                | Y
        2025-04-02  | 08                | 98           | U                | NA
        2025-04-03  | ZZ                | 05           | X                | Q
        2025-04-04  |                   |              |                  |
        2025-04-05  | 09                | 04           | N                | N
        2025-05-05  | 01                | 01           | Y                | Y
    """
    spec({"EA002": 2, "EA003": 1, "EA004": 1, "EA005": 1, "EA006": 2, "EA007": 1, "EA008": 1}, employment_record=rows)
    spec({"EA022": 2, "EA023": 1, "EA024": 1, "EA025": 1, "EA127": 2, "EA128": 1, "EA129": 1}, employment_record=rows)


PATHWAYS = """
    pathway | received_on | discharged_on | first_assessment_on | first_treatment_on | first_employment_support_on | employment_support_discharged_on | finished_course
    1       | 2025-01-01  |               | 2025-01-05          | 2025-01-10         | 2025-04-02                  |                                  | no
    2       | 2025-01-01  | 2025-04-10    | 2025-01-05          |                    | 2025-02-02                  | 2025-04-20                       | no
    3       | 2025-01-01  | 2025-03-31    | 2025-01-05          | 2025-01-10         | 2025-03-02                  | 2025-04-03                       | yes
    4       | 2025-01-01  | 2025-04-15    | 2025-01-05          | 2025-01-10         | 2025-05-02                  |                                  | yes
    5       | 2025-05-01  |               |                     |                    |                             |                                  | no
"""
RECORDS = """
    pathway | employment_key | recorded_on | employment_status | sickness_absence | in_pathway | employment_support_suitable | employment_support_discharged_on | received_on | discharged_on
    1       | 1              | 2025-04-05  | 01                | N                | yes        | Y                           |                                  | 2025-01-01  |
    1       | 2              | 2025-05-05  | 02                | 8                | yes        | N                           |                                  | 2025-01-01  |
    2       | 3              | 2025-01-03  | 02                | 8                | yes        |                             |                                  | 2025-01-01  | 2025-04-10
    2       | 4              | 2025-04-12  | 01                | N                | no         |                             | 2025-04-20                       | 2025-01-01  | 2025-04-10
    3       | 5              | 2025-01-03  | 01                | Y                | yes        |                             |                                  | 2025-01-01  | 2025-03-31
    3       | 6              | 2025-04-01  | 01                | N                | no         |                             | 2025-04-03                       | 2025-01-01  | 2025-03-31
"""
CONTACTS = """
    pathway | contact_key | contact_on | attended | has_employment_support | is_employment_support | is_only_employment_support | appointment_type | in_window | received_on | discharged_on | employment_support_ended_on
    1       | 1           | 2025-04-02 | yes      | yes                    | yes                   | no                         | 02               | yes       | 2025-01-01  |               |
    2       | 2           | 2025-02-02 | yes      | yes                    | no                    | no                         | 10               | yes       | 2025-01-01  | 2025-04-10    | 2025-04-20
    2       | 3           | 2025-04-18 | yes      | yes                    | no                    | no                         | 10               | no        | 2025-01-01  | 2025-04-10    | 2025-04-20
    2       | 4           | 2025-04-25 | yes      | yes                    | no                    | no                         | 10               | no        | 2025-01-01  | 2025-04-10    | 2025-04-20
    3       | 5           | 2025-03-02 | yes      | yes                    | yes                   | yes                        | 06               | yes       | 2025-01-01  | 2025-03-31    | 2025-04-03
    3       | 6           | 2025-04-09 | yes      | yes                    | yes                   | yes                        | 06               | no        | 2025-01-01  | 2025-03-31    | 2025-04-03
    4       | 7           | 2025-04-11 | yes      | no                     | no                    | no                         | 02               | yes       | 2025-01-01  | 2025-04-15    |
"""
EVERYTHING = {"pathway": PATHWAYS, "pathway_employment": RECORDS, "contact": CONTACTS}


def test_employment_support_appointments(spec):
    "By code within the referral, by type within the support, and by code as a late follow-up; 25 April is outside."
    spec({"M099": 3, "EA108": 0, "EA110": 0, "EA280": 1}, contact=CONTACTS)


def test_referrals_with_and_without_support(spec):
    "The third ended in March; the fourth has support from May on; the fifth is not there yet."
    spec({"EA034": 2, "EA035": 1, "EA001": 0, "EA040": 1}, **EVERYTHING)


def test_a_status_recorded_later_is_missing_still(spec):
    "The first pathway's first record is made on 1 May: at the end of April it has none."
    later = RECORDS.replace("2025-04-05", "2025-05-01")
    spec({"EA001": 50}, pathway=PATHWAYS, pathway_employment=later)
    spec({"EA001": 0}, period="2025-05", pathway=PATHWAYS, pathway_employment=later)


def test_therapy_and_support_in_the_month(spec):
    "The first contact held both; pathway 2 has a log besides; that of pathway 3 began after its discharge."
    spec(
        {"EA036": 4, "EA037": 1, "EA038": 1, "EA039": 2},
        pathway=PATHWAYS,
        contact=CONTACTS,
        therapy_log="""
            pathway | started_on | ended_on   | in_window | received_on | discharged_on
            3       | 2025-04-01 | 2025-04-08 | no        | 2025-01-01  | 2025-03-31
            2       | 2025-04-01 | 2025-04-08 | yes       | 2025-01-01  | 2025-04-10
        """,
    )


def test_the_wait_for_support_runs_from_assessment(spec):
    "5 January to 2 April."
    spec({"EA140": 87, "EA281": 87}, pathway=PATHWAYS)


def test_suitability_is_of_the_latest_record_so_far(spec):
    "In May the first pathway's record says that it is not."
    spec({"EA139": 1}, **EVERYTHING)
    spec({"EA139": 0}, period="2025-05", **EVERYTHING)


def test_suitability_is_asked_once_of_a_person(spec):
    "The record lies in both referrals of one person and counts with the one received last; the other person's was over."
    pathway = """
        pathway | person_id | received_on | discharged_on
        1       | P         | 2025-01-01  | 2025-04-20
        2       | P         | 2025-02-01  |
        3       | Q         | 2025-02-01  | 2025-03-20
    """
    record = "2025-03-02  | yes        | Y"
    rows = f"""
        pathway | employment_key | recorded_on | in_pathway | employment_support_suitable
        1       | 1              | {record}
        2       | 1              | {record}
        3       | 2              | {record}
    """
    spec({"EA139": 1}, pathway=pathway, pathway_employment=rows)


def test_referrals_that_the_file_of_the_month_holds(spec):
    "Sent again after its end, for a follow-up, a referral is in the file; no longer sent, it is not, though never ended."
    spec(
        {"EA034": 1, "EA035": 2},
        pathway="""
            received_on | discharged_on | reported_to_on | first_employment_support_on
            2025-01-01  | 2025-03-20    | 2025-04-30     | 2025-02-02
            2025-01-01  |               | 2025-03-31     | 2025-02-02
            2025-01-01  |               | 2025-04-30     |
            2025-01-01  |               |                |
            2025-01-01  | 2025-03-20    |                |
        """,
    )


def test_status_when_support_starts_is_the_latest_so_far(spec):
    "Pathway 1 had its first support in April and was in work by its end; in May it has no first support."
    spec({"EA276": 1, "EA277": 0, "EA278": 0, "EA279": 0}, **EVERYTHING)
    spec({"EA276": 0, "EA279": 1}, period="2025-05", **EVERYTHING)


def test_support_that_ended_in_the_month(spec):
    "Two ended; pathway 2 had no therapy. Its contacts by 20 April are two, pathway 3's follow-ups two."
    spec({"EA041": 2, "EA136": 1, "EA131": 4, "EA132": 2, "EA133": 2, "EA134": 2}, **EVERYTHING)


TWICE = """
    pathway | received_on | discharged_on | first_employment_support_on | reported_to_on
    1       | 2022-01-01  | 2023-01-31    | 2022-02-02                  |
    2       | 2025-01-01  | 2025-03-31    | 2025-02-02                  |
    3       | 2025-01-01  |               | 2025-02-02                  | 2025-03-31
    4       | 2025-01-01  | 2025-02-28    | 2025-02-02                  | 2025-04-30
"""
ENDS = """
    pathway | employment_key | recorded_on | employment_support_discharged_on | received_on | discharged_on
    1       | 1              | 2025-04-20  | 2025-04-20                       | 2022-01-01  | 2023-01-31
    2       | 1              | 2025-04-20  | 2025-04-20                       | 2025-01-01  | 2025-03-31
    2       | 2              | 2025-04-22  | 2025-04-22                       | 2025-01-01  | 2025-03-31
    3       | 3              | 2025-04-20  | 2025-04-20                       | 2025-01-01  |
    4       | 4              | 2025-04-20  | 2025-04-20                       | 2025-01-01  | 2025-02-28
"""
SEEN = """
    pathway | contact_key | contact_on | attended | has_employment_support | appointment_type | received_on | discharged_on
    1       | 1           | 2022-02-02 | yes      | yes                    | 10               | 2022-01-01  | 2023-01-31
    2       | 2           | 2025-02-02 | yes      | yes                    | 10               | 2025-01-01  | 2025-03-31
    2       | 3           | 2025-04-02 | yes      | yes                    | 10               | 2025-01-01  | 2025-03-31
    4       | 4           | 2025-02-02 | yes      | yes                    | 10               | 2025-01-01  | 2025-02-28
"""


def test_support_ends_once_and_in_referrals_that_were_sent_in_the_month(spec):
    """The first referral was over two years before, and the third was no longer sent; the second is not said to have
    been sent, but had support after its discharge. It has two ends, and its contacts count once."""
    everything = {"pathway": TWICE, "pathway_employment": ENDS, "contact": SEEN}
    spec({"EA041": 2, "EA131": 3, "EA132": 1.5, "EA133": 1.5, "EA134": 2}, **everything)
    spec({"EA041": 0, "EA131": 0, "EA132": None, "EA134": None}, period="2025-03", **everything)


def test_an_end_recorded_later_speaks_from_then_on(spec):
    "By the end of April one end is known, by the end of May another that lies before it, which changes nothing then."
    ends = """
        pathway | employment_key | recorded_on | employment_support_discharged_on | received_on
        1       | 1              | 2025-04-02  | 2025-04-02                       | 2025-01-01
        1       | 2              | 2025-05-03  | 2025-04-12                       | 2025-01-01
    """
    contacts = """
        pathway | contact_key | contact_on | attended | has_employment_support | appointment_type | received_on
        1       | 1           | 2025-04-01 | yes      | yes                    | 10               | 2025-01-01
        1       | 2           | 2025-04-11 | yes      | yes                    | 10               | 2025-01-01
    """
    pathway = """
        pathway | received_on | first_employment_support_on
        1       | 2025-01-01  | 2025-04-01
    """
    everything = {"pathway": pathway, "pathway_employment": ends, "contact": contacts}
    spec({"EA131": 1, "EA132": 1}, **everything)
    spec({"EA131": 2, "EA132": 2, "EA134": 2}, period="2025/26 Q1", **everything)


def test_status_at_the_start_and_end_of_support(spec):
    "Pathway 3 was off sick first. The record after its discharge counts since a follow-up on 9 April came after it."
    spec({"EA050": 0, "EA051": 1, "EA053": 0, "EA054": 1, "EA055": 0, "EA057": 0}, **EVERYTHING)


def test_status_at_the_start_and_end_of_a_finished_course(spec):
    "A person who is not employed and whose sickness answer is not 8 is in two groups."
    spec(
        {"M316": 1, "M318": 1, "M319": 1, "M323": 1, "M322": 1, "M325": 1, "M328": 1},
        pathway="""
            received_on | discharged_on | finished_course | first_employment_support_on | employment_first | sickness_first | employment_last | sickness_last
            2025-01-01  | 2025-04-01    | yes             | 2025-04-02                  | 01               | N              | 02              | 8
            2025-01-01  | 2025-04-01    | yes             |                             | 02               | N              |                 |
            2025-01-01  | 2025-04-01    | yes             | 2025-02-02                  | 01               | Y              | 01              | N
        """,
    )


def test_outcomes_with_and_without_support(spec):
    rows = """
        received_on | discharged_on | finished_course | first_employment_support_on | not_at_caseness | recovered | reliably_improved | no_reliable_change | reliably_deteriorated | wsas_work_first | wsas_work_last
        2025-01-01  | 2025-04-01    | yes             | 2025-04-02                  | no              | yes       | yes               | no                 | no                    | 6               | 2
        2025-01-01  | 2025-04-01    | yes             |                             | yes             |           | no                | yes                | no                    | 4               |
        2025-01-01  | 2025-04-01    | yes             | 2025-04-01                  | no              | yes       | no                | yes                | no                    | 8               | 8
    """
    spec({"M296": 2, "M297": 1, "M298": 1, "M299": 50, "M300": 1, "M301": 0, "M302": 1, "M303": 100}, pathway=rows)
    spec({"M304": 1, "M305": 100, "M306": 1, "M309": 0, "M310": 1, "M313": 100, "M315": 0}, pathway=rows)
    spec({"EA058": 1, "EA059": 8, "EA061": 8, "EA083": 1, "EA084": 6, "EA087": 2, "EA282": None}, pathway=rows)


def test_off_sick_pay_is_yes_first_and_no_last(spec):
    spec(
        {"M237": 1},
        pathway="""
            discharged_on | finished_course | sick_pay_first | sick_pay_last
            2025-04-01    | yes             | Y              | N
            2025-04-01    | yes             | Y              | Y
            2025-04-01    | yes             | N              | N
        """,
    )


def test_adjustment_in_full_needs_every_item(spec):
    head = " | ".join(
        f"wsas_{item}_{time}"
        for item in (
            "work",
            "home_management",
            "social_leisure_activities",
            "private_leisure_activities",
            "relationships",
        )
        for time in ("first", "last")
    )
    spec(
        {"EA282": 40, "EA284": 5, "EA283": None, "EA285": None},
        pathway=f"""
            received_on | discharged_on | finished_course | first_employment_support_on | {head}
            2025-01-01  | 2025-04-01    | yes | 2025-03-02 | 8 | 1 | 8 | 1 | 8 | 1 | 8 | 1 | 8 | 1
            2025-01-01  | 2025-04-01    | yes | 2025-03-02 | 8 | 8 | 8 | 8 | 8 | 8 | 8 | 8 | 8 |
        """,
    )


def test_answers_on_benefits_are_kept_apart(spec):
    "Y and N are answers, U and Z defaults, anything else is invalid; the four of each benefit add up to the ten records."
    rows = """
        recorded_on | receives_benefits | employment_and_support_allowance | personal_independence_payment | weekly_hours | employment_support_suitable
        2025-04-01  | Y                 | Y                                | Y                             |              |
        2025-04-01  | N                 | N                                | N                             |              |
        2025-04-01  | Y                 | N                                | U                             |              | Y
        2025-04-01  | N                 | U                                | X                             | 01           | Y
        2025-04-01  | U                 | Z                                | X                             | 01           | Y
        2025-04-01  | Z                 | X                                | Q                             | 01           | Y
        2025-04-01  | U                 |                                  | Q                             | 01           | Y
        2025-04-01  | X                 |                                  |                               | 01           | Y
        2025-04-01  | Q                 |                                  |                               | 01           | Y
        2025-04-01  |                   |                                  |                               | 01           | Y
    """
    spec({"EA010": 4, "EA011": 3, "EA012": 2, "EA013": 1, "EA009": 3, "EA130": 2}, employment_record=rows)
    spec({"EA018": 3, "EA019": 2, "EA020": 1, "EA021": 4}, employment_record=rows)
    spec({"EA026": 2, "EA027": 1, "EA028": 4, "EA029": 3}, employment_record=rows)


def test_employment_support_under_the_wrong_type(spec):
    "A follow-up within the referral, and another type after it; the two others are as they should be."
    rows = """
        contact_on | attended | is_employment_support | appointment_type | in_window | received_on | discharged_on
        2025-04-02 | yes      | yes                   | 06               | yes       | 2025-01-01  |
        2025-04-09 | yes      | yes                   | 05               | no        | 2025-01-01  | 2025-04-03
        2025-04-09 | yes      | yes                   | 06               | no        | 2025-01-01  | 2025-04-03
        2025-04-02 | yes      | yes                   | 02               | yes       | 2025-01-01  |
        2025-04-09 | no       | yes                   | 05               | no        | 2025-01-01  | 2025-04-03
    """
    spec({"EA108": 1, "EA110": 1}, contact=rows)


def _third_pathway(*, first: str, last: str) -> dict[str, str]:
    """Everything, with another status at the start and the end of the support of the third pathway."""
    rows = RECORDS.replace("2025-01-03  | 01                | Y ", f"2025-01-03  | {first} ")
    rows = rows.replace("2025-04-01  | 01                | N ", f"2025-04-01  | {last} ")
    assert rows != RECORDS
    return {**EVERYTHING, "pathway_employment": rows}


def test_every_status_at_the_start_and_end_of_support(spec):
    "In work, then off sick; not employed, then not employed; not stated, then employed without an answer on sickness."
    spec({"EA050": 1, "EA055": 1, "EA051": 0, "EA054": 0}, **_third_pathway(first="01 | N", last="01 | Y"))
    spec({"EA052": 1, "EA056": 1, "EA053": 0, "EA057": 0}, **_third_pathway(first="02 | 8", last="03 | 8"))
    spec({"EA053": 1, "EA057": 1, "EA052": 0, "EA050": 0}, **_third_pathway(first="ZZ | Z", last="01 | X"))


def test_off_sick_or_not_employed_when_support_starts(spec):
    sick = RECORDS.replace("2025-04-05  | 01                | N ", "2025-04-05  | 01                | Y ")
    without = RECORDS.replace("2025-04-05  | 01                | N ", "2025-04-05  | 02                | 8 ")
    spec({"EA277": 1, "EA276": 0, "EA278": 0}, **{**EVERYTHING, "pathway_employment": sick})
    spec({"EA278": 1, "EA276": 0, "EA277": 0}, **{**EVERYTHING, "pathway_employment": without})


def test_every_status_at_the_start_and_end_of_a_finished_course(spec):
    "The first five had no support, the other five did."
    rows = """
        received_on | discharged_on | finished_course | first_employment_support_on | employment_first | sickness_first | employment_last | sickness_last
        2025-01-01  | 2025-04-01    | yes             |                             | 01               | N              | 01              | Y
        2025-01-01  | 2025-04-01    | yes             |                             | 01               | Y              | 02              | 8
        2025-01-01  | 2025-04-01    | yes             |                             | 02               | 8              | ZZ              | Z
        2025-01-01  | 2025-04-01    | yes             |                             | ZZ               | Z              | 01              | N
        2025-01-01  | 2025-04-01    | yes             |                             | 01               | N              | 01              | N
        2025-01-01  | 2025-04-01    | yes             | 2025-02-02                  | 01               | N              | 01              | Y
        2025-01-01  | 2025-04-01    | yes             | 2025-02-02                  | 01               | Y              | 08              | 8
        2025-01-01  | 2025-04-01    | yes             | 2025-02-02                  | 08               | 8              | ZZ              | Z
        2025-01-01  | 2025-04-01    | yes             | 2025-02-02                  | ZZ               | Z              | 01              | N
        2025-01-01  | 2025-04-01    | yes             | 2025-02-02                  | 03               | 8              | 03              | 8
    """
    spec({"M316": 2, "M317": 1, "M318": 1, "M319": 1, "M320": 2, "M321": 1, "M322": 1, "M323": 1}, pathway=rows)
    spec({"M324": 1, "M325": 1, "M326": 2, "M327": 1, "M328": 1, "M329": 1, "M330": 2, "M331": 1}, pathway=rows)


def test_every_outcome_with_support_and_deterioration_without(spec):
    "Of four with support one started below caseness: two of three recovered, one of three reliably."
    rows = """
        received_on | discharged_on | finished_course | first_employment_support_on | not_at_caseness | recovered | reliably_improved | no_reliable_change | reliably_deteriorated
        2025-01-01  | 2025-04-01    | yes             |                             | no              | no        | no                | no                 | yes
        2025-01-01  | 2025-04-01    | yes             | 2025-02-02                  | no              | yes       | yes               | no                 | no
        2025-01-01  | 2025-04-01    | yes             | 2025-02-02                  | no              | yes       | no                | yes                | no
        2025-01-01  | 2025-04-01    | yes             | 2025-02-02                  | no              | no        | no                | no                 | yes
        2025-01-01  | 2025-04-01    | yes             | 2025-02-02                  | yes             |           | yes               | no                 | no
    """
    spec({"M301": 1, "M306": 4, "M307": 1, "M308": 2, "M309": 50, "M310": 1, "M311": 1, "M312": 2}, pathway=rows)
    spec({"M313": 200 / 3, "M314": 1, "M315": 100 / 3}, pathway=rows)


def test_the_item_on_work_with_and_without_support(spec):
    rows = """
        received_on | discharged_on | finished_course | first_employment_support_on | wsas_work_first | wsas_work_last
        2025-01-01  | 2025-04-01    | yes             | 2025-02-02                  | 8               | 2
        2025-01-01  | 2025-04-01    | yes             | 2025-02-02                  | 1               | 0
        2025-01-01  | 2025-04-01    | yes             | 2025-02-02                  | 3               | 7
        2025-01-01  | 2025-04-01    | yes             |                             | 6               | 1
        2025-01-01  | 2025-04-01    | yes             |                             | 2               | 1
        2025-01-01  | 2025-04-01    | yes             |                             | 2               | 7
    """
    spec({"EA058": 3, "EA059": 4, "EA060": 3, "EA061": 3, "EA062": 2}, pathway=rows)
    spec({"EA083": 3, "EA084": 10 / 3, "EA085": 2, "EA086": 3, "EA087": 1}, pathway=rows)


def test_adjustment_in_full_without_support(spec):
    "15 and 25 points first, 4 and 10 last."
    spec(
        {"EA283": 20, "EA285": 7},
        pathway="""
            received_on | discharged_on | finished_course | wsas_work_first | wsas_work_last | wsas_home_management_first | wsas_home_management_last | wsas_social_leisure_activities_first | wsas_social_leisure_activities_last | wsas_private_leisure_activities_first | wsas_private_leisure_activities_last | wsas_relationships_first | wsas_relationships_last
            2025-01-01  | 2025-04-01    | yes             | 1               | 0              | 2                          | 1                         | 3                                    | 1                                   | 4                                     | 1                                    | 5                        | 1
            2025-01-01  | 2025-04-01    | yes             | 5               | 2              | 5                          | 2                         | 5                                    | 2                                   | 5                                     | 2                                    | 5                        | 2
        """,
    )
