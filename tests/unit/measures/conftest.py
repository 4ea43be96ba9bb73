"""A small synthetic data set, derived once, and its measures."""

from collections.abc import Iterator
from datetime import date

import polars as pl
import pytest

from allcomers import dataset
from allcomers.dataset.tables import BY_NAME
from allcomers.engine import Session
from allcomers.engine.running import DuckEngine
from allcomers.measures import calculate
from allcomers.measures.levels import Level
from allcomers.measures.periods import month
from allcomers.pathways import deriving
from allcomers.synthetic import Plan, generate

WITHOUT_A_LIST = (Level.ENGLAND, Level.SUB_ICB, Level.PROVIDER, Level.SUB_ICB_PROVIDER)


@pytest.fixture(scope="session")
def derived() -> Iterator[deriving.Held]:
    "Pathways of 900 synthetic referrals over a year."
    frames: dict[str, pl.DataFrame] = generate(
        Plan(referrals=900, start=date(2024, 4, 1), months=12, seed=7), workers=1
    )
    with Session(memory_gb=1, threads=1) as session:
        opened = dataset.from_frames({name: each for name, each in frames.items() if name in BY_NAME}, session=session)
        yield deriving.hold(opened, DuckEngine(session))


@pytest.fixture(scope="session")
def january(derived: deriving.Held) -> calculate.Figures:
    return calculate.measure(derived, [month(2025, 1), month(2025, 2)], levels=WITHOUT_A_LIST)
