"""Disclosure control, tried by an attack: whole-number programming over everything that is printed.

The attacker reads rounded counts, `*`, whole percentages, England's exact figures, and knows every sum in which they
stand: providers in England, categories in everyone, months in a quarter, outcomes in finished courses. The attack is
written apart from the protection: it is given printed figures and sums of its own making, and solves for the least and
the greatest that a withheld count can be.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from allcomers.measures import breakdowns, catalogue, disclosure
from allcomers.measures.calculate import Figures
from allcomers.measures.levels import Level, Organisations
from allcomers.measures.periods import Period, parse
from allcomers.measures.withholding import LEAST_LEFT

IDS = ("M076", "M185", "M187", "M189", "M179", "M191", "M186", "M192")
FINISHED, IMPROVED, WORSE, UNCHANGED, BELOW, RECOVERED, IMPROVED_PERCENT, RECOVERED_PERCENT = range(8)
COUNTS = 6
FAR_TOO_MANY = 10_000
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Printed:
    """What a reader has: shown values, and where one is withheld; shaped period, category, organisation, measure."""

    values: Floats
    withheld: npt.NDArray[np.bool_]


def records(seed: int, *, months: int, providers: int, groups: int) -> Floats:
    """Finished courses by month, category and provider, and how many improved, got worse and so on."""
    rng = np.random.default_rng(seed)
    shape = (months, groups, providers)
    improved, worse, unchanged = (rng.poisson(rng.choice(sizes, size=shape)) for sizes in ((3, 6, 9), (1, 2), (2, 5)))
    finished = improved + worse + unchanged
    below = rng.binomial(finished, 0.15)
    recovered = rng.binomial(finished - below, 0.5)
    return np.stack([finished, improved, worse, unchanged, below, recovered], axis=-1).astype(float)


def with_wholes(people: Floats) -> Floats:
    """The quarter put before its months, everyone before the categories, England before the providers."""
    if len(people) > 1:
        people = np.concatenate([people.sum(axis=0, keepdims=True), people], axis=0)
    for axis in (1, 2):
        people = np.concatenate([people.sum(axis=axis, keepdims=True), people], axis=axis)
    return people


def figures(counts: Floats) -> Figures:
    """The counts with both percentages, as `calculate` would give them."""
    periods: tuple[Period, ...] = (parse("2025-04"),)
    if len(counts) > 1:
        periods = tuple(parse(each) for each in ("2025/26 Q1", "2025-04", "2025-05", "2025-06"))
    recoverable = counts[..., FINISHED] - counts[..., BELOW]
    over = np.concatenate([counts, counts[..., [IMPROVED, RECOVERED]]], axis=-1)
    under = np.full_like(over, np.nan)
    under[..., IMPROVED_PERCENT], under[..., RECOVERED_PERCENT] = counts[..., FINISHED], recoverable
    leaves = [(f"P{at}", f"S{at}", "I", "R") for at in range(counts.shape[2] - 1)]
    return Figures(
        periods,
        (None, *breakdowns.of("V008")[: counts.shape[1] - 1]),
        Organisations(leaves, [Level.ENGLAND, Level.PROVIDER]),
        tuple(catalogue.get(id_) for id_ in IDS),
        over=over,
        under=under,
        behind=np.full_like(over, np.nan),
        present=np.ones((len(counts), counts.shape[2]), dtype=bool),
    )


class Attacker:
    """Someone who has the printed figures and a solver."""

    def __init__(self, printed: Printed) -> None:
        values, withheld = printed.values[..., :COUNTS], printed.withheld[..., :COUNTS]
        self.place = np.arange(values.size).reshape(values.shape)
        exact = np.zeros(values.shape, dtype=bool)
        exact[:, :, 0] = True
        low = np.where(exact, values, np.maximum(values - 2, 5))
        high = np.where(exact, values, values + 2)
        self.bounds = Bounds(np.where(withheld, 0, low).ravel(), np.where(withheld, FAR_TOO_MANY, high).ravel())
        self.rows: list[Floats] = []
        self.least: list[float] = []
        self._know_sums(values.shape)
        self._know_percentages(printed)

    def _know_sums(self, shape: tuple[int, ...]) -> None:
        for axis in range(3):
            if shape[axis] > 1:
                along = np.moveaxis(self.place, axis, 0)
                for whole, *parts in along.reshape(len(along), -1).T:
                    self._know_sum(whole, parts)
        for line in self.place.reshape(-1, COUNTS):
            self._know_sum(line[FINISHED], line[[IMPROVED, WORSE, UNCHANGED]])

    def _know_sum(self, whole: int, parts: npt.ArrayLike) -> None:
        row = np.zeros(self.place.size)
        row[whole], row[np.asarray(parts)] = 1, -1
        self._know(row, 0)
        self._know(-row, 0)

    def _know_percentages(self, printed: Printed) -> None:
        for line in np.ndindex(printed.values.shape[:3]):
            for share, above, under in (
                (IMPROVED_PERCENT, IMPROVED, (FINISHED,)),
                (RECOVERED_PERCENT, RECOVERED, (FINISHED, BELOW)),
            ):
                if np.isnan(percent := printed.values[(*line, share)]):
                    continue
                # p - 1/2 <= 100 n / d < p + 1/2 with one decimal for England, in whole numbers.
                steps = 10 if line[2] == 0 else 1
                numerator, denominator = np.zeros(self.place.size), np.zeros(self.place.size)
                numerator[self.place[(*line, above)]] = 200 * steps
                denominator[self.place[(*line, under[0])]] = 1
                for taken in under[1:]:
                    denominator[self.place[(*line, taken)]] = -1
                twice = round(2 * percent * steps)
                self._know(numerator - (twice - 1) * denominator, 0)
                self._know((twice + 1) * denominator - numerator, 1)

    def _know(self, row: Floats, least: float) -> None:
        self.rows.append(row)
        self.least.append(least)

    def narrows(self, cell: tuple[int, ...]) -> tuple[int, int]:
        """The least and greatest whole number that a count can be."""
        aim = np.zeros(self.place.size)
        aim[self.place[cell]] = 1
        known = LinearConstraint(np.array(self.rows), np.array(self.least), np.inf)
        ends = [
            milp(sign * aim, integrality=np.ones(len(aim)), bounds=self.bounds, constraints=known) for sign in (1, -1)
        ]
        assert all(end.success for end in ends), "what is printed contradicts itself"
        return round(ends[0].fun), round(-ends[1].fun)


def small_and_withheld(counts: Floats) -> list[tuple[int, ...]]:
    """The counts of 1 to 4 below England: what nobody is to learn."""
    small = (counts > 0) & (counts < 5)
    small[:, :, 0] = False
    return [tuple(int(at) for at in cell) for cell in np.argwhere(small)]


def printed_of(counts: Floats) -> Printed:
    shown = disclosure.shown(figures(counts))
    return Printed(shown.values, shown.withheld)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    ("months", "providers", "groups"),
    [(1, 4, 1), (1, 3, 2), (3, 2, 1), (3, 2, 2)],
    ids=["percentages", "a breakdown", "months of a quarter", "months and a breakdown"],
)
def test_no_small_count_can_be_worked_out(seed: int, months: int, providers: int, groups: int) -> None:
    counts = with_wholes(records(seed, months=months, providers=providers, groups=groups))
    attacker = Attacker(printed_of(counts))
    cells = small_and_withheld(counts)
    assert cells
    for cell in np.random.default_rng(seed).permutation(cells)[:5]:
        least, most = attacker.narrows(tuple(cell))
        assert least <= counts[tuple(cell)] <= most
        assert most - least >= LEAST_LEFT - 1, f"{tuple(cell)} is from {least} to {most}"


def test_the_national_rule_alone_is_broken_by_the_attack() -> None:
    "Small counts withheld and the rest rounded, but nothing kept back to protect: the attack finds small counts."
    found = 0
    for seed in range(6):
        counts = with_wholes(records(seed, months=1, providers=4, groups=1))
        made = figures(counts)
        below = np.arange(counts.shape[2])[None, None, :, None] > 0
        few = disclosure.national(made)
        values = np.where(few, np.nan, disclosure.rounded(made))
        assert not few[:, :, 0].any()
        attacker = Attacker(Printed(values, few & below))
        cells = [cell for cell in small_and_withheld(counts) if cell[1] == 0][:6]
        found += sum(least == most for least, most in map(attacker.narrows, cells))
    assert found
