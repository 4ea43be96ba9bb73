"""The measure pass against three other ways to the same figures, in one run on one machine, on SYNTHETIC records.

    python benchmarks/measures/run.py [--england] [--referrals 200000] [DATASET]

First our pass alone, over everything: every measure and level for a month, for twelve months, and with every breakdown.
Then England's counts over one table (`pathway`) for one month: our pass; one plain statement a measure; one statement
with a filtered count a measure; pandas. All read the same derived table and have to give the same numbers. What is
measured begins once pathways are derived. `--england` is an England-year, 1,800,000 referrals.

Goals for an England-year on 2 free cores, all levels: a month 5 s, twelve months 15 s, a month with breakdowns 60 s;
peak 6 GB.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allcomers import dataset
from allcomers.engine import Session
from allcomers.engine.expression import Expression
from allcomers.engine.running import DuckEngine
from allcomers.measures import calculate, catalogue, statement
from allcomers.measures.calculate import Asked
from allcomers.measures.levels import Level
from allcomers.measures.measure import Count, Measure
from allcomers.measures.periods import month, run_of
from allcomers.pathways import deriving, organisations
from allcomers.pathways.deriving import Held
from benchmarks.measures import with_pandas
from benchmarks.measuring import ENGLAND_YEAR, generated

YEAR = run_of(month(2024, 4), 12)
MONTH = YEAR[-3]
DAYS = {"period_start": MONTH.starts_on, "period_end": MONTH.ends_on}


@dataclass(frozen=True)
class Cost:
    """What a way took: seconds by the clock and of processors, and the most memory the process had held by its end."""

    wall_seconds: float
    cpu_seconds: float
    peak_gb: float

    def __str__(self) -> str:
        return f"{self.wall_seconds:.2f} s, {self.cpu_seconds:.2f} CPU s, peak so far {self.peak_gb:.1f} GB"


def main() -> None:
    """Derive once, then compare and time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", nargs="?", type=Path, help="a synthetic data set of April 2024 to March 2025")
    parser.add_argument("--referrals", type=int, default=200_000)
    parser.add_argument("--england", action="store_true")
    asked = parser.parse_args()
    referrals = ENGLAND_YEAR if asked.england else asked.referrals
    with tempfile.TemporaryDirectory() as temporary, Session(memory_gb=4, threads=2) as session:
        folder = Path(temporary)
        data = asked.dataset or generated(folder, referrals)
        held = deriving.hold(
            dataset.open(str(data), session=session),
            DuckEngine(session),
            listed=organisations.read(None, beside=data),
        )
        print(f"SYNTHETIC, {data.name}; derived, peak {usage()[1]:.1f} GB")
        whole(held)
        compare(held, folder / "pathway.parquet")


def usage() -> tuple[float, float]:
    """Processor seconds of this process so far, and the most memory it has held, in GB."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024**2


def timed(work: Callable[[], Any]) -> tuple[Cost, Any]:
    """What some work cost, and what came of it."""
    started, used = time.perf_counter(), usage()[0]
    found = work()
    cpu_seconds, peak_gb = usage()
    return Cost(time.perf_counter() - started, cpu_seconds - used, peak_gb), found


def whole(held: Held) -> None:
    """Our pass over everything that is published."""
    broken_down = Asked([each for each in catalogue.all() if each.broken_down], calculate.every_category(held))
    for name, periods, more in (
        ("a month", [MONTH], []),
        ("twelve months", YEAR, []),
        ("a month with every breakdown", [MONTH], [broken_down]),
    ):
        asked = [Asked(catalogue.all()), *more]
        cost, _ = timed(lambda: calculate.together(held, periods, asked, levels=calculate.ALL_LEVELS))  # noqa: B023
        print(f"every measure and level, {name}: {cost}")


def compare(held: Held, file: Path) -> None:
    """Every way, once; the numbers must be the same."""
    measures = [each for each in catalogue.all() if _is_of_pathways(each)]
    held.engine.write_parquet("pathway", file)
    ours, expected = timed(lambda: one_pass(held, measures))
    print(f"England's {len(measures)} counts of pathways, a month, by our pass: {ours}")
    ways: dict[str, Callable[[], list[int]]] = {
        "a statement a measure": lambda: apart(held, measures),
        "one statement of filtered counts": lambda: filtered(held, measures),
        "pandas": lambda: with_pandas.counts(file, map(condition, measures), **DAYS),
    }
    for name, way in ways.items():
        cost, found = timed(way)
        assert found == expected, name
        print(f"{name}: {cost}; {cost.cpu_seconds / ours.cpu_seconds:.1f} times our CPU time")


def _is_of_pathways(measure: Measure) -> bool:
    return isinstance(measure.of, Count) and measure.of.table == "pathway" and measure.of.counts_rows


def condition(measure: Measure) -> str:
    """The whole predicate of a count."""
    assert isinstance(measure.of, Count)
    return statement.condition(measure.of)


def one_pass(held: Held, measures: list[Measure]) -> list[int]:
    """Our own."""
    figures = calculate.measure(held, [MONTH], measures=measures, levels=[Level.ENGLAND])
    return [int(each) for each in figures.over[0, 0, 0]]


def apart(held: Held, measures: list[Measure]) -> list[int]:
    """One plain statement each."""
    conditions = [Expression(condition(each)).sql("duckdb", **DAYS) for each in measures]
    return [held.engine.query(f"select count(*) as n from pathway where {where}").item() for where in conditions]  # noqa: S608


def filtered(held: Held, measures: list[Measure]) -> list[int]:
    """One statement."""
    conditions = [Expression(condition(each)).sql("duckdb", **DAYS) for each in measures]
    counts = ", ".join(f"count(*) filter (where {where}) as a{at}" for at, where in enumerate(conditions))
    return list(held.engine.query(f"select {counts} from pathway").row(0))  # noqa: S608


if __name__ == "__main__":
    main()
