"""The same outcomes over every denominator, from everyone referred to the official base, and where people left.

Two views are kept apart. The *period* view divides a year's events by other events of that year, as publication does;
the people differ. The *cohort* view follows those referred in the period until the data end, and says how much those
still open could change it.
"""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from allcomers.analyses.answer import Analysis, Answer, Chart, Column, Kind, Shape, nothing_to_say
from allcomers.analyses.cells import day_in_words, largest_group, row_of, rows_of, whose
from allcomers.analyses.finding import PERIOD_CAVEAT, Inclusion
from allcomers.analyses.proportions import wilson
from allcomers.analyses.records import Records
from allcomers.codes.referral import END_CODE, RETIRED_END_CODE

TITLE = "Outcomes over every denominator"
PERIOD, COHORT = "period", "cohort"
REFERRED, ASSESSED, ENTERED, FINISHED, AT_CASENESS, OFFICIAL = (
    "referred",
    "assessed",
    "entered treatment",
    "finished",
    "finished, at caseness",
    "finished, not known to be below caseness",
)
STAGES = (REFERRED, ASSESSED, ENTERED, FINISHED, AT_CASENESS)
STILL_OPEN, NO_CODE = "still open", "ended, no end code recorded"
_IMPOSSIBLE = "discharged before the referral"


@dataclass(frozen=True, slots=True)
class _Outcome:
    """An outcome, the column that says it, and whom the official figure divides it by."""

    name: str
    column: str
    official: str

    @property
    def bases(self) -> tuple[str, ...]:
        """Recovery can only be said of those at caseness; the others of anyone who finished."""
        return (*STAGES, OFFICIAL) if self.official == OFFICIAL else STAGES[:4]


OUTCOMES = (
    _Outcome("recovery", "recovered", OFFICIAL),
    _Outcome("reliable recovery", "reliably_recovered", OFFICIAL),
    _Outcome("reliable improvement", "reliably_improved", FINISHED),
    _Outcome("reliable deterioration", "reliably_deteriorated", FINISHED),
)

_ASSESSED_ON = (
    "case when first_assessment_on is null or first_treatment_on < first_assessment_on "
    "then first_treatment_on else first_assessment_on end"
)
"""Who was treated was assessed, if only in the same contact."""


def _within(date: str) -> str:
    return f"coalesce({date} between $period_start and $period_end, false)"


_READ = {
    "in_received": _within("received_on"),
    "in_assessed": _within(_ASSESSED_ON),
    "in_entered": _within("first_treatment_on"),
    "in_ended": _within("discharged_on"),
    "assessed": f"{_ASSESSED_ON} is not null",
    "entered": "first_treatment_on is not null",
    "finished": "coalesce(finished_course, false)",
    "at_caseness": "coalesce(at_caseness, false)",
    "may_recover": "coalesce(finished_course, false) and not coalesce(not_at_caseness, false)",
    "still_open": "discharged_on is null",
    "end_code": "end_code",
    "impossible": "coalesce(discharged_on < received_on, false)",
    **{one.column: f"coalesce({one.column}, false)" for one in OUTCOMES},
}
_CONCERNED = " or ".join(map(_within, ("received_on", _ASSESSED_ON, "first_treatment_on", "discharged_on")))
_ENDED, _RECEIVED = pl.col("in_ended"), pl.col("in_received")
_MEMBERS: dict[str, dict[str, pl.Expr]] = {
    PERIOD: {
        REFERRED: _RECEIVED,
        ASSESSED: pl.col("in_assessed"),
        ENTERED: pl.col("in_entered"),
        FINISHED: _ENDED & pl.col("finished"),
        AT_CASENESS: _ENDED & pl.col("at_caseness"),
        OFFICIAL: _ENDED & pl.col("may_recover"),
    },
    COHORT: {
        REFERRED: _RECEIVED,
        ASSESSED: _RECEIVED & pl.col("assessed"),
        ENTERED: _RECEIVED & pl.col("entered"),
        FINISHED: _RECEIVED & pl.col("finished"),
        AT_CASENESS: _RECEIVED & pl.col("at_caseness"),
        OFFICIAL: _RECEIVED & pl.col("may_recover"),
    },
}
"""Who belongs to each denominator, in each view."""
_WHOSE = {PERIOD: _ENDED, COHORT: _RECEIVED}
"""Whose outcomes count: of the period, those that ended in it; of the cohort, those of the cohort."""


def stage_shares(counts: pl.Expr) -> pl.Expr:
    """Each count as a share (0–1) of the one before it; null for the first, and after a count of 0.

    The product of the shares from the second to the k-th is the k-th count over the first.
    """
    before = counts.shift(1)
    return pl.when(before > 0).then(counts / before)


def open_limits(
    count: pl.Expr, among: pl.Expr, *, open_inside: pl.Expr, still_open: pl.Expr
) -> tuple[pl.Expr, pl.Expr]:
    """The least and the greatest share (0–1) that can come of it once nobody is open any more.

    Parameters
    ----------
    count, among : with the outcome, and in the denominator, so far.
    open_inside : of the denominator, how many are open. still_open : how many are open in all: each may yet enter the
        denominator and have the outcome.

    Returns
    -------
    Least: everyone open enters the denominator, and none has the outcome. Greatest: everyone does both. Null where the
    denominator could be empty.
    """
    widest = among + still_open - open_inside
    return (
        pl.when(widest > 0).then(count / widest),
        pl.when(widest > 0).then((count + still_open) / widest),
    )


def answer(records: Records) -> Answer:
    """Recovery over every denominator, in both views.

    `parts` are the other outcomes, the stages that people passed, and how they left.
    """
    read = records.pathways(_READ, where=_CONCERNED)
    inclusion = Inclusion.of(np.where(read["impossible"].to_numpy(), _IMPOSSIBLE, ""))
    rows = read.filter(~pl.col("impossible"))
    if rows.is_empty():
        why = f"Nobody was referred, seen or discharged in {records.period.label}."
        return nothing_to_say(TITLE, estimand=_ESTIMAND, why=why, inclusion=inclusion)
    totals = _totals(rows)
    first, *others = (_over_denominators(records, totals, inclusion, outcome) for outcome in OUTCOMES)
    parts = (*others, _stages(records, totals, inclusion), _exits(records, rows, inclusion))
    return replace(first, title=TITLE, parts=parts)


def _totals(rows: pl.DataFrame) -> pl.DataFrame:
    """One row a group: how many belong to each denominator and have each outcome, in each view."""
    sums: dict[str, pl.Expr] = {"still_open": (_RECEIVED & pl.col("still_open")).sum()}
    for view, members in _MEMBERS.items():
        for base, belongs in members.items():
            sums[f"{view}: {base}"] = belongs.sum()
        for one in OUTCOMES:
            sums[f"{view}: {one.column}"] = (_WHOSE[view] & pl.col(one.column)).sum()
    for base, belongs in _MEMBERS[COHORT].items():
        sums[f"open: {base}"] = (belongs & pl.col("still_open")).sum()
    return rows.group_by("group").agg(one.cast(pl.Int64).alias(name) for name, one in sums.items()).sort("group")


_SHARE_COLUMNS = (
    Column("group", "Whose referrals"),
    Column("view", "View"),
    Column("denominator", "Denominator"),
    Column("official", "Official"),
    Column("count", "With the outcome", Kind.COUNT, within="among"),
    Column("among", "In the denominator", Kind.COUNT),
    Column("share", "Share", Kind.SHARE, of="count", among="among"),
    Column("low", "95% interval from", Kind.SHARE, of="count", among="among"),
    Column("high", "to", Kind.SHARE, of="count", among="among"),
    Column("still_open", "Still open", Kind.COUNT),
    Column("lowest", "If no one still open gets there", Kind.SHARE, of="count", among="still_open"),
    Column("highest", "If everyone still open does", Kind.SHARE, of="count", among="still_open"),
)


def _over_denominators(records: Records, totals: pl.DataFrame, inclusion: Inclusion, outcome: _Outcome) -> Answer:
    made = pl.concat(
        _shares(totals, view, base, outcome).with_columns(place=pl.lit(place))
        for place, (view, base) in enumerate((view, base) for view in _MEMBERS for base in outcome.bases)
    )
    table = made.sort("group", "place").select(column.name for column in _SHARE_COLUMNS)
    return Answer(
        title=f"{outcome.name.capitalize()} over every denominator",
        estimand=_ESTIMAND,
        assumptions=_ASSUMPTIONS,
        inclusion=inclusion,
        sentence=_sentence(records, table, outcome),
        table=table,
        columns=_SHARE_COLUMNS,
        chart=Chart(shape=Shape.RANGES, x="denominator", y="share", low="low", high="high", series="view"),
        measures=_MEASURES[outcome.column],
    )


def _shares(totals: pl.DataFrame, view: str, base: str, outcome: _Outcome) -> pl.DataFrame:
    count, among = pl.col("count"), pl.col("among")
    counted = totals.select(
        "group",
        view=pl.lit(view),
        denominator=pl.lit(base),
        official=pl.lit("official" if base == outcome.official else ""),
        count=f"{view}: {outcome.column}",
        among=f"{view}: {base}",
    )
    limits = wilson(counted["count"], counted["among"]).table
    return counted.with_columns(
        limits["low"],
        limits["high"],
        # A period ratio can pass 1; it is then shown, without the interval that it cannot have.
        share=pl.when(among > 0).then(count / among),
        **_open(totals, view, base, counted),
    )


def _open(totals: pl.DataFrame, view: str, base: str, counted: pl.DataFrame) -> dict[str, pl.Series]:
    """What those still open could make of it. Of a period ratio that cannot be said."""
    if view == PERIOD:
        blank = pl.Series([None] * len(totals))
        return {"still_open": blank.cast(pl.Int64), "lowest": blank.cast(pl.Float64), "highest": blank.cast(pl.Float64)}
    known = totals.select("still_open", open_inside=f"open: {base}").hstack(counted.select("count", "among"))
    lowest, highest = open_limits(
        pl.col("count"), pl.col("among"), open_inside=pl.col("open_inside"), still_open=pl.col("still_open")
    )
    limits = known.select("still_open", lowest=lowest, highest=highest)
    return {column.name: column for column in limits}


def _sentence(records: Records, table: pl.DataFrame, outcome: _Outcome) -> str:
    who = largest_group(table, "among")
    official = row_of(table, who & (pl.col("view") == PERIOD) & (pl.col("official") != ""))
    whole = row_of(table, who & (pl.col("view") == COHORT) & (pl.col("denominator") == REFERRED))
    said = [whose(records, official)]
    if table["among"][official]:
        said.append(
            f"Official {outcome.name} is {{share@{official}}}: {{count@{official}}} of {{among@{official}}} courses "
            "that count."
        )
    if table["among"][whole]:
        said.append(
            f"Of the {{among@{whole}}} referrals received in {records.period.label}, {{count@{whole}}} "
            f"({{share@{whole}}}) had ended with {outcome.name} by {day_in_words(records.data_end)}, and "
            f"{{still_open@{whole}}} were still open."
        )
    else:
        said.append(f"Nobody was referred in {records.period.label} ({{among@{whole}}}).")
    return " ".join(filter(None, said))


_STAGE_COLUMNS = (
    Column("group", "Whose referrals"),
    Column("view", "View"),
    Column("stage", "Stage"),
    Column("among", "At the stage before", Kind.COUNT),
    Column("count", "At this stage", Kind.COUNT, within="among"),
    Column("share", "Share of the stage before", Kind.SHARE, of="count", among="among"),
    Column("referred", "Referred", Kind.COUNT),
    Column("of_referred", "Share of the referred", Kind.SHARE, of="count", among="referred"),
)


def _stages(records: Records, totals: pl.DataFrame, inclusion: Inclusion) -> Answer:
    made = pl.concat(
        totals.select("group", view=pl.lit(view), stage=pl.lit(stage), place=pl.lit(place), count=f"{view}: {stage}")
        for place, (view, stage) in enumerate((view, stage) for view in _MEMBERS for stage in STAGES)
    ).sort("group", "place")
    whole, count, referred = ("group", "view"), pl.col("count"), pl.col("referred")
    table = made.with_columns(
        among=count.shift(1).over(whole), share=stage_shares(count).over(whole), referred=count.first().over(whole)
    ).with_columns(of_referred=pl.when(referred > 0).then(count / referred))
    return Answer(
        title="How far people came",
        estimand="The share of each stage that reached the next.",
        assumptions=_ASSUMPTIONS,
        inclusion=inclusion,
        sentence=_stage_sentence(records, table),
        table=table.select(column.name for column in _STAGE_COLUMNS),
        columns=_STAGE_COLUMNS,
        chart=Chart(shape=Shape.BARS, x="stage", y="of_referred", series="view"),
    )


def _stage_sentence(records: Records, table: pl.DataFrame) -> str:
    who = largest_group(table, "referred")
    row = row_of(table, who & (pl.col("view") == COHORT) & (pl.col("stage") == FINISHED))
    return (
        f"{whose(records, row)} Of the {{referred@{row}}} referrals received in {records.period.label}, "
        f"{{count@{row}}} ({{of_referred@{row}}}) had finished a course by {day_in_words(records.data_end)}."
    ).strip()


_EXIT_COLUMNS = (
    Column("group", "Whose referrals"),
    Column("reached", "Furthest stage"),
    Column("exit", "How it ended"),
    Column("end_code", "End code"),
    Column("count", "Referrals", Kind.COUNT, within="referred"),
    Column("referred", "Referred", Kind.COUNT),
    Column("share", "Share of the referred", Kind.SHARE, of="count", among="referred"),
)
_REACHED = pl.Enum([REFERRED, ASSESSED, ENTERED, FINISHED])
_EXIT_NAMES = {one.code: one.meaning for one in (*END_CODE, *RETIRED_END_CODE)}


def _exits(records: Records, rows: pl.DataFrame, inclusion: Inclusion) -> Answer:
    """Everyone referred in the period, by the furthest stage and how it ended: the rows add up to them all."""
    title = "Where people left"
    estimand = "How the referrals received in the period had ended when the data end."
    if not rows["in_received"].any():
        why = f"Nobody was referred in {records.period.label}."
        return nothing_to_say(title, estimand=estimand, why=why, inclusion=inclusion)
    cohort = rows.filter(_RECEIVED).with_columns(reached=_furthest(), exit=_exit_words())
    counted = cohort.group_by("group", "reached", "exit", pl.col("end_code").fill_null("")).agg(
        count=pl.len().cast(pl.Int64)
    )
    table = (
        counted.with_columns(referred=pl.col("count").sum().over("group"))
        .with_columns(share=pl.col("count") / pl.col("referred"))
        .sort("group", "reached", "count", "exit", descending=[False, False, True, False])
        .with_columns(pl.col("reached").cast(pl.String))
    )
    return Answer(
        title=title,
        estimand=estimand,
        assumptions=("An end code says what the service recorded; nobody asked those who stayed away.",),
        inclusion=inclusion,
        sentence=_exit_sentence(records, table),
        table=table.select(column.name for column in _EXIT_COLUMNS),
        columns=_EXIT_COLUMNS,
        chart=Chart(shape=Shape.BARS, x="exit", y="share", series="reached"),
    )


def _furthest() -> pl.Expr:
    stage = pl.when("finished").then(pl.lit(FINISHED)).when("entered").then(pl.lit(ENTERED))
    return stage.when("assessed").then(pl.lit(ASSESSED)).otherwise(pl.lit(REFERRED)).cast(_REACHED)


def _exit_words() -> pl.Expr:
    named = pl.col("end_code").replace_strict(_EXIT_NAMES, default="ended, code not in the list")
    without = pl.when(pl.col("end_code").is_null()).then(pl.lit(NO_CODE)).otherwise(named)
    return pl.when("still_open").then(pl.lit(STILL_OPEN)).otherwise(without)


def _exit_sentence(records: Records, table: pl.DataFrame) -> str:
    left = (pl.col("exit") != STILL_OPEN) & (pl.col("reached") != FINISHED) & largest_group(table, "referred")
    if not (found := rows_of(table, left)):
        return "Nobody of the {referred@0} referred has left without a finished course."
    row = found[0]
    return (
        f"{whose(records, row)} The commonest way to leave without a finished course, by stage and end code, was "
        f"“{{exit@{row}}}”, having been {{reached@{row}}}: {{count@{row}}} of {{referred@{row}}} referrals "
        f"({{share@{row}}})."
    ).strip()


_ESTIMAND = "The share with the outcome, of each denominator that the question can be asked of."
_ASSUMPTIONS = (
    "An outcome that is not on record did not happen: only finished courses with all four scores can show one.",
    "Who was treated was assessed, if only in the same contact.",
    PERIOD_CAVEAT,
    "In the cohort view those still open when the data end are in the denominator; the lowest and highest share say "
    "what they could make of it.",
    "Deaths and transfers stay in the denominator, and are ends of their own.",
)
_MEASURES = {
    "recovered": ("M192",),
    "reliably_recovered": ("M195",),
    "reliably_improved": ("M186",),
    "reliably_deteriorated": ("M1010",),
}

ANALYSIS = Analysis(
    name="denominators",
    title=TITLE,
    question="What share of everyone referred, assessed, started or finished came to recovery?",
    answer=answer,
    sources=(
        "Definitions: NHS Talking Therapies annual metadata, 2024-25.",
        "Clark et al. 2018, Lancet 391:679 (not re-read).",
        "Griffiths and Steen 2013, on recovery of everyone who was referred (not re-read).",
        "Wilson 1927, J Am Stat Assoc 22:209.",
    ),
    not_for=(
        "Comparing services without regard to whom they serve, or to say what treatment does: people who were never "
        "treated are in the wider denominators."
    ),
    measures=("M192", "M195", "M186", "M1010"),
)
