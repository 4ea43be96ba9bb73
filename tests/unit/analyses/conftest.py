"""Records for analyses to answer about: small tables written out, or those of a synthetic service, derived once.

records = records_of({"pathway": [{"received_on": date(2024, 4, 2), "recovered": True}]})
answer = denominators.answer(records)
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import pytest

from allcomers import dataset, synthetic
from allcomers.analyses.records import DEFAULT_SEED, Records, records
from allcomers.dataset.tables import BY_NAME
from allcomers.engine import Session
from allcomers.engine.plan import Plan
from allcomers.engine.running import DuckEngine
from allcomers.engine.types import Type
from allcomers.measures import statement
from allcomers.measures.measure import TABLE_KEYS
from allcomers.measures.periods import Period, parse
from allcomers.pathways import deriving
from allcomers.pathways.narrowing import Days
from allcomers.pathways.plan import ASKED_FOR

Rows = pl.DataFrame | Sequence[Mapping[str, Any]]
_POLARS = {
    Type.TEXT: pl.String(),
    Type.INTEGER: pl.Int64(),
    Type.DECIMAL: pl.Decimal(38, 6),
    Type.NUMBER: pl.Float64(),
    Type.DATE: pl.Date(),
    Type.BOOLEAN: pl.Boolean(),
}


@pytest.fixture
def records_of() -> Iterator[Callable[..., Records]]:
    """Makes Records of tables written out.

    It takes `tables`: frames or rows as mappings, by name ("pathway", "score", …). Any column may be given; one that is
    not is null, or 0 for a count, or the row's number for a key. Tables that are not given are empty. `period` is a
    text, "2024/25" unless said; `data_end` is its last day unless said; `by`, `seed`, `label`, `where` are as for
    `Records`. Several may be open at once.
    """
    sessions: list[Session] = []

    def make(
        tables: Mapping[str, Rows],
        *,
        period: str | Period = "2024/25",
        data_end: dt.date | None = None,
        by: str | None = None,
        seed: int = DEFAULT_SEED,
        label: str = "England",
        where: str = "true",
    ) -> Records:
        assert tables.keys() <= set(ASKED_FOR), set(tables) - set(ASKED_FOR)
        sessions.append(Session(memory_gb=1, threads=1))
        asked = parse(period) if isinstance(period, str) else period
        return Records(
            held=_Given(DuckEngine(sessions[-1]), _PLAN, Days(asked.starts_on, asked.ends_on), tables=tables),
            period=asked,
            data_end=data_end or asked.ends_on,
            label=label,
            where=where,
            by=by,
            seed=seed,
        )

    yield make
    for session in sessions:
        session.close()


@dataclass(frozen=True)
class _Given(deriving.Held):
    """Tables as they were written out, each given to the engine when it is first asked for."""

    tables: Mapping[str, Rows] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)

    @contextmanager
    def made(self, name: str) -> Iterator[str]:
        if name not in self.given:
            self.engine.add(name, _whole(name, self.tables.get(name, ())))
            self.given.add(name)
        yield name


def _known(name: str) -> dict[str, Type]:
    return {column: kind for column, kind in statement.tables().columns(name).items() if kind in _POLARS}


_PLAN = Plan([], {name: _known(name) for name in ASKED_FOR})


def _whole(name: str, rows: Rows) -> pl.DataFrame:
    """The table with all its columns."""
    kinds = {column: _POLARS[kind] for column, kind in _known(name).items()}
    given = rows if isinstance(rows, pl.DataFrame) else pl.DataFrame(list(rows), infer_schema_length=None)
    assert set(given.columns) <= kinds.keys(), f"{name} has no {set(given.columns) - kinds.keys()}"
    keys = {"pathway_no", "pathway_id", "person_id", TABLE_KEYS.get(name)}
    made = {}
    for column, kind in kinds.items():
        if column in given.columns:
            made[column] = given[column].cast(kind)
        elif column in keys:
            made[column] = pl.Series(range(1, given.height + 1), dtype=pl.Int64).cast(kind)
        else:
            made[column] = pl.Series([0 if column.endswith("_count") else None] * given.height, dtype=kind)
    return pl.DataFrame(made)


@dataclass(frozen=True)
class Synthetic:
    """A synthetic service.

    Attributes
    ----------
    held : its derived tables.
    truth : what no record says, a row a pathway (`allcomers.synthetic.truth`), with its `pathway_id`.
    """

    held: deriving.Held
    truth: pl.DataFrame

    def records(self, period: str = "2024/25", **options: Any) -> Records:
        """What an analysis asks; options as for `analyses.records.records`."""
        return records(self.held, parse(period), **options)


@pytest.fixture(scope="session")
def synthetic_service() -> Iterator[Synthetic]:
    """2,000 referrals of 2024/25 and those before and after them that the data tell of."""
    made = synthetic.generate(synthetic.Plan(referrals=2_000, start=dt.date(2024, 4, 1), months=12, seed=11), workers=1)
    with Session(memory_gb=1, threads=1) as session:
        opened = dataset.from_frames({name: each for name, each in made.items() if name in BY_NAME}, session=session)
        ids = made["IDS101Referral"].select("ServiceRequestId", pathway_id=pl.col("PathwayID").cast(pl.String))
        truth = made["truth/pathways"].join(ids, on="ServiceRequestId", validate="1:1")
        yield Synthetic(deriving.hold(opened, DuckEngine(session)), truth)
