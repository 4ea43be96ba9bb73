"""The one pass gives what each measure's own statement gives, and parts add up to wholes."""

from dataclasses import replace

import numpy as np
import pytest

from allcomers.engine.plan import Plan
from allcomers.exceptions import MeasureRequestError, PeriodError
from allcomers.measures import breakdowns, calculate, catalogue, run, statement
from allcomers.measures.calculate import Asked
from allcomers.measures.levels import Level, parse_levels
from allcomers.measures.periods import month, parse
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


def test_a_providers_figures_are_those_of_its_own_rows(derived: Held, january: calculate.Figures) -> None:
    "Medians and counts of one provider, by plain statements over its rows."
    period = january.periods[0]
    for at, node in enumerate(january.organisations.nodes):
        if node.level is not Level.PROVIDER:
            continue
        sql = f"""
            select median(date_diff('day', received_on, first_treatment_on)) as wait_days, count(*) as entered
            from pathway
            where provider_code = '{node.codes[0]}'
              and first_treatment_on between '{period.starts_on}' and '{period.ends_on}'
        """
        wait_days, entered = derived.engine.query(sql).row(0)
        place = {each.id: no for no, each in enumerate(january.measures)}
        assert january.values[0, 0, at, place["M031"]] == entered
        assert january.values[0, 0, at, place["M049"]] == pytest.approx(wait_days or np.nan, nan_ok=True)


def test_periods_may_overlap_and_are_what_each_is_alone(derived: Held) -> None:
    "A quarter beside two of its months, one of them first: by dates, and by what stood at the end."
    periods = [month(2025, 2), parse("2024/25 Q4"), month(2025, 1)]
    some = [catalogue.by_id()[id_] for id_ in ("M001", "M038", "M019", "M049", "M076", "M191", "M192", "EA036")]
    together = calculate.measure(derived, periods, measures=some, levels=[Level.ENGLAND])
    for at, period in enumerate(periods):
        alone = calculate.measure(derived, [period], measures=some, levels=[Level.ENGLAND])
        assert np.array_equal(together.values[at], alone.values[0], equal_nan=True), period.label


def test_what_is_asked_together_has_the_same_organisations(derived: Held) -> None:
    "However few of them the second question finds anybody in; its figures are what it gives alone."
    rare = [catalogue.by_id()["M062"]]
    everything, some = calculate.together(
        derived,
        [month(2025, 1)],
        [Asked(catalogue.all()), Asked(rare, breakdowns.of("V002"))],
        levels=[Level.ENGLAND, Level.PROVIDER],
    )
    assert some.organisations is everything.organisations
    assert some.over.shape == (1, 1 + len(breakdowns.of("V002")), len(everything.organisations.nodes), 1)
    assert some.present.sum() < everything.present.sum()
    alone = calculate.measure(
        derived, [month(2025, 1)], measures=rare, levels=[Level.ENGLAND], categories=breakdowns.of("V002")
    )
    assert (some.over[0, :, 0] == alone.over[0, :, 0]).all()


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


def test_every_measure_but_those_of_employment_records_can_be_had_by_category(derived: Held) -> None:
    divided = [each for each in catalogue.all() if not calculate.is_of_no_pathway(each)]
    figures = calculate.measure(
        derived, [month(2025, 1)], measures=divided, levels=[Level.ENGLAND], categories=breakdowns.of("V005")
    )
    counts = [at for at, each in enumerate(divided) if each.kind == "count"]
    assert (figures.over[0, 1:, 0][:, counts].sum(axis=0) <= figures.over[0, 0, 0][counts]).all()
    with pytest.raises(MeasureRequestError, match="EA002 counts employment records"):
        run.chosen(["M001", "EA002"], breakdowns=True)


def test_measures_without_their_table_are_not_available(derived: Held) -> None:
    needy = [each for each in catalogue.all() if each.optional][:3]
    figures = calculate.measure(
        replace(derived, absent=needy[0].optional), [month(2025, 1)], measures=needy, levels=[Level.ENGLAND]
    )
    assert needy[0].id in figures.unavailable
    assert np.isnan(figures.values[0, 0, 0, 0])


def test_without_scores_nobody_is_said_not_to_have_recovered(derived: Held) -> None:
    "Without their table the counts would be 0, and the missing scores everyone."
    some = [catalogue.by_id()[id_] for id_ in ("M076", "M191", "M192", "M192_all", "M197", "M200", "M212", "M302")]
    for gone in ("IDS202CareActivity", "IDS606CodedScoreAssessmentRefer", "IDS607CodedScoreAssessmentAct"):
        without = replace(derived, absent=(gone,))
        figures = calculate.measure(without, [month(2025, 1)], measures=some, levels=[Level.ENGLAND])
        assert figures.unavailable == {each.id for each in some} - {"M076"}


def test_nothing_is_broken_down_by_a_table_that_is_not_there(derived: Held) -> None:
    "Everybody would be without a log."
    without = replace(derived, absent=("IDS205InternetTherLog",))
    found = run.run(
        without, [month(2025, 1)], measures=[catalogue.by_id()["M001"]], levels=[Level.ENGLAND], breakdowns=True
    )
    assert "IETprogramme" not in found.frames[1]["variable_type"].unique()
    assert "Nothing is broken down by V009: IDS205InternetTherLog is not in the data set." in found.notes


def test_a_category_is_as_it_stood_in_each_of_several_periods(derived: Held) -> None:
    "Logs and circumstances of later periods change nothing of an earlier one."
    periods, some = [parse("2024/25 Q2"), parse("2024/25 Q4")], [catalogue.by_id()[id_] for id_ in ("M001", "M038")]
    dated = [one for variable in ("V009", "V013", "V014") for one in breakdowns.of(variable)]
    together = calculate.measure(derived, periods, measures=some, levels=[Level.ENGLAND], categories=dated)
    for at, period in enumerate(periods):
        alone = calculate.measure(derived, [period], measures=some, levels=[Level.ENGLAND], categories=dated)
        assert np.array_equal(together.over[at], alone.over[0]), period.label


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
