"""Counts of the derived tables: one pass a source, over the finest grain of organisations."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import polars as pl

from allcomers.engine.plan import Plan
from allcomers.engine.running import Engine, Parameters
from allcomers.engine.step import Step
from allcomers.measures import queries
from allcomers.measures.aggregates import Aggregate, Source
from allcomers.measures.measure import Category
from allcomers.measures.periods import Period
from allcomers.measures.queries import Work
from allcomers.measures.tables import STEPS
from allcomers.pathways.deriving import Held

Telling = Callable[[str], None]


@dataclass(frozen=True)
class Counted:
    """Numbers of groups of rows.

    Attributes
    ----------
    aggregates : what was counted: some that add up, or one that does not.
    by_category : whether the rows are of categories, or of everyone.
    rows : one a period (`period_no`), category (`category_no`, 0 for everyone) and combination of codes. What adds up
        is in `a0`, `a1` …; of an aggregate that does not, there is a row a `value`, with the `times` that it occurs.
    """

    aggregates: tuple[Aggregate, ...]
    by_category: bool
    rows: pl.DataFrame

    @property
    def adds_up(self) -> bool:
        """Whether the numbers of parts are added up, and not their distribution."""
        return self.aggregates[0].adds_up

    @property
    def columns(self) -> list[str]:
        """The columns that hold the aggregates, in their order."""
        return [f"a{at}" for at in range(len(self.aggregates))]


def counted(
    held: Held,
    periods: Sequence[Period],
    needed: Collection[Aggregate],
    broken_down: Collection[Aggregate],
    categories: Sequence[Category],
    tell: Telling,
) -> Iterator[Counted]:
    """Count everything that is needed, and what is broken down by every category too, numbered from 1."""
    # What does not add up is counted apart: its rows are read again and again, and so are held, with few columns.
    by_source: dict[tuple[Source, bool], list[Aggregate]] = {}
    for aggregate in sorted(needed, key=repr):
        by_source.setdefault((aggregate.source, aggregate.adds_up), []).append(aggregate)
    tables = _Tables(held)
    with tables.months(periods), tables.made({each.table for each in categories}):
        for (source, _), aggregates in by_source.items():
            tell(f"counting {source.table} by {source.in_period or 'state at the end of the period'}")
            one, spans = _Counting(source, aggregates, broken_down, categories), _spans(source, periods)
            with tables.made({source.table} if len(spans) > 1 else ()):
                plan = tables.plan(one.steps)
                for span in spans:
                    yield from one.run(tables, plan, span)


def _spans(source: Source, periods: Sequence[Period]) -> list[Parameters]:
    """All periods at once where a date of the row tells which is its own; otherwise one after another."""
    if source.in_period is None:
        return [{"period_start": each.starts_on, "period_end": each.ends_on} for each in dict.fromkeys(periods)]
    starts_on, ends_on = min(each.starts_on for each in periods), max(each.ends_on for each in periods)
    return [{"period_start": starts_on, "period_end": ends_on}]


class _Tables:
    """The tables that are held, and the steps that make others from them.

    A source is not held but made as it is read, so that only the rows of the periods are; what is read again and again
    is made once.
    """

    def __init__(self, held: Held) -> None:
        self.engine = held.engine
        known = (*(bound.step for bound in held.plan.steps.values()), *STEPS)
        self._steps = {step.name: step for step in known}
        self._columns = dict(held.plan.sources)

    @contextmanager
    def months(self, periods: Sequence[Period]) -> Iterator[None]:
        """Hold the months of the periods."""
        self.engine.add(queries.MONTHS, queries.month_rows(periods))
        self._columns[queries.MONTHS] = self.engine.columns(queries.MONTHS)
        try:
            yield
        finally:
            self.engine.drop([queries.MONTHS])

    @contextmanager
    def made(self, names: Collection[str]) -> Iterator[None]:
        """Hold tables for a while, those that are not held already."""
        fresh = sorted(set(names) - set(self._columns))
        plan = Plan(self._below(fresh), self._columns)
        self.engine.make(plan, fresh, {})
        self._columns |= {name: plan.columns(name) for name in fresh}
        try:
            yield
        finally:
            self.engine.drop(fresh)
            for name in fresh:
                del self._columns[name]

    def plan(self, steps: Sequence[Step]) -> Plan:
        """Steps with all that they rest on."""
        return Plan([*self._below(table for step in steps for table in step.tables), *steps], self._columns)

    def _below(self, names: Iterable[str]) -> list[Step]:
        found: dict[str, Step] = {}
        pending = list(names)
        while pending:
            name = pending.pop()
            if name in self._steps and name not in self._columns and name not in found:
                found[name] = self._steps[name]
                pending += found[name].tables
        return list(found.values())


class _Counting:
    """What is asked of one source."""

    def __init__(
        self,
        source: Source,
        aggregates: Sequence[Aggregate],
        broken_down: Collection[Aggregate],
        categories: Sequence[Category],
    ) -> None:
        self._grouped = [each for each in aggregates if each in broken_down]
        work = Work(source, self._grouped)
        self._numbers = {each: work.number(each) for each in aggregates}
        members = {no: work.member(each) for no, each in enumerate(categories, start=1)} if self._grouped else {}
        self._of_categories = queries.of_categories(members, work.grouped_terms)
        self.steps = list(work.steps())

    def run(self, tables: _Tables, plan: Plan, span: Parameters) -> Iterator[Counted]:
        """Everything counted, over the periods of the span."""
        engine = tables.engine
        alike = {number.per for number in self._numbers.values()}
        if not self._grouped and len(alike) == 1 and all(each.adds_up for each in self._numbers):
            # Read once, so not worth holding.
            rows = queries.everyone(plan.sql(queries.ROWS, engine.dialect, pretty=False, **span))
            yield from self._counted(engine, self._numbers, rows, by_category=False)
            return
        made = [step.name for step in self.steps]
        engine.make(plan, made, span)
        try:
            yield from self._counted(engine, self._numbers, queries.everyone(), by_category=False)
            if self._grouped:
                yield from self._counted(engine, self._grouped, self._of_categories, by_category=True)
        finally:
            engine.drop(made)

    def _counted(
        self, engine: Engine, aggregates: Collection[Aggregate], rows: str, *, by_category: bool
    ) -> Iterator[Counted]:
        alike: dict[str, list[Aggregate]] = {}
        for each in aggregates:
            number = self._numbers[each]
            if each.adds_up:
                alike.setdefault(number.per, []).append(each)
            else:
                yield Counted((each,), by_category, engine.query(queries.spread(number, rows)))
        for together in alike.values():
            sql = queries.totals([self._numbers[each] for each in together], rows)
            yield Counted(tuple(together), by_category, engine.query(sql))
