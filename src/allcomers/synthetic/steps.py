"""The step path of a course: which sessions are low intensity, which high, and of what type.

Published shares of finished courses: low intensity only, high only, both, neither recorded; and, apart from these, how
many were stepped up or down. Only a fifth of those with both were stepped up as the national measure counts it, in runs
of at least two sessions. So most of "both" is one low-intensity session followed by high-intensity therapy.
"""

from dataclasses import dataclass
from enum import IntEnum
from functools import cache

import numpy as np
from numpy.random import SFC64, Generator

from allcomers.synthetic import groups, therapies
from allcomers.synthetic.arrays import Bytes, Flags, Floats, Ints
from allcomers.synthetic.composition import Chooser, problem_counts, rake
from allcomers.synthetic.targets import ENGLAND_FINISHED, value
from allcomers.synthetic.therapies import Parts, type_shares


class Step(IntEnum):
    """The step paths."""

    LOW = 0
    HIGH = 1
    NOT_RECORDED = 2
    ONE_LOW_THEN_HIGH = 3
    UP = 4
    DOWN = 5
    ALTERNATING = 6


LEAST_SESSIONS = np.array([2, 2, 2, 4, 4, 4, 4])
MEAN_SESSIONS = np.array(
    [value("lit_sessions_low"), value("lit_sessions_high"), 5.5] + [value("lit_sessions_both")] * 4
)
SPREAD = 2.5
"""Shape of the negative binomial that is added to the least number of sessions (design value)."""
MOST_SESSIONS = 60

SECOND_TYPE_SHARE, SECOND_TYPE_SESSIONS = 0.215, 0.3
"""Share of high-intensity parts that are of two types, and the share of their sessions that the second type has."""

INTERNET_SHARE, LOG_SHARE = 0.06, 0.5
"""Share of courses with a high-intensity part that use internet enabled therapy, and of their middle sessions that
are weekly logs (design values). The stage measures count a log as high intensity, so a low-intensity course
has none."""


@cache
def step_shares() -> Floats:
    """Share of finished courses on each step path."""
    share = {
        name: value("step_mix", stratum) / 100
        for name, stratum in {
            "low": "Received only low intensity therapy",
            "high": "Received only high intensity therapy",
            "none": "Not stated/Not known/Invalid",
            "both": "Received both high and low intensity therapy",
            "up": "Step up - Last low to first high intensity therapy",
            "down": "Step down - Last high to first low intensity therapy",
            "first_high": "Assessment to first high intensity therapy",
        }.items()
    }
    one_low = share["first_high"] - share["high"] - share["down"]
    alternating = share["both"] - one_low - share["up"] - share["down"]
    path = [share["low"], share["high"], share["none"], one_low, share["up"], share["down"], alternating]
    return np.array(path) / sum(path)


@cache
def sparse_low_share() -> float:
    """Share of low-intensity courses with a single coded session: they have no low-intensity stage of two in a row."""
    first_low = value("step_mix", "Assessment to first low intensity therapy") / 100
    return float(1 - (first_low - step_shares()[Step.UP]) / step_shares()[Step.LOW])


@dataclass(frozen=True, slots=True)
class Paths:
    """The step paths of some courses, one value a course.

    Attributes
    ----------
    low_first : number of low-intensity sessions before the first high one (all of them in a low-intensity course).
    sparse : only the first session carries a code.
    """

    step: Ints
    sessions: Ints
    low_first: Ints
    sparse: Flags

    def intensity(self, course: Ints, position: Ints) -> Bytes:
        """0 low, 1 high, 2 no code, for the session at `position` (from 0) of each `course`."""
        step, low_first = self.step[course], self.low_first[course]
        high = (position >= low_first).astype(np.uint8)
        high = np.where(step == Step.DOWN, 1 - high, high)
        high = np.where(step == Step.ALTERNATING, position % 2, high)
        uncoded = (step == Step.NOT_RECORDED) | (self.sparse[course] & (position > 0))
        return np.where(uncoded, 2, high).astype(np.uint8)


def draw_paths(rng: Generator, size: int) -> Paths:
    """Step paths of `size` finished courses."""
    step = Chooser(step_shares()[None, :])(rng.random(size), np.zeros(size, dtype=np.int64))
    more = MEAN_SESSIONS - LEAST_SESSIONS
    extra = rng.negative_binomial(SPREAD, (SPREAD / (SPREAD + more))[step])
    sessions = np.minimum(LEAST_SESSIONS[step] + extra, MOST_SESSIONS)
    first_part = 2 + (0.5 * rng.random(size) * (sessions - 3)).astype(np.int64)
    low_first = np.select(
        [step == Step.LOW, step == Step.HIGH, step == Step.ONE_LOW_THEN_HIGH],
        [sessions, np.zeros_like(sessions), np.ones_like(sessions)],
        first_part,
    )
    sparse = (step == Step.LOW) & (rng.random(size) < sparse_low_share())
    return Paths(step, sessions, low_first, sparse)


@cache
def _parts() -> dict[str, Parts]:
    """Expected parts of England's finished courses, from a large sample on fixed random numbers."""
    paths = draw_paths(Generator(SFC64(1)), 400_000)
    each = ENGLAND_FINISHED / len(paths.step)
    low, high = _sessions_by_intensity(paths)
    single = (paths.step == Step.ONE_LOW_THEN_HIGH) | paths.sparse
    long_low = (low > 0) & ~single
    contacts = 1 - INTERNET_SHARE * LOG_SHARE * 0.8
    kept = 1 - SECOND_TYPE_SHARE * SECOND_TYPE_SESSIONS
    with_high = high > 0
    mean_high = float(high[with_high].mean()) * contacts
    return {
        "long low": Parts(float(long_low.sum() * each), float(low[long_low].mean())),
        "short low": Parts(float(single.sum() * each), 1.0),
        "long high": Parts(float(with_high.sum() * each), mean_high * kept),
        "short high": Parts(float(with_high.sum() * each * SECOND_TYPE_SHARE), mean_high * SECOND_TYPE_SESSIONS),
    }


def _sessions_by_intensity(paths: Paths) -> tuple[Ints, Ints]:
    low = np.where(np.isin(paths.step, (Step.LOW, Step.ONE_LOW_THEN_HIGH, Step.UP)), paths.low_first, 0)
    low = np.where(paths.sparse, 1, low)
    low = np.where(paths.step == Step.DOWN, paths.sessions - paths.low_first, low)
    low = np.where(paths.step == Step.ALTERNATING, (paths.sessions + 1) // 2, low)
    high = np.where(np.isin(paths.step, (Step.LOW, Step.NOT_RECORDED)), 0, paths.sessions - low)
    return low, high


@cache
def low_types() -> tuple[Chooser, Chooser]:
    """Draws the type of a long, and of a single-session, low-intensity part."""
    long, short = type_shares(high=False, long=_parts()["long low"], short=_parts()["short low"])
    return Chooser(long[None, :]), Chooser(short[None, :])


_DEPRESSION, _TRAUMA, _WORRY, _OTHER = range(4)
_TYPE_LEAN: dict[str, dict[int, float]] = {
    "EMDR": {_TRAUMA: 60.0},
    "couple therapy for depression": {_DEPRESSION: 6.0},
    "counselling for depression": {_DEPRESSION: 6.0},
    "interpersonal psychotherapy": {_DEPRESSION: 8.0},
    "brief psychodynamic psychotherapy": {_DEPRESSION: 6.0},
    "mindfulness-based therapy": {_DEPRESSION: 5.0},
    "applied relaxation": {_WORRY: 8.0},
}
"""How many times likelier a therapy is for a problem than if the two were independent. Design values, after the pairing
of problems and therapies in NICE guidance as Clark (2018) gives it in outline."""


def problem_group(problem: Ints) -> Ints:
    """Coarse group of a problem level: depression, trauma, worry or other."""
    table = np.full(len(groups.PROBLEM.levels), _OTHER)
    for group, name in ((_DEPRESSION, "Depression"), (_TRAUMA, "Post-traumatic"), (_WORRY, "Generalised")):
        table[[name in stratum for stratum in groups.PROBLEM.strata]] = group
    return table[problem]


@cache
def high_types() -> tuple[Chooser, Chooser]:
    """Draws the first type of a high-intensity part by problem group; and the second, or `UNCODED`, by the first."""
    courses = problem_counts().sum(axis=1)
    group = problem_group(np.arange(len(courses)))
    by_group = np.bincount(group, weights=courses, minlength=4)
    lean = np.ones((len(therapies.THERAPIES), 4))
    for row, therapy in enumerate(therapies.THERAPIES):
        for column, times in _TYPE_LEAN.get(therapy.name, {}).items():
            lean[row, column] = times
    long, short = type_shares(high=True, long=_parts()["long high"], short=_parts()["short high"])
    first = rake(lean, rows=long, columns=by_group / by_group.sum()).T
    return Chooser(first / first.sum(axis=1, keepdims=True)), Chooser(_second_given_first(long, short))


def _second_given_first(long: Floats, short: Floats) -> Floats:
    """P(second type | first type): never the same one twice; the last column is no second type."""
    count = len(long)
    seed = np.column_stack([1 - np.eye(count), np.ones(count)])
    wanted = np.append(SECOND_TYPE_SHARE * short, 1 - SECOND_TYPE_SHARE)
    joint = rake(seed, rows=long, columns=wanted)
    total = joint.sum(axis=1, keepdims=True)
    none = np.append(np.zeros(count), 1.0)[None, :]
    return np.where(total > 0, joint / np.maximum(total, 1e-15), none)
