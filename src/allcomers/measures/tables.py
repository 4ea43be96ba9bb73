"""Tables that only measures ask for, as steps over those of `pathways.plan`.

Each row carries the dates that decide when it counts (`since_on` to `until_on`, or the date that has to lie in the
period), so that one table serves every period and nothing later than a period's end can change its figures.
"""

from allcomers.codes.employment import EMPLOYMENT_STATUS
from allcomers.engine.step import Join, Rank, Step
from allcomers.measures.catalogue.support import (
    ANY_APPOINTMENT,
    EA131_APPOINTMENT,
    SUPPORT_APPOINTMENT,
    SUPPORT_CODE,
    SUPPORT_TYPE,
    THERAPY_APPOINTMENT,
)
from allcomers.measures.catalogue.terms import ATTENDED, all_of, any_of, codes_of, one_of
from allcomers.pathways.derivations.derivation import month_number

PLACES = ("pathway_no", "pathway_id", "provider_code", "sub_icb_code", "icb_code", "region_code")
_OF_CONTACT = tuple(f"contact.{name}" for name in PLACES)
_OF_PATHWAY = tuple(f"pathway.{name}" for name in PLACES)
_PERSON = "coalesce(pathway.person_id, pathway.pathway_id)"
_SICKNESS_ANSWERS = ("Y", "N", "8", "Z", "X")
_STATED = one_of("employment_status", codes_of(EMPLOYMENT_STATUS))
_STATUS = ("employment_status", "sickness_absence")
_NOTHING = {"employment_status": "cast(null as text)", "sickness_absence": "cast(null as text)"}
_IN_ORDER = ("recorded_on", "employment_key")


def _next(table: str) -> Join:
    """The row that follows in the order of places."""
    return Join(table, f"later.pathway_no = {table}.pathway_no and later.place = {table}.place + 1", name="later")


def _flag(where: str) -> str:
    return f"coalesce({ATTENDED} and {where}, false)"


TREATMENT = (
    Step(
        "treatment_session",
        "session",
        columns={"treated_on": "session.held_on", "next_treated_on": "later.held_on"},
        keep=(*_OF_PATHWAY, "received_on", "discharged_on", "reported_to_on"),
        joins=(Join("pathway", ("pathway_no",), "inner"), _next("session")),
        why="Each treatment session and the date of the next, so that the last one by any day can be told.",
    ),
)

CARE_USED = (
    Step(
        "contact_use",
        "contact",
        columns={
            "dated_on": "contact_on",
            "is_appointment": _flag(ANY_APPOINTMENT),
            "is_therapy": _flag(THERAPY_APPOINTMENT),
            "is_support": _flag(SUPPORT_APPOINTMENT),
        },
        keep=PLACES,
    ),
    Step(
        "log_use",
        "therapy_log",
        columns={"dated_on": "ended_on", "is_appointment": "true", "is_therapy": "true", "is_support": "false"},
        keep=PLACES,
        where="in_window and ended_on >= received_on and (discharged_on is null or ended_on <= discharged_on)",
    ),
    Step(
        "care_used",
        "contact_use",
        keep=(*PLACES, "dated_on", "is_appointment", "is_therapy", "is_support"),
        union_all=("log_use",),
        why="Contacts and internet therapy logs, and whether each is therapy, employment support or both.",
    ),
)

_MONTH_ENDED = month_number("ended_on")

SUPPORT_ENDS = (
    Step(
        "support_contact",
        "contact",
        keep=(
            *PLACES,
            "contact_key",
            "contact_on",
            "received_on",
            "discharged_on",
            "appointment_type",
            "in_window",
            "has_employment_support",
            SUPPORT_CODE,
        ),
        where=all_of(ATTENDED, any_of("has_employment_support", SUPPORT_CODE, SUPPORT_TYPE)),
        why="Attended contacts that have to do with employment support: a small part of all.",
    ),
    Step(
        "contact_after_discharge",
        "employment_support_end",
        columns={"support_after_discharge_on": "min(contact_on)"},
        joins=(
            Join(
                "support_contact",
                "support_contact.pathway_no = employment_support_end.pathway_no "
                "and support_contact.has_employment_support "
                f"and {month_number('contact_on')} <= {_MONTH_ENDED}",
                "inner",
            ),
        ),
        where="contact_on > discharged_on",
        group_by=("employment_support_end.pathway_no", "ended_on"),
    ),
    Step(
        "support_end",
        "employment_support_end",
        keep=(*_OF_PATHWAY, "ended_on", "known_on", "first_treatment_on", "first_employment_support_on"),
        joins=(
            Join("pathway", ("pathway_no",), "inner"),
            Join("contact_after_discharge", ("pathway_no", "ended_on")),
        ),
        where=any_of(
            "reported_to_on >= ended_on",
            all_of(
                "reported_to_on is null",
                any_of(
                    "pathway.discharged_on is null",
                    f"{month_number('pathway.discharged_on')} >= {_MONTH_ENDED}",
                    "support_after_discharge_on is not null",
                ),
            ),
        ),
        why="Each day on which the employment support of a person ended, with the pathways that were sent in that "
        "month: the source joins on the record of one submission. In one history a pathway is taken to be sent until "
        "the month of its discharge, and while support goes on after it. An earlier pathway does not end again.",
    ),
    Step(
        "support_end_contact",
        "support_end",
        keep=(
            *(f"support_end.{name}" for name in PLACES),
            "ended_on",
            "known_on",
            "contact_key",
        ),
        joins=(Join("support_contact", ("pathway_no",), "inner"),),
        where=all_of(EA131_APPOINTMENT, f"{month_number('contact_on')} <= {_MONTH_ENDED}"),
        why="Its employment support contacts, as they stood at the end of that month.",
    ),
    Step(
        "support_end_later",
        "support_end",
        columns={"superseded_on": "min(greatest(later.ended_on, later.known_on))"},
        joins=(
            Join(
                "support_end",
                "later.pathway_no = support_end.pathway_no and later.ended_on > support_end.ended_on",
                "inner",
                name="later",
            ),
        ),
        group_by=("support_end.pathway_no", "support_end.ended_on"),
        why="From when on a later end is known.",
    ),
    Step(
        "support_end_count",
        "support_end_contact",
        columns={"support_contact_count": "count(distinct contact_key)"},
        group_by=(*PLACES, "ended_on", "known_on"),
    ),
    Step(
        "support_ended",
        "support_end_count",
        keep=(
            *(f"support_end_count.{name}" for name in PLACES),
            "ended_on",
            "known_on",
            "support_contact_count",
            "superseded_on",
        ),
        joins=(Join("support_end_later", ("pathway_no", "ended_on")),),
        why="Each end of support of a pathway that had contacts, their number, and from when on a later end speaks.",
    ),
)

_SUPPORTED = "pathway.first_employment_support_on is not null"

STATUSES = (
    Step(
        "employment_of_person",
        "pathway_employment",
        columns={"person": _PERSON},
        keep=(
            *_OF_PATHWAY,
            "recorded_on",
            "employment_support_suitable",
            "pathway.received_on",
            "pathway.discharged_on",
            "reported_to_on",
        ),
        joins=(Join("pathway", ("pathway_no",), "inner"),),
        where="in_pathway",
        ranks=(Rank("place", (_PERSON,), (*_IN_ORDER, "pathway.received_on", "pathway_no")),),
        why="Each person's records in order, each with the pathways that it lies in, the one received last at the end.",
    ),
    Step(
        "latest_employment",
        "employment_of_person",
        columns={"next_recorded_on": "later.recorded_on"},
        keep=(
            *(f"employment_of_person.{name}" for name in PLACES),
            *(
                f"employment_of_person.{name}"
                for name in (
                    "recorded_on",
                    "employment_support_suitable",
                    "received_on",
                    "discharged_on",
                    "reported_to_on",
                )
            ),
        ),
        joins=(
            Join(
                "employment_of_person",
                "later.person = employment_of_person.person and later.place = employment_of_person.place + 1",
                name="later",
            ),
        ),
        why="Each employment record and the date of the person's next, so that the latest by any day can be told.",
    ),
    Step(
        "first_employment",
        "pathway_employment",
        columns={"first_recorded_on": "min(recorded_on)"},
        where="in_pathway",
        group_by=("pathway_no",),
    ),
    Step(
        "supported_pathway",
        "pathway",
        columns={"first_employment_status_on": "first_recorded_on"},
        keep=(*_OF_PATHWAY, "received_on", "discharged_on", "reported_to_on", "first_employment_support_on"),
        joins=(Join("first_employment", ("pathway_no",)),),
        where=_SUPPORTED,
        why="Referrals with employment support, and when an employment status was first recorded within them.",
    ),
    Step(
        "status_at_start",
        "pathway_employment",
        columns={"since_on": "recorded_on"},
        keep=("pathway_no", *_STATUS),
        joins=(Join("pathway", ("pathway_no",), "inner"),),
        where=all_of(
            _SUPPORTED,
            _STATED,
            f"(sickness_absence is null or {one_of('sickness_absence', _SICKNESS_ANSWERS)})",
            "recorded_on >= pathway.received_on",
            "(pathway.discharged_on is null or pathway_employment.employment_support_discharged_on is null "
            "or recorded_on <= greatest(pathway.discharged_on, pathway_employment.employment_support_discharged_on))",
        ),
        ranks=(Rank("place", ("pathway_no",), _IN_ORDER),),
        why="Statuses until both the referral and the support have ended (EA276-EA279).",
    ),
    Step(
        "no_status_at_start",
        "pathway",
        columns={"since_on": "cast(null as date)", **_NOTHING, "place": "0"},
        keep=("pathway_no",),
        where="first_employment_support_on is not null",
        why="Before the first record nothing is known.",
    ),
    Step(
        "status_at_start_in_order",
        "status_at_start",
        keep=("pathway_no", "since_on", *_STATUS, "place"),
        union_all=("no_status_at_start",),
    ),
    Step(
        "support_start_status",
        "status_at_start_in_order",
        columns={"until_on": "later.since_on"},
        keep=(
            *_OF_PATHWAY,
            "first_employment_support_on",
            *(f"status_at_start_in_order.{name}" for name in ("since_on", *_STATUS)),
        ),
        joins=(Join("pathway", ("pathway_no",), "inner"), _next("status_at_start_in_order")),
        why="The employment status of everyone with employment support, from one record to the next.",
    ),
    Step(
        "status_in_support",
        "pathway_employment",
        columns={
            "pathway_no": "pathway_employment.pathway_no",
            # A status recorded after discharge counts once support goes on after it.
            "since_on": "min(case when pathway.discharged_on is null or recorded_on <= pathway.discharged_on "
            "then recorded_on else contact_on end)",
        },
        keep=("employment_key", "recorded_on", *_STATUS),
        joins=(
            Join("pathway", ("pathway_no",), "inner"),
            Join(
                "support_contact",
                "support_contact.pathway_no = pathway_employment.pathway_no "
                "and support_contact.has_employment_support "
                "and support_contact.contact_on >= pathway_employment.recorded_on",
            ),
        ),
        where=all_of(
            _SUPPORTED,
            _STATED,
            one_of("sickness_absence", _SICKNESS_ANSWERS),
            "recorded_on >= pathway.received_on",
        ),
        group_by=("pathway_no", "employment_key", "recorded_on", *_STATUS),
        why="Valid statuses, and from when each is within the referral or its support (EA050-EA057).",
    ),
    Step(
        "status_in_support_ranked",
        "status_in_support",
        keep=("pathway_no", "since_on", *_STATUS),
        where="since_on is not null",
        ranks=(Rank("place", ("pathway_no",), _IN_ORDER),),
    ),
    Step(
        "status_in_support_in_order",
        "status_in_support_ranked",
        keep=("pathway_no", "since_on", *_STATUS, "place"),
        union_all=("no_status_at_start",),
    ),
    Step(
        "support_end_status",
        "support_end",
        columns={"until_on": "later.since_on"},
        keep=(
            *(f"support_end.{name}" for name in PLACES),
            "ended_on",
            "known_on",
            "first_treatment_on",
            "first_employment_support_on",
            *(f"status_in_support_in_order.{name}" for name in ("since_on", *_STATUS, "place")),
        ),
        joins=(Join("status_in_support_in_order", ("pathway_no",), "inner"), _next("status_in_support_in_order")),
        why="Each end of support with each status of the pathway and from when to when it was the latest.",
    ),
)

CONDITIONS = (
    Step(
        "integrated_condition",
        "pathway",
        keep=(*_OF_PATHWAY, "first_integrated_contact_on", "condition_code"),
        joins=(Join("long_term_condition", ("pathway_no",)),),
        why="The long-term conditions of each pathway; one row without a code where none is recorded.",
    ),
)

STEPS = (*TREATMENT, *CARE_USED, *SUPPORT_ENDS, *STATUSES, *CONDITIONS)
TABLES = (
    "treatment_session",
    "care_used",
    "support_end",
    "support_end_contact",
    "support_ended",
    "latest_employment",
    "supported_pathway",
    "support_start_status",
    "support_end_status",
    "integrated_condition",
)
"""The tables that measures and categories read."""
