"""Staff: who they are, what they are qualified in, and who sees whom."""

from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.random import Generator

from allcomers.synthetic.arrays import Flags, Floats, Ints
from allcomers.synthetic.columns import MISSING, coded, dates, identifiers
from allcomers.synthetic.organisations import Organisations
from allcomers.synthetic.people import draw_index
from allcomers.synthetic.plan import Plan, day_number, month_after
from allcomers.synthetic.streams import WHOLE_COUNTRY, Topic, stream
from allcomers.synthetic.targets import value

LOW, HIGH, EMPLOYMENT = range(3)
ROLES = ("Psychological Wellbeing Practitioner", "High-intensity therapist", "Employment adviser")
REFERRALS_A_YEAR = (250, 200, 2000)
"""Referrals a year for each member of staff, by role (design values)."""

QUALIFIED_SHARE = 0.88
_LEVELS = (("10",), ("11", "12", "13", "14", "15", "16", "17"), ("30", "31"))
_LEVEL_WEIGHTS = ([1.0], [0.72, 0.16, 0.02, 0.02, 0.03, 0.02, 0.03], [0.85, 0.15])
_FIRST_AWARD = 13_149
"""1 January 2006: the programme's first qualifications."""


def effect_spread(variance_share: float) -> float:
    """SD, in log-odds, of a therapist effect that holds this share of outcome variance (logistic model)."""
    return float(np.sqrt(variance_share / (1 - variance_share) * np.pi**2 / 3))


@dataclass(frozen=True, slots=True)
class Role:
    """Staff of one role, in provider order: `starts[p]` to `starts[p + 1]` work at provider p."""

    number: Ints
    provider: Ints
    effect: Floats
    running: tuple[Floats, Floats]

    def choose(self, uniform: Floats, provider: Ints, recovered: Flags) -> Ints:
        """Number of the member of staff for each pathway.

        Who recovers is likelier to have been seen by someone whose people recover: Bayes' rule, as for the groups.
        """
        found = np.empty(len(provider), dtype=np.int64)
        for outcome, running in enumerate(self.running):
            where = np.flatnonzero(recovered == bool(outcome))
            place = np.searchsorted(running, uniform[where] + provider[where], side="right")
            found[where] = np.minimum(place, len(running) - 1)
        return self.number[found]


class Staff:
    """All staff of one data set."""

    def __init__(self, plan: Plan, organisations: Organisations) -> None:
        rng = stream(seed=plan.seed, block=WHOLE_COUNTRY, topic=Topic.STAFF)
        yearly = organisations.share * plan.referrals * 12 / plan.months
        self.roles: list[Role] = []
        number = 0
        for needed in REFERRALS_A_YEAR:
            count = np.maximum(1, np.rint(yearly / needed)).astype(np.int64)
            self.roles.append(_role(rng, count, number))
            number += int(count.sum())
        self._rng, self._plan, self._organisations = rng, plan, organisations

    def tables(self) -> tuple[pa.Table, pl.DataFrame]:
        """IDS902CarePersQual, and the staff list (an extra: the national data set has none)."""
        role = np.repeat(np.arange(len(ROLES)), [len(one.number) for one in self.roles])
        provider = np.concatenate([one.provider for one in self.roles])
        number = np.arange(len(role))
        qualified = self._rng.random(len(role)) < QUALIFIED_SHARE
        return self._qualifications(role, provider, number, qualified), self._list(role, provider, number)

    def _qualifications(self, role: Ints, provider: Ints, number: Ints, qualified: Flags) -> pa.Table:
        words = [level for levels in _LEVELS for level in levels]
        starts = np.cumsum([0, *(len(levels) for levels in _LEVELS)])
        level = np.empty(len(role), dtype=np.int64)
        for one, weights in enumerate(_LEVEL_WEIGHTS):
            where = np.flatnonzero(role == one)
            level[where] = starts[one] + draw_index(self._rng, len(where), weights)
        award = self._rng.integers(_FIRST_AWARD, self._plan.run_in_day, len(role))
        end = day_number(month_after(self._plan.start, self._plan.months))
        planned = self._rng.integers(end, end + 540, len(role))
        return pa.table(
            {
                "CarePersLocalId": staff_ids(number),
                "QualAttainLevelIAPT": coded(level, words),
                "QualAwardedDate": dates(np.where(qualified, award, MISSING)),
                "QualPlannedCompletionDate": dates(np.where(qualified, MISSING, planned)),
                "OrgID_Provider": coded(provider, self._organisations.codes),
            }
        )

    def _list(self, role: Ints, provider: Ints, number: Ints) -> pl.DataFrame:
        """Role, band, working time and start of each member of staff."""
        wte = np.array([1.0, 0.8, 0.6, 0.5])[draw_index(self._rng, len(role), [6, 2, 1.5, 1])]
        band = np.array([5, 7, 5])[role] + (self._rng.random(len(role)) < 0.2)
        start = self._plan.run_in_day - self._rng.integers(0, 2500, len(role))
        return pl.DataFrame(
            {
                "CarePersLocalId": pl.from_arrow(staff_ids(number)),
                "OrgID_Provider": [self._organisations.codes[p] for p in provider],
                "role": [ROLES[r] for r in role],
                "agenda_for_change_band": band,
                "wte": wte,
                "started_on": pl.from_arrow(dates(start)),
            }
        )


def _role(rng: Generator, count: Ints, first_number: int) -> Role:
    provider = np.repeat(np.arange(len(count)), count)
    effect = rng.standard_normal(len(provider)) * effect_spread(value("lit_therapist_effect") / 100)
    recovers = 1 / (1 + np.exp(-effect))
    running = tuple(_running(weight, provider, len(count)) for weight in (1 - recovers, recovers))
    return Role(first_number + np.arange(len(provider)), provider, effect, (running[0], running[1]))


def _running(weight: Floats, provider: Ints, providers: int) -> Floats:
    """Running share within each provider, offset by the provider's index."""
    total = np.bincount(provider, weights=weight, minlength=providers)
    share = np.cumsum(weight / total[provider])
    return np.asarray(share)


def staff_ids(numbers: Ints) -> pa.Array:
    """Local identifier of a member of staff."""
    return identifiers("ZW", numbers, 6)
