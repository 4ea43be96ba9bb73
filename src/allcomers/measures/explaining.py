"""A measure in words: what it counts, under which conditions, from which fields. Read by `define` and by its page."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from sqlglot import exp

from allcomers.dataset.tables import TABLES
from allcomers.engine.expression import Expression
from allcomers.measures import breakdowns, catalogue, defects, standards
from allcomers.measures.measure import TABLE_KEYS, Category, Count, Measure, Share, Statistic, Total, terms
from allcomers.measures.statement import counts_of, key, tables
from allcomers.pathways.derivations import Derivation, Derivations
from allcomers.pathways.lookups import SCORE_SCALE, THERAPY_TYPE

COUNTED = {
    "pathway_id": "referrals",
    "contact_key": "care contacts",
    "log_key": "internet therapy logs",
    "employment_key": "employment records",
}
"""What is counted, by the column of which distinct values are; what a statistic is taken over, by its table's key."""
_STATISTICS = {"mean": "mean", "median": "median", "min": "least", "max": "greatest", "sum": "sum"}
_COMPARED: dict[type[exp.Expr], str] = {
    exp.EQ: "is",
    exp.NEQ: "is not",
    exp.LT: "is less than",
    exp.LTE: "is at most",
    exp.GT: "is more than",
    exp.GTE: "is at least",
    exp.Add: "plus",
    exp.Sub: "minus",
    exp.Mul: "times",
}
_SUBMITTED = frozenset(f"{table.name}.{field.name}" for table in TABLES for field in table.submitted)
_DATES = {
    "received_on": "referral",
    "discharged_on": "discharge",
    "contact_on": "the contact",
    "dated_on": "the contact or log",
    "recorded_on": "the date of the record",
    "started_on": "the start",
    "treated_on": "treatment",
    "next_treated_on": "the next treatment",
    "ended_on": "the end",
    "known_on": "the record",
    "since_on": "the status",
    "until_on": "the next status",
    "next_recorded_on": "the next record",
    "reported_to_on": "the month last sent",
    "superseded_on": "a later end",
}
_SCORES = ("IDS606CodedScoreAssessmentRefer", "IDS607CodedScoreAssessmentAct")
_LOOKED_UP = {
    THERAPY_TYPE: ("IDS202CareActivity.CodeProcAndProcStatus",),
    SCORE_SCALE: tuple(f"{table}.{field}" for table in _SCORES for field in ("CodedAssToolType", "PersScore")),
}
"""What our own small tables are looked up by, and what is held against them."""
_AGE = "age_at_the_end_of_the_period"
_COMPARED_DATES: dict[type[exp.Expr], str] = {
    exp.LTE: "is not after",
    exp.LT: "is before",
    exp.GT: "is after",
    exp.GTE: "is on or after",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A counted or described set of rows: what it is called, its condition in words, term by term."""

    what: str
    conditions: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """What it is, and a line for each condition."""
        return (self.what, *(f"– {condition}" for condition in self.conditions))


def facts(measure: Measure) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What there is to say of a measure: headings, each with its lines; what does not apply is left out."""
    for role, found in parts(measure).items():
        yield role.capitalize(), tuple(line for one in found for line in one.lines)
    slip = defects.by_id().get(measure.defect)
    official = () if measure.is_official else (catalogue.official_of(measure),)
    more = {
        "Why": (measure.because,),
        "Official figure": tuple(f"{one.id} {one.name}" for one in official),
        "Of everyone who came": tuple(f"{one.id} {one.name}" for one in measure.all_comers),
        "Official wording": (measure.official,),
        "Slip in it": (slip.found, f"Read here: {slip.read}") if slip else (),
        "Note" if measure.is_official else "Among": (measure.note,),
        "Standards": tuple(_standards(measure.id)),
        "Not without": measure.optional,
        "Derived fields": national_names(measure),
        "Submitted fields": tuple(sorted(fields(measure))),
        "Group": (measure.group,),
        "Published": (str(measure.frequency) if measure.is_official else "not by NHS England",),
        "Status": (measure.status,),
        "Source": (f"{measure.source}, {measure.id}",),
    }
    yield from ((heading, lines) for heading, lines in more.items() if any(lines))


def belonging(category: Category) -> str:
    """Who is in a category."""
    has = [] if category.where == "false" else [in_words(category.where.replace(breakdowns.AGE, _AGE))]
    none = [f"those of whom nothing says: {in_words(category.or_none)}"] if category.or_none else []
    return ", or ".join(has + none)


def parts(measure: Measure) -> dict[str, tuple[Part, ...]]:
    """What a measure is made of, by role.

    Either "counts", with "less" for what is taken away; or "numerator" and "denominator"; or the name of the statistic,
    with the value first and the rows it is taken over second.
    """
    of = measure.of
    if isinstance(of, Count):
        return {"counts": (part(of),)}
    if isinstance(of, Statistic):
        return {_STATISTICS[of.kind]: (Part(f"{in_words(of.value)}{_per(of)}", ()), part(of))}
    if isinstance(of, Total):
        added = {"counts": tuple(part(one) for one in of.counts)}
        return {**added, "less": tuple(part(one) for one in of.minus)} if of.minus else added
    return {"numerator": _side(of.of), "denominator": _side(of.among)}


def part(of: Count | Statistic) -> Part:
    """One set of rows in words."""
    # A table without a key of its own has a row for each of some referrals.
    counted = COUNTED[key(of) if isinstance(of, Count) else TABLE_KEYS.get(of.table, "pathway_id")]
    when = f" with {_date(of.in_period)} in the period" if of.in_period else ""
    return Part(counted + when, tuple(in_words(term) for term in conjuncts(of.where) if term != "TRUE"))


def conjuncts(where: str) -> Iterator[str]:
    """The terms of a predicate that all have to hold."""
    tree = Expression(where).tree
    found = tree.flatten() if isinstance(tree, exp.And) else (tree,)
    yield from (one.sql("duckdb") for one in found)


def fields(measure: Measure) -> frozenset[str]:
    """The submitted fields, as `table.field`, that decide the measure's value."""
    plan = tables()
    found: set[str] = set()
    for table, column in columns(measure):
        found |= plan.fields_used(table, column)
    submitted = {real for field in found for real in _LOOKED_UP.get(field.split(".")[0], (field,))}
    return frozenset(field for field in submitted if field in _SUBMITTED)


def national_names(measure: Measure) -> tuple[str, ...]:
    """The national derived fields among the columns that the measure reads, or that a column of ours is made from."""
    return tuple(sorted({name for _, column in columns(measure) for name in _national(column)}))


def columns(measure: Measure) -> tuple[tuple[str, str], ...]:
    """The columns that the measure reads, each with its table, in order of their names."""
    found = {(of.table, column) for of in _sets(measure) for column in _read(of)}
    return tuple(sorted(found))


def in_words(text: str) -> str:
    """An expression in words: `first_treatment_on is null` as "first treatment is not recorded"."""
    return _say(Expression(text).tree)


def _sets(measure: Measure) -> Iterator[Count | Statistic]:
    of = measure.of
    if isinstance(of, Share):
        yield from (count for side in (of.of, of.among) for _, count in counts_of(side))
    elif isinstance(of, Total):
        yield from (*of.counts, *of.minus)
    else:
        yield of


def _read(of: Count | Statistic) -> Iterator[str]:
    yield from Expression(of.where).fields
    if of.in_period:
        yield of.in_period
    if isinstance(of, Statistic):
        yield from Expression(of.value).fields
        if of.per:
            yield from Expression(of.per).fields


def _side(side: str | Count) -> tuple[Part, ...]:
    if isinstance(side, Count):
        return (part(side),)
    signed = ((sign, catalogue.get(id_)) for sign, id_ in terms(side))
    return tuple(Part(f"{'' if sign > 0 else 'less '}{one.id} {one.name}", ()) for sign, one in signed)


def _standards(measure: str) -> Iterator[str]:
    for one in standards.STANDARDS:
        if one.measure == measure:
            start = one.starts_on.isoformat() if one.starts_on else "…"
            end = one.ends_on.isoformat() if one.ends_on else "…"
            yield f"{one.level:,} {one.unit}, {start} to {end} ({one.status})"


def _per(of: Statistic) -> str:
    return f", over the sum of {in_words(of.per)}" if of.per else ""


def _national(column: str) -> Iterator[str]:
    derivation = _derivations().get(column)
    if derivation is None:
        return
    if derivation.national:
        yield derivation.national
    else:
        read = Expression(derivation.rule).fields - {column}
        yield from (name for one in read for name in _national(one))


@cache
def _derivations() -> dict[str, Derivation]:
    return {one.name: one for one in Derivations().all}


def _date(column: str) -> str:
    return _DATES.get(column) or column.removesuffix("_on").replace("_", " ")


def _say(node: exp.Expr) -> str:
    for kind, say in _SAID.items():
        if isinstance(node, kind):
            return say(node)
    if type(node) in _COMPARED:
        return _compared(node)
    return str(node.sql("duckdb"))


def _column(node: exp.Expr) -> str:
    return _date(node.name) if node.name.endswith("_on") else str(node.name).replace("_", " ")


def _compared(node: exp.Expr) -> str:
    dated = any(isinstance(side, exp.Placeholder) or side.name.endswith("_on") for side in (node.this, node.expression))
    word = (_COMPARED_DATES if dated else _COMPARED).get(type(node), _COMPARED[type(node)])
    if isinstance(node, exp.LTE) and isinstance(node.expression, exp.Placeholder):
        word = "is by"
    return f"{_say(node.this)} {word} {_say(node.expression)}"


def _listed(node: exp.Expr) -> str:
    return f"{_say(node.this)} is one of {', '.join(_say(one) for one in node.expressions)}"


def _between(node: exp.Expr) -> str:
    return f"{_say(node.this)} is from {_say(node.args['low'])} to {_say(node.args['high'])}"


def _negated(node: exp.Expr) -> str:
    inner = node.this.unnest()
    if isinstance(inner, exp.Is):
        return f"{_say(inner.this)} is recorded"
    if isinstance(inner, exp.In):
        return _listed(inner).replace(" is one of ", " is none of ", 1)
    return f"not {_say(node.this)}"


def _is(node: exp.Expr) -> str:
    return f"{_say(node.this)} is {'not recorded' if isinstance(node.expression, exp.Null) else _say(node.expression)}"


def _like(node: exp.Expr) -> str:
    pattern = str(node.expression.name)
    return f"{_say(node.this)} {'contains' if pattern.startswith('%') else 'begins with'} {pattern.strip('%')}"


def _days(node: exp.Expr) -> str:
    # sqlglot holds the later date first.
    return f"days from {_say(node.expression)} to {_say(node.this)}"


def _case(node: exp.Expr) -> str:
    operand = f"{_say(node.this)} is " if node.this else ""
    branches = [f"{_say(one.args['true'])} if {operand}{_say(one.this)}" for one in node.args["ifs"]]
    return f"({', '.join(branches)})"


_SAID = {
    exp.Column: _column,
    exp.Placeholder: lambda node: f"the {'start' if node.name == 'period_start' else 'end'} of the period",
    exp.Literal: lambda node: str(node.this),
    exp.Paren: lambda node: f"({_say(node.this)})",
    exp.And: lambda node: f"{_say(node.this)} and {_say(node.expression)}",
    exp.Or: lambda node: f"{_say(node.this)} or {_say(node.expression)}",
    exp.In: _listed,
    exp.Between: _between,
    exp.Not: _negated,
    exp.Is: _is,
    exp.Like: _like,
    exp.DateDiff: _days,
    exp.Case: _case,
}
