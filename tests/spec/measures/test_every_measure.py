"""Every official measure, category variable and standard has a spec, and one that would notice if it were lost."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from allcomers.measures import breakdowns, catalogue, standards

title = "Every measure has a spec"

OFFICIAL = re.compile(r"(M|EA)\d+")
HERE = Path(__file__).parent


def _calls(name: str) -> Iterator[ast.Call]:
    """Every call of a fixture in the specs of measures."""
    for path in sorted(HERE.glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                yield node


def _expected() -> dict[str, list[ast.expr]]:
    """The values that specs expect, by measure id."""
    found: dict[str, list[ast.expr]] = {}
    for call in _calls("spec"):
        assert isinstance(call.args[0], ast.Dict), f"line {call.lineno}: expected values are written out in the call"
        for key, value in zip(call.args[0].keys, call.args[0].values, strict=True):
            if isinstance(key, ast.Constant):
                found.setdefault(str(key.value), []).append(value)
    return found


def _says_something(value: ast.expr) -> bool:
    """Zero and null are also what an empty table gives."""
    return not (isinstance(value, ast.Constant) and value.value in (0, None))


def test_every_official_measure_has_a_spec_that_expects_more_than_nothing() -> None:
    expected = _expected()
    official = [id_ for id_ in catalogue.by_id() if OFFICIAL.fullmatch(id_)]
    without = [id_ for id_ in official if not any(map(_says_something, expected.get(id_, [])))]
    assert len(official) == 343
    assert not without, f"no spec expects anything of {', '.join(without)}"


def test_every_breakdown_variable_has_a_spec() -> None:
    named = {call.args[0].value for call in _calls("found") if isinstance(call.args[0], ast.Constant)}
    assert {one.variable for one in breakdowns.all()} <= named


def test_every_measure_with_a_standard_has_a_spec() -> None:
    assert {one.measure for one in standards.STANDARDS} <= set(_expected())
