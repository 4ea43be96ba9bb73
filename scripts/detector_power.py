"""How often each detector of score integrity cries wolf on clean data, and how often it sees gaming planted in it.

    python scripts/detector_power.py --seeds 200 > build/detector_power.md

Clean services are drawn with replacement from the finished courses of one synthetic data set, so that they differ by
chance alone. Gaming is then planted in one service of five, in one way at a time. Every number is a share of services.
"""

import argparse
import datetime as dt
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.random import Generator, default_rng

from allcomers import dataset, synthetic
from allcomers.analyses.integrity import detectors, flags
from allcomers.analyses.integrity.catalogue import DETECTORS
from allcomers.analyses.integrity.evidence import ANXIETY, Evidence, cut_off, gather
from allcomers.analyses.occasions import at_first, numbered
from allcomers.analyses.records import records
from allcomers.dataset.tables import BY_NAME
from allcomers.engine import Session
from allcomers.engine.running import DuckEngine
from allcomers.instruments.outcome import DEPRESSION
from allcomers.measures.periods import parse
from allcomers.pathways import deriving

SERVICES, GAMED_IN = 30, 5
SIZES = (400, 2_000)
LEVEL_SERVICES, LEVEL_COURSES = 150, 300
POOL_REFERRALS, POOL_SEED, PERIOD = 60_000, 5, "2024/25"
SWITCHED, TURNED = 0.10, 0.10
"""Clean services: share of courses whose descriptor changes, and of these those whose recovery turns on it."""

Game = Callable[[Evidence, pl.Expr, Generator], Evidence]


def pool(referrals: int = POOL_REFERRALS, seed: int = POOL_SEED) -> Evidence:
    """The evidence of one clean synthetic data set."""
    made = synthetic.generate(synthetic.Plan(referrals=referrals, start=dt.date(2024, 4, 1), months=12, seed=seed))
    with Session(memory_gb=2) as session:
        opened = dataset.from_frames({name: each for name, each in made.items() if name in BY_NAME}, session=session)
        return gather(records(deriving.hold(opened, DuckEngine(session)), parse(PERIOD), by="provider"))


def clean(source: Evidence, rng: Generator, *, courses: int, services: int = SERVICES) -> Evidence:
    """Services that differ by chance alone: courses drawn with replacement, descriptors changed at random."""
    number = rng.integers(0, source.courses.height, services * courses)
    names = pl.Series([f"S{n:03}" for n in range(services)])[np.arange(services * courses) // courses]
    drawn = source.courses[number].drop("group").with_columns(group=names).with_row_index("copy")
    days = drawn.select("copy", "group", "pathway_no").join(source.days.drop("group"), on="pathway_no")
    treated = source.treatments[rng.integers(0, source.treatments.height, services * courses)]
    # Dates are drawn anew, so that a turn of the pool's own calendar is not taken for a habit of every service.
    length = (source.period.ends_on - source.period.starts_on).days + 1
    discharged = pl.lit(source.period.starts_on) + pl.duration(
        days=pl.lit(pl.Series(rng.integers(0, length, drawn.height)))
    )
    drawn = drawn.with_columns(discharged_on=discharged)
    again = {"pathway_no": pl.col("copy").cast(pl.Int64)}
    return replace(
        source,
        courses=drawn.with_columns(**again).drop("copy"),
        days=days.with_columns(**again).drop("copy").sort("pathway_no", "number"),
        switched=_switched(drawn.with_columns(**again), rng),
        treatments=treated.with_columns(group=names),
    )


def _switched(courses: pl.DataFrame, rng: Generator) -> pl.DataFrame:
    changed = courses.filter(pl.col("recovered").is_not_null() & _by_chance(rng, courses.height, SWITCHED))
    other_way = _by_chance(rng, changed.height, TURNED)
    return changed.select("group", "pathway_no", "recovered", recovered_by_first=pl.col("recovered") ^ other_way)


def _by_chance(rng: Generator, rows: int, share: float) -> pl.Series:
    return pl.Series(rng.random(rows) < share, dtype=pl.Boolean)


def nudge(evidence: Evidence, gamed: pl.Expr, rng: Generator, *, share: float = 0.5) -> Evidence:
    """Half of the last scores at the cut-off of PHQ-9 become one less."""
    cut = cut_off(DEPRESSION)
    hit = gamed & (pl.col("phq9_last") == cut) & _by_chance(rng, evidence.courses.height, share)
    anxiety_below = pl.col("gad7_last") < cut_off(ANXIETY)
    now = evidence.courses.with_columns(
        phq9_last=pl.when(hit).then(cut - 1.0).otherwise("phq9_last"),
        recovered=pl.when(hit & pl.col("at_caseness") & anxiety_below).then(True).otherwise("recovered"),
    )
    return replace(evidence, courses=now)


def stop(evidence: Evidence, gamed: pl.Expr, rng: Generator, *, share: float = 0.5) -> Evidence:
    """Half of the courses end at the first session below both cut-offs, from the second session on."""
    stopped = _by_chance(rng, evidence.courses.height, share)
    chosen = evidence.courses.filter(gamed & stopped).select("pathway_no", stopped=pl.lit(True))
    joined = evidence.days.join(chosen, on="pathway_no", how="left", maintain_order="left")
    times = joined.with_columns(times=pl.col("below").cum_sum().cast(pl.Int64))
    before = pl.col("times") - pl.col("below").cast(pl.Int64) - at_first("times")
    days = times.filter(pl.col("stopped").is_null() | at_first("below") | (before <= 0)).drop("times")
    days = numbered(days.drop("number", "of", "below", "stopped"))
    return replace(evidence, days=days, courses=_with_last(evidence.courses, days, chosen))


def _with_last(courses: pl.DataFrame, days: pl.DataFrame, of: pl.DataFrame) -> pl.DataFrame:
    """Last scores and recovery as the last day has them, for the pathways `of`."""
    last = days.filter(pl.col("number") == pl.col("of")).join(of, on="pathway_no", how="semi")
    joined = courses.join(last.select("pathway_no", "depression", "anxiety", "below"), on="pathway_no", how="left")
    moved, gad7 = pl.col("below").is_not_null(), pl.col("anxiety_measure") == ANXIETY
    return joined.with_columns(
        phq9_last=pl.when(moved).then("depression").otherwise("phq9_last"),
        gad7_last=pl.when(moved & gad7).then("anxiety").otherwise("gad7_last"),
        recovered=pl.when(moved & pl.col("recovered").is_not_null())
        .then(pl.col("below") & pl.col("at_caseness"))
        .otherwise("recovered"),
    ).drop("depression", "anxiety", "below")


def switch(evidence: Evidence, gamed: pl.Expr, rng: Generator, *, share: float = 0.02) -> Evidence:
    """Two in a hundred courses are given another descriptor by which they recover."""
    chosen = evidence.courses.filter(
        gamed & pl.col("recovered").is_not_null() & _by_chance(rng, evidence.courses.height, share)
    ).select("group", "pathway_no", recovered=pl.lit(True), recovered_by_first=pl.lit(False))
    return replace(evidence, switched=pl.concat([evidence.switched, chosen]))


def lower_the_last(evidence: Evidence, gamed: pl.Expr, _: Generator, *, points: float = 2.0) -> Evidence:
    """The last score of planned endings is lowered by two points."""
    planned = evidence.courses.filter(gamed & (pl.col("end_code") == "46")).select("pathway_no", hit=pl.lit(True))
    days = evidence.days.join(planned, on="pathway_no", how="left", maintain_order="left")
    last = pl.col("hit").fill_null(False) & (pl.col("number") == pl.col("of"))
    lowered = pl.when(last).then((pl.col("depression") - points).clip(0)).otherwise("depression")
    return replace(evidence, days=days.with_columns(depression=lowered).drop("hit"))


def copy_the_last(evidence: Evidence, gamed: pl.Expr, rng: Generator, *, share: float = 0.1) -> Evidence:
    """One last questionnaire in ten is that of the time before, copied."""
    chance = _by_chance(rng, evidence.days.height, share)
    hit = gamed & chance & (pl.col("number") == pl.col("of")) & (pl.col("number") > 1)
    copied = {name: pl.when(hit).then(pl.col(name).shift(1)).otherwise(name) for name in ("depression", "anxiety")}
    return replace(evidence, days=evidence.days.with_columns(**copied))


def close_the_month(evidence: Evidence, gamed: pl.Expr, rng: Generator, *, share: float = 0.1) -> Evidence:
    """One discharge in ten is moved to the last day of its month."""
    hit = gamed & _by_chance(rng, evidence.courses.height, share)
    ends = pl.when(hit).then(pl.col("discharged_on").dt.month_end()).otherwise("discharged_on")
    return replace(evidence, courses=evidence.courses.with_columns(discharged_on=ends))


def reach_the_level(evidence: Evidence, *, points: float = 4.0) -> Evidence:
    """Every service up to four points short of 50% recovery has as many recoveries as it needs to pass it."""
    at_start = ~pl.col("not_at_caseness").fill_null(False)
    recovered = pl.col("recovered").fill_null(False)
    rates = evidence.courses.group_by("group").agg(had=recovered.sum(), of=at_start.sum())
    short = rates.with_columns(needs=(pl.col("of") * 0.5).ceil() - pl.col("had")).filter(
        pl.col("needs").is_between(1, points / 100 * pl.col("of"))
    )
    joined = evidence.courses.join(short.select("group", "needs"), on="group", how="left", maintain_order="left")
    open_ = at_start & ~recovered
    made = open_ & (open_.cum_sum().over("group") <= pl.col("needs")).fill_null(False)
    return replace(
        evidence, courses=joined.with_columns(recovered=pl.when(made).then(True).otherwise("recovered")).drop("needs")
    )


@dataclass(frozen=True)
class Planted:
    """A way of gaming, in words, and the detectors that ought to see it."""

    words: str
    game: Game
    seen_by: tuple[str, ...]


GAMES = (
    Planted("half of last PHQ-9 scores of 10 become 9", nudge, ("g2", "g3")),
    Planted("half of courses stop at the first score below the line", stop, ("g6", "g7")),
    Planted("2% of courses are given a descriptor by which they recover", switch, ("g8",)),
    Planted("planned endings: last PHQ-9 lowered by 2", lower_the_last, ("g5",)),
    Planted("1 last questionnaire in 10 copied from the time before", copy_the_last, ("g4",)),
    Planted("1 discharge in 10 moved to the month's last day", close_the_month, ("g9",)),
)


def alarms(evidence: Evidence) -> pl.DataFrame:
    """Which services each detector names: detector, group, tested, seen."""
    return pl.concat([_alarms(one.key, one.find(evidence)) for one in DETECTORS if not one.across])


def _alarms(key: str, table: pl.DataFrame) -> pl.DataFrame:
    p_value = table["p_value"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    seen = pl.Series(flags.stands_out(p_value)) & table["supports"].fill_null(False)
    made = table.select("group", tested=pl.col("p_value").is_not_null()).with_columns(seen=seen)
    return made.group_by("group").agg(pl.col("tested", "seen").max()).select(pl.lit(key).alias("detector"), "*")


def trials(source: Evidence, seeds: range, courses: int, games: tuple[Planted, ...] = GAMES) -> pl.DataFrame:
    """The alarms of clean services (game "") and of each way of gaming, seed by seed."""
    made = []
    gamed = pl.col("group").is_in([f"S{n:03}" for n in range(0, SERVICES, GAMED_IN)])
    for seed in seeds:
        rng = default_rng([seed, courses])
        honest = clean(source, rng, courses=courses)
        made.append(alarms(honest).with_columns(game=pl.lit(""), seed=pl.lit(seed), gamed=pl.lit(False)))
        for each in games:
            found = pl.concat(
                [
                    _alarms(one.key, one.find(each.game(honest, gamed, rng)))
                    for one in DETECTORS
                    if one.key in each.seen_by
                ]
            )
            made.append(found.with_columns(game=pl.lit(each.words), seed=pl.lit(seed), gamed=gamed))
    return pl.concat(made, how="diagonal_relaxed").with_columns(courses=pl.lit(courses))


def levels(source: Evidence, seeds: range) -> Mapping[str, float]:
    """Shares of seeds in which g1 names the level of 50%: of clean services, and of services helped over it."""
    named, courses_only = {"clean": 0, "gamed": 0}, replace(source, days=source.days.head(0))
    for seed in seeds:
        rng = default_rng([seed, 1])
        honest = _around(clean(courses_only, rng, courses=LEVEL_COURSES, services=LEVEL_SERVICES), rng)
        for kind, evidence in (("clean", honest), ("gamed", reach_the_level(honest))):
            found = detectors.levels_of_rates(evidence).filter(pl.col("rate").str.starts_with("Recovery, 50"))
            named[kind] += bool(
                (found["p_value"].fill_null(1) < flags.FALSE_DISCOVERY_RATE).item() and found["supports"].item()
            )
    return {kind: count / len(seeds) for kind, count in named.items()}


def _around(evidence: Evidence, rng: Generator, spread: float = 0.06) -> Evidence:
    """Services whose rates of recovery differ by more than chance, with an SD of six points."""
    shift = {name: rng.normal(0, spread) for name in evidence.services}
    moved = pl.col("group").replace_strict(shift, return_dtype=pl.Float64)
    chance = pl.Series(rng.random(evidence.courses.height))
    now = (
        pl.when((moved > 0) & (chance < 2 * moved)).then(True)
        .when((moved < 0) & (chance < -2 * moved)).then(False)
        .otherwise(pl.col("recovered"))
    )  # fmt: skip
    known = pl.col("recovered").is_not_null()
    return replace(evidence, courses=evidence.courses.with_columns(recovered=pl.when(known).then(now)))


def false_alarms(found: pl.DataFrame) -> pl.DataFrame:
    """Of clean services: shares named by each detector, and shares of seeds in which any was."""
    clean_ = found.filter((pl.col("game") == "") & pl.col("tested"))
    by_seed = clean_.group_by("detector", "courses", "seed").agg(
        pl.col("seen").mean().alias("named"), any=pl.col("seen").any()
    )
    return (
        by_seed.group_by("detector", "courses")
        .agg(pl.col("named", "any").mean(), seeds=pl.len())
        .sort("detector", "courses")
    )


def power(found: pl.DataFrame) -> pl.DataFrame:
    """Of gamed services, and of the clean ones beside them: shares named."""
    planted = found.filter((pl.col("game") != "") & pl.col("tested"))
    return (
        planted.group_by("game", "detector", "courses")
        .agg(gamed=pl.col("seen").filter(pl.col("gamed")).mean(), beside=pl.col("seen").filter(~pl.col("gamed")).mean())
        .sort("detector", "game", "courses")
    )


def as_markdown(found: pl.DataFrame, of_levels: Mapping[str, float]) -> str:
    """The two tables that the documentation prints."""
    clean_ = [
        f"| {row['detector']} | {row['courses']:,} | {row['named']:.2%} | {row['any']:.1%} |"
        for row in false_alarms(found).iter_rows(named=True)
    ]
    gamed = [
        f"| {row['game']} | {row['detector']} | {row['courses']:,} | {row['gamed']:.0%} | {row['beside']:.2%} |"
        for row in power(found).iter_rows(named=True)
    ]
    lines = [
        "| detector | courses a service | clean services named | data sets with any named |",
        "| --- | --- | --- | --- |",
        f"| g1 | {LEVEL_COURSES} (of {LEVEL_SERVICES} services) | – | {of_levels['clean']:.1%} |",
        *clean_,
        "",
        "| planted in one service of five | detector | courses a service | gamed services named | others named |",
        "| --- | --- | --- | --- | --- |",
        f"| services up to 4 points short all reach 50% recovery | g1 | {LEVEL_COURSES} (of {LEVEL_SERVICES} services) "
        f"| {of_levels['gamed']:.0%} of data sets | – |",
        *gamed,
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    asked = parser.parse_args()
    seeds, source = range(asked.seeds), pool()
    found = pl.concat([trials(source, seeds, courses) for courses in SIZES])
    sys.stdout.write(as_markdown(found, levels(source, seeds)))


if __name__ == "__main__":
    main()
