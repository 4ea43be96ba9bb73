"""The one pass gives what each measure's own statement gives, and parts add up to wholes."""

import numpy as np
import pytest

from allcomers.engine.plan import Plan
from allcomers.exceptions import MeasureRequestError, PeriodError
from allcomers.measures import breakdowns, calculate, catalogue, statement
from allcomers.measures.levels import Level, parse_levels
from allcomers.measures.periods import month
from allcomers.measures.tables import STEPS, TABLES
from allcomers.pathways.deriving import Held


def test_every_measure_equals_its_own_statement(derived: Held, january: calculate.Figures) -> None:
    "The other way to the same number is the statement that `allcomers define` prints, run alone."
    engine = derived.engine
    whole = Plan([*(b.step for b in derived.plan.steps.values()), *STEPS], derived.plan.sources)
    tables = sorted(set(TABLES) | {"contact", "therapy_contact", "therapy_log", "employment_record"})
    tables = [name for name in tables if name not in derived.plan.sources]
    engine.make(whole, tables, {})
    try:
        known = {**derived.plan.sources, **{name: whole.columns(name) for name in tables}}
        period, values = january.periods[0], january.values[0, 0, 0]
        for at, each in enumerate(january.measures):
            sql = Plan(statement.steps_of(each), known).sql(
                each.id, period_start=period.starts_on, period_end=period.ends_on
            )
            theirs = engine.query(sql).item()
            ours = values[at]
            assert (theirs is None and np.isnan(ours)) or float(theirs) == pytest.approx(ours, rel=1e-12), each.id
    finally:
        engine.drop(tables)


def test_organisations_add_up_to_england(january: calculate.Figures) -> None:
    counts = np.array([each.kind == "count" for each in january.measures])
    nodes = january.organisations.nodes
    england = january.over[:, 0, 0][:, counts]
    for level in (Level.SUB_ICB, Level.PROVIDER, Level.SUB_ICB_PROVIDER):
        places = [at for at, node in enumerate(nodes) if node.level is level]
        assert (january.over[:, 0, places][..., counts].sum(axis=1) == england).all(), level


def test_ethnic_groups_add_up_to_everyone(derived: Held) -> None:
    some = [catalogue.by_id()[id_] for id_ in ("M001", "M031", "M076")]
    figures = calculate.measure(
        derived, [month(2025, 1)], measures=some, levels=[Level.ENGLAND], categories=breakdowns.of("V005")
    )
    assert (figures.over[0, 1:, 0].sum(axis=0) == figures.over[0, 0, 0]).all()
    assert figures.over[0, 0, 0].all()


def test_measures_without_their_table_are_not_available(derived: Held) -> None:
    needy = [each for each in catalogue.all() if each.optional][:3]
    figures = calculate.measure(
        derived, [month(2025, 1)], measures=needy, levels=[Level.ENGLAND], absent=needy[0].optional
    )
    assert needy[0].id in figures.unavailable
    assert np.isnan(figures.values[0, 0, 0, 0])


def test_a_period_outside_the_data_is_refused(derived: Held) -> None:
    with pytest.raises(PeriodError, match="reaches from"):
        calculate.measure(derived, [month(1999, 1)], levels=[Level.ENGLAND])


def test_regions_cannot_be_told_without_a_list(derived: Held) -> None:
    with pytest.raises(MeasureRequestError, match="--organisations"):
        calculate.measure(
            derived, [month(2025, 1)], measures=[catalogue.by_id()["M001"]], levels=[Level.ENGLAND, Level.REGION]
        )


def test_an_unknown_level_is_refused_with_those_there_are() -> None:
    with pytest.raises(MeasureRequestError, match="subicb-provider"):
        parse_levels(["england", "county"])
