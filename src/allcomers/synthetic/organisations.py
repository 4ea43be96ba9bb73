"""Providers, boards and regions that do not exist, in the sizes of those that do.

Codes begin with Z and names with "Synthetic", so that none can be taken for a real organisation. Sizes, completion and
recovery follow the published percentiles over England's providers by construction: each provider takes a place in the
ranking, and the places are shuffled by the seed.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from allcomers.synthetic.arrays import Floats, Ints
from allcomers.synthetic.classes import AT_CASENESS, FINISHED, KINDS, RECOVERED
from allcomers.synthetic.composition import FUNNEL, national_outcomes
from allcomers.synthetic.streams import WHOLE_COUNTRY, Topic, stream
from allcomers.synthetic.targets import value

ENGLAND_PROVIDERS = 147
BOARDS, REGIONS = 42, 7
FEWEST_REFERRALS = 300
"""Below this a provider's own rates would be noise, so small data sets have fewer providers."""

_PLACES = (5, 25, 50, 75, 95)
_LARGEST, _SMALLEST = 62_000, 100
"""Referrals of the largest and the smallest provider (design values; the total fixes the largest)."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Provider rates, one a provider (0-1)."""

    finished: Floats
    recovered: Floats


class Organisations:
    """The organisations of one data set.

    Attributes
    ----------
    share : of all referrals, one value a provider (adds up to 1).
    kind_shares : P(provider | kind of pathway), providers by kinds.
    delay : how long the provider's waits are against the country's, in standard deviations.
    """

    def __init__(self, *, referrals: int, seed: int) -> None:
        rng = stream(seed=seed, block=WHOLE_COUNTRY, topic=Topic.ORGANISATIONS)
        count = int(np.clip(referrals // FEWEST_REFERRALS, 1, ENGLAND_PROVIDERS))
        size = _sizes(count)
        self.share = size / size.sum()
        places = [(rng.permutation(count) + 0.5) / count for _ in range(2)]
        self._rates = Rates(*_rates(self.share, *places))
        self.delay = _standardised(rng.standard_normal(count), self.share)
        self.board = rng.integers(0, BOARDS, count) if count > BOARDS else np.arange(count)
        self.sub_board_count = 106

    def __len__(self) -> int:
        return len(self.share)

    @cached_property
    def codes(self) -> list[str]:
        """Provider codes."""
        return [f"ZS{n:03d}" for n in range(1, len(self) + 1)]

    @cached_property
    def board_codes(self) -> list[str]:
        """Integrated care board codes."""
        return [f"ZQ{n:02d}" for n in range(1, BOARDS + 1)]

    @cached_property
    def sub_board_codes(self) -> list[str]:
        """Sub-board location codes; a provider's patients live in one of its board's."""
        return [f"ZL{n:02d}{part}" for n in range(1, BOARDS + 1) for part in "AB"]

    @cached_property
    def region(self) -> Ints:
        """Region of each board."""
        return np.arange(BOARDS) % REGIONS

    @cached_property
    def kind_shares(self) -> Floats:
        """P(provider | kind of pathway)."""
        outcomes = national_outcomes() / national_outcomes().sum()
        table = np.empty((len(self), KINDS))
        table[:, :FINISHED] = (self.share * (1 - self._rates.finished))[:, None]
        finished = (self.share * self._rates.finished)[:, None] * _by_recovery(outcomes, self._rates.recovered)
        table[:, FINISHED:] = finished
        return np.asarray(table / table.sum(axis=0, keepdims=True))

    def frame(self) -> pl.DataFrame:
        """One row a provider: codes and names of the provider, its board and its region."""
        region = self.region[self.board]
        return pl.DataFrame(
            {
                "OrgIDProv": self.codes,
                "provider_name": [f"Synthetic Talking Therapies {n:03d}" for n in range(1, len(self) + 1)],
                "icb_code": [self.board_codes[b] for b in self.board],
                "icb_name": [f"Synthetic Integrated Care Board {b + 1:02d}" for b in self.board],
                "region_code": [f"ZY{r + 1}" for r in region],
                "region_name": [f"Synthetic Region {r + 1}" for r in region],
            }
        )


def _by_recovery(outcomes: Floats, recovered: Floats) -> Floats:
    """Outcome shares a provider: recovery as given, everything else in the country's proportions."""
    kinds = [kind - FINISHED for kind in RECOVERED]
    others = [kind - FINISHED for kind in AT_CASENESS if kind not in RECOVERED]
    england = outcomes[kinds].sum() / outcomes[kinds + others].sum()
    table = np.tile(outcomes, (len(recovered), 1))
    table[:, kinds] *= (recovered / england)[:, None]
    table[:, others] *= ((1 - recovered) / (1 - england))[:, None]
    return table


def _sizes(count: int) -> Floats:
    """Referrals a provider: the published percentiles, between them geometric."""
    known = [value("provider_referrals", f"percentile {place}") for place in _PLACES]
    places = (np.arange(count) + 0.5) / count
    return np.asarray(_quantiles(places, [_SMALLEST, *known, _LARGEST], logarithmic=True))


def _rates(share: Floats, finish_place: Floats, recovery_place: Floats) -> tuple[Floats, Floats]:
    finished = _percentiles("provider_finished_per_referral_pct", finish_place, ends=(15.0, 68.0))
    recovered = _percentiles("provider_recovery_pct", recovery_place, ends=(38.0, 62.0))
    outcomes = national_outcomes()
    case = outcomes[[kind - FINISHED for kind in AT_CASENESS]].sum()
    england = outcomes[[kind - FINISHED for kind in RECOVERED]].sum() / case
    finished = _with_mean(finished, share, FUNNEL.finished)
    return finished, _with_mean(recovered, share * finished, england)


def _percentiles(measure: str, place: Floats, ends: tuple[float, float]) -> Floats:
    known = [value(measure, f"percentile {p}") for p in _PLACES]
    return _quantiles(place, [ends[0], *known, ends[1]]) / 100


def _quantiles(place: Floats, values: list[float], *, logarithmic: bool = False) -> Floats:
    knots = np.array([0, *_PLACES, 100]) / 100
    if logarithmic:
        return np.exp(np.interp(place, knots, np.log(values)))
    return np.interp(place, knots, values)


def _with_mean(rate: Floats, weight: Floats, mean: float) -> Floats:
    """Rates moved together on the logit scale until their weighted mean is `mean`."""
    logit = np.log(rate / (1 - rate))
    low, high = -3.0, 3.0
    for _ in range(60):
        middle = (low + high) / 2
        found = np.average(1 / (1 + np.exp(-(logit + middle))), weights=weight)
        low, high = (middle, high) if found < mean else (low, middle)
    return np.asarray(1 / (1 + np.exp(-(logit + low))))


def _standardised(draws: Floats, weight: Floats) -> Floats:
    centred = draws - np.average(draws, weights=weight)
    spread = np.sqrt(np.average(centred**2, weights=weight))
    return centred / spread if spread > 0 else centred
