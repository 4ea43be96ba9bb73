"""Specifications of derivations, held against DuckDB, Spark and the plain-Python oracle.

A specification is a test that calls `spec` once: tables of the data set as text, and the rows expected of a derived
table. Its title and docstrings are printed in the docs. All are derived together, in one run an engine: the first test
finds them by calling every test with a stand-in.
"""

import importlib
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from allcomers.engine import Session, reference
from allcomers.engine.expression import Type
from allcomers.engine.running import DuckEngine, Engine, run
from allcomers.pathways import lookups, plan
from allcomers.pathways.folding import SOURCES
from tests.spec.derivations.cases import Case, records, rows, shown

Records = dict[str, list[dict[str, Any]]]
Derived = Callable[[str], Records]
LOOKUPS = {
    lookups.SCORE_SCALE: lookups.score_scales(),
    lookups.THERAPY_TYPE: lookups.therapy_types(),
    lookups.ORGANISATION: [],
}
POLARS = {
    Type.TEXT: pl.String(),
    Type.INTEGER: pl.Int64(),
    Type.DATE: pl.Date(),
    Type.BOOLEAN: pl.Boolean(),
    Type.DECIMAL: pl.Decimal(9, 3),
}


def collected() -> list[Case]:
    """Every specification, in the order of files and lines."""
    found: list[Case] = []
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        module = importlib.import_module(f"tests.spec.derivations.{path.stem}")
        for name, test in vars(module).items():
            if name.startswith("test_") and list(inspect.signature(test).parameters) == ["spec"]:
                test(
                    lambda table="pathway", *, expected, case=name, **given: found.append(
                        Case(case, table, given, expected)
                    )
                )
    return found


@pytest.fixture(scope="session")
def specifications() -> list[Case]:
    return collected()


@pytest.fixture(scope="session")
def tables(specifications: list[Case]) -> Records:
    """The data set that holds every specification."""
    whole: Records = {name: [] for name in SOURCES}
    for number, case in enumerate(specifications, start=1):
        for table, found in records(case, number).items():
            whole[table] += found
    return whole


@pytest.fixture(scope="session")
def derive(tables: Records, specifications: list[Case], request: pytest.FixtureRequest) -> Derived:
    """The tables that an engine derives from it; each engine runs once."""
    wanted = sorted({case.table for case in specifications})
    made: dict[str, Records] = {}

    def by(engine: str) -> Records:
        if engine not in made:
            made[engine] = _derived(engine, tables, wanted, request)
        return made[engine]

    return by


def _derived(engine: str, tables: Records, wanted: list[str], request: pytest.FixtureRequest) -> Records:
    whole = plan.build()
    if engine == "oracle":
        return reference.run(whole, {**tables, **LOOKUPS}, wanted)
    if engine == "spark":
        return _on(request.getfixturevalue("spark"), whole, tables, wanted)
    with Session(memory_gb=1, threads=1) as session:
        return _on(DuckEngine(session), whole, tables, wanted)


def _on(engine: Engine, whole: Any, tables: Records, wanted: list[str]) -> Records:
    for name, found in tables.items():
        engine.add(name, pl.DataFrame(found, schema={column: POLARS[kind] for column, kind in SOURCES[name].items()}))
    for name, found in LOOKUPS.items():
        engine.add(name, lookups.frame(name, found))
    try:
        return {name: frame.to_dicts() for name, frame in run(engine, whole, wanted).items()}
    finally:
        engine.drop([*tables, *LOOKUPS])


@pytest.fixture(params=["duckdb", "oracle", "spark"])
def spec(request: pytest.FixtureRequest, derive: Derived, specifications: list[Case]) -> Callable[..., None]:
    """Hold the rows of a table derived from what is given against those expected."""

    def hold(table: str = "pathway", *, expected: str, **given: str) -> None:
        name = request.function.__name__
        number = 1 + next(place for place, case in enumerate(specifications) if case.name == name)
        case = specifications[number - 1]
        found = [
            {"pathway": str(row["pathway_id"]).split(" ", 1)[1], **row}
            for row in derive(request.param)[table]
            if str(row["pathway_id"]).startswith(f"{number} ")
        ]
        assert _sorted([{name: shown(row[name]) for name in case.columns} for row in found]) == _sorted(rows(expected))

    return hold


def _sorted(found: list[dict[str, str]]) -> list[dict[str, str]]:
    return sorted(found, key=lambda row: list(row.values()))
