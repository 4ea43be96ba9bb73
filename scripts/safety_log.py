"""The hazard log and the blocking checks, read from docs/clinical-safety, and the matrix that rates a risk."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "docs" / "clinical-safety"
SEVERITIES = ("minor", "significant", "considerable", "major", "catastrophic")
LIKELIHOODS = ("very low", "low", "medium", "high", "very high")
RISKS = {  # rows by likelihood, columns by severity: the matrix commonly used with DCB0129; the officer confirms it
    "very low": (1, 1, 2, 2, 3),
    "low": (1, 2, 2, 3, 4),
    "medium": (2, 2, 3, 3, 4),
    "high": (2, 3, 3, 4, 5),
    "very high": (3, 4, 4, 5, 5),
}
OWNER = "clinical safety officer (to be appointed)"


@dataclass(frozen=True)
class Control:
    """What makes a hazard less likely, and the tests that hold it, as `path::name`."""

    what: str
    tests: list[str]


@dataclass(frozen=True)
class Hazard:
    """One row of the log. `gap` says what is not controlled; a hazard without controls must have one."""

    id: str
    hazard: str
    cause: str
    effect: str
    harm: str
    severity: str
    likelihood: str
    residual_likelihood: str
    controls: list[Control]
    gap: str = ""
    owner: str = OWNER

    @property
    def initial_risk(self) -> int:
        return _risk(self.likelihood, self.severity)

    @property
    def residual_risk(self) -> int:
        return _risk(self.residual_likelihood, self.severity)


@dataclass(frozen=True)
class Check:
    """A check that blocks a release: held by tests, or by whoever deploys the service, with why; or by both."""

    id: str
    asks: str
    tests: list[str]
    deployer: str = ""


def hazards(folder: Path = FOLDER) -> list[Hazard]:
    return [
        Hazard(**{**row, "controls": [Control(**one) for one in row["controls"]]})
        for row in _rows(folder / "hazards.toml", "hazard")
    ]


def checks(folder: Path = FOLDER) -> list[Check]:
    return [Check(**row) for row in _rows(folder / "checks.toml", "check")]


def _rows(path: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))[name]
    return rows


def _risk(likelihood: str, severity: str) -> int:
    return RISKS[likelihood][SEVERITIES.index(severity)]
