"""Nine detectors of patterns that a target could have made, service by service."""

import numpy as np
import polars as pl

from allcomers.analyses.answer import Analysis, Answer, Column, Kind, nothing_to_say
from allcomers.analyses.integrity import flags
from allcomers.analyses.integrity.catalogue import DETECTORS, GROUP, Detector
from allcomers.analyses.integrity.evidence import Evidence, gather
from allcomers.analyses.records import Records

SEEN, NOT_SEEN, UNKNOWN, TOGETHER = "seen", "not seen", "cannot be said", "all together"
TITLE = "Whether scores show signs of being shaped by a target"
ESTIMAND = (
    "Of the services that could be tested, how many show each pattern, at most 5% of those named being false alarms."
)
_WARNING = (
    "A pattern is a reason to ask a service, and never says anything of a person. Each has innocent explanations."
)
_MANY = (
    "Benjamini and Hochberg's procedure, within a detector, across services and the measures or checks of each. Nine "
    "detectors are each held to 5%, so that one of them may see something in clean records by chance."
)
_SUMMARY = (
    Column("group", "Of whom"),
    Column("detector", "Detector"),
    Column("tested", "Services tested", Kind.NUMBER, digits=0),
    Column("seen", "Services with the pattern", Kind.NUMBER, digits=0),
)
_PROBLEMS = (
    Column("group", "Of whom"),
    Column("problem", "Problem"),
    Column("received", "Referrals received", Kind.COUNT),
    Column("finished", "Courses finished", Kind.COUNT),
    Column("ratio", "Finished for each referral", Kind.NUMBER, of="finished", among="received", digits=2),
)


def answer(records: Records) -> Answer:
    """Every detector, on finished courses of the period.

    A service is a provider, unless the records are asked by something else. Rows are services, after one of all
    together where there are several.
    """
    by_service = records if records.by else records.grouped("provider")
    evidence = gather(by_service)
    if evidence.courses.is_empty():
        why = f"No course of treatment finished in {records.period.label}."
        return nothing_to_say(TITLE, estimand=ESTIMAND, why=why)
    parts = [found(detector, evidence) for detector in DETECTORS]
    table = _summary(records.label, parts)
    return Answer(
        title=TITLE,
        estimand=ESTIMAND,
        assumptions=(_WARNING, _MANY),
        inclusion=DETECTORS[-1].included(evidence),
        sentence="{group@0}: {seen@0} of {tested@0} services show at least one pattern that a target could have made. "
        "Each has innocent explanations.",
        table=table,
        columns=_SUMMARY,
        parts=(*parts, _migration(evidence)),
        measures=ANALYSIS.measures,
    )


def found(detector: Detector, evidence: Evidence) -> Answer:
    """What one detector says of every service."""
    columns = (GROUP, *detector.columns, *_judgement(detector))
    table = tested(detector, evidence).select(
        pl.col(one.name).cast({Kind.TEXT: pl.String, Kind.COUNT: pl.Int64}.get(one.kind, pl.Float64)) for one in columns
    )
    says = table.height and table[detector.estimate][_first_that_says(table, detector.estimate)] is not None
    row = _first_that_says(table, detector.estimate)
    return Answer(
        title=detector.title,
        estimand=detector.estimand,
        assumptions=(
            f"False alarms: {detector.false_alarm}",
            *(f"Could also be: {each}" for each in detector.innocent),
        ),
        inclusion=detector.included(evidence),
        sentence=detector.sentence.replace("@0", f"@{row}") if says else "{group@0}: there is too little to say.",
        table=table,
        columns=columns,
        chart=detector.chart,
    )


def tested(detector: Detector, evidence: Evidence) -> pl.DataFrame:
    """The detector's table with q_value and pattern, all together first.

    Returns
    -------
    q_value : p-value with the number of services allowed for; null for all together. pattern : "seen", "not seen" or
        "cannot be said".
    """
    services = _with_judgement(detector.find(evidence))
    if detector.across or len(evidence.services) < 2:
        return services
    together = detector.find(evidence.together()).drop("supports")
    whole = together.with_columns(q_value=pl.lit(None, pl.Float64), pattern=pl.lit(TOGETHER))
    return pl.concat([whole, services], how="diagonal_relaxed")


def _with_judgement(services: pl.DataFrame) -> pl.DataFrame:
    q_value = flags.adjusted(services["p_value"].cast(pl.Float64).fill_null(np.nan).to_numpy())
    is_seen = (pl.col("q_value") <= flags.FALSE_DISCOVERY_RATE) & pl.col("supports").fill_null(False)
    pattern = pl.when(pl.col("q_value").is_null()).then(pl.lit(UNKNOWN)).when(is_seen).then(pl.lit(SEEN))
    return services.with_columns(q_value=pl.Series(q_value, nan_to_null=True)).select(
        pl.exclude("supports"), pattern=pattern.otherwise(pl.lit(NOT_SEEN))
    )


def _judgement(detector: Detector) -> tuple[Column, ...]:
    return (
        Column("p_value", "p of no pattern", Kind.PROBABILITY, among=detector.among),
        Column("q_value", "p, allowing for the number of services", Kind.PROBABILITY, among=detector.among),
        Column("pattern", "Pattern", among=detector.among),
    )


def _first_that_says(table: pl.DataFrame, estimate: str) -> int:
    """The first row with an estimate; 0 where there is none."""
    says = table.select(pl.arg_where(pl.col(estimate).is_not_null())).to_series()
    return int(says[0]) if len(says) else 0


def _summary(label: str, parts: list[Answer]) -> pl.DataFrame:
    rows, any_tested, any_seen = [], set[str](), set[str]()
    for detector, part in zip(DETECTORS, parts, strict=True):
        known = part.table.filter(pl.col("pattern").is_in([SEEN, NOT_SEEN]))
        tested_, seen = set(known["group"]), set(known.filter(pl.col("pattern") == SEEN)["group"])
        rows.append((label, f"{detector.key} {detector.title}", float(len(tested_)), float(len(seen))))
        if not detector.across:
            any_tested |= tested_
            any_seen |= seen
    whole = (label, "any of those by service", float(len(any_tested)), float(len(any_seen)))
    return pl.DataFrame([whole, *rows], schema=[one.name for one in _SUMMARY], orient="row")


def _migration(evidence: Evidence) -> Answer:
    """Finished courses for each referral, by problem: codes that people move into have more than they should."""
    finished, received = pl.col("finished"), pl.col("received")
    table = evidence.problems.select(
        pl.lit(evidence.label).alias("group"),
        "problem",
        "received",
        "finished",
        ratio=pl.when(received > 0).then(finished / received),
    ).sort("ratio", descending=True, nulls_last=True)
    return Answer(
        title="Finished courses for each referral, by problem",
        estimand="Courses with a problem that finished in the period over referrals with that problem received in it.",
        assumptions=(
            "A period ratio: the courses and the referrals are not all the same people.",
            "A problem is mostly recorded at assessment, so that those who never came are under “Unspecified”.",
        ),
        inclusion=DETECTORS[-1].included(evidence),
        sentence="{problem@0} has the most finished courses for each referral, {ratio@0}; above 1, codes move in on "
        "the way or referrals are falling.",
        table=table,
        columns=_PROBLEMS,
    )


ANALYSIS = Analysis(
    name="score_integrity",
    title=TITLE,
    question="Do last scores, endings, problem codes and dates look as they would if nobody had a target in mind?",
    answer=answer,
    sources=(
        "Frandsen 2017, Advances in Econometrics 38:281 (not re-read)",
        "Cattaneo, Jansson & Ma 2020, J Am Stat Assoc 115:1449; McCrary 2008, J Econometrics 142:698 (not re-read)",
        "Kleven 2016, Annu Rev Econ 8:435 (not re-read)",
        "Mantel & Haenszel 1959; Greenland & Robins 1985, Biometrics 41:55 (not re-read)",
        "Bevan & Hood 2006, Public Administration 84:517, on targets and gaming (not re-read)",
        "Benjamini & Hochberg 1995, J R Stat Soc B 57:289",
    ),
    not_for="Accusing anybody. A pattern belongs to a service, has innocent explanations, and is a reason to look at "
    "how courses are ended and scores are taken there.",
    measures=("M192", "M195", "M186"),
)
