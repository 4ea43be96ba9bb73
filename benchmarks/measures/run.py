"""The measure pass against two other ways to the same figures, in one run on one machine.

    python benchmarks/measures/run.py [--referrals 200000]

England's counts over one table (`pathway`) for a month: our pass; one plain statement a measure; one statement with a
filtered count a measure. All run on the same derived table and have to give the same numbers.
"""

import argparse
import time
from collections.abc import Callable
from datetime import date

from allcomers import dataset
from allcomers.dataset.tables import BY_NAME
from allcomers.engine import Session
from allcomers.engine.expression import Expression
from allcomers.engine.running import DuckEngine
from allcomers.measures import calculate, catalogue, statement
from allcomers.measures.levels import Level
from allcomers.measures.measure import Count, Measure
from allcomers.measures.periods import Period, month
from allcomers.pathways import deriving
from allcomers.synthetic import Plan, generate

PERIOD = month(2025, 1)


def main() -> None:
    """Time each way and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--referrals", type=int, default=200_000)
    referrals = parser.parse_args().referrals
    frames = generate(Plan(referrals=referrals, start=date(2024, 4, 1), months=12, seed=1))
    with Session(memory_gb=4, threads=2) as session:
        opened = dataset.from_frames({name: each for name, each in frames.items() if name in BY_NAME}, session=session)
        held = deriving.hold(opened, DuckEngine(session))
        measures = [
            each
            for each in catalogue.all()
            if isinstance(each.of, Count) and each.of.table == "pathway" and each.of.counts_rows
        ]
        compare(held, measures)


def compare(held: deriving.Held, measures: list[Measure]) -> None:
    """Every way, once; the numbers must be the same."""
    ours, expected = timed(lambda: one_pass(held, measures))
    print(f"our pass, {len(measures)} counts: {ours:.2f} s")
    for name, way in (
        ("a statement a measure", apart),
        ("one statement of filtered counts", filtered),
    ):
        seconds, found = timed(lambda way=way: way(held, measures))  # type: ignore[misc]
        assert found == expected, name
        print(f"{name}: {seconds:.2f} s, {seconds / ours:.1f} times ours")


def timed(work: Callable[[], list[int]]) -> tuple[float, list[int]]:
    """Seconds by the clock, and what came of it."""
    started = time.perf_counter()
    found = work()
    return time.perf_counter() - started, found


def one_pass(held: deriving.Held, measures: list[Measure]) -> list[int]:
    """Our own."""
    figures = calculate.measure(held, [PERIOD], measures=measures, levels=[Level.ENGLAND])
    return [int(each) for each in figures.over[0, 0, 0]]


def predicate(measure: Measure, period: Period = PERIOD) -> str:
    """The whole predicate of a count, in DuckDB's SQL."""
    assert isinstance(measure.of, Count)
    return Expression(statement.condition(measure.of)).sql(
        "duckdb", period_start=period.starts_on, period_end=period.ends_on
    )


def apart(held: deriving.Held, measures: list[Measure]) -> list[int]:
    """One plain statement each."""
    return [
        held.engine.query(f"select count(*) as n from pathway where {predicate(each)}").item()  # noqa: S608
        for each in measures
    ]


def filtered(held: deriving.Held, measures: list[Measure]) -> list[int]:
    """One statement."""
    counts = ", ".join(f"count(*) filter (where {predicate(each)}) as a{at}" for at, each in enumerate(measures))
    return list(held.engine.query(f"select {counts} from pathway").row(0))  # noqa: S608


if __name__ == "__main__":
    main()
