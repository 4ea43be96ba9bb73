"""What people answer at each scored contact: the path from the first questionnaire to the last.

The state moves from start to end as log(1 + 4x) / log 5 of the way through the planned course, fast at first, with
correlated day-to-day noise that is nothing at both ends. People who leave early stop on that path, so where they truly
stand is known (see the truth files) though nobody asked.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from allcomers.synthetic.arrays import Bytes, Flags, Floats, Ints
from allcomers.synthetic.classes import Kind
from allcomers.synthetic.contacts import Contacts
from allcomers.synthetic.groups import SPECIFIC_INSTRUMENT
from allcomers.synthetic.pathways import SPECIFIC, Pathways
from allcomers.synthetic.questionnaires import questionnaire
from allcomers.synthetic.scores import GAD7_ITEMS, PHQ9_ITEMS, answers

NOT_ANSWERED = 255
ASKED_SHARE = 0.97
"""Of attended contacts between the first and the last, at which the questionnaires are answered."""
BLANK_SHARE = 0.003
"""Of items, at contacts between the first and the last, that are left blank."""
NOISE, NOISE_CORRELATION = 0.25, 0.5
DISTRESS_LEFT = 0.5
"""Of the distress of one questionnaire that remains at the next."""
WSAS_EVERY = 4
"""WSAS is asked at the first and the last contact, and at every fourth."""
WSAS_ITEMS = 5
WSAS_NOT_WORKING_SHARE = 0.30


@dataclass(slots=True)
class Answers:
    """Answers at the scored contacts of a block: one column or value a scored contact.

    Attributes
    ----------
    contact : index of the contact.
    items : 16 rows, nine of PHQ-9 and seven of GAD-7; 255 where left blank.
    depression, anxiety : totals, -1 where too many items are blank.
    specific : score of the problem's own questionnaire in steps of its scale, -1 where it is not given.
    wsas : 5 rows, 0-8, 255 where WSAS is not asked; 9 for work where it does not apply.
    """

    contact: Ints
    items: Bytes
    depression: Ints
    anxiety: Ints
    specific: Ints
    wsas: Bytes


def draw_answers(rng: Generator, pathways: Pathways, contacts: Contacts) -> Answers:
    """The questionnaires answered."""
    contact = np.flatnonzero(_scored(rng, pathways, contacts))
    pathway, event = contacts.pathway[contact], contacts.event[contact]
    last = contacts.session[contact] == pathways.timeline.sessions[pathway] - 1
    last &= pathways.finished[pathway]
    way = _way(pathways, pathway, event, last)
    states = _states(rng, pathways, pathway, event, way)
    items = answers(rng, *states)
    items[:, event == 0] = pathways.courses.first[:, pathway[event == 0]]
    items[:, last] = pathways.courses.last[:, pathway[last]]
    middle = np.flatnonzero((event > 0) & ~last)
    _leave_blank(rng, items, middle)
    depression = _total(items[:PHQ9_ITEMS], questionnaire("PHQ9").blanks_allowed)
    anxiety = _total(items[PHQ9_ITEMS:], questionnaire("GAD7").blanks_allowed)
    specific = _specific(rng, pathways, pathway, way)
    asked = (event == 0) | last | (event % WSAS_EVERY == 0)
    return Answers(contact, items, depression, anxiety, specific, _wsas(rng, pathways, pathway, states[0], asked))


def _scored(rng: Generator, pathways: Pathways, contacts: Contacts) -> Flags:
    """First contact and last always, unless the course has no score, or only its first."""
    kind = pathways.kind[contacts.pathway]
    first = contacts.event == 0
    last = contacts.session == pathways.timeline.sessions[contacts.pathway] - 1
    asked = first | last | (rng.random(len(contacts)) < ASKED_SHARE)
    only_first = np.isin(kind, (Kind.CASE_FIRST_ONLY, Kind.NOT_CASE_FIRST_ONLY))
    wanted = asked & (contacts.event >= 0) & (kind != Kind.UNSCORED) & (first | ~only_first)
    return np.asarray(wanted & contacts.attended & ~contacts.log)


def _way(pathways: Pathways, pathway: Ints, event: Ints, last: Flags) -> Floats:
    """How far through the planned course each contact is, 0 to 1."""
    line = pathways.timeline
    events = line.assessed_apart.astype(np.int64) + np.maximum(line.planned, 2)
    return np.where(last, 1.0, event / (events[pathway] - 1))


def _states(rng: Generator, pathways: Pathways, pathway: Ints, event: Ints, way: Floats) -> tuple[Floats, Floats]:
    """Depression and anxiety at each contact, distress of the day included."""
    state = pathways.courses.states
    progress = np.log1p(4 * way) / np.log(5)
    distress = state.distress[pathway] * DISTRESS_LEFT**event * (way < 1)
    tied = NOISE * 2 * np.sqrt(way * (1 - way))
    out = []
    for start, end in ((state.depression, state.depression_end), (state.anxiety, state.anxiety_end)):
        noise = _correlated(rng.standard_normal(len(pathway)))
        from_start = start[pathway]
        out.append(from_start + (end[pathway] - from_start) * progress + tied * noise + distress)
    return out[0], out[1]


def _correlated(fresh: Floats) -> Floats:
    """Standard normal noise that is correlated from one contact to the next (eight back; beyond that under 0.2%)."""
    noise = fresh.copy()
    for back in range(1, 9):
        noise[back:] += NOISE_CORRELATION**back * fresh[:-back]
    return np.asarray(noise * np.sqrt(1 - NOISE_CORRELATION**2))


def _leave_blank(rng: Generator, items: Bytes, where: Ints) -> None:
    """Leave some items blank."""
    cells = len(items) * len(where)
    blanks = rng.binomial(cells, BLANK_SHARE) if cells else 0
    items[rng.integers(0, len(items), blanks), where[rng.integers(0, max(len(where), 1), blanks)]] = NOT_ANSWERED


def _total(items: Bytes, allowed: int) -> Ints:
    """Sum of items; where few enough are blank the answered ones stand for them (halves upwards), else -1."""
    blank = items == NOT_ANSWERED
    blanks = blank.sum(axis=0)
    total = items.sum(axis=0, dtype=np.int64) - NOT_ANSWERED * blanks
    count = len(items)
    answered = np.maximum(count - blanks, 1)
    prorated = (2 * total * count + answered) // (2 * answered)
    return np.where(blanks == 0, total, np.where(blanks <= allowed, prorated, -1))


def _specific(rng: Generator, pathways: Pathways, pathway: Ints, way: Floats) -> Ints:
    """Score of the problem's own questionnaire: between its first and its last."""
    given = np.flatnonzero(pathways.specific[pathway] & pathways.has_problem[pathway])
    score = np.full(len(pathway), -1)
    own, at = pathway[given], way[given]
    first, last = pathways.courses.specific_first[own], pathways.courses.specific_last[own]
    progress = np.log1p(4 * at) / np.log(5)
    forms = [questionnaire(SPECIFIC_INSTRUMENT[stratum]) for stratum in SPECIFIC]
    low, high = (
        np.array([0, *ends])[pathways.population[own]] for ends in ([f.low for f in forms], [f.high for f in forms])
    )
    jitter = 0.04 * (high - low) * 2 * np.sqrt(at * (1 - at)) * rng.standard_normal(len(given))
    score[given] = np.clip(np.rint(first + (last - first) * progress + jitter), low, high).astype(np.int64)
    return score


WSAS_MEAN, WSAS_SLOPE, WSAS_CHANGE_SLOPE, WSAS_OWN, WSAS_ITEM_NOISE = 3.8, 1.42, 0.85, 1.25, 0.9
"""Points an item: mean at the start, how it goes with depression between people, how it follows their change, what is
its own, and what is each item's (design values; a correlation of about .75 with depression at the start)."""


def _wsas(rng: Generator, pathways: Pathways, pathway: Ints, depression: Floats, asked: Flags) -> Bytes:
    own = rng.standard_normal(len(pathways)) * WSAS_OWN
    working = rng.random(len(pathways)) >= WSAS_NOT_WORKING_SHARE
    where = np.flatnonzero(asked)
    person = pathway[where]
    start = pathways.courses.states.depression[person]
    level = WSAS_MEAN + WSAS_SLOPE * start + WSAS_CHANGE_SLOPE * (depression[where] - start) + own[person]
    noise = rng.standard_normal((WSAS_ITEMS, len(where))) * WSAS_ITEM_NOISE
    given = np.full((WSAS_ITEMS, len(pathway)), NOT_ANSWERED, dtype=np.uint8)
    given[:, where] = np.clip(np.rint(level + noise), 0, 8).astype(np.uint8)
    given[0, where[~working[person]]] = 9
    return given


ITEM_NAMES = [f"PHQ9_{n}" for n in range(1, PHQ9_ITEMS + 1)] + [f"GAD7_{n}" for n in range(1, GAD7_ITEMS + 1)]
