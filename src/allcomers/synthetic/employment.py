"""IDS004EmpStatus: work, sickness absence and benefits at assessment and at the end of treatment.

A chain over the data set's codes: where someone stands at the end depends on where they stood and, a little, on
whether they recovered. Sizes are design values; no published figure is known well enough to fit them to.
"""

import numpy as np
import pyarrow as pa
from numpy.random import Generator

from allcomers.synthetic.arrays import Flags, Ints
from allcomers.synthetic.classes import RECOVERED
from allcomers.synthetic.columns import MISSING, coded, dates
from allcomers.synthetic.contacts import EMPLOYMENT_SUPPORT, Contacts
from allcomers.synthetic.pathways import Pathways
from allcomers.synthetic.people import People, draw_index, local_patient_ids
from allcomers.synthetic.sending import Calendar, Records

STATUSES = ("01", "02", "03", "04", "05", "06", "07", "08", "ZZ")
EMPLOYED, SEEKING, STUDENT, LONG_TERM_SICK, HOMEMAKER, OTHER, VOLUNTEER, RETIRED, NOT_STATED = range(9)

_START = {
    "young": [52, 13, 26, 3, 2, 3, 0.5, 0, 0.5],
    "working age": [67, 9, 2, 11, 5, 3, 1, 1.5, 0.5],
    "older": [8, 0.5, 0, 2, 1, 1, 1.5, 85.5, 0.5],
}
RECORDED_SHARE, RECORDED_AGAIN_SHARE = 0.96, 0.85
SICK_SHARE, STILL_SICK, SICK_LATER = 0.13, {True: 0.35, False: 0.62}, 0.04
INTO_WORK = {True: 0.16, False: 0.09}
OUT_OF_WORK = 0.03
_OLDER, _YOUNG = 66, 23
_BENEFIT = np.array([0.18, 0.80, 0.15, 0.95, 0.50, 0.30, 0.40, 0.12, 0.30])
"""P(receives a benefit) by status."""


def employment_records(
    rng: Generator, calendar: Calendar, people: People, pathways: Pathways, contacts: Contacts
) -> Records:
    """One row at assessment and, for most of those who finish, one at the last session."""
    line, last_day = pathways.timeline, calendar.plan.last_day
    seen = (line.assessed >= 0) & (line.assessed <= last_day)
    first = np.flatnonzero(seen & (rng.random(len(seen)) < RECORDED_SHARE))
    done = pathways.finished & (line.last_session <= last_day)
    again = np.zeros(len(seen), dtype=bool)
    again[first] = done[first] & (rng.random(len(first)) < RECORDED_AGAIN_SHARE)
    status, sick = _at_start(rng, people, pathways)
    status_end, sick_end = _at_end(rng, pathways, status, sick)
    supported = np.zeros(len(seen), dtype=bool)
    supported[contacts.pathway[contacts.app_type == EMPLOYMENT_SUPPORT]] = True
    second = np.flatnonzero(again)
    pathway = np.concatenate([first, second])
    day = np.concatenate([line.assessed[first], line.last_session[second]])
    late = np.repeat([False, True], [len(first), len(second)])
    state = np.where(late, status_end[pathway], status[pathway])
    off = np.where(late, sick_end[pathway], sick[pathway])
    support_ends = late & supported[pathway] & (line.discharged[pathway] <= last_day)
    ended = np.where(support_ends, line.discharged[pathway], MISSING)
    table = pa.table(
        {
            "LocalPatientId": local_patient_ids(people.number[people.of_pathway[pathway]]),
            "EmployStatus": coded(state, STATUSES),
            "EmployStatusRecDate": dates(day),
            **_work(rng, state, off),
            **_benefits(rng, state, off),
            **_support(rng, supported[pathway], line.assessed[pathway], ended),
        }
    )
    return calendar.once(table, pathways.provider[pathway], np.maximum(day, ended))


def _at_start(rng: Generator, people: People, pathways: Pathways) -> tuple[Ints, Flags]:
    person = people.of_pathway
    age = (pathways.timeline.referred - people.born[person]) // 365
    band = np.where(age >= _OLDER, 2, np.where(age < _YOUNG, 0, 1))
    status = np.empty(len(band), dtype=np.int64)
    for one, weights in enumerate(_START.values()):
        where = np.flatnonzero(band == one)
        status[where] = draw_index(rng, len(where), weights)
    return status, (status == EMPLOYED) & (rng.random(len(status)) < SICK_SHARE)


def _at_end(rng: Generator, pathways: Pathways, status: Ints, sick: Flags) -> tuple[Ints, Flags]:
    recovered = np.isin(pathways.kind, RECOVERED)
    chance, sickness = rng.random((2, len(status)))
    into = np.isin(status, (SEEKING, OTHER, LONG_TERM_SICK)) & (
        chance < np.where(recovered, INTO_WORK[True], INTO_WORK[False]) * np.where(status == LONG_TERM_SICK, 0.25, 1)
    )
    out = (status == EMPLOYED) & (chance < OUT_OF_WORK)
    end = np.where(into, EMPLOYED, np.where(out, SEEKING, status))
    still = np.where(recovered, STILL_SICK[True], STILL_SICK[False])
    return end, (end == EMPLOYED) & (sickness < np.where(sick, still, SICK_LATER))


def _work(rng: Generator, status: Ints, sick: Flags) -> dict[str, pa.Array]:
    employed = status == EMPLOYED
    rows = len(status)
    hours = draw_index(rng, rows, [64, 24, 6, 2, 2, 2])
    self_employed = draw_index(rng, rows, [9, 89, 1, 1])
    absent = np.where(rng.random(rows) < 0.02, 3, np.where(sick, 0, 1))
    return {
        "WeekHoursWorked": coded(np.where(employed, hours, 6), ["01", "02", "03", "04", "97", "99", "98"]),
        "SelfEmployInd": coded(np.where(employed, self_employed, 4), ["Y", "N", "X", "Z", "8"]),
        "SickAbsenceInd": coded(np.where(employed, absent, 2), ["Y", "N", "8", "X"]),
    }


def _benefits(rng: Generator, status: Ints, sick: Flags) -> dict[str, pa.Array]:
    rows = len(status)
    benefit = rng.random(rows) < _BENEFIT[status]
    sick_pay = sick & (rng.random(rows) < 0.45)
    allowance = benefit & (status == LONG_TERM_SICK) & (rng.random(rows) < 0.45)
    credit = benefit & (status != RETIRED) & (rng.random(rows) < 0.65)
    independence = benefit & (rng.random(rows) < np.where(status == LONG_TERM_SICK, 0.55, 0.12))
    unknown = rng.random(rows) < 0.05
    flags = {"SSPInd": sick_pay, "BenefitRecInd": benefit, "ESAInd": allowance, "UCInd": credit, "PIPInd": independence}
    return {name: coded(np.where(unknown, 2, np.where(flag, 0, 1)), ["Y", "N", "U"]) for name, flag in flags.items()}


def _support(rng: Generator, supported: Flags, referred_on: Ints, ended: Ints) -> dict[str, pa.Array]:
    suitable = np.where(supported, 0, np.where(rng.random(len(supported)) < 0.3, 1, 2))
    return {
        "EmpSupportInd": coded(suitable, ["Y", "N", "NA"]),
        "EmpSupportReferral": dates(np.where(supported, referred_on, MISSING)),
        "EmpSupportDischargeDate": dates(ended),
    }
