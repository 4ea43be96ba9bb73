"""Fits the constants of the score model to the targets: `python -m allcomers.synthetic.fitting`.

Nelder-Mead on fixed random numbers, so that a rate changes smoothly with a constant. People turned away because they
are not at caseness count with a weight instead of being drawn again, for the same reason. Run once for each change of
the targets or the score model; the result is kept in `constants.json`, which names the targets it was fitted to.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from numpy.random import SFC64, Generator
from scipy.optimize import minimize

from allcomers.synthetic import groups
from allcomers.synthetic.arrays import Flags, Floats
from allcomers.synthetic.classes import Outcome
from allcomers.synthetic.constants import FALLBACK_SHARE, Missing, Population
from allcomers.synthetic.questionnaires import outcome
from allcomers.synthetic.scores import Courses, draw_unselected, totals
from allcomers.synthetic.targets import ENGLAND_FINISHED, counts, targets_hash, value

VERSION = 1
SEED = 20_260_401
RATES = ("caseness", "recovery", "reliable_recovery", "improvement", "deterioration")

START = Population(
    depression=0.2181,
    anxiety=0.3876,
    response=float(np.log(0.3763 / (1 - 0.3763))),
    response_slope=0.5287,
    fall=(2.863, 2.940),
    fall_other=(0.432, 0.454),
    spread=0.838,
    spread_other=0.479,
    kept=0.2436,
)
"""Constants of the design, fitted to the 2024-25 national rates as if everyone's anxiety were measured by GAD-7."""

_ANXIETY = "Anxiety and stress related disorders / "
SPECIFIC_START: dict[str, tuple[float, ...]] = {
    _ANXIETY + "Agoraphobia": (2.9, 0.8, 1.1, 0.2, 0.3),
    _ANXIETY + "Social phobias": (42.0, 12.0, 18.0, 4.0, 6.0),
    _ANXIETY + "Panic disorder [episodic paroxysmal anxiety]": (14.0, 5.0, 8.0, 1.5, 2.5),
    _ANXIETY + "Obsessive-compulsive disorder": (64.0, 28.0, 36.0, 6.0, 12.0),
    _ANXIETY + "Post-traumatic stress disorder": (48.0, 14.0, 24.0, 4.0, 8.0),
    _ANXIETY + "Hypochondriacal disorders": (32.0, 8.0, 14.0, 3.0, 4.0),
}

FREE = ("depression", "anxiety", "response", "spread", "spread_other", "kept")


def missing_shares() -> Missing:
    """Courses with neither caseness flag have no score; courses without a change flag have no second one."""
    england = {measure: value for (_, measure), value in counts("outcome").items()}
    case, finished = england["rate_caseness"]
    change = sum(england[f"rate_{rate}"][0] for rate in ("improvement", "deterioration", "no_reliable_change"))
    no_score = finished - case - value("vol_not_at_caseness")
    return Missing(no_score / finished, (finished - change - no_score) / finished)


def problem_targets(stratum: str) -> tuple[float, Floats]:
    """Finished courses of one problem, and its five outcome counts, in courses."""
    table = counts("problem")
    finished = table[stratum, "finished_per_referral"][0]
    return finished, np.array([table[stratum, rate][0] for rate in RATES])


def general_targets() -> tuple[float, Floats]:
    """Finished courses and outcome counts of everyone whose outcome rests on GAD-7."""
    england = counts("outcome")
    whole = np.array([england["England", f"rate_{rate}"][0] for rate in RATES])
    specific = [problem_targets(stratum) for stratum in groups.SPECIFIC_INSTRUMENT]
    return ENGLAND_FINISHED - sum(n for n, _ in specific), whole - sum(tops for _, tops in specific)


def rates(result: Outcome, weight: Floats, missing: Missing) -> Floats:
    """The five published rates (0-1) that such courses would show once scores are missing."""
    finished = weight.sum()
    scored, paired = 1 - missing.no_score, 1 - missing.no_score - missing.first_only
    case = (weight * result.at_caseness).sum()
    reliably = (weight * (result.recovered & result.improved)).sum()
    return np.array(
        [
            scored * case / finished,
            paired / scored * (weight * result.recovered).sum() / case,
            paired / scored * reliably / case,
            paired * (weight * result.improved).sum() / finished,
            paired * (weight * result.worse).sum() / finished,
        ]
    )


def target_rates(finished: float, tops: Floats) -> Floats:
    """The five published rates (0-1)."""
    return np.array([tops[0] / finished, tops[1] / tops[0], tops[2] / tops[0], tops[3] / finished, tops[4] / finished])


class Fit:
    """One population against its five rates."""

    def __init__(self, start: Population, wanted: Floats, key: str, size: int, missing: Missing) -> None:
        self._start, self._wanted, self._key, self._size, self._missing = start, wanted, key, size, missing
        self._fallback = np.arange(size) < (FALLBACK_SHARE * size if start.specific else 0)

    def run(self) -> Population:
        """The population that comes nearest, staying near the start where the rates do not decide."""
        origin = np.zeros(len(FREE) + len(self._start.specific))
        simplex = np.vstack([origin, *(0.15 * row for row in np.eye(len(origin)))])
        options = {"initial_simplex": simplex, "maxfev": 220 * (len(origin) - 2), "xatol": 1e-4, "fatol": 1e-3}
        found = minimize(self._miss, origin, method="Nelder-Mead", options=options)
        return self.moved(found.x)

    def moved(self, by: Sequence[float] | Floats) -> Population:
        """The start moved: means and log-odds added to, spreads and points multiplied."""
        start = self._start
        odds = start.kept / (1 - start.kept) * np.exp(2 * by[5])
        specific = tuple(float(points * np.exp(by[6 + i])) for i, points in enumerate(start.specific))
        return replace(
            start,
            depression=start.depression + by[0],
            anxiety=start.anxiety + by[1],
            response=start.response + by[2],
            spread=float(start.spread * np.exp(by[3])),
            spread_other=float(start.spread_other * np.exp(by[4])),
            kept=float(odds / (1 + odds)),
            specific=specific,
        )

    def show(self, people: Population) -> tuple[Floats, Outcome, Floats]:
        """Rates, outcome and weights of a population on the fixed random numbers."""
        drawn = draw_unselected(Generator(SFC64(SEED)), people, self._size, self._key)
        result = self._outcome(drawn)
        weight = np.where(result.at_caseness, 1.0, people.kept)
        return rates(result, weight, self._missing), result, weight

    def _outcome(self, drawn: Courses) -> Outcome:
        depression, anxiety = zip(totals(drawn.first), totals(drawn.last), strict=True)
        general = outcome(depression, anxiety, "GAD7")
        if self._key == "GAD7":
            return general
        own = outcome(depression, (drawn.specific_first, drawn.specific_last), self._key)
        return _either(self._fallback, general, own)

    def _miss(self, by: Floats) -> float:
        found, _, _ = self.show(self.moved(by))
        return float((((found - self._wanted) / 0.001) ** 2).sum() + 2 * (np.asarray(by) ** 2).sum())


def _either(use_first: Flags, first: Outcome, second: Outcome) -> Outcome:
    names = ("at_caseness", "recovered", "improved", "worse")
    return Outcome(*(np.where(use_first, getattr(first, name), getattr(second, name)) for name in names))


def change_table(result: Outcome, weight: Floats) -> list[list[float]]:
    """Improved, unchanged, worse: of people at caseness who do not recover, and of people not at caseness."""
    rows = (result.at_caseness & ~result.recovered, ~result.at_caseness)
    columns = (result.improved, ~result.improved & ~result.worse, result.worse)
    table = np.array([[(weight * (row & column)).sum() for column in columns] for row in rows])
    return (table / table.sum(axis=1, keepdims=True)).round(5).tolist()  # type: ignore[no-any-return]


def fit_all(size: int) -> dict[str, object]:
    """The whole of `constants.json`."""
    missing = missing_shares()
    general = Fit(START, target_rates(*general_targets()), "GAD7", size, missing)
    people = general.run()
    found, result, weight = general.show(people)
    _say("everyone else", found, target_rates(*general_targets()))
    populations = {"": people}
    for stratum, points in SPECIFIC_START.items():
        key, wanted = groups.SPECIFIC_INSTRUMENT[stratum], target_rates(*problem_targets(stratum))
        fit = Fit(replace(people, specific=points), wanted, key, size // 3, missing)
        populations[stratum] = fit.run()
        _say(stratum, fit.show(populations[stratum])[0], wanted)
    return {
        "version": VERSION,
        "targets_sha256": targets_hash(),
        "missing": asdict(missing),
        "change": change_table(result, weight),
        "populations": {name: _rounded(one) for name, one in populations.items()},
    }


def _rounded(people: Population) -> dict[str, object]:
    return {
        name: [round(v, 5) for v in value] if isinstance(value, tuple) else round(value, 5)
        for name, value in asdict(people).items()
    }


def _say(name: str, found: Floats, wanted: Floats) -> None:
    pairs = ", ".join(f"{f:.2%} ({w:.2%})" for f, w in zip(found, wanted, strict=True))
    sys.stderr.write(f"{name}: found (wanted) {pairs}\n")


if __name__ == "__main__":
    Path(__file__).with_name("constants.json").write_text(json.dumps(fit_all(240_000), indent=2) + "\n", "utf-8")
