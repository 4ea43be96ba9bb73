"""Treatment sessions, internet therapy logs, and stages of intensity."""

from allcomers.codes.therapy import programme_sql
from allcomers.engine.step import Join, Rank, Step

_SESSION = ("pathway_no", "held_on", "kind", "session_no", "is_log", "log_minutes")
_EVENT = ("pathway_no", "held_on", "kind", "event_no", "intensity")
_TREATMENT_TYPE = "attended and in_window and coalesce(appointment_type in ('02', '03', '05'), false)"
_ORDER = ("held_on", "kind", "event_no", "intensity desc")


def _event(intensity: str) -> Step:
    return Step(
        f"{intensity}_intensity_contact",
        "contact_facts",
        columns={"held_on": "contact_on", "kind": "0", "event_no": "contact_no", "intensity": f"'{intensity}'"},
        keep=("pathway_no",),
        where=f"{_TREATMENT_TYPE} and discharged_on is not null and is_{intensity}_stage",
    )


STEPS = (
    Step(
        "log_facts",
        "IDS205InternetTherLog",
        columns={
            "log_no": "IDS205InternetTherLog.record_no",
            "started_on": "StartDateIntEnabledTherLog",
            "ended_on": "EndDateIntEnabledTherLog",
            "programme": programme_sql("IntEnabledTherProg"),
            "duration_minutes": "DurationIntEnabledTher",
            "is_integrated": "coalesce(IntegratedSoftwareInd = 'Y', false)",
            "in_window": "coalesce(StartDateIntEnabledTherLog between received_on and window_ended_on, false)",
            # EA036 asks both dates to lie within the referral; a log that ends after it was not complete when it ended.
            "is_session": "coalesce(StartDateIntEnabledTherLog between received_on and window_ended_on "
            "and EndDateIntEnabledTherLog <= window_ended_on, false)",
        },
        keep=("pathway_no", "discharged_on"),
        joins=(Join("referral", ("provider_no", "ServiceRequestId"), "inner"),),
        why="One completed log is one session; it needs no attendance code.",
    ),
    Step(
        "therapy_log",
        "log_facts",
        columns={"log_key": "log_no"},
        keep=(
            "pathway_no",
            "pathway_id",
            "provider_code",
            "sub_icb_code",
            "icb_code",
            "region_code",
            "received_on",
            "pathway.discharged_on",
            "started_on",
            "ended_on",
            "programme",
            "duration_minutes",
            "is_integrated",
            "in_window",
            "is_session",
        ),
        joins=(Join("pathway", ("pathway_no",), "inner"),),
        why="One row an internet therapy log.",
    ),
    Step(
        "treatment_contact",
        "contact_facts",
        columns={
            "held_on": "contact_on",
            "kind": "0",
            "session_no": "contact_no",
            "is_log": "false",
            "log_minutes": "cast(null as bigint)",
        },
        keep=("pathway_no", "is_high_intensity", "is_low_intensity"),
        where="is_treatment",
    ),
    Step(
        "treatment_log",
        "log_facts",
        columns={
            "held_on": "started_on",
            "kind": "1",
            "session_no": "log_no",
            "is_log": "true",
            "log_minutes": "duration_minutes",
            "is_high_intensity": "true",
            "is_low_intensity": "false",
        },
        keep=("pathway_no",),
        where="is_session",
    ),
    Step(
        "session",
        "treatment_contact",
        keep=(*_SESSION, "is_high_intensity", "is_low_intensity"),
        union_all=("treatment_log",),
        ranks=(Rank("place", ("pathway_no",), ("held_on", "kind", "session_no")),),
        why="Treatment contacts and completed logs, in order.",
    ),
    Step("sessions_of_pathway", "session", group_by=("pathway_no",)),
    _event("low"),
    _event("high"),
    Step(
        "log_event",
        "log_facts",
        columns={"held_on": "started_on", "kind": "1", "event_no": "log_no", "intensity": "'high'"},
        keep=("pathway_no",),
        where="in_window and discharged_on is not null",
    ),
    Step(
        "intensity_event",
        "low_intensity_contact",
        keep=_EVENT,
        union_all=("high_intensity_contact", "log_event"),
        ranks=(
            Rank("place", ("pathway_no",), _ORDER),
            Rank("place_of_intensity", ("pathway_no", "intensity"), _ORDER),
        ),
        why="One event for each intensity of a contact, low before high, and one a log.",
    ),
    Step(
        "intensity_run",
        "intensity_event",
        # Along a run of one intensity both places rise together, so that their difference names the run.
        columns={
            "run": "place - place_of_intensity",
            "began_at": "min(place)",
            "began_on": "min(held_on)",
            "ended_on": "max(held_on)",
            "session_count": "count(*)",
        },
        group_by=("pathway_no", "intensity", "run"),
    ),
    Step(
        "intensity_run_placed",
        "intensity_run",
        keep=("pathway_no", "intensity", "began_on", "ended_on", "session_count"),
        ranks=(Rank("run_place", ("pathway_no",), ("began_at",)),),
    ),
    Step(
        "stage",
        "intensity_run_placed",
        columns={"runs_before": "run_place - 1"},
        keep=("pathway_no", "intensity", "began_on", "ended_on"),
        where="session_count >= 2",
        ranks=(Rank("stage_place", ("pathway_no",), ("run_place",)),),
        why="Runs of at least two sessions of one intensity.",
    ),
    Step("stages_of_pathway", "stage", group_by=("pathway_no",)),
)
