"""Appointments: attended, missed, cancelled; assessments, sessions, follow-ups, employment support; internet logs.

One value a contact throughout, in order of pathway and day. Nothing after the last day of the period is here.
"""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.random import Generator

from allcomers.synthetic import steps, therapies
from allcomers.synthetic.arrays import Flags, Ints, ragged
from allcomers.synthetic.classes import RECOVERED, Kind
from allcomers.synthetic.pathways import Pathways
from allcomers.synthetic.staff import EMPLOYMENT, HIGH, LOW, Staff
from allcomers.synthetic.steps import problem_group
from allcomers.synthetic.waits import wait_days

APP_TYPES = ("01", "02", "03", "05", "06", "10")
ASSESSMENT, TREATMENT, BOTH, REVIEW, FOLLOW_UP, EMPLOYMENT_SUPPORT = range(6)
ATTENDANCE = ("2", "3", "4", "5", "6", "7")
PATIENT_CANCELLED, DID_NOT_ATTEND, PROVIDER_CANCELLED, ATTENDED, LATE, TOO_LATE = range(6)

MISSED_FIRST_NEVER_SEEN, MISSED_FIRST_SEEN = 0.85, 0.18
"""Share of pathways with a missed first appointment: of people never seen, and of people seen in the end. Together
about 40% of first appointments are not attended."""
MISSED_SHARE, CANCELLED_SHARE = 0.085, 0.13
"""Of gaps between sessions that are long enough for another appointment."""
GAP_FOR_ANOTHER = 12
UNPLANNED_SHARE, REVIEW_SHARE, LATE_SHARE, NO_STAFF_SHARE = 0.005, 0.04, 0.05, 0.02
EMPLOYMENT_SHARE = {"finished": 0.0855, "seen": 0.0205}
"""Share of pathways with employment support, so that as many people begin it in a year as published for 2024."""


@dataclass(slots=True)
class Contacts:
    """The contacts of a block.

    Attributes
    ----------
    pathway : index of the pathway.
    session : number of the treatment session from 0, -1 for anything else.
    event : place among attended assessments and sessions from 0, -1 for anything else.
    therapy : index into `therapies.THERAPIES`, `UNCODED` for none.
    staff : number of the member of staff, -1 where none is recorded.
    log : a weekly internet therapy log stands in place of a contact.
    """

    pathway: Ints
    day: Ints
    app_type: Ints
    attendance: Ints
    session: Ints
    event: Ints
    therapy: Ints
    staff: Ints
    unplanned: Flags
    log: Flags

    def __len__(self) -> int:
        return len(self.pathway)

    @property
    def attended(self) -> Flags:
        """Whether the contact took place."""
        return np.asarray((self.attendance == ATTENDED) | (self.attendance == LATE) | self.unplanned)

    def where(self, chosen: Flags | Ints) -> Self:
        """Some of the contacts."""
        return type(self)(**{field.name: getattr(self, field.name)[chosen] for field in fields(self)})


def draw_contacts(rng: Generator, pathways: Pathways, staff: Staff, last_day: int) -> Contacts:
    """Every contact up to the last day of the period."""
    held = _held(rng, pathways, staff, last_day)
    parts = [held, *_missed(rng, pathways, held), _follow_ups(pathways), _employment(rng, pathways, staff)]
    names = [field.name for field in fields(Contacts)]
    whole = Contacts(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})
    whole = whole.where(whole.day <= last_day)
    priority = (~whole.attended).astype(np.int64) * 8 + whole.app_type
    whole = whole.where(np.lexsort((priority, whole.day, whole.pathway)))
    return whole.where(~_second_on_the_day(whole))


def _second_on_the_day(contacts: Contacts) -> Flags:
    """The data set takes one contact a referral and day where no time is recorded; therapy comes before the rest."""
    same = np.zeros(len(contacts), dtype=bool)
    same[1:] = (contacts.pathway[1:] == contacts.pathway[:-1]) & (contacts.day[1:] == contacts.day[:-1])
    return same


def _held(rng: Generator, pathways: Pathways, staff: Staff, last_day: int) -> Contacts:
    """Assessments and treatment sessions that took place."""
    line = pathways.timeline
    started = np.where(line.assessed >= 0, line.assessed, last_day + 1) <= last_day
    apart = line.assessed_apart.astype(np.int64)
    pathway, event = ragged(np.where(started, apart + line.sessions, 0))
    session = event - apart[pathway]
    day = _session_days(rng, pathways, pathway, session)
    size = len(pathway)
    first = np.where(apart[pathway] == 1, TREATMENT, BOTH)
    later = np.where(rng.random(size) < REVIEW_SHARE, REVIEW, TREATMENT)
    app_type = np.select([session < 0, session == 0], [np.full(size, ASSESSMENT), first], later)
    attendance = np.where(rng.random(size) < LATE_SHARE, LATE, ATTENDED)
    intensity, therapy = _therapy(rng, pathways, pathway, session)
    seen_by = _seen_by(rng, pathways, staff, pathway, intensity)
    unplanned = (session > 1) & (rng.random(size) < UNPLANNED_SHARE)
    log = _logs(rng, pathways, pathway, session)
    held = Contacts(pathway, day, app_type, attendance, session, event, therapy, seen_by, unplanned, log)
    return held.where(day <= last_day)


def _session_days(rng: Generator, pathways: Pathways, pathway: Ints, session: Ints) -> Ints:
    line = pathways.timeline
    steps_of = np.where(session >= 2, 0.4 + rng.random(len(session)), 0.0)
    total = np.bincount(pathway, weights=steps_of, minlength=len(pathways))
    running = np.cumsum(steps_of)
    before = np.concatenate([[0.0], np.cumsum(total)[:-1]])
    gaps = np.maximum(line.sessions - 2, 0)
    spare = np.maximum(line.last_session - line.second_session - gaps, 0)
    # A thousandth is added so that rounding of the running sum cannot move the last session a day early.
    share = (running - before[pathway]) / np.maximum(total[pathway], 1e-9)
    late = line.second_session[pathway] + session - 1 + np.floor(share * spare[pathway] + 1e-3).astype(np.int64)
    choices = [line.assessed[pathway], line.first_session[pathway], line.second_session[pathway]]
    return np.select([session < 0, session == 0, session == 1], choices, late)


ONE_SESSION_INTENSITY = (0.62, 0.23, 0.15)
"""Low, high or no code of people who have one session only (design values)."""


def _therapy(rng: Generator, pathways: Pathways, pathway: Ints, session: Ints) -> tuple[Ints, Ints]:
    """Intensity (0 low, 1 high, 2 none) and therapy type of each contact."""
    paths, size = pathways.timeline.paths, len(pathways)
    single = np.searchsorted(np.cumsum(ONE_SESSION_INTENSITY), rng.random(size), side="right").clip(0, 2)
    intensity = np.where(
        pathways.finished[pathway], paths.intensity(pathway, np.maximum(session, 0)), single[pathway]
    ).astype(np.int64)
    low = _low_type(rng, paths, size)
    first, second = _high_types(rng, pathways)
    two = second != therapies.UNCODED
    late = session >= np.ceil((1 - steps.SECOND_TYPE_SESSIONS) * paths.sessions)[pathway]
    high = np.where(two[pathway] & late, second[pathway], first[pathway])
    therapy = np.select([intensity == 0, intensity == 1], [low[pathway], high], therapies.UNCODED)
    return intensity, np.where(session < 0, therapies.UNCODED, therapy)


def _low_type(rng: Generator, paths: steps.Paths, size: int) -> Ints:
    long, short = (choose(rng.random(size), np.zeros(size, dtype=np.int64)) for choose in steps.low_types())
    single = paths.sparse | (paths.step == steps.Step.ONE_LOW_THEN_HIGH)
    return np.where(single, short, long)


def _high_types(rng: Generator, pathways: Pathways) -> tuple[Ints, Ints]:
    choose_first, choose_second = steps.high_types()
    first = choose_first(rng.random(len(pathways)), problem_group(pathways.true_problem))
    return first, choose_second(rng.random(len(pathways)), first)


def _seen_by(rng: Generator, pathways: Pathways, staff: Staff, pathway: Ints, intensity: Ints) -> Ints:
    """Each pathway has one low-intensity and one high-intensity member of staff."""
    recovered = np.isin(pathways.kind, RECOVERED)
    low, high = (
        staff.roles[role].choose(rng.random(len(pathways)), pathways.provider, recovered) for role in (LOW, HIGH)
    )
    seen_by = np.where(intensity == 1, high[pathway], low[pathway])
    return np.where(rng.random(len(pathway)) < NO_STAFF_SHARE, -1, seen_by)


def _logs(rng: Generator, pathways: Pathways, pathway: Ints, session: Ints) -> Flags:
    """Middle sessions of an internet enabled course that are weekly logs."""
    paths = pathways.timeline.paths
    with_high = ~np.isin(paths.step, (steps.Step.LOW, steps.Step.NOT_RECORDED))
    online = pathways.finished & with_high & (rng.random(len(pathways)) < steps.INTERNET_SHARE)
    middle = (session >= 2) & (session <= paths.sessions[pathway] - 2)
    return online[pathway] & middle & (rng.random(len(pathway)) < steps.LOG_SHARE)


def _missed(rng: Generator, pathways: Pathways, held: Contacts) -> list[Contacts]:
    return [_missed_first(rng, pathways), _missed_later(rng, held)]


def _missed_first(rng: Generator, pathways: Pathways) -> Contacts:
    """A first appointment that was offered and not attended."""
    line = pathways.timeline
    never = pathways.kind == Kind.NEVER_SEEN
    chance = np.where(never, MISSED_FIRST_NEVER_SEEN, MISSED_FIRST_SEEN)
    until = np.where(never, line.discharged, line.assessed) - line.referred
    where = np.flatnonzero((rng.random(len(never)) < chance) & (until >= 2))
    wait = wait_days(rng, "wait_access", np.zeros(len(where)))
    day = line.referred[where] + 1 + wait % np.maximum(until[where] - 1, 1)
    attendance = np.where(rng.random(len(where)) < 0.95, DID_NOT_ATTEND, TOO_LATE)
    app_type = np.where(line.assessed_apart[where], ASSESSMENT, BOTH)
    return _plain(where, day, app_type, attendance)


def _missed_later(rng: Generator, held: Contacts) -> Contacts:
    """Appointments missed or cancelled between two sessions."""
    gap = np.zeros(len(held), dtype=np.int64)
    gap[1:] = np.where(held.pathway[1:] == held.pathway[:-1], held.day[1:] - held.day[:-1], 0)
    chance = rng.random(len(held))
    where = np.flatnonzero((gap >= GAP_FOR_ANOTHER) & (chance < MISSED_SHARE + CANCELLED_SHARE))
    day = held.day[where] - gap[where] + 7 + (rng.random(len(where)) * (gap[where] - 8)).astype(np.int64)
    cancelled = np.where(rng.random(len(where)) < 0.65, PATIENT_CANCELLED, PROVIDER_CANCELLED)
    attendance = np.where(chance[where] < MISSED_SHARE, DID_NOT_ATTEND, cancelled)
    return _plain(held.pathway[where], day, np.full(len(where), TREATMENT), attendance)


def _follow_ups(pathways: Pathways) -> Contacts:
    where = np.flatnonzero(pathways.timeline.follow_up >= 0)
    kinds = np.full(len(where), FOLLOW_UP), np.full(len(where), ATTENDED)
    return _plain(where, pathways.timeline.follow_up[where], *kinds)


def _employment(rng: Generator, pathways: Pathways, staff: Staff) -> Contacts:
    """Employment support between assessment and discharge, fortnightly."""
    line = pathways.timeline
    seen = pathways.kind > Kind.NEVER_SEEN
    chance = np.where(pathways.finished, EMPLOYMENT_SHARE["finished"], np.where(seen, EMPLOYMENT_SHARE["seen"], 0.0))
    supported = rng.random(len(pathways)) < chance
    pathway, number = ragged(np.where(supported, 1 + rng.poisson(2.5, len(pathways)), 0))
    day = line.assessed[pathway] + 5 + rng.integers(0, 10, len(pathways))[pathway] + 14 * number
    adviser = staff.roles[EMPLOYMENT].choose(
        rng.random(len(pathways)), pathways.provider, np.zeros(len(pathways), dtype=bool)
    )
    made = _plain(pathway, day, np.full(len(pathway), EMPLOYMENT_SUPPORT), np.full(len(pathway), ATTENDED))
    made.staff[:] = adviser[pathway]
    return made.where(day <= line.discharged[pathway])


def _plain(pathway: Ints, day: Ints, app_type: Ints, attendance: Ints) -> Contacts:
    """Contacts that are no session of therapy."""
    size = len(pathway)
    none = np.full(size, -1)
    no = np.zeros(size, dtype=bool)
    therapy = np.full(size, therapies.UNCODED)
    return Contacts(pathway, day, app_type, attendance, none, none.copy(), therapy, none.copy(), no, no.copy())
