"""The oracle against values worked by hand from SQL's rules; the engines are then held against the oracle."""

import datetime as dt
from decimal import Decimal

import pytest

from allcomers.engine import reference
from allcomers.engine.expression import Expression
from allcomers.engine.plan import Plan
from allcomers.engine.step import Join, Rank, Step
from allcomers.engine.types import Type
from allcomers.exceptions import DefinitionError

RECORD = {
    "yes": True,
    "no": False,
    "unknown": None,
    "two": 2,
    "half": 0.5,
    "code": "F429",
    "held_on": dt.date(2025, 3, 31),
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("unknown and no", False),
        ("unknown and yes", None),
        ("unknown or yes", True),
        ("unknown or no", None),
        ("not unknown", None),
        ("unknown = unknown", None),
        ("unknown is null", True),
        ("unknown is not true", True),
        ("unknown is distinct from yes", True),
        ("unknown is not distinct from null", True),
        ("two in (1, null)", None),
        ("two in (2, null)", True),
        ("two not in (1, null)", None),
        ("two between 3 and null", False),
        ("two between 1 and null", None),
        ("case when unknown then 'a' else 'b' end", "b"),
        ("case unknown when null then 'a' else 'b' end", "b"),
        ("if(unknown, 1, 2)", 2),
        ("coalesce(unknown, no)", False),
        ("nullif(two, 2)", None),
        ("nullif(two, null)", 2),
        ("greatest(two, null, 1)", 2),
        ("least(null, null)", None),
        ("two / 0", None),
        ("two / 4", 0.5),
        ("two + null", None),
        ("0.1 + 0.2 = 0.3", True),
        ("half + 0.25", 0.75),
        ("round(half)", 1.0),
        ("round(-2.5)", Decimal(-3)),
        ("floor(-half)", -1.0),
        ("date_diff('day', date '2025-02-28', held_on)", 31),
        ("date_diff('day', held_on, date '2025-02-28')", -31),
        ("held_on between $period_start and $period_end", True),
        ("year(held_on) * 100 + month(held_on)", 202503),
        ("starts_with(code, 'F42')", True),
        ("code like 'F4_%'", True),
        ("code like 'f42%'", False),
        ("code || null", None),
        ("substring(code, 2, 2)", "42"),
        ("regexp_extract(code, '^([A-Z][0-9]{2})9$', 1)", "F42"),
        ("regexp_extract(code, '(X)', 1)", ""),
        ("try_cast('12' as bigint)", 12),
        ("try_cast(' 12' as bigint)", None),
        ("try_cast('12.5' as bigint)", None),
        ("try_cast('2025-02-30' as date)", None),
        ("try_cast('3.03' as decimal(18, 6)) * 100", Decimal(303)),
    ],
)
def test_one_record(text, value):
    period = {"period_start": dt.date(2025, 3, 1), "period_end": dt.date(2025, 3, 31)}
    found = reference.evaluate(Expression(text), RECORD, **period)
    assert found == value
    assert type(found) is type(value)


CONTACTS = [
    {"pathway": "1", "on": dt.date(2025, 1, 9), "key": 3, "code": "b", "minutes": 30, "attended": True},
    {"pathway": "1", "on": dt.date(2025, 1, 2), "key": 2, "code": "a", "minutes": 60, "attended": None},
    {"pathway": "1", "on": dt.date(2025, 1, 2), "key": 1, "code": None, "minutes": None, "attended": False},
    {"pathway": None, "on": None, "key": 4, "code": "b", "minutes": 20, "attended": True},
]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("count(*)", 4),
        ("count(code)", 3),
        ("count(distinct code)", 2),
        ("count(*) filter (where attended)", 2),
        ("count(*) filter (where not attended)", 1),
        ("sum(minutes)", 110),
        ("sum(minutes) filter (where false)", None),
        ("avg(minutes)", 110 / 3),
        ("median(minutes)", 30.0),
        ('median(minutes) filter (where "key" <> 4)', 45.0),
        ('min("on")', dt.date(2025, 1, 2)),
        ("bool_or(attended)", True),
        ("bool_and(attended)", False),
        ("bool_or(attended) filter (where attended is null)", None),
        ('arg_min(code, ("on", "key"))', "a"),
        ('arg_max(code, "key") filter (where "key" < 4)', "b"),
        ("sum(minutes) / count(*)", 27.5),
    ],
)
def test_several_records(text, value):
    assert reference.aggregate(Expression(text), CONTACTS) == value


def test_of_no_records_a_count_is_nought_and_the_rest_is_null():
    assert reference.aggregate(Expression("count(*)"), []) == 0
    assert reference.aggregate(Expression("max(minutes)"), []) is None


def test_a_tie_that_decides_a_value_is_refused():
    """Both contacts of 2 January have minutes or a code; which comes first is not said."""
    tied = [{"on": 1, "code": "a"}, {"on": 1, "code": "b"}]
    with pytest.raises(DefinitionError, match="leaves a tie"):
        reference.aggregate(Expression('arg_min(code, "on")'), tied)
    assert reference.aggregate(Expression("arg_min(code, \"on\") filter (where code = 'a')"), tied) == "a"


COLUMNS = {
    "pathway": Type.TEXT,
    "on": Type.DATE,
    "key": Type.INTEGER,
    "code": Type.TEXT,
    "minutes": Type.INTEGER,
    "attended": Type.BOOLEAN,
}


def made(*steps: Step) -> list[dict]:
    plan = Plan(steps, {"contact": COLUMNS})
    return reference.run(plan, {"contact": CONTACTS}, [steps[-1].name])[steps[-1].name]


def test_groups_take_null_as_a_value_and_joins_do_not():
    counted = Step("counted", "contact", {"n": "count(*)"}, group_by=("pathway",))
    joined = Step("joined", "contact", keep=("key", "n"), joins=(Join("counted", on=("pathway",)),))
    assert made(counted) == [{"pathway": "1", "n": 3}, {"pathway": None, "n": 1}]
    assert {row["key"]: row["n"] for row in made(counted, joined)} == {1: 3, 2: 3, 3: 3, 4: None}


def test_an_inner_join_drops_what_finds_none():
    counted = Step("counted", "contact", {"n": "count(*)"}, group_by=("pathway",))
    joined = Step("joined", "contact", keep=("key",), joins=(Join("counted", on=("pathway",), kind="inner"),))
    assert {row["key"] for row in made(counted, joined)} == {1, 2, 3}


def test_ranks_put_nulls_last_unless_told():
    ranked = Step(
        "ranked",
        "contact",
        keep=("key",),
        ranks=(
            Rank("by_date", ("pathway",), ('"on"', '"key"')),
            Rank("by_minutes", (), ("minutes desc", '"key"')),
            Rank("nulls_before", (), ("minutes nulls first", '"key"')),
        ),
    )
    places = {row["key"]: (row["by_date"], row["by_minutes"], row["nulls_before"]) for row in made(ranked)}
    assert places == {1: (1, 4, 1), 2: (2, 1, 4), 3: (3, 2, 3), 4: (1, 3, 2)}


def test_a_rank_with_ties_is_refused():
    with pytest.raises(DefinitionError, match="place: its order leaves a tie"):
        made(Step("ranked", "contact", keep=("key",), ranks=(Rank("place", (), ("code",)),)))


def test_a_union_has_every_row_of_each():
    early = Step("early", "contact", keep=("key", "on"), where="\"on\" < date '2025-01-05'")
    both = Step("both", "early", {"n": "count(*)", "last": 'max("on")'}, union_all=("contact",))
    assert made(early, both) == [{"n": 6, "last": dt.date(2025, 1, 9)}]
