"""When things happen on a pathway: assessment, first and second treatment, the last session, discharge.

The two waits are drawn from the published bands (the second one, between first and second treatment, is where waiting
hides). Later sessions are spread over a span that differs by person. Everything here is one value a pathway.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from allcomers.synthetic.arrays import Flags, Floats, Ints
from allcomers.synthetic.classes import FINISHED, Kind
from allcomers.synthetic.steps import Paths, draw_paths
from allcomers.synthetic.waits import SEPARATE_ASSESSMENT, wait_days

MEAN_GAP_DAYS, GAP_SHAPE = 14.0, 4.0
FOLLOW_UP_SHARE = 0.06


@dataclass(slots=True)
class Timeline:
    """Days (since 1970) and numbers of one value a pathway; -1 where there is none.

    Attributes
    ----------
    sessions : treatment sessions held in the end; `planned` where the pathway was heading.
    span : days from the second session to the last.
    """

    referred: Ints
    assessed_apart: Flags
    assessed: Ints
    first_session: Ints
    second_session: Ints
    last_session: Ints
    follow_up: Ints
    discharged: Ints
    sessions: Ints
    planned: Ints
    paths: Paths


def draw_timeline(rng: Generator, *, referred: Ints, kind: Ints, delay: Floats) -> Timeline:
    """The dates of each pathway."""
    size = len(referred)
    seen, treated, finished = kind > Kind.NEVER_SEEN, kind >= Kind.ONE_SESSION, kind >= FINISHED
    first_wait = wait_days(rng, "wait_access", delay)
    second_wait = wait_days(rng, "wait_first_second", delay)
    apart = (kind == Kind.ASSESSED_ONLY) | (treated & (rng.random(size) < SEPARATE_ASSESSMENT) & (first_wait > 0))
    before = np.where(
        kind == Kind.ASSESSED_ONLY, first_wait, ((0.1 + 0.9 * rng.random(size)) * first_wait).astype(np.int64)
    )
    before = np.where(treated, np.minimum(before, first_wait - apart), before)
    paths, planned = _planned(rng, finished)
    sessions = np.where(finished, paths.sessions, treated.astype(np.int64))
    first = np.where(treated, referred + first_wait, -1)
    second = np.where(finished, first + second_wait, -1)
    last = np.where(finished, second + _span(rng, sessions), first)
    assessed = np.where(seen, referred + np.where(apart, before, first_wait), -1)
    follow_up = _follow_up(rng, last, finished)
    end = np.maximum.reduce([last, assessed, follow_up, referred])
    discharged = end + _until_discharge(rng, seen, finished)
    return Timeline(referred, apart, assessed, first, second, last, follow_up, discharged, sessions, planned, paths)


def _planned(rng: Generator, finished: Flags) -> tuple[Paths, Ints]:
    paths = draw_paths(rng, len(finished))
    return paths, paths.sessions


def _span(rng: Generator, sessions: Ints) -> Ints:
    """Days from the second session to the last: at least one a session."""
    gaps = np.maximum(sessions - 2, 0)
    mean_gap = 1 + rng.gamma(GAP_SHAPE, (MEAN_GAP_DAYS - 1) / GAP_SHAPE, len(sessions))
    return np.rint(gaps * mean_gap).astype(np.int64)


def _follow_up(rng: Generator, last: Ints, finished: Flags) -> Ints:
    has_one = finished & (rng.random(len(last)) < FOLLOW_UP_SHARE)
    return np.where(has_one, last + 28 + rng.integers(0, 43, len(last)), -1)


def _until_discharge(rng: Generator, seen: Flags, finished: Flags) -> Ints:
    """Days from the last thing that happened to discharge: soon after a course, later when people just stop coming."""
    mean = np.where(finished, 12.0, np.where(seen, 26.0, 32.0))
    return np.minimum(rng.gamma(1.6, mean / 1.6), 150).astype(np.int64)
