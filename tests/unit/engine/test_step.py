"""Steps and plans: order, names, types, tracing and every fault told at once."""

import datetime as dt

import pytest

from allcomers.engine.plan import Plan
from allcomers.engine.step import Join, Rank, Step
from allcomers.engine.types import Type
from allcomers.exceptions import DefinitionError, SeveralError

TABLES = {
    "referral": {"pathway_id": Type.TEXT, "received_on": Type.DATE, "discharged_on": Type.DATE},
    "contact": {
        "contact_key": Type.INTEGER,
        "pathway_id": Type.TEXT,
        "held_on": Type.DATE,
        "code": Type.TEXT,
        "minutes": Type.INTEGER,
    },
    "log": {"pathway_id": Type.TEXT, "held_on": Type.DATE, "code": Type.INTEGER},
}
ATTENDED = Step("attended", "contact", keep=("contact_key", "pathway_id", "held_on"), where="code in ('5', '6')")
COUNTED = Step(
    "counted", "attended", {"contact_count": "count(*)", "first_on": "min(held_on)"}, group_by=("pathway_id",)
)
PATHWAY = Step(
    "pathway",
    "referral",
    {
        "finished": "discharged_on is not null and contact_count >= 2",
        "wait_days": "date_diff('day', received_on, first_on)",
    },
    keep=("pathway_id", "counted.*"),
    joins=(Join("counted", on=("pathway_id",)),),
)


@pytest.fixture
def plan() -> Plan:
    return Plan([PATHWAY, COUNTED, ATTENDED], TABLES)


def test_steps_are_put_in_order_and_typed(plan):
    assert plan.needed(["pathway"]) == ("attended", "counted", "pathway")
    assert plan.needed(["attended"]) == ("attended",)
    assert plan.columns("pathway") == {
        "pathway_id": Type.TEXT,
        "contact_count": Type.INTEGER,
        "first_on": Type.DATE,
        "finished": Type.BOOLEAN,
        "wait_days": Type.INTEGER,
    }
    assert plan.sources_of(["pathway"]) == {"referral", "contact"}
    assert plan.sources_of(["counted"]) == {"contact"}


def test_a_column_is_traced_to_the_fields_that_decide_it(plan):
    """Which contacts count rests on their code; joining and grouping by the pathway decides no value."""
    assert plan.fields_used("pathway", "finished") == {"referral.discharged_on", "contact.code"}
    assert plan.fields_used("pathway", "wait_days") == {"referral.received_on", "contact.held_on", "contact.code"}
    assert plan.fields_used("pathway", "pathway_id") == {"referral.pathway_id"}
    assert plan.fields_used("attended") == {"contact.code"}
    assert plan.fields_used("referral", "received_on") == {"referral.received_on"}


def test_a_rank_and_a_union_are_traced():
    both = Step(
        "both", "contact", {"on": "held_on"}, union_all=("log",), ranks=(Rank("place", ("pathway_id",), ("held_on",)),)
    )
    plan = Plan([both], TABLES)
    assert plan.fields_used("both", "on") == {"contact.held_on", "log.held_on"}
    assert plan.fields_used("both", "place") >= {"contact.held_on", "log.held_on", "contact.pathway_id"}


def test_the_whole_query_names_each_step(plan):
    sql = plan.sql("pathway", "duckdb", period_end=dt.date(2025, 4, 30))
    assert sql.startswith('WITH "attended" AS (SELECT')
    assert sql.index('"attended" AS') < sql.index('"counted" AS') < sql.index('"pathway" AS')
    assert sql.endswith('SELECT * FROM "pathway"')


def told(*steps: Step) -> list[str]:
    with pytest.raises(SeveralError) as raised:
        Plan(steps, TABLES)
    return raised.value.sentence.splitlines()


def test_every_fault_is_told_at_once_and_what_rests_on_one_is_not():
    misspelt = Step("a", "contcat", keep=("held_on",))
    rests_on_it = Step("b", "a", keep=("held_on",))
    untyped = Step("c", "contact", {"late": "held_on > code"})
    assert told(misspelt, rests_on_it, untyped) == [
        "step a: there is no table contcat. The nearest are contact.",
        "c.late: it puts date and text together. Values of one type, or numbers. Write a date as date '2025-04-01'.",
    ]


@pytest.mark.parametrize(
    ("step", "found"),
    [
        (Step("x", "contact", {"a": "held"}), "no column held"),
        (Step("x", "contact", {"a": "held_on"}, where="minutes"), "x.where: it is of type integer"),
        (Step("x", "contact", {"a": "null"}), "null of no type"),
        (Step("x", "contact", {"Held_on": "code"}, keep=("held_on",)), "two columns are called"),
        (Step("x", "contact", {"a": "count(*)"}, where="count(*) > 1"), "counts rows"),
        (Step("x", "contact", {"n": "count(*)", "code": "code"}), "code is neither an aggregate nor in group_by"),
        (Step("x", "contact", {"n": "sum(minutes) + minutes"}, group_by=("code",)), "n is neither an aggregate"),
        (Step("x", "contact", {"one": "1", "n": "count(*)"}, group_by=("one",)), "the same for every row"),
        (Step("x", "contact", {"n": "count(*)"}, group_by=("n",)), "which is an aggregate"),
        (
            Step("x", "contact", {"n": "count(*)"}, group_by=("code",), ranks=(Rank("p", (), ("code",)),)),
            "groups and ranks",
        ),
        (Step("x", "contact", keep=("code",), ranks=(Rank("p", (), ("code sideways",)),)), "order that cannot be read"),
        (
            Step("x", "contact", keep=("contact.code",), joins=(Join("contact", on=("pathway_id",)),)),
            "two tables are called",
        ),
        (Step("x", "contact", keep=("held_on",), joins=(Join("log", on=("pathway_id",)),)), "in several tables"),
        (Step("x", "contact", joins=(Join("log", on=("code",)),), keep=("minutes",)), "text here and integer there"),
        (Step("x", "contact", joins=(Join("log", on="held_on"),), keep=("minutes",)), "several tables"),
        (Step("x", "contact", {"a": "code"}, union_all=("log",)), "no column code"),
        (Step("log", "contact", keep=("code",)), "another table has its name"),
    ],
)
def test_what_is_refused(step, found):
    assert any(found in line for line in told(step)), told(step)


def test_steps_that_need_each_other_are_refused():
    with pytest.raises(DefinitionError, match="need each other"):
        Plan([Step("a", "b"), Step("b", "a")], TABLES)


def test_asking_for_a_table_that_is_not_there_names_the_nearest(plan):
    with pytest.raises(DefinitionError, match=r"no table pathways.*pathway"):
        plan.sql("pathways")
