"""Specs of measures: small tables written out, and what the measures have to make of them, on every engine.

A spec gives tables of `allcomers.pathways` as text, with bars between columns; a column that is not given is null. A
pathway's number is in `pathway`. Yes and no are true and false.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from allcomers.engine import reference
from allcomers.engine.expression import Type
from allcomers.engine.plan import Plan
from allcomers.engine.running import DuckEngine, Engine, run
from allcomers.engine.step import Step
from allcomers.measures import breakdowns, catalogue, defects, periods, statement
from allcomers.measures.measure import TABLE_KEYS, Category
from allcomers.measures.tables import STEPS
from allcomers.pathways.steps import employment

GIVEN = (
    "pathway",
    "contact",
    "activity",
    "therapy_contact",
    "therapy_log",
    "session",
    "employment_record",
    "pathway_employment",
    "long_term_condition",
    "disability",
    "circumstance",
)
POLARS = {
    Type.TEXT: pl.String(),
    Type.INTEGER: pl.Int64(),
    Type.DECIMAL: pl.Decimal(18, 6),
    Type.NUMBER: pl.Float64(),
    Type.DATE: pl.Date(),
    Type.BOOLEAN: pl.Boolean(),
}
READ: dict[Type, Callable[[str], Any]] = {
    Type.TEXT: str,
    Type.INTEGER: int,
    Type.DECIMAL: Decimal,
    Type.NUMBER: float,
    Type.DATE: dt.date.fromisoformat,
    Type.BOOLEAN: {"yes": True, "no": False}.__getitem__,
}
Records = list[dict[str, Any]]
SUPPORT_ENDS = [step for step in employment.STEPS if step.name == "employment_support_end"]
"""Made of the employment records that are given."""


def columns(table: str) -> dict[str, Type]:
    """The columns of a table that hold something a definition can speak of."""
    return {name: kind for name, kind in statement.tables().columns(table).items() if kind in POLARS}


def records(table: str, text: str) -> Records:
    """The rows of a table as written out."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [_record(table, no, dict(zip(lines[0], line, strict=True))) for no, line in enumerate(lines[1:], start=1)]


def _record(table: str, no: int, written: Mapping[str, str]) -> dict[str, Any]:
    known = columns(table)
    pathway = written.get("pathway", str(no))
    given = {name: value for name, value in written.items() if name != "pathway"}
    assert given.keys() <= known.keys(), given.keys() - known.keys()
    values = {name: READ[known[name]](value) if value else None for name, value in given.items()}
    keys = {"pathway_no": int(pathway), "pathway_id": pathway, TABLE_KEYS.get(table, ""): str(no), "contact_no": no}
    filled = {name: READ[known[name]](str(value)) for name, value in keys.items() if name in known}
    return {**dict.fromkeys(known), **filled, **values}


def answers(
    engine: Engine | None, plan: Plan, tables: dict[str, Records], wanted: list[str], dates: Any
) -> dict[str, Records]:
    """The rows of tables of the plan, on an engine or, without one, by the oracle."""
    read = {name: rows for name, rows in tables.items() if name in plan.sources_of(wanted)}
    if engine is None:
        return reference.run(plan, read, wanted, **dates)
    for name, rows in read.items():
        engine.add(name, pl.DataFrame(rows, schema={column: POLARS[kind] for column, kind in columns(name).items()}))
    found = run(engine, plan, wanted, **dates)
    engine.drop(read)
    return {name: frame.to_dicts() for name, frame in found.items()}


def _plan(steps: list[Step]) -> Plan:
    """The steps over what is given, with those of the measure tables that they read."""
    read = {table for step in steps for table in step.tables} & {step.name for step in STEPS}
    more = (*SUPPORT_ENDS, *STEPS) if read else ()
    return Plan([*more, *steps], {name: columns(name) for name in GIVEN})


def _tables(texts: Mapping[str, str]) -> dict[str, Records]:
    return {name: records(name, texts[name]) if name in texts else [] for name in GIVEN}


@pytest.fixture(params=["duckdb", "oracle", pytest.param("spark", marks=pytest.mark.slow)])
def engine(request: pytest.FixtureRequest) -> Engine | None:
    """Each engine in turn; None stands for the oracle."""
    if request.param == "spark":
        return request.getfixturevalue("spark")
    return DuckEngine(request.getfixturevalue("session")) if request.param == "duckdb" else None


@pytest.fixture
def spec(engine):
    """Holds measures against the values expected of them."""

    def check(expected: Mapping[str, float | None], *, period: str = "2025-04", official: bool = False, **texts: str):
        chosen = [catalogue.get(id_) for id_ in expected]
        steps = [step for one in chosen for step in statement.steps_of(defects.as_printed(one) if official else one)]
        labelled = [
            Step(f"answer_{id_}", id_, columns={"measure": f"'{id_}'", "value": "cast(value as double)"})
            for id_ in expected
        ]
        first, *others = (step.name for step in labelled)
        union = Step("answers", first, keep=("measure", "value"), union_all=tuple(others))
        made = answers(engine, _plan([*steps, *labelled, union]), _tables(texts), ["answers"], _dates(period))
        found = {row["measure"]: row["value"] for row in made["answers"]}
        assert found == pytest.approx(dict(expected), nan_ok=True)

    return check


@pytest.fixture
def found(engine):
    """Every category of a variable that has somebody, by its last label, with the pathways that belong to it."""

    def find(variable: str, *, official: bool = False, **texts: str) -> dict[str, set[str]]:
        chosen = [defects.category_as_printed(one) if official else one for one in breakdowns.of(variable)]
        steps = [_pathways("everyone", "pathway", "true")]
        for no, one in enumerate(chosen):
            steps.append(_pathways(f"belong_{no}", one.table, one.where))
            steps.append(_pathways(f"say_{no}", one.table, one.or_none or "true"))
        made = answers(engine, _plan(steps), _tables(texts), [step.name for step in steps], _dates("2025-04"))
        sets = {name: {row["pathway_id"] for row in rows} for name, rows in made.items()}
        members = {one.b or one.a: _members(one, no, sets) for no, one in enumerate(chosen)}
        return {label: who for label, who in members.items() if who}

    return find


def _members(category: Category, no: int, sets: Mapping[str, set[str]]) -> set[str]:
    return sets[f"belong_{no}"] | ((sets["everyone"] - sets[f"say_{no}"]) if category.or_none else set())


def _pathways(name: str, table: str, where: str) -> Step:
    return Step(name, table, keep=("pathway_id",), where=where)


def _dates(period: str) -> dict[str, dt.date]:
    found = periods.parse(period)
    return {"period_start": found.starts_on, "period_end": found.ends_on}
