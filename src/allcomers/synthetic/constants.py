"""The fitted constants of the score model: `constants.json`, which names the targets that they were fitted to."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

FALLBACK_SHARE = 0.12
"""Share of people with a specific problem who are given GAD-7 alone (design value)."""


@dataclass(frozen=True, slots=True)
class Population:
    """The score model of people with one kind of problem (units: standard deviations of the latent states).

    Attributes
    ----------
    depression, anxiety : mean of each latent state before treatment.
    response : log-odds of belonging to the class that responds; `response_slope` how it rises with severity.
    fall, fall_other : mean fall in (depression, anxiety) of responders, and of everyone else.
    spread, spread_other : standard deviation of that fall.
    kept : share kept of people who are not at caseness at the start; the rest are not offered treatment.
    specific : mean, SD of the problem's own questionnaire at the start, in its points, then the mean fall of responders
        and of others and its SD; empty where GAD-7 serves.
    """

    depression: float
    anxiety: float
    response: float
    response_slope: float
    fall: tuple[float, float]
    fall_other: tuple[float, float]
    spread: float
    spread_other: float
    kept: float
    specific: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """Shares (0-1) of finished courses with no score at all, and with a first score only."""

    no_score: float
    first_only: float


@dataclass(frozen=True, slots=True)
class Constants:
    """Everything that was fitted.

    Attributes
    ----------
    targets_sha256 : the target file they were fitted to.
    populations : by problem stratum; "" is everyone whose anxiety is measured by GAD-7.
    change : P(improved, unchanged, worse) of people at caseness who do not recover, and of people not at caseness.
    """

    version: int
    targets_sha256: str
    populations: dict[str, Population]
    missing: Missing
    change: tuple[tuple[float, ...], tuple[float, ...]]


@cache
def constants() -> Constants:
    """The constants that ship with this version."""
    kept = json.loads(files(__package__).joinpath("constants.json").read_text("utf-8"))
    return Constants(
        version=kept["version"],
        targets_sha256=kept["targets_sha256"],
        populations={name: population(one) for name, one in kept["populations"].items()},
        missing=Missing(**kept["missing"]),
        change=(tuple(kept["change"][0]), tuple(kept["change"][1])),
    )


def population(kept: dict[str, object]) -> Population:
    """One population from its JSON object."""
    return Population(**{name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()})  # type: ignore[arg-type]
