"""One synthetic data set, made once for all tests that only look at it."""

from datetime import date

import polars as pl
import pytest

from allcomers.synthetic import Plan, generate
from allcomers.synthetic.recompute import pathways

PLAN = Plan(referrals=20_000, start=date(2024, 4, 1), months=12, seed=7)


@pytest.fixture(scope="session")
def plan() -> Plan:
    return PLAN


@pytest.fixture(scope="session")
def frames() -> dict[str, pl.DataFrame]:
    return generate(PLAN)


@pytest.fixture(scope="session")
def derived(frames) -> pl.DataFrame:
    """Pathways as the national rules derive them from the records."""
    return pathways(frames, PLAN.last_day)
