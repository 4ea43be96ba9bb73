"""Scores by a graded response model: a latent state, answers to items given the state, totals from the answers.

So every total is possible, every total is the sum of its items, and reliability is that of a real questionnaire.
P(answer >= k) = logistic(a (state - (b + s step_k))) for k = 1, 2, 3.

Item constants are design values (not estimated from patients). States are held on a grid of 1/64 and probabilities as
16-bit integers, so that sixteen answers for a million contacts take a fraction of a second; the error of a probability
is below 0.002.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.random import Generator

from allcomers.synthetic.arrays import Bytes, Flags, Floats, Ints
from allcomers.synthetic.constants import Population
from allcomers.synthetic.questionnaires import questionnaire

STEPS = np.array([-1.0, 0.25, 1.0])
_PHQ9_SLOPES = np.array([2.2, 2.6, 1.5, 1.7, 1.5, 2.0, 1.7, 1.3, 1.5])
_PHQ9_PLACES = np.array([0, 0, -0.45, -0.65, 0.05, -0.15, 0.10, 0.95, 2.45])
_GAD7_SLOPES = np.array([2.2, 3.0, 2.8, 2.0, 1.5, 1.3, 1.8])
_GAD7_PLACES = np.array([-0.25, -0.05, -0.30, -0.15, 0.65, -0.10, 0.35])
PHQ9_SPREAD, GAD7_SPREAD = float(np.exp(0.2134)), float(np.exp(0.2230))
PHQ9_ITEMS, GAD7_ITEMS = len(_PHQ9_SLOPES), len(_GAD7_SLOPES)

CORRELATION = 0.7730
"""Of the two latent states before treatment."""
DISTRESS = 0.5238
"""SD of the temporary distress of the first questionnaire, in both states; the source of regression to the mean."""
CHANGE_CORRELATION = 0.9790
"""Of a person's departures from the mean fall in the two states."""

_GRID_PER_UNIT, _GRID_END = 64, 6
_CERTAIN = 65535


@cache
def _answer_tables() -> np.ndarray[tuple[int, int, int], np.dtype[np.uint16]]:
    """P(answer >= k) in 65536ths: 16 items by 3 answers by grid points."""
    grid = np.linspace(-_GRID_END, _GRID_END, 2 * _GRID_END * _GRID_PER_UNIT + 1)
    tables = [
        _item_table(grid, slope, place, spread)
        for slopes, places, spread in (
            (_PHQ9_SLOPES, _PHQ9_PLACES, PHQ9_SPREAD),
            (_GAD7_SLOPES, _GAD7_PLACES, GAD7_SPREAD),
        )
        for slope, place in zip(slopes, places, strict=True)
    ]
    return np.stack(tables)


def _item_table(
    grid: Floats, slope: float, place: float, spread: float
) -> np.ndarray[tuple[int, int], np.dtype[np.uint16]]:
    reach = slope * (grid[None, :] - (place + spread * STEPS)[:, None])
    return np.minimum(np.rint(65536 / (1 + np.exp(-reach))), _CERTAIN).astype(np.uint16)


def _on_grid(state: Floats) -> Ints:
    point = np.rint((state + _GRID_END) * _GRID_PER_UNIT).astype(np.int64)
    return np.clip(point, 0, 2 * _GRID_END * _GRID_PER_UNIT)


def answers(rng: Generator, depression: Floats, anxiety: Floats) -> Bytes:
    """Answers to the nine PHQ-9 and then the seven GAD-7 items: 16 rows, one column a questionnaire."""
    points = (_on_grid(depression), _on_grid(anxiety))
    given = np.empty((PHQ9_ITEMS + GAD7_ITEMS, len(depression)), dtype=np.uint8)
    for item, table in enumerate(_answer_tables()):
        point = points[item >= PHQ9_ITEMS]
        uniform = rng.integers(0, 65536, size=len(point), dtype=np.uint16)
        given[item] = (uniform < table[0][point]).view(np.uint8)
        given[item] += (uniform < table[1][point]).view(np.uint8)
        given[item] += (uniform < table[2][point]).view(np.uint8)
    return given


def totals(given: Bytes) -> tuple[Ints, Ints]:
    """PHQ-9 and GAD-7 totals of complete questionnaires."""
    depression = given[:PHQ9_ITEMS].sum(axis=0, dtype=np.int64)
    return depression, given[PHQ9_ITEMS:].sum(axis=0, dtype=np.int64)


@dataclass(slots=True)
class States:
    """Latent states of a course of therapy, one value a pathway, in standard deviations.

    Attributes
    ----------
    depression, anxiety : before treatment, without the distress of the day.
    depression_end, anxiety_end : after the last session planned; for people who leave, where they were heading.
    distress : at the first questionnaire.
    responds : whether the person belongs to the class that responds to treatment.
    """

    depression: Floats
    anxiety: Floats
    depression_end: Floats
    anxiety_end: Floats
    distress: Floats
    responds: Flags

    def put(self, where: Ints, other: "States") -> None:
        """Copy `other` into the rows `where`."""
        for name in ("depression", "anxiety", "depression_end", "anxiety_end", "distress", "responds"):
            getattr(self, name)[where] = getattr(other, name)

    @classmethod
    def empty(cls, size: int) -> "States":
        """Room for `size` pathways."""
        blank = [np.zeros(size) for _ in range(5)]
        return cls(blank[0], blank[1], blank[2], blank[3], blank[4], np.zeros(size, dtype=bool))


@dataclass(slots=True)
class Courses:
    """First and last questionnaires, one a pathway: answers (16 rows), and the specific measure in its steps."""

    states: States
    first: Bytes
    last: Bytes
    specific_first: Ints
    specific_last: Ints

    @classmethod
    def empty(cls, size: int) -> "Courses":
        """Room for `size` pathways."""
        first, last = (np.zeros((PHQ9_ITEMS + GAD7_ITEMS, size), dtype=np.uint8) for _ in range(2))
        own_first, own_last = (np.zeros(size, dtype=np.int64) for _ in range(2))
        return cls(States.empty(size), first, last, own_first, own_last)

    def put(self, where: Ints, other: "Courses") -> None:
        """Copy `other` into the columns `where`."""
        self.states.put(where, other.states)
        self.first[:, where], self.last[:, where] = other.first, other.last
        self.specific_first[where], self.specific_last[where] = other.specific_first, other.specific_last


def draw_courses(rng: Generator, people: Population, size: int, key: str = "GAD7", *, select: bool = True) -> Courses:
    """First and last questionnaires of `size` people.

    People not at caseness at the start are mostly not taken on (`people.kept`), so others are drawn in their place.
    """
    drawn = draw_unselected(rng, people, size, key)
    waiting = _turned_away(rng, people, drawn, key) if select else np.array([], dtype=np.int64)
    while len(waiting):
        again = draw_unselected(rng, people, len(waiting), key)
        drawn.put(waiting, again)
        waiting = waiting[_turned_away(rng, people, again, key)]
    return drawn


def _turned_away(rng: Generator, people: Population, drawn: Courses, key: str) -> Ints:
    depression, anxiety = totals(drawn.first)
    anxious = questionnaire(key).case(anxiety if key == "GAD7" else drawn.specific_first)
    case = questionnaire("PHQ9").case(depression) | anxious
    return np.flatnonzero(~case & (rng.random(len(case)) >= people.kept))


def draw_unselected(rng: Generator, people: Population, size: int, key: str) -> Courses:
    """First and last questionnaires of `size` people, whether at caseness or not."""
    states = _draw_states(rng, people, size)
    first = answers(rng, states.depression + states.distress, states.anxiety + states.distress)
    last = answers(rng, states.depression_end, states.anxiety_end)
    pair = _specific_pair(rng, people, states, key)
    return Courses(states, first, last, *pair)


def _draw_states(rng: Generator, people: Population, size: int) -> States:
    z = rng.standard_normal((5, size))
    anxious = CORRELATION * z[0] + np.sqrt(1 - CORRELATION**2) * z[1]
    depression, anxiety = z[0] + people.depression, anxious + people.anxiety
    severity = (z[0] + anxious) / np.sqrt(2 + 2 * CORRELATION)
    responds = rng.random(size) < 1 / (1 + np.exp(-(people.response + people.response_slope * severity)))
    second = CHANGE_CORRELATION * z[3] + np.sqrt(1 - CHANGE_CORRELATION**2) * z[4]
    spread = np.where(responds, people.spread, people.spread_other)
    fall_depression = np.where(responds, people.fall[0], people.fall_other[0]) + spread * z[3]
    fall_anxiety = np.where(responds, people.fall[1], people.fall_other[1]) + spread * second
    return States(depression, anxiety, depression - fall_depression, anxiety - fall_anxiety, DISTRESS * z[2], responds)


SPECIFIC_LOADING = 0.65
"""Correlation of the problem's own questionnaire with the anxiety state before treatment (design value)."""


def _specific_pair(rng: Generator, people: Population, states: States, key: str) -> tuple[Ints, Ints]:
    """First and last score of the problem's own questionnaire, in steps of its scale."""
    size = len(states.depression)
    if key == "GAD7":
        return np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    mean, spread, fall, fall_other, fall_spread = people.specific
    form = questionnaire(key)
    own = rng.standard_normal((2, size))
    level = SPECIFIC_LOADING * (states.anxiety - people.anxiety) + np.sqrt(1 - SPECIFIC_LOADING**2) * own[0]
    first = mean + spread * (level + DISTRESS * states.distress)
    last = mean + spread * level - np.where(states.responds, fall, fall_other) + fall_spread * own[1]
    in_steps = (np.rint(score * form.steps_per_point).astype(np.int64) for score in (first, last))
    pair = [np.clip(score, form.low, form.high) for score in in_steps]
    return pair[0], pair[1]
