"""What is derived for some days only gives every measure of them, whatever else is left out."""

import datetime as dt
import itertools
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allcomers.engine import Session
from allcomers.engine.running import DuckEngine
from allcomers.measures import breakdowns, calculate, run
from allcomers.measures.calculate import Asked
from allcomers.measures.levels import Level
from allcomers.measures.periods import Period, parse
from allcomers.pathways import deriving, lookups, narrowing, plan
from allcomers.pathways.deriving import Held, Prepared
from allcomers.pathways.folding import SOURCES
from allcomers.pathways.narrowing import Days
from tests.generative.test_pathways_agree import Records, made, together
from tests.spec.derivations.conftest import LOOKUPS, POLARS

MEASURES = run.chosen([], counterparts=True)
REACH = Days(dt.date(2025, 1, 1), dt.date(2025, 12, 31))
PERIODS = {
    "a month in the midst of it": ["2025-02"],
    "126 days after the first referral": ["2025-05"],
    "two that lie apart": ["2025-01", "2025-03"],
    "a quarter": ["2025/26 Q1"],
}
SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 10))]


@contextmanager
def derived(tables: Records, days: list[Days] | None) -> Iterator[Held]:
    """Pathways of these records: all of them, or those of some days."""
    with Session(memory_gb=1, threads=1) as session:
        engine = DuckEngine(session)
        for name, found in tables.items():
            engine.add(
                name, pl.DataFrame(found, schema={column: POLARS[kind] for column, kind in SOURCES[name].items()})
            )
        for name, found in LOOKUPS.items():
            engine.add(name, lookups.frame(name, found))
        if days is not None:
            folded = {name: f'select * from "{name}"' for name in SOURCES}
            taken = engine.query(narrowing.of_days(session, folded, days)["IDS101Referral"])
            engine.drop(["IDS101Referral"])
            engine.add("IDS101Referral", taken)
        within = None if days is None else tuple(days)
        yield deriving.made(Prepared(engine, plan.build(), REACH, within))


def figures(held: Held, periods: list[Period]) -> list[calculate.Figures]:
    apart = Asked([each for each in MEASURES if each.broken_down], breakdowns.all())
    return calculate.together(held, periods, [Asked(MEASURES), apart], levels=[Level.PROVIDER])


@pytest.fixture(scope="module", params=SEEDS)
def everyone(request: pytest.FixtureRequest) -> Iterator[tuple[Records, Held]]:
    """500 random data sets, a provider each, and all that is derived of them."""
    tables = together(made(request.param))
    with derived(tables, None) as held:
        yield tables, held


@pytest.mark.parametrize("texts", PERIODS.values(), ids=PERIODS)
def test_the_measures_of_some_days_need_no_other_referrals(everyone: tuple[Records, Held], texts: list[str]) -> None:
    """Every measure and counterpart, by every category."""
    tables, held = everyone
    periods = [parse(text) for text in texts]
    with derived(tables, calculate.days(MEASURES, periods)) as narrowed:
        for theirs, ours in zip(figures(held, periods), figures(narrowed, periods), strict=True):
            assert ours.organisations.nodes == theirs.organisations.nodes
            for one in ("over", "under", "behind", "present"):
                np.testing.assert_array_equal(getattr(ours, one), getattr(theirs, one))
            assert np.nan_to_num(ours.over).any()


def test_measures_of_other_days_are_refused_of_what_was_derived_for_some() -> None:
    february, march = parse("2025-02"), parse("2025-03")
    wanted = calculate.days(MEASURES, [february])
    with derived(together(made(0)[:5]), wanted) as held, pytest.raises(ValueError, match="derived for"):
        figures(held, [march])


days = st.dates(dt.date(2025, 1, 1), dt.date(2025, 2, 9))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(days, days).map(lambda pair: Days(min(pair), max(pair)))))
def test_merged_days_are_the_same_days_apart_and_in_order(several: list[Days]) -> None:
    merged = narrowing.merged(several)
    assert _each(merged) == _each(several)
    assert all(one.last + dt.timedelta(days=1) < after.first for one, after in itertools.pairwise(merged))


def _each(several: list[Days]) -> set[dt.date]:
    return {one.first + dt.timedelta(days=place) for one in several for place in range((one.last - one.first).days + 1)}
