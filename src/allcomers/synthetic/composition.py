"""Who is on each kind of pathway: published tables turned about by Bayes' rule.

Published tables give, for each group of people, how many finish, recover, improve and so on. The generator draws how a
pathway goes first and then the person, from P(group | kind of pathway). Every published margin then holds exactly in
expectation, for all groupings at once and without fitting. It is the same model as a logistic funnel in which each
group's coefficient is the logarithm of its likelihood ratio; only the intercepts are thereby solved in closed form.

Groupings are independent given the kind of pathway, except ethnicity with religion and with deprivation, which start
from a table of associations (design values) and are raked until both margins hold.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from allcomers.synthetic import groups
from allcomers.synthetic.arrays import Floats, Ints
from allcomers.synthetic.classes import FINISHED, KINDS, Kind
from allcomers.synthetic.constants import constants
from allcomers.synthetic.groups import Grouping
from allcomers.synthetic.targets import ENGLAND_FINISHED, ENGLAND_REFERRALS, counts
from allcomers.synthetic.waits import assessed_in_time

DAYS_IN_A_YEAR = 365
NEARLY_ALL = 0.95
"""The most of a group's referrals that may finish: one published group finishes more courses than it has referrals."""

RATES = ("caseness", "recovery", "reliable_recovery", "improvement", "deterioration")


@dataclass(frozen=True, slots=True)
class Funnel:
    """Shares of referrals by how far they go (0-1); the rest finish a course.

    Design values within the published margins: 1.22 million of 1.81 million enter treatment, 45% of those for one
    session only; 71% are assessed, against 66% (tolerance 5) in two services of 2010-14.
    """

    never_seen: float = 0.29
    finished: float = ENGLAND_FINISHED / ENGLAND_REFERRALS
    entered_treatment: float = 0.672

    @property
    def shares(self) -> tuple[float, float, float, float]:
        """Never seen, assessed only, one session, finished."""
        one_session = self.entered_treatment - self.finished
        return (self.never_seen, 1 - self.never_seen - self.entered_treatment, one_session, self.finished)


FUNNEL = Funnel()


def rake(seed: Floats, *, rows: Floats, columns: Floats, sweeps: int = 200) -> Floats:
    """Iterative proportional fitting: the table nearest to `seed` with these margins (of equal sum)."""
    table = seed.astype(float).copy()
    for _ in range(sweeps):
        table *= _ratio(rows, table.sum(axis=1))[:, None]
        table *= _ratio(columns, table.sum(axis=0))[None, :]
    return table


def _ratio(wanted: Floats, found: Floats) -> Floats:
    return np.divide(wanted, found, out=np.zeros_like(found), where=found > 0)


@cache
def national_outcomes() -> Floats:
    """England's finished courses by kind, in courses."""
    rates = counts("outcome")
    tops = [rates["England", f"rate_{rate}"][0] for rate in RATES]
    return outcome_cells(float(ENGLAND_FINISHED), *tops)


def outcome_cells(
    finished: float, case: float, recovered: float, reliably: float, improved: float, worse: float
) -> Floats:
    """Courses by kind, from a group's published counts.

    What is not published (how change divides between people at caseness and not) starts from the score model's own
    table and is raked to the counts that are.
    """
    fixed = constants().missing
    unscored, case_only = fixed.no_score * finished, fixed.first_only * case
    not_case_only = fixed.first_only * (finished - case)
    rows = np.array([case - recovered - case_only, finished - case - unscored - not_case_only])
    columns = np.array([improved - reliably, 0.0, worse])
    columns[1] = rows.sum() - columns.sum()
    change = rake(np.array(constants().change), rows=np.maximum(rows, 0), columns=np.maximum(columns, 0), sweeps=40)
    cells = [unscored, case_only, not_case_only, reliably, recovered - reliably, *change[0], *change[1]]
    return np.array(cells)


def level_counts(block: str, stratum: str) -> Floats:
    """Pathways of one published group by kind, in pathways; finished kinds follow its published outcome counts."""
    table = counts(block)
    finished, referred = table[stratum, "finished_per_referral"]
    outcomes = _outcomes(table, stratum, finished)
    finished = min(finished, NEARLY_ALL * referred)
    outcomes *= finished / outcomes.sum()
    early = np.array(FUNNEL.shares[:3])
    return np.concatenate([(referred - finished) * early / early.sum(), outcomes])


def _outcomes(table: dict[tuple[str, str], tuple[float, float]], stratum: str, finished: float) -> Floats:
    if (stratum, "recovery") not in table:  # too few to be published: as the country
        return national_outcomes() * (finished / ENGLAND_FINISHED)
    return outcome_cells(finished, *(table[stratum, rate][0] for rate in RATES))


def shares(table: Floats) -> Floats:
    """A table of levels by kinds, as P(level | kind)."""
    return np.asarray(table / table.sum(axis=0, keepdims=True))


@cache
def group_shares(block: str) -> Floats:
    """P(level | kind of pathway), levels by kinds, for one grouping."""
    grouping = next(g for g in groups.GROUPINGS if g.block == block)
    special = {"ltc": _long_term_condition, "disability": _disability}
    return shares(special[block](grouping) if block in special else _plain(grouping))


def _plain(grouping: Grouping) -> Floats:
    return np.stack([level_counts(grouping.block, stratum) for stratum in grouping.strata])


def _long_term_condition(grouping: Grouping) -> Floats:
    """Published categories overlap: what is over 100% carries both codes."""
    with_one, without, _, not_stated = (
        level_counts("ltc", stratum) if stratum != "Both" else np.zeros(KINDS) for stratum in grouping.strata
    )
    whole = _whole_country()
    both = np.clip(with_one + without + not_stated - whole, 0, np.minimum(with_one, without))
    return np.stack([with_one - both, without - both, both, not_stated])


def _disability(grouping: Grouping) -> Floats:
    """Whoever is in none of the exclusive categories has at least one disability recorded."""
    others = np.stack([level_counts("disability", stratum) for stratum in grouping.strata[1:]])
    return np.vstack([_whole_country() - others.sum(axis=0), others])


def _whole_country() -> Floats:
    early = np.array(FUNNEL.shares[:3])
    unfinished = ENGLAND_REFERRALS - ENGLAND_FINISHED
    return np.concatenate([unfinished * early / early.sum(), national_outcomes()])


@cache
def disability_shares() -> tuple[Floats, Floats]:
    """P(first disability | kind) among people with one, and how likely a second is, by kind.

    A second is drawn from the same shares and kept if it differs, so the first are solved until the expected number
    of each code is the published one.
    """
    wanted = np.stack([level_counts("disability", level.stratum) for level in groups.DISABILITY_CODES])
    wanted /= _disability(groups.DISABILITY)[0]
    first = shares(wanted)
    for _ in range(200):
        first = shares(first * wanted / np.maximum(first + _second(first, wanted) * first * (1 - first), 1e-12))
    return first, _second(first, wanted)


def _second(first: Floats, wanted: Floats) -> Floats:
    """Chance of drawing a second code such that the differing ones kept make up the wanted number a person."""
    return np.asarray(np.clip((wanted.sum(axis=0) - 1) / (1 - (first**2).sum(axis=0)), 0, 1))


@cache
def problem_shares() -> Floats:
    """P(recorded problem | kind of pathway), levels by kinds.

    Nothing is recorded before an assessment, so people never seen all fall in the unrecorded level, and those assessed
    make up the published number that did not finish.
    """
    table = _plain(groups.PROBLEM)
    blank = groups.PROBLEM.index(groups.UNRECORDED_PROBLEM)
    unfinished = _recorded_in_the_end(table, blank)[:, :FINISHED].sum(axis=1)
    seen = np.array(FUNNEL.shares[1:3])
    never = unfinished.sum() * FUNNEL.never_seen / sum(FUNNEL.shares[:3])
    unfinished[blank] -= never
    table[:, Kind.NEVER_SEEN] = 0
    table[blank, Kind.NEVER_SEEN] = never
    table[:, Kind.ASSESSED_ONLY : FINISHED] = unfinished[:, None] * (seen / seen.sum())[None, :]
    return shares(table)


def _recorded_in_the_end(table: Floats, blank: int) -> Floats:
    """The published table cuts the last referrals of the year off before their assessment; they are put back.

    Finished courses lie in the past, so only the referrals that do not finish change.
    """
    early = table[:, :FINISHED].sum(axis=1)
    recorded = table.sum(axis=1) / assessed_in_time(DAYS_IN_A_YEAR) - table[:, FINISHED:].sum(axis=1)
    recorded[blank] = 0
    recorded[blank] = early.sum() - recorded.sum()
    scaled = table.copy()
    scaled[:, :FINISHED] *= (recorded / np.maximum(early, 1e-9))[:, None]
    return scaled


@cache
def problem_counts() -> Floats:
    """Finished courses by recorded problem and kind (finished kinds only), scaled to England's finished courses."""
    table = _plain(groups.PROBLEM)[:, FINISHED:]
    return np.asarray(table * (ENGLAND_FINISHED / table.sum()))


_MUSLIM, _HINDU, _SIKH, _CHRISTIAN = (
    groups.RELIGION.index(religion) for religion in ("Muslim", "Hindu", "Sikh", "Christian")
)
_RELIGION_LEAN: dict[str, dict[int, float]] = {
    "H": {_HINDU: 60, _SIKH: 60, _MUSLIM: 3},
    "J": {_MUSLIM: 150},
    "K": {_MUSLIM: 150},
    "L": {_MUSLIM: 20, _HINDU: 15},
    "M": {_CHRISTIAN: 4},
    "N": {_CHRISTIAN: 4, _MUSLIM: 12},
    "P": {_CHRISTIAN: 3, _MUSLIM: 8},
    "S": {_MUSLIM: 20},
    "F": {_MUSLIM: 4},
    "C": {_CHRISTIAN: 2, _MUSLIM: 2},
}
"""How many times likelier a religion is in an ethnic category than if the two were independent. Design values."""

_DEPRIVATION_LEAN = {"J": 1.25, "K": 1.25, "N": 1.3, "M": 1.25, "P": 1.25, "D": 1.15, "S": 1.15, "H": 0.95, "R": 0.95}
"""Odds, a decile, of living in the more deprived of two deciles against the country as a whole. Design values."""


@cache
def religion_given_ethnicity() -> Floats:
    """P(religion | ethnicity, kind): kinds by ethnic levels by religions, both margins as published."""
    lean = np.ones((len(groups.ETHNICITY.levels), len(groups.RELIGION.levels)))
    for row, level in enumerate(groups.ETHNICITY.levels):
        for column, times in _RELIGION_LEAN.get(level.codes[0], {}).items():
            lean[row, column] = times
    return _conditional(lean, "religion")


@cache
def deprivation_given_ethnicity() -> Floats:
    """P(deprivation decile | ethnicity, kind): kinds by ethnic levels by deciles, both margins as published."""
    steps = np.append(np.arange(10), 4.5)
    odds = np.array([_DEPRIVATION_LEAN.get(level.codes[0], 1.0) for level in groups.ETHNICITY.levels])
    return _conditional(odds[:, None] ** steps[None, :], "imd")


def _conditional(lean: Floats, block: str) -> Floats:
    ethnic, other = group_shares("ethnicity"), group_shares(block)
    tables = [rake(lean, rows=ethnic[:, kind], columns=other[:, kind], sweeps=60) for kind in range(KINDS)]
    joint = np.stack(tables)
    return np.asarray(joint / joint.sum(axis=2, keepdims=True))


class Chooser:
    """Draws a level for each pathway from shares that differ by row of a table.

    Parameters
    ----------
    shares : rows by levels; each row adds up to 1.
    """

    def __init__(self, shares: Floats) -> None:
        running = np.cumsum(shares, axis=1)
        running /= running[:, -1:]
        self._levels = shares.shape[1]
        self._running = (running + np.arange(len(shares))[:, None]).ravel()

    def __call__(self, uniform: Floats, row: Ints) -> Ints:
        """The level of each pathway: `uniform` on [0, 1), `row` the row of the table that applies to it."""
        found = np.searchsorted(self._running, uniform + row, side="right")
        return np.asarray(np.minimum(found - row * self._levels, self._levels - 1))
