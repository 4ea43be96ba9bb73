"""After how many sessions people are better, asked in three ways that assume different things of why courses end."""

import warnings
from typing import Any

import numpy as np
import polars as pl
from numpy.random import default_rng
from statsmodels.regression.mixed_linear_model import MixedLM
from statsmodels.tools.sm_exceptions import ConvergenceWarning

from allcomers.analyses.answer import Analysis, Answer, Chart, Column, Kind, Shape, nothing_to_say
from allcomers.analyses.cells import rows_of
from allcomers.analyses.finding import Floats, Inclusion
from allcomers.analyses.integrity.evidence import inclusion
from allcomers.analyses.occasions import FINISHED_IN_PERIOD, occasions
from allcomers.analyses.proportions import standard_score, wilson_limits
from allcomers.analyses.records import Records
from allcomers.analyses.rows import framed
from allcomers.analyses.starters import CASE_AT_START, LEFT
from allcomers.analyses.survival import followed

MOST_SESSIONS = 20
SAMPLED = 800
LEAST_DAYS = 3
LEAST_SAMPLED = 30
PLANNED = "46"
TITLE = "Sessions until people are better"
ESTIMAND = (
    "Of people at caseness who began treatment and left in the period, the share who would have been below both "
    "cut-offs and reliably improved at some session up to each, had nobody stopped before."
)
_CURVE = (
    Column("group", "Of whom"),
    Column("session", "Sessions", Kind.NUMBER, digits=0),
    Column("people", "People at the start", Kind.COUNT),
    Column("attended", "Attended so many, not better before", Kind.COUNT, within="people"),
    Column("reached", "First better at this session", Kind.COUNT, within="attended"),
    Column("share", "Better by then", Kind.SHARE, among="attended"),
    Column("low", "95% from", Kind.SHARE, among="attended"),
    Column("high", "to", Kind.SHARE, among="attended"),
)
_TOTALS = (
    Column("group", "Of whom"),
    Column("sessions", "Sessions in all", Kind.NUMBER, digits=0),
    Column("courses", "Planned endings", Kind.COUNT),
    Column("recovered", "Recovered", Kind.COUNT, within="courses"),
    Column("share", "Recovered", Kind.SHARE, of="recovered", among="courses"),
    Column("low", "95% from", Kind.SHARE, among="courses"),
    Column("high", "to", Kind.SHARE, among="courses"),
)
_TERMS = ("first score of an average course", "for each occasion", "for each occasion in all", "the two together")
_MODEL = (
    Column("group", "Of whom"),
    Column("term", "Term"),
    Column("people", "People sampled", Kind.COUNT),
    Column("points", "Points of PHQ-9", Kind.NUMBER, among="people", digits=3),
    Column("low", "95% from", Kind.NUMBER, among="people", digits=3),
    Column("high", "to", Kind.NUMBER, among="people", digits=3),
)


def answer(records: Records) -> Answer:
    """The first-passage curve; in parts, recovery by sessions in all, and a multilevel model of change."""
    began = records.pathways({"pathway_no": "pathway_no", "case": CASE_AT_START}, where=LEFT)
    counted = inclusion(
        began.select(
            reason=pl.when(pl.col("case").is_null())
            .then(pl.lit("no first score on both measures"))
            .when(~pl.col("case"))
            .then(pl.lit("not at caseness at the start"))
            .otherwise(pl.lit(""))
        )["reason"]
    )
    if not counted.n_used:
        why = f"Nobody who began treatment at caseness left in {records.period.label}."
        return nothing_to_say(TITLE, estimand=ESTIMAND, why=why, inclusion=counted)
    days = occasions(records, where=f"{LEFT} and ({CASE_AT_START})")
    passed = first_passages(_sessions(records), days)
    table = curves(passed)
    lead = _lead(table)
    return Answer(
        title=TITLE,
        estimand=ESTIMAND,
        assumptions=(
            "Whoever stopped at a session would have gone on to be better as often as those who went on. Courses do "
            "end because people are better, or have had enough (see score_integrity), so that the curve is out by what "
            "nobody knows.",
            "A session without scores on both measures shows nobody better; two sessions on one day count as two.",
            "Treatment contacts and completed internet therapy logs are sessions, as in the national count.",
        ),
        inclusion=counted,
        sentence=f"{{group@{lead}}}: {{share@{lead}}} would be better by session {{session@{lead}}} if those who "
        f"stopped had gone on like the others; {{attended@{lead}}} of {{people@{lead}}} people came to so many without "
        "being better before.",
        table=table,
        columns=_CURVE,
        chart=Chart(shape=Shape.LINES, x="session", y="share", low="low", high="high", series="group", stepped=True),
        parts=(_by_total(records), _model(records, days)),
        measures=ANALYSIS.measures,
    )


def _sessions(records: Records) -> pl.DataFrame:
    """group, pathway_no, held_on, and place (1, 2, …) of each session of the same people."""
    return records.rows("session", ("pathway_no", "held_on", "place"), where=f"{LEFT} and ({CASE_AT_START})")


def first_passages(sessions: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """The session at which each person was first better, or the last one attended.

    Parameters
    ----------
    sessions : group, pathway_no, held_on, place. days : pathway_no, scored_on, below, improved.

    Returns
    -------
    group, pathway_no, day (number of the session), event (1 if better then, 0 if last seen then).
    """
    better = days.filter(pl.col("below") & pl.col("improved")).select("pathway_no", held_on="scored_on")
    # Of two sessions on one day, the score is put down to the later.
    latest = (
        sessions.join(better, on=["pathway_no", "held_on"], how="semi")
        .group_by("pathway_no", "held_on")
        .agg(pl.col("place").max())
    )
    reached = latest.group_by("pathway_no").agg(reached=pl.col("place").min())
    last = sessions.group_by("pathway_no").agg(pl.col("group").first(), last=pl.col("place").max())
    return last.join(reached, on="pathway_no", how="left").select(
        "group",
        "pathway_no",
        day=pl.coalesce("reached", "last"),
        event=pl.col("reached").is_not_null().cast(pl.Int64),
    )


def curves(passed: pl.DataFrame) -> pl.DataFrame:
    """The share of each group better by each session, as the answer's table; null once nobody is left to be seen."""
    rows: list[dict[str, Any]] = []
    counted = passed.group_by("group", "day", "event").len("people").sort("group", "day", "event")
    for (group,), part in counted.partition_by("group", as_dict=True, maintain_order=True).items():
        seen = followed(part["day"], part["event"], causes=1, people=part["people"])
        curve = seen.incidence(1)
        for session in range(1, MOST_SESSIONS + 1):
            at = seen.days == session
            reached = int(curve.happened[at].sum())
            limits = curve.interval(session)
            rows.append(
                {
                    "group": group,
                    "session": session,
                    "people": int(seen.people),
                    "attended": int(seen.at_risk[seen.days >= session].max(initial=0)),
                    "reached": reached,
                    "share": limits.estimate,
                    "low": limits.low,
                    "high": limits.high,
                }
            )
    return framed(rows, _CURVE)


def _lead(table: pl.DataFrame) -> int:
    """The row to tell of: of the largest group, the last session that a tenth of its people came to."""
    said = (pl.col("people") == table["people"].max()) & pl.col("share").is_not_null()
    rows = rows_of(table, said & (10 * pl.col("attended") >= pl.col("people"))) or rows_of(table, said)
    return rows[-1] if rows else 0


def _by_total(records: Records) -> Answer:
    """Recovery by sessions in all, among courses that ended as planned."""
    title = "Recovery by sessions in all, where courses ended as planned"
    estimand = (
        "Of planned endings of finished courses at caseness at the start, the share recovered, by sessions in all."
    )
    courses = records.pathways(("treatment_count", "end_code", "at_caseness", "recovered"), where=FINISHED_IN_PERIOD)
    planned = pl.col("end_code") == PLANNED
    judged = pl.col("at_caseness") & pl.col("recovered").is_not_null()
    used = courses.filter(planned & judged)
    reasons = courses.select(
        reason=pl.when(used_ := (planned & judged).fill_null(value=False))
        .then(pl.lit(""))
        .when(planned.fill_null(value=False) & ~used_)
        .then(pl.lit("not at caseness, or a score is missing"))
        .otherwise(pl.lit("no planned ending"))
    )["reason"]
    counted = inclusion(reasons)
    if used.is_empty():
        why = "No course that began at caseness ended as planned with all four scores."
        return nothing_to_say(title, estimand=estimand, why=why, inclusion=counted)
    table = (
        used.group_by("group", sessions=pl.col("treatment_count").clip(upper_bound=MOST_SESSIONS + 1))
        .agg(courses=pl.len(), recovered=pl.col("recovered").sum())
        .sort("group", "sessions")
    )
    count, of = (table[name].to_numpy().astype(float) for name in ("recovered", "courses"))
    low, high = wilson_limits(count, of)
    table = table.with_columns(share=pl.Series(count / of), low=pl.Series(low), high=pl.Series(high))
    lead = int(table["courses"].arg_max() or 0)
    return Answer(
        title=title,
        estimand=estimand,
        assumptions=(
            f"{MOST_SESSIONS + 1} stands for more than {MOST_SESSIONS}.",
            "If people stop when they are well enough, recovery is as common after few sessions as after many; it does "
            "not follow that more sessions would not help.",
        ),
        inclusion=counted,
        sentence=f"{{group@{lead}}}: {{share@{lead}}} recovered of the {{courses@{lead}}} whose course ended as "
        f"planned after {{sessions@{lead}}} sessions, the commonest number.",
        table=table.select(pl.col(one.name).cast(_TYPES.get(one.kind, pl.Float64)) for one in _TOTALS),
        columns=_TOTALS,
        chart=Chart(shape=Shape.RANGES, x="sessions", y="share", low="low", high="high"),
    )


_TYPES = {Kind.TEXT: pl.String, Kind.COUNT: pl.Int64}


def _model(records: Records, days: pl.DataFrame) -> Answer:
    """PHQ-9 along the course, and whether it falls more slowly where there are more occasions."""
    title = "Whether scores fall more slowly in longer courses"
    estimand = (
        "Points of PHQ-9 for each scored occasion, and how that changes with the number of occasions, in a sample of "
        f"at most {SAMPLED} people of all groups together."
    )
    people = days.filter(pl.col("of") >= LEAST_DAYS)["pathway_no"].unique().sort().to_numpy()
    counted = Inclusion(n_in=len(people), n_used=len(people), n_excluded={})
    if len(people) >= LEAST_SAMPLED:
        chosen = default_rng(records.seed).choice(people, min(SAMPLED, len(people)), replace=False)
        left_out = len(people) - len(chosen)
        counted = Inclusion(
            n_in=len(people), n_used=len(chosen), n_excluded={"not in the sample": left_out} if left_out else {}
        )
        fitted = slopes(days.filter(pl.col("pathway_no").is_in(pl.Series(chosen).implode())))
    else:
        fitted = None
    if fitted is None:
        why = f"Fewer than {LEAST_SAMPLED} people were scored {LEAST_DAYS} times or more, or the model did not settle."
        return nothing_to_say(title, estimand=estimand, why=why, inclusion=counted)
    points, error = fitted
    half_width = standard_score(0.95) * error
    rows = [
        {
            "group": records.label,
            "term": term,
            "people": counted.n_used,
            "points": at,
            "low": at - wide,
            "high": at + wide,
        }
        for term, at, wide in zip(_TERMS, points, half_width, strict=True)
    ]
    return Answer(
        title=title,
        estimand=estimand,
        assumptions=(
            "Each person has a line of their own, and lines scatter as a bell curve does (multilevel model, REML).",
            "Scores are taken to fall in a straight line; mostly they fall fastest at first.",
            "Everyone's missing scores are missing at random, given the scores on record.",
        ),
        inclusion=counted,
        sentence="{group@1}: PHQ-9 changes by {points@1} points an occasion in a course of average length, and by "
        "{points@3} more for each further occasion in all.",
        table=framed(rows, _MODEL),
        columns=_MODEL,
    )


def slopes(days: pl.DataFrame) -> tuple[Floats, Floats] | None:
    """Fixed effects and their standard errors: start, occasion, occasions in all, both together.

    Parameters
    ----------
    days : pathway_no, number, of, depression; a row a scored occasion.

    Returns
    -------
    In points, occasions counted from the first and occasions in all from their mean; None where the model does not
    settle or cannot be fitted.

    Source
    ------
    statsmodels' MixedLM with a random start and slope.
    """
    occasion = days["number"].to_numpy().astype(float) - 1
    in_all = days["of"].to_numpy().astype(float)
    in_all -= days.unique("pathway_no")["of"].to_numpy().mean()
    design = np.column_stack([np.ones(days.height), occasion, in_all, occasion * in_all])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return None
    model = MixedLM(
        days["depression"].to_numpy().astype(float), design, groups=days["pathway_no"].to_numpy(), exog_re=design[:, :2]
    )
    with warnings.catch_warnings():
        # Whether it settled is asked of the result; a warning would say the same in other words.
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            fitted = model.fit(method="lbfgs")
        except np.linalg.LinAlgError:
            return None
    points, error = np.asarray(fitted.fe_params, dtype=float), np.asarray(fitted.bse_fe, dtype=float)
    return (points, error) if fitted.converged and np.isfinite(points).all() and np.isfinite(error).all() else None


ANALYSIS = Analysis(
    name="dose",
    title=TITLE,
    question="After how many sessions are people better, and what does that hang on?",
    answer=answer,
    sources=(
        "Kaplan & Meier 1958, J Am Stat Assoc 53:457, for the first-passage curve",
        "Robinson, Delgadillo & Kellett 2020, Psychother Res 30:79, a review of 26 studies (not re-read)",
        "Barkham et al. 2006, J Consult Clin Psychol 74:160, on the good-enough level (not re-read)",
        "Stiles, Barkham & Wheeler 2015, Br J Psychiatry 207:115 (not re-read)",
    ),
    not_for="Setting a number of sessions for anyone. Courses end for reasons that the records do not hold, and the "
    "three ways of asking agree only if those reasons had nothing to do with how people were.",
    measures=("M192",),
)
