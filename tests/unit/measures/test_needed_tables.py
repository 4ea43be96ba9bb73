"""A measure that would be wrong without a table is not available without it; what it reads is traced."""

from functools import cache

import pytest

from allcomers.engine.expression import Expression
from allcomers.engine.plan import Plan
from allcomers.measures import breakdowns, catalogue, defects, explaining, statement
from allcomers.pathways.derivations import Derivations
from allcomers.pathways.deriving import REQUIRED

DERIVATIONS = Derivations().by_name
FORMS = [one for measure in catalogue.by_id().values() for one in dict.fromkeys((measure, defects.as_printed(measure)))]

WITHOUT_IT_THERE_IS_NONE = {
    ("session", None): "without logs there are none, and a contact without activities is treatment by its type",
    ("session", "held_on"): "as the sessions themselves",
    ("session", "place"): "as the sessions themselves",
    ("contact_facts", "is_treatment"): "an activity can only take a contact out, for employment support",
    ("contact_facts", "has_employment_support"): "a contact is employment support by its type too",
    ("gathered", "contact_count"): "without logs there are none",
}
"""Columns that are taken to be right without a table that they read, and why: what rests on them needs it for this no
more. The step that makes each, and the column; None is which rows there are."""


class Tracing(Plan):
    """A plan that traces tables, down to those of which only the number of rows is asked."""

    stops_at = frozenset(WITHOUT_IT_THERE_IS_NONE)

    def _trace(self, table, column):
        if (table, column) in self.stops_at:
            return set()
        return super()._trace(table, column) if table in self.steps else {table}


class TracingAll(Tracing):
    stops_at = frozenset()


@cache
def traced(kind):
    made = statement.tables()
    return kind([bound.step for bound in made.steps.values()], made.sources)


@cache
def needs(column):
    """The tables that a derivation says it needs, or that one which it reads by name does."""
    one = DERIVATIONS.get(column)
    if one is None or (one.on, column) in WITHOUT_IT_THERE_IS_NONE:
        return frozenset()
    return frozenset(one.needs).union(*(needs(read) for read in Expression(one.rule).fields - {column}))


def tables(measure, kind):
    plan, read = traced(kind), explaining.columns(measure)
    found = {name for table, column in read for name in plan.fields_used(table, column) | plan.fields_used(table)}
    found |= {name for _, column in read for name in needs(column)}
    return {name for name in found if name.startswith("IDS")} - set(REQUIRED)


@pytest.mark.parametrize("measure", FORMS, ids=lambda one: one.id)
def test_a_measure_names_every_table_without_which_it_would_be_wrong(measure):
    assert tables(measure, Tracing) - set(measure.optional) == set()


@pytest.mark.parametrize("measure", FORMS, ids=lambda one: one.id)
def test_a_measure_names_no_table_that_it_does_not_read(measure):
    assert set(measure.optional) <= tables(measure, TracingAll)


@pytest.mark.parametrize("category", breakdowns.all(), ids=lambda one: f"{one.variable} {one.b or one.a}")
def test_a_variable_names_the_table_without_which_nothing_would_be_recorded(category):
    read = [column for text in (category.where, category.or_none) if text for column in Expression(text).fields]
    plan = traced(Tracing)
    found = {name for column in read for name in plan.fields_used(category.table, column)}
    found |= plan.fields_used(category.table)
    needed = breakdowns.NEEDED.get(category.variable)
    assert {name for name in found if name.startswith("IDS")} - set(REQUIRED) == ({needed} if needed else set())


@pytest.mark.parametrize("place", WITHOUT_IT_THERE_IS_NONE, ids=str)
def test_every_exception_is_one(place):
    "What reads no such table needs none."
    assert {name for name in traced(TracingAll).fields_used(*place) if name.startswith("IDS")} - set(REQUIRED)
