"""Appointments: kept or not, how they were held, of which therapy, by whom."""

title = "Appointments and therapy sessions"

CONTACTS = """
    contact_on | attendance_code | planned_indicator | attended | appointment_type | consultation_medium | in_window | is_ltc_service
    2025-04-01 | 5               | Y                 | yes      | 02               | 01                  | yes       | yes
    2025-04-02 | 6               | Y                 | yes      | 03               | 11                  | yes       | no
    2025-04-03 | 3               | N                 | yes      | 02               |                     | yes       | no
    2025-04-04 | 3               | Y                 | no       | 02               | 01                  | yes       | no
    2025-04-30 | 5               | Y                 | yes      | 06               | 03                  | yes       | yes
    2025-05-01 | 5               | Y                 | yes      | 02               | 01                  | yes       | no
    2025-04-05 | 2               |                   | no       | 02               | 02                  | no        | no
    2025-04-06 | 5               |                   | yes      | 02               | 98                  | no        | yes
"""


def test_appointments_by_their_attendance_code(spec):
    spec({"M082": 7, "M083": 1, "M084": 2, "M085": 0, "M086": 3, "M087": 1, "M088": 0}, contact=CONTACTS)


def test_an_unplanned_contact_counts_as_attended(spec):
    "Its medium is not recorded, and code 03 belongs to the older list: both are unknown."
    spec({"M1001": 1, "M1018": 1, "M1008": 1, "M1009": 2, "M1002": 0}, contact=CONTACTS)


def test_integrated_contacts_leave_out_follow_up_and_what_is_outside_the_referral(spec):
    "One of four in the quarter: the follow-up and the contact outside the window are in neither."
    spec({"M1011": 25}, contact=CONTACTS, period="2025/26 Q1")


def test_staff_may_be_of_several_kinds_in_one_contact(spec):
    rows = """
        contact_on | attended | staff_qualified | staff_in_training | staff_neither | staff_neither_as_printed | staff_unknown
        2025-04-01 | yes      | yes             | yes               | no            | yes                      | no
        2025-04-02 | yes      | no              | no                | yes           | yes                      | no
        2025-04-03 | yes      | no              | no                | no            | no                       | yes
        2025-04-04 | no       | yes             | no                | no            | no                       | no
    """
    spec({"M1014": 1, "M1015": 1, "M1016": 1, "M1017": 1}, contact=rows)
    spec({"M1016": 2}, contact=rows, official=True)


def test_a_session_counts_in_each_of_its_therapies(spec):
    "Only attended contacts of a treatment type; internet therapy logs join the other high-intensity contacts."
    spec(
        {"M090": 1, "M110": 2, "M108": 3, "M343": 2, "M346": 0},
        therapy_contact="""
            contact_key | contact_on | attended | appointment_type | therapy
            1           | 2025-04-01 | yes      | 02               | cognitive_behaviour_therapy
            1           | 2025-04-01 | yes      | 02               | guided_self_help_book
            2           | 2025-04-02 | yes      | 03               | cognitive_behaviour_therapy
            3           | 2025-04-02 | no       | 02               | cognitive_behaviour_therapy
            4           | 2025-04-02 | yes      | 01               | cognitive_behaviour_therapy
            5           | 2025-04-02 | yes      | 05               | other_high_intensity
            6           | 2025-05-02 | yes      | 05               | other_high_intensity
        """,
        therapy_log="""
            started_on | ended_on
            2025-03-30 | 2025-04-05
            2025-04-24 | 2025-04-30
            2025-04-28 | 2025-05-04
        """,
    )


def repeated(head: str, row: str, times: dict[str, int]) -> str:
    """A table with each value, put where the row says {}, so many times."""
    return "\n".join([head, *(row.format(value) for value, count in times.items() for _ in range(count))])


def test_appointments_that_the_provider_cancelled_or_could_not_hold(spec):
    codes = repeated("contact_on | attendance_code", "2025-04-10 | {}", {"4": 2, "7": 3, "5": 1})
    spec({"M082": 6, "M085": 2, "M088": 3}, contact=codes)


def test_attended_contacts_by_how_they_were_held(spec):
    "Those that were missed count under none."
    times = {"02": 1, "04": 2, "05": 3, "09": 4, "10": 5, "12": 6, "13": 7}
    head = "contact_on | attended | consultation_medium"
    held = repeated(head, "2025-04-10 | yes | {}", times)
    missed = repeated("", "2025-04-10 | no | {}", times)
    spec({"M1002": 1, "M1004": 2, "M1005": 3, "M1006": 4, "M1007": 5, "M1019": 6, "M1020": 7}, contact=held + missed)


def test_sessions_of_each_therapy(spec):
    "Each therapy as often as its place in the list; contacts of another type than treatment under none."
    therapies = (
        "non_guided_self_help_book",
        "guided_self_help_computer",
        "non_guided_self_help_computer",
        "structured_physical_activity",
        "psychoeducational_peer_support",
        "other_low_intensity",
        "community_sign_posting",
        "applied_relaxation",
        "couples_therapy_depression",
        "collaborative_care",
        "counselling_depression",
        "brief_psychodynamic_psychotherapy",
        "eye_movement_desensitisation_reprocessing",
        "mindfulness",
        "interpersonal_psychotherapy",
    )
    times = {therapy: count for count, therapy in enumerate(therapies, start=1)}
    head = "contact_on | attended | appointment_type | therapy"
    treatment = repeated(head, "2025-04-10 | yes | 03 | {}", times)
    assessment = repeated("", "2025-04-10 | yes | 01 | {}", times)
    rows = treatment + assessment
    spec({"M091": 1, "M092": 2, "M093": 3, "M095": 4, "M097": 5, "M098": 6, "M346": 7}, therapy_contact=rows)
    spec({"M100": 8, "M102": 9, "M103": 10, "M104": 11, "M105": 12, "M106": 13, "M107": 14}, therapy_contact=rows)
    spec({"M111": 15}, therapy_contact=rows)
