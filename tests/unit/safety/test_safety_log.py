"""The hazard log is complete, and cites nothing that is not so: every test it names is in the suite and is run."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import permission_pages
import pytest
import safety_log
import safety_pages
from safety_log import LIKELIHOODS, SEVERITIES, Check, Hazard

ROOT = Path(__file__).parents[3]
HAZARDS = safety_log.hazards()
CHECKS = safety_log.checks()
STARTERS = (  # what the log has to begin with, each by its telling words: section 4.1 of the service's specification
    "wrong person", "risk is not seen", "out of hours", "should not know", "two tabs", "part of the answers",
    "wrong version", "back button", "duplicate", "merged", "no list", "died", "old address", "reveals therapy",
    "off track", "clocks", "leaves people out", "deleted data back",
)  # fmt: skip
BLOCKING = ("A1", "R1", "R2", "R3", "I1", "I2", "I3", "I5", "I6", "I7", "X1", "X2", "X3", "U1", "U2", "U3", "C1", "C2",
            "W1", "W2", "N1", "N2", "O1", "O2")  # fmt: skip


@cache
def found_in(path: str) -> dict[str, set[str]]:
    """The tests of a file, with the marks that keep each from running everywhere."""
    source = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    found = [one for one in source.body if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")]
    return {one.name: set(re.findall(r"mark\.(skip\b|xfail|slow)", ast.unparse(one).split("def ")[0])) for one in found}


def faults(cited: list[str]) -> list[str]:
    """Of the tests that are cited, those that are in no file, or are left out of the suite."""
    wrong = []
    for one in cited:
        path, _, name = one.partition("::")
        there = (ROOT / path).is_file() and Path(path).name.startswith("test_") and name in found_in(path)
        if not there or found_in(path)[name]:
            wrong.append(one)
    return wrong


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda one: one.id)
def test_every_hazard_is_complete(hazard: Hazard) -> None:
    assert hazard.severity in SEVERITIES
    assert {hazard.likelihood, hazard.residual_likelihood} <= set(LIKELIHOODS)
    assert all((hazard.hazard, hazard.cause, hazard.effect, hazard.harm, hazard.owner))
    assert 1 <= hazard.residual_risk <= hazard.initial_risk <= 5
    assert hazard.controls or hazard.gap.startswith("No control yet: ")
    assert hazard.controls or hazard.residual_risk == hazard.initial_risk
    assert all(control.what and control.tests for control in hazard.controls)


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda one: one.id)
def test_every_control_cites_a_test_that_exists(hazard: Hazard) -> None:
    assert faults([test for control in hazard.controls for test in control.tests]) == []


def test_the_hazards_a_service_starts_with_are_all_there() -> None:
    said = [one.hazard for one in HAZARDS]
    assert [one for one in STARTERS if not any(one in hazard for hazard in said)] == []
    assert len({one.id for one in HAZARDS}) == len(HAZARDS)


def test_a_citation_that_is_wrong_is_found() -> None:
    wrong = ["tests/unit/safety/test_safety_log.py::test_nothing", "tests/unit/nowhere.py::test_x", "words"]
    ending = "while_500_are_sent_nothing_acknowledged_is_lost_or_half_stored"
    slow = f"tests/service/keeping/test_kill.py::test_r1_killed_at_random_{ending}"
    assert faults([*wrong, slow]) == [*wrong, slow]


@pytest.mark.parametrize("check", CHECKS, ids=lambda one: one.id)
def test_every_blocking_check_is_held_by_tests_or_is_a_duty_with_its_reason(check: Check) -> None:
    assert check.tests or check.deployer
    assert faults(check.tests) == []


def test_every_blocking_check_of_the_specification_is_listed() -> None:
    assert tuple(one.id for one in CHECKS) == BLOCKING


def test_the_pages_show_every_hazard_control_gap_and_duty() -> None:
    made = dict(safety_pages.pages())
    for one in HAZARDS:
        assert all(part in made["hazard-log.md"] for part in (one.hazard, one.gap, *(c.what for c in one.controls)))
    assert all(one.asks in made["deployers-duties.md"] for one in CHECKS)
    assert all(one.deployer in made["deployers-duties.md"] for one in CHECKS)


def test_the_permission_page_has_every_role_and_the_strictest_entries() -> None:
    (page,) = (text for _, text in permission_pages.pages())
    assert "| governance:events | auditor | none | oversight |" in page
    assert all(f"| {role} |" in page for role in ("pwp", "commissioner", "employment_adviser"))


def test_the_safety_file_names_the_version_it_is_about() -> None:
    version = re.search(r'__version__ = "(.+)"', (ROOT / "src/allcomers/__init__.py").read_text())
    assert version
    for name in ("safety-case-report.md", "release-note.md"):
        assert version[1] in (safety_log.FOLDER / name).read_text()


def test_the_container_is_built_from_what_the_lock_file_has() -> None:
    """The smaller lock file is of the same versions and files as the one that tests ran with."""
    whole, part = (_pinned(ROOT / name) for name in ("requirements.lock", "requirements-service.lock"))
    assert {name: whole.get(name) for name in part} == part
    assert {"django", "psycopg", "waitress", "cryptography", "hatchling"} <= set(part)
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = [*wanted["dependencies"], *wanted["optional-dependencies"]["service"]]
    assert {re.split(r"[\[<>=,]", one)[0].lower() for one in named} <= set(part)


def _pinned(path: Path) -> dict[str, str]:
    blocks = re.split(r"\n(?=\S)", path.read_text().strip())
    return {re.split(r"[=\[ ;]", block)[0]: re.sub(r"( ;[^\\]*)?\s+", " ", block) for block in blocks}
