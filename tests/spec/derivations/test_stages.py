"""Stages of intensity: runs of two or more sessions of low or high intensity."""

title = "Stages of intensity"
LOW, HIGH = "748051000000105", "304891004"


def _contacts(*runs: str) -> str:
    """A contact a week for each letter: `LHH` is a low-intensity session and two of high intensity."""
    lines = ["pathway | on | therapy"]
    for run in runs:
        for week, letter in enumerate(run):
            therapy = {"L": LOW, "H": HIGH, "B": f"{HIGH} {LOW}", "C": "286711000000107", "-": ""}[letter]
            lines.append(f"{run} | 2025-02-{1 + 2 * week:02d} | {therapy}")
    return "\n".join(lines)


def _ended(*runs: str) -> str:
    return "\n".join(["pathway | discharged", *(f"{run} | 2025-06-01" for run in runs)])


FIRST = ("LLH", "LHH", "LHLL", "LHLHH", "H", "HLH", "B", "BB", "H-H", "HCH")


def test_the_first_stage(spec):
    "One session before it is ignored and counted. Contacts with no code of either list are passed over."
    spec(
        referrals=_ended(*FIRST),
        contacts=_contacts(*FIRST),
        expected="""
            pathway | first_stage_intensity | first_stage_on | last_of_stage_1_on | mixed_sessions_before_stage_1
            LLH     | low                   | 2025-02-01     | 2025-02-03         | 0
            LHH     | high                  | 2025-02-03     | 2025-02-05         | 1
            LHLL    | low                   | 2025-02-05     | 2025-02-07         | 2
            LHLHH   | high                  | 2025-02-07     | 2025-02-09         | 3
            H       |                       |                |                    |
            HLH     |                       |                |                    |
            B       |                       |                |                    |
            BB      |                       |                |                    |
            H-H     | high                  | 2025-02-01     | 2025-02-05         | 0
            HCH     | high                  | 2025-02-01     | 2025-02-05         | 0
        """,
    )


SECOND = ("LLHH", "LLHLL", "HHLHLL", "LHHLL")


def test_the_second_stage(spec):
    "The next run of two or more, of either intensity, after any single sessions between."
    spec(
        referrals=_ended(*SECOND),
        contacts=_contacts(*SECOND),
        expected="""
            pathway | first_stage_intensity | second_stage_intensity | second_stage_on | runs_before_stage_2
            LLHH    | low                   | high                   | 2025-02-05      | 1
            LLHLL   | low                   | low                    | 2025-02-07      | 2
            HHLHLL  | high                  | low                    | 2025-02-09      | 3
            LHHLL   | high                  | low                    | 2025-02-07      | 2
        """,
    )


def test_both_intensities_in_one_contact(spec):
    "Low comes before high, so that a contact of both ends a low run and begins a high one."
    spec(
        referrals=_ended("LBH"),
        contacts=_contacts("LBH"),
        expected="""
            pathway | first_stage_intensity | last_of_stage_1_on | second_stage_intensity | second_stage_on
            LBH     | low                   | 2025-02-03         | high                   | 2025-02-03
        """,
    )


def test_logs_are_high_intensity(spec):
    spec(
        referrals="""
            pathway | discharged
            1       | 2025-06-01
        """,
        logs="""
            pathway | started    | ended
            1       | 2025-02-03 | 2025-02-09
            1       | 2025-02-10 | 2025-02-16
        """,
        expected="""
            pathway | first_stage_intensity | first_stage_on | last_of_stage_1_on
            1       | high                  | 2025-02-03     | 2025-02-10
        """,
    )
