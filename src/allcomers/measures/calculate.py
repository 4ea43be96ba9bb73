"""The only evaluator of measures: one pass a source over the finest grain, then counts rolled up.

Counts, sums, least and greatest values are made once for each provider and sub-ICB area and added up to every level.
Medians need the rows again and are made for each level apart. Nothing is rounded or withheld here: `disclosure` does
that to what leaves.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import polars as pl

from allcomers.engine.plan import Plan
from allcomers.engine.running import Engine
from allcomers.exceptions import PeriodError
from allcomers.measures import breakdowns, catalogue, defects, queries
from allcomers.measures.aggregates import Aggregate, How, Recipe, Source, recipe
from allcomers.measures.levels import Leaf, Level, Organisations, check_known
from allcomers.measures.measure import Category, Measure
from allcomers.measures.periods import Period
from allcomers.measures.queries import PLACE, Work
from allcomers.measures.tables import STEPS
from allcomers.pathways.deriving import Held

Floats = npt.NDArray[np.float64]
Telling = Callable[[str], None]
ALL_LEVELS = tuple(Level)


@dataclass(frozen=True)
class Figures:
    """Exact figures, before disclosure control: none of this may leave as it is.

    Attributes
    ----------
    categories : what the second axis stands for; None is everyone.
    over, under : arrays of period by category by organisation by measure. A value is `scale` times `over` divided by
        `under`, which is NaN where nothing is divided. NaN in `over` is null: no rows to speak of.
    behind : how many rows a statistic rests on; NaN for counts and shares.
    present : period by organisation: whether it has any row that counts.
    unavailable : ids of measures whose tables the data set does not have.
    """

    periods: tuple[Period, ...]
    categories: tuple[Category | None, ...]
    organisations: Organisations
    measures: tuple[Measure, ...]
    over: Floats
    under: Floats
    behind: Floats
    present: npt.NDArray[np.bool_]
    unavailable: frozenset[str] = frozenset()

    @property
    def values(self) -> Floats:
        """The figures themselves, percentages from 0 to 100."""
        scale = np.array([100.0 if each.kind == "percentage" else 1.0 for each in self.measures])
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = scale * self.over / self.under
        divided = np.array([bool(_recipes(self.measures)[each.id].under) for each in self.measures])
        return np.where(divided, np.where(self.under > 0, ratio, np.nan), self.over)


def measure(
    held: Held,
    periods: Sequence[Period],
    *,
    measures: Sequence[Measure] | None = None,
    levels: Sequence[Level] = ALL_LEVELS,
    categories: Sequence[Category] = (),
    absent: Collection[str] = (),
    tell: Telling = lambda _: None,
) -> Figures:
    """Measures for each period, level and category.

    Parameters
    ----------
    held : derived pathways, as `pathways.deriving.hold` gives them.
    measures : which; every official one when None.
    categories : of these and of everyone; of everyone alone when empty.
    absent : national tables that the data set does not have; measures that need one are not available.
    tell : called with a few words as the work goes on.

    Raises
    ------
    PeriodError : a period lies outside the data.
    MeasureRequestError : a level is asked for of which nothing is known.
    """
    _check_reached(held.engine, periods)
    wanted = tuple(catalogue.all() if measures is None else measures)
    unavailable = frozenset(each.id for each in wanted if set(each.optional) & set(absent))
    recipes = _recipes(wanted)
    needed = {aggregate for each in wanted if each.id not in unavailable for aggregate in recipes[each.id].aggregates}
    by_source: dict[Source, list[Aggregate]] = {}
    for aggregate in sorted(needed, key=repr):
        by_source.setdefault(aggregate.source, []).append(aggregate)
    read = {source.table for source in by_source} | {each.table for each in categories}
    with _Pass(held, periods, levels, categories, tell) as done:
        done.make(read)
        for source, aggregates in by_source.items():
            done.read(source, aggregates)
        return done.figures(wanted, recipes, unavailable)


def with_official(measures: Sequence[Measure], *, compat: str | None) -> list[Measure]:
    """The measures, with the official wording taken literally where compat is "official"."""
    return [defects.as_printed(each) for each in measures] if compat == "official" else list(measures)


def categories_with_official(categories: Sequence[Category], *, compat: str | None) -> list[Category]:
    """As `with_official`, for categories."""
    return [defects.category_as_printed(each) for each in categories] if compat == "official" else list(categories)


def differing(corrected: Figures, official: Figures) -> dict[str, int]:
    """For each measure with a known slip, how many rows have another value when the wording is taken literally."""
    ours, theirs = corrected.values, official.values
    apart = ~((ours == theirs) | (np.isnan(ours) & np.isnan(theirs))) & corrected.present[:, None, :, None]
    counts = apart.sum(axis=(0, 1, 2))
    return {each.id: int(count) for each, count in zip(corrected.measures, counts, strict=True) if each.defect}


def every_category() -> tuple[Category, ...]:
    """The 138 official categories."""
    return breakdowns.all()


def _recipes(measures: Sequence[Measure]) -> dict[str, Recipe]:
    named: Mapping[str, Measure] = {**catalogue.by_id(), **{each.id: each for each in measures}}
    return {each.id: recipe(each, named) for each in measures}


def _check_reached(engine: Engine, periods: Sequence[Period]) -> None:
    """Refuse a period that begins before the first referral or ends in a month after the last event."""
    # The last thing that happened, whatever it was: a month without a referral may have contacts.
    first, *last = engine.query(
        "select min(received_on) as a, max(received_on) as b, max(discharged_on) as c, "
        "max(last_treatment_on) as d from pathway"
    ).row(0)
    latest = max((day for day in last if day is not None), default=None)
    outside = [p.label for p in periods if first is None or latest is None or p.starts_on > latest or p.ends_on < first]
    if outside:
        reach = f"The data set reaches from {first:%Y-%m} to {latest:%Y-%m}" if first and latest else "There are none"
        raise PeriodError(
            where="--period",
            found=f"{', '.join(outside)} lies outside the data",
            expected=reach,
            next_step="Ask for a period within them",
        )


class _Pass:
    """One run over the sources, and what it has counted so far."""

    def __init__(
        self,
        held: Held,
        periods: Sequence[Period],
        levels: Sequence[Level],
        categories: Sequence[Category],
        tell: Telling,
    ) -> None:
        self._held, self._engine, self._tell = held, held.engine, tell
        self._periods, self._levels = tuple(periods), tuple(levels)
        self._categories: tuple[Category | None, ...] = (None, *categories)
        self._made_tables: list[str] = []
        self._leaves: list[tuple[list[Aggregate], pl.DataFrame]] = []
        self._apart: list[tuple[list[Aggregate], Level, pl.DataFrame]] = []

    def __enter__(self) -> "_Pass":
        self._engine.add(queries.PERIODS, queries.period_rows(self._periods))
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.drop([queries.PERIODS, *self._made_tables])

    def make(self, tables: Collection[str]) -> None:
        """Make the tables that are read and not held yet."""
        self._tell("making the tables that measures read")
        steps = [bound.step for bound in self._held.plan.steps.values()]
        whole = Plan([*steps, *STEPS], self._held.plan.sources)
        wanted = sorted(name for name in tables if name not in self._held.plan.sources)
        self._engine.make(whole, wanted, {})
        self._made_tables = wanted

    def read(self, source: Source, aggregates: Sequence[Aggregate]) -> None:
        """Count everything that is asked of a source."""
        self._tell(f"counting {source.table} by {source.in_period or 'state at the end of the period'}")
        work = Work(source, "measured_rows")
        numbers = {each: work.number(each) for each in aggregates}
        members = [(no, work.member(each)) for no, each in enumerate(self._categories) if each is not None]
        with self._made(work):
            together = [each for each in aggregates if each.adds_up]
            self._leaves.append((together, self._query(work.name, [numbers[e] for e in together], members, PLACE)))
            apart = [each for each in aggregates if not each.adds_up]
            for level in self._levels if apart else ():
                frame = self._query(work.name, [numbers[e] for e in apart], members, level.columns)
                self._apart.append((apart, level, frame))

    def figures(
        self, measures: tuple[Measure, ...], recipes: Mapping[str, Recipe], unavailable: frozenset[str]
    ) -> Figures:
        """Everything counted, put in order."""
        leaves = sorted({leaf for _, frame in self._leaves for leaf in _leaves_with_any(frame)})
        check_known(leaves, self._levels)
        organisations = Organisations(leaves, self._levels)
        numbers = dict(self._rolled_up(organisations))
        shape = (len(self._periods), len(self._categories), len(organisations.nodes))
        made = [recipes[each.id] if each.id not in unavailable else None for each in measures]
        over = [_summed(each.over if each else (), numbers, shape) for each in made]
        under = [_summed(each.under if each else (), numbers, shape) for each in made]
        behind = [_summed(((1, each.behind),) if each and each.behind else (), numbers, shape) for each in made]
        present = np.zeros((shape[0], shape[2]), dtype=bool)
        for array in numbers.values():
            present |= np.nan_to_num(array[:, 0]) != 0
        if Level.ENGLAND in self._levels:
            present[:, 0] = True
        return Figures(
            self._periods,
            self._categories,
            organisations,
            measures,
            over=np.stack(over, axis=-1),
            under=np.stack(under, axis=-1),
            behind=np.stack(behind, axis=-1),
            present=present,
            unavailable=unavailable,
        )

    def _made(self, work: Work) -> "_Kept":
        steps = list(work.steps())
        read = {table for step in steps for table in step.tables} - {step.name for step in steps}
        plan = Plan(steps, {name: self._engine.columns(name) for name in read})
        return _Kept(self._engine, plan, work.name)

    def _query(
        self, table: str, numbers: Sequence[str], members: Sequence[tuple[int, str]], by: Sequence[str]
    ) -> pl.DataFrame:
        everyone = self._engine.query(queries.summary(table, numbers, by)).with_columns(category_no=pl.lit(0, pl.Int64))
        parts = [everyone]
        for start in range(0, len(members), _CATEGORIES_AT_ONCE):
            some = members[start : start + _CATEGORIES_AT_ONCE]
            parts.append(self._engine.query(queries.summaries(table, numbers, some, by)))
        return pl.concat([part.select(everyone.columns) for part in parts], how="vertical_relaxed")

    def _rolled_up(self, organisations: Organisations) -> Iterator[tuple[Aggregate, Floats]]:
        shape = (len(self._periods), len(self._categories), len(organisations.nodes))
        leaf_place = {leaf: at for at, leaf in enumerate(organisations.leaves)}
        for aggregates, frame in self._leaves:
            leaf = np.array([leaf_place.get(row, -1) for row in frame.select(PLACE).iter_rows()], dtype=np.intp)
            rows = frame.with_columns(leaf=pl.Series(leaf, dtype=pl.Int64)).filter(pl.col("leaf") >= 0)
            for at, aggregate in enumerate(aggregates):
                yield aggregate, _added(aggregate, rows, f"a{at}", organisations, shape)
        by_aggregate: dict[Aggregate, Floats] = {}
        for aggregates, level, frame in self._apart:
            nodes = partial(_node_places, organisations=organisations, level=level)
            for at, aggregate in enumerate(aggregates):
                into = by_aggregate.setdefault(aggregate, np.full(shape, np.nan))
                found = nodes(frame)
                kept = found >= 0
                index = (frame["period_no"].to_numpy()[kept], frame["category_no"].to_numpy()[kept], found[kept])
                into[index] = frame[f"a{at}"].cast(pl.Float64).to_numpy()[kept]
        yield from by_aggregate.items()


_CATEGORIES_AT_ONCE = 20
"""Categories in one statement: more and the plan of it takes longer than the counting."""


class _Kept:
    """A table of the plan for as long as it is read."""

    def __init__(self, engine: Engine, plan: Plan, name: str) -> None:
        self._engine, self._plan, self._name = engine, plan, name

    def __enter__(self) -> None:
        self._engine.make(self._plan, [self._name], {})

    def __exit__(self, *_: object) -> None:
        self._engine.drop([self._name])


def _leaves_with_any(frame: pl.DataFrame) -> Iterator[Leaf]:
    numbers = [pl.col(name) for name in frame.columns if name[0] == "a" and name[1:].isdigit()]
    some = frame.filter(pl.any_horizontal([(number.is_not_null()) & (number != 0) for number in numbers]))
    yield from some.select(PLACE).unique().iter_rows()


_STARTS = {How.MIN: np.inf, How.MAX: -np.inf}
_ADDS: Mapping[How, np.ufunc] = {How.MIN: np.minimum, How.MAX: np.maximum}


def _added(
    aggregate: Aggregate, rows: pl.DataFrame, column: str, organisations: Organisations, shape: tuple[int, int, int]
) -> Floats:
    """Leaves' numbers added up to every node; a sum of nothing stays null, a count of nothing is 0."""
    known = rows.filter(pl.col(column).is_not_null())
    value = known[column].cast(pl.Float64).to_numpy()
    period, category = known["period_no"].to_numpy(), known["category_no"].to_numpy()
    into = np.full(shape, _STARTS.get(aggregate.how, 0.0))
    some = np.zeros(shape, dtype=bool)
    for nodes in organisations.leaf_nodes.values():
        index = (period, category, nodes[known["leaf"].to_numpy()])
        _ADDS.get(aggregate.how, np.add).at(into, index, value)
        some[index] = True
    return into if aggregate.how in (How.COUNT, How.DISTINCT) else np.where(some, into, np.nan)


def _node_places(frame: pl.DataFrame, organisations: Organisations, level: Level) -> npt.NDArray[np.intp]:
    by_codes = {node.codes: at for node, at in organisations.place.items() if node.level is level}
    if not level.columns:
        return np.full(len(frame), by_codes[()], dtype=np.intp)
    return np.array([by_codes.get(row, -1) for row in frame.select(level.columns).iter_rows()], dtype=np.intp)


def _summed(
    signed: Sequence[tuple[int, Aggregate]], numbers: Mapping[Aggregate, Floats], shape: tuple[int, int, int]
) -> Floats:
    if not signed:
        return np.full(shape, np.nan)
    return np.asarray(sum(sign * numbers[each] for sign, each in signed))
