"""One block of pathways: when each referral came, how it went, who the person is. One value a pathway throughout.

The order is that of `composition`: how far a pathway goes and what its scores say first, then the provider, the dates,
and the person, each from its published distribution given what is already known.
"""

from dataclasses import dataclass, fields
from functools import cache, lru_cache
from itertools import product
from typing import Any, Self

import numpy as np
from numpy.random import Generator

from allcomers.synthetic import groups
from allcomers.synthetic.arrays import Flags, Floats, Ints
from allcomers.synthetic.classes import FINISHED, KINDS, Kind
from allcomers.synthetic.composition import (
    FUNNEL,
    Chooser,
    deprivation_given_ethnicity,
    group_shares,
    problem_counts,
    problem_shares,
    religion_given_ethnicity,
)
from allcomers.synthetic.constants import FALLBACK_SHARE, constants
from allcomers.synthetic.courses import Timeline, draw_timeline
from allcomers.synthetic.organisations import Organisations
from allcomers.synthetic.plan import Plan, referral_rhythm
from allcomers.synthetic.questionnaires import outcome
from allcomers.synthetic.scores import Courses, draw_courses, totals
from allcomers.synthetic.streams import Topic, stream

GENERAL = 0
"""Index of the population whose anxiety is measured by GAD-7; the specific ones follow, in the order of `SPECIFIC`."""
SPECIFIC = tuple(groups.SPECIFIC_INSTRUMENT)
SPECIFIC_LEVELS = np.array([groups.PROBLEM.index(stratum) for stratum in SPECIFIC])


@dataclass(slots=True)
class Pathways:
    """The pathways of one block that touch the period.

    Attributes
    ----------
    kind : how it goes in the end, even if that lies after the period (see `classes.Kind`).
    in_period : referred within the period; the others come from the run-in.
    problem : recorded level of `groups.PROBLEM`; `true_problem` what it would be were it recorded.
    population : which score model; `specific` whether its own questionnaire is given (else GAD-7 stands in).
    previous : index of the same person's earlier pathway in the block, -1 if this is the first.
    """

    kind: Ints
    in_period: Flags
    provider: Ints
    population: Ints
    specific: Flags
    problem: Ints
    true_problem: Ints
    timeline: Timeline
    courses: Courses
    previous: Ints

    def __len__(self) -> int:
        return len(self.kind)

    @property
    def finished(self) -> Flags:
        """Whether a course is finished in the end."""
        return self.kind >= FINISHED

    @property
    def has_problem(self) -> Flags:
        """Whether a problem is recorded."""
        return np.asarray(self.problem != groups.PROBLEM.index(groups.UNRECORDED_PROBLEM))

    def keep(self, where: Flags) -> Self:
        """The pathways for which `where` holds."""
        kept: Self = _take(self, where)
        return kept


def _take(value: Any, where: Flags) -> Any:
    """Rows of an array, or of a record of arrays; answers have pathways in their second axis."""
    if isinstance(value, np.ndarray):
        return value[:, where] if value.ndim == 2 else value[where]
    parts = {field.name: _take(getattr(value, field.name), where) for field in fields(value)}
    return type(value)(**parts)


@lru_cache(maxsize=8)
def _day_chooser(first_day: int, last_day: int) -> Chooser:
    return Chooser(referral_rhythm(first_day, last_day)[None, :])


def draw_pathways(plan: Plan, organisations: Organisations, block: int) -> Pathways:
    """The pathways of one block, without those that ended before the period."""
    rng = stream(seed=plan.seed, block=block, topic=Topic.REFERRALS)
    referred, in_period = _referral_days(rng, plan, block)
    stage = _stages(rng, len(referred))
    population, specific = _populations(rng, stage)
    scores_rng = stream(seed=plan.seed, block=block, topic=Topic.SCORES)
    courses = _scores(scores_rng, stage, population, specific)
    kind = _kinds(rng, stage, population, specific, courses)
    provider = _provider(organisations)(rng.random(len(kind)), kind)
    courses_rng = stream(seed=plan.seed, block=block, topic=Topic.COURSES)
    timeline = draw_timeline(courses_rng, referred=referred, kind=kind, delay=organisations.delay[provider])
    problem, true_problem = _problems(rng, kind, population)
    nobody = np.full(len(kind), -1)
    drawn = Pathways(
        kind, in_period, provider, population, specific, problem, true_problem, timeline, courses, nobody
    ).keep(in_period | (timeline.discharged >= plan.first_day))
    drawn.previous[:] = _returns(rng, drawn, plan.last_day)
    return drawn


def _referral_days(rng: Generator, plan: Plan, block: int) -> tuple[Ints, Flags]:
    parts = (
        (plan.run_in_day, plan.first_day - 1, plan.run_in_referrals(block)),
        (plan.first_day, plan.last_day, plan.block_referrals(block)),
    )
    days = [
        first + np.sort(_day_chooser(first, last)(rng.random(size), np.zeros(size, dtype=np.int64)))
        for first, last, size in parts
    ]
    return np.concatenate(days), np.repeat([False, True], [size for _, _, size in parts])


def _stages(rng: Generator, size: int) -> Ints:
    """Never seen, assessed only, one session, finished."""
    shares = np.array([FUNNEL.shares])
    return Chooser(shares)(rng.random(size), np.zeros(size, dtype=np.int64))


@cache
def _population_chooser() -> Chooser:
    """P(population | stage), from the problems recorded at that stage."""
    finished = problem_counts().sum(axis=1)
    early = problem_shares()[:, : Kind.UNSCORED].T
    rows = np.vstack([early, finished / finished.sum()])[:, SPECIFIC_LEVELS]
    return Chooser(np.column_stack([1 - rows.sum(axis=1), rows]))


def _populations(rng: Generator, stage: Ints) -> tuple[Ints, Flags]:
    population = _population_chooser()(rng.random(len(stage)), stage)
    return population, (population != GENERAL) & (rng.random(len(stage)) >= FALLBACK_SHARE)


def _scores(rng: Generator, stage: Ints, population: Ints, specific: Flags) -> Courses:
    """Questionnaires of everyone, those never seen included: what they would have answered.

    Most people who are treated are at caseness, by GAD-7 where their own questionnaire is not given.
    """
    courses = Courses.empty(len(stage))
    people = constants().populations
    treated = stage >= Kind.ONE_SESSION
    for index, stratum in enumerate(("", *SPECIFIC)):
        for own, select in product((False, True), repeat=2):
            key = groups.SPECIFIC_INSTRUMENT[stratum] if own and stratum else "GAD7"
            where = np.flatnonzero((population == index) & (specific == own) & (treated == select))
            if len(where):
                courses.put(where, draw_courses(rng, people[stratum], len(where), key, select=select))
    return courses


def _kinds(rng: Generator, stage: Ints, population: Ints, specific: Flags, courses: Courses) -> Ints:
    """Kind of pathway: the stage, or for finished courses the outcome that the scores give."""
    kind = stage.copy()
    done = np.flatnonzero(stage == Kind.UNSCORED)
    depression, anxiety = zip(totals(courses.first[:, done]), totals(courses.last[:, done]), strict=True)
    kind[done] = outcome(depression, anxiety, "GAD7").kind()
    for index, stratum in enumerate(SPECIFIC, start=1):
        own = np.flatnonzero((population[done] == index) & specific[done])
        pair = (courses.specific_first[done[own]], courses.specific_last[done[own]])
        totals_own = tuple(score[own] for score in depression)
        kind[done[own]] = outcome((totals_own[0], totals_own[1]), pair, groups.SPECIFIC_INSTRUMENT[stratum]).kind()
    kind[done] = _with_missing(rng, kind[done])
    return kind


def _with_missing(rng: Generator, kind: Ints) -> Ints:
    missing = constants().missing
    chance = rng.random(len(kind))
    not_case = kind >= Kind.NOT_CASE_IMPROVED
    first_only = np.where(not_case, Kind.NOT_CASE_FIRST_ONLY, Kind.CASE_FIRST_ONLY)
    late = np.where(chance < missing.no_score + missing.first_only, first_only, kind)
    return np.where(chance < missing.no_score, Kind.UNSCORED, late)


def _provider(organisations: Organisations) -> Chooser:
    return Chooser(organisations.kind_shares.T)


@cache
def _problem_chooser() -> tuple[Chooser, Chooser]:
    """P(recorded problem | kind) and P(true problem | kind) of people in the general population."""
    table = problem_shares().copy()
    table[:, FINISHED:] = problem_counts()
    table[SPECIFIC_LEVELS] = 0
    true = table.copy()
    true[groups.PROBLEM.index(groups.UNRECORDED_PROBLEM)] = 0
    true[:, Kind.NEVER_SEEN] = true[:, Kind.ASSESSED_ONLY]
    recorded, whole = (Chooser((one / one.sum(axis=0)).T) for one in (table, true))
    return recorded, whole


def _problems(rng: Generator, kind: Ints, population: Ints) -> tuple[Ints, Ints]:
    """Recorded and true problem: a specific population is that problem; the others as published for their kind."""
    recorded, true = (choose(rng.random(len(kind)), kind) for choose in _problem_chooser())
    known = recorded != groups.PROBLEM.index(groups.UNRECORDED_PROBLEM)
    true = np.where(known, recorded, true)
    own = SPECIFIC_LEVELS[population - 1]
    general = population == GENERAL
    return np.where(general, recorded, own), np.where(general, true, own)


RETURN_SHARE = 0.07
"""Share of discharged pathways whose person comes back within the data set (design value). The one published figure,
13.7% within one to five years at one service, needs a longer period than a year."""
SHORTEST_RETURN_DAYS, MEAN_RETURN_DAYS = 30, 200


def _returns(rng: Generator, pathways: Pathways, last_day: int) -> Ints:
    """Earlier pathway of the same person, at the same provider; a person has at most two in a block."""
    previous = np.full(len(pathways), -1)
    ended, referred = pathways.timeline.discharged, pathways.timeline.referred
    gap = SHORTEST_RETURN_DAYS + rng.exponential(MEAN_RETURN_DAYS, len(previous)).astype(np.int64)
    leaving = np.flatnonzero((rng.random(len(previous)) < RETURN_SHARE) & (ended + gap <= last_day))
    by_arrival = np.lexsort((referred, pathways.provider))
    keys = pathways.provider * 100_000 + referred
    place = np.searchsorted(keys[by_arrival], keys[leaving] - referred[leaving] + ended[leaving] + gap[leaving])
    inside = place < len(by_arrival)
    leaving, arriving = leaving[inside], by_arrival[place[inside]]
    alike = (pathways.provider[arriving] == pathways.provider[leaving]) & ~np.isin(arriving, leaving)
    arriving, once = np.unique(arriving[alike], return_index=True)
    previous[arriving] = leaving[alike][once]
    return previous


NO_OTHER = KINDS
"""In place of the kind of a second pathway, for a person who has one only."""


class PersonChooser:
    """Draws a grouping for each person, given the kinds of both pathways where a person has two.

    With pathways independent given the person, P(level | both kinds) is proportional to
    P(level | one) P(level | other) / P(level).
    """

    def __init__(self, given_kind: Floats, kind_shares: Floats) -> None:
        """`given_kind`: kinds by levels; `kind_shares`: share of each kind among people (any sum)."""
        overall = np.average(given_kind, axis=0, weights=kind_shares)
        relative = np.divide(given_kind, overall, out=np.zeros_like(given_kind), where=overall > 0)
        rows = given_kind[:, None, :] * np.vstack([relative, np.ones(len(overall))])[None, :, :]
        rows = rows.reshape(-1, rows.shape[2])
        self._choose = Chooser(rows / rows.sum(axis=1, keepdims=True))

    def __call__(self, uniform: Floats, kind: Ints, other: Ints) -> Ints:
        """The level of each person."""
        return self._choose(uniform, kind * (KINDS + 1) + other)


@cache
def kind_shares() -> Floats:
    """Share of each kind of pathway."""
    outcomes = problem_counts().sum(axis=0)
    return np.concatenate([FUNNEL.shares[:3], FUNNEL.finished * outcomes / outcomes.sum()])


@cache
def _choosers(block: str) -> PersonChooser:
    return PersonChooser(group_shares(block).T, kind_shares())


@cache
def _given_ethnicity(block: str) -> list[PersonChooser]:
    tables = {"religion": religion_given_ethnicity, "imd": deprivation_given_ethnicity}[block]()
    ethnic = group_shares("ethnicity")
    return [PersonChooser(tables[:, level, :], kind_shares() * ethnic[level]) for level in range(len(ethnic))]


def draw_levels(rng: Generator, pathways: Pathways) -> dict[str, Ints]:
    """Level of each grouping (by its block name), one a pathway; both pathways of a person get the same."""
    other = np.full(len(pathways), NO_OTHER)
    again = np.flatnonzero(pathways.previous >= 0)
    before = pathways.previous[again]
    other[before] = pathways.kind[again]
    levels: dict[str, Ints] = {}
    for block in ("age", "gender", "ethnicity", "orientation", "cluster", "ltc", "disability"):
        levels[block] = _choosers(block)(rng.random(len(other)), pathways.kind, other)
    for block in ("religion", "imd"):
        uniform = rng.random(len(other))
        levels[block] = np.zeros(len(other), dtype=np.int64)
        for level, choose in enumerate(_given_ethnicity(block)):
            of_level = np.flatnonzero(levels["ethnicity"] == level)
            levels[block][of_level] = choose(uniform[of_level], pathways.kind[of_level], other[of_level])
    for level_of in levels.values():
        level_of[again] = level_of[before]
    return levels
