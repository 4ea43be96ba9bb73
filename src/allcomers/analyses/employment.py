"""Work at the start and at the end: moves both ways, over everyone who was treated, with "not known" as a state.

The official counts are of statuses at each end. Here people whose end is not known stay in the table, and what is said
of moves into work is said with the moves out of it. Leaving a benefit is told of by itself: it says nothing of health,
and nothing of work.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
from scipy.stats import binomtest

from allcomers.analyses.answer import Analysis, Answer, Chart, Column, Kind, Shape, nothing_to_say
from allcomers.analyses.finding import Inclusion
from allcomers.analyses.proportions import INDEPENDENT_PEOPLE
from allcomers.analyses.records import Records
from allcomers.codes.employment import EMPLOYMENT_STATUS

IN_WORK, OUT_OF_WORK, UNKNOWN = "in work", "not in work", "not known"
STATES = (IN_WORK, OUT_OF_WORK, UNKNOWN)
BENEFITS: Mapping[str, str] = {
    "receives_benefits": "any benefit",
    "employment_and_support_allowance": "Employment and Support Allowance",
    "universal_credit": "Universal Credit",
    "personal_independence_payment": "Personal Independence Payment",
}
_EMPLOYED, _DECLINED = "01", "ZZ"
_NOT_EMPLOYED = tuple(one.code for one in EMPLOYMENT_STATUS if one.code not in (_EMPLOYED, _DECLINED))
_TREATED = "discharged_on between $period_start and $period_end and treatment_count >= 1"
_TREATED_JOINED = (
    "pathway.discharged_on between $period_start and $period_end and pathway.treatment_count >= 1 and is_valid_status"
)
_ESTIMAND = (
    "Where people who had at least one treatment contact, and whose referral ended in the period, stood in work by the "
    "first and by the last dated record of their referral."
)
_ASSUMPTIONS = (
    "A record tells of work on its date. Where there is only one, the end is not known; never no change.",
    "Bounds take each unknown end as the worst and then as the best; they assume nothing about those people.",
    "There is no comparison with people who had no therapy, so nothing is said of what therapy did.",
    INDEPENDENT_PEOPLE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """Counts of people by state at the start and at the end; those whose start is not known are not here."""

    stayed_in: int
    left_work: int
    entered_work: int
    stayed_out: int
    in_then_unknown: int
    out_then_unknown: int

    @property
    def starters(self) -> int:
        """Everyone whose start is known."""
        return self.in_at_start + self.out_at_start

    @property
    def in_at_start(self) -> int:
        return self.stayed_in + self.left_work + self.in_then_unknown

    @property
    def out_at_start(self) -> int:
        return self.entered_work + self.stayed_out + self.out_then_unknown

    @property
    def net(self) -> int:
        """Moves into work less moves out of it."""
        return self.entered_work - self.left_work

    @property
    def net_bounds(self) -> tuple[int, int]:
        """The net change if every unknown end were out of work, and if every one were in work."""
        return self.net - self.in_then_unknown, self.net + self.out_then_unknown

    @property
    def p_value(self) -> float | None:
        """Exact McNemar test that moves in and out are as likely; None where nobody moved.

        Source: McNemar 1947, Psychometrika 12:153, by the binomial distribution.
        """
        moved = self.entered_work + self.left_work
        return float(binomtest(self.entered_work, moved, 0.5).pvalue) if moved else None


def answer(records: Records) -> Answer:
    """Work, and beside it benefits, of those treated whose referral ended in the period."""
    ended = _ended(records)
    title = "Work at the start and at the end"
    if ended.is_empty():
        return nothing_to_say(title, estimand=_ESTIMAND, why="No referral with treatment ended in the period.")
    known = ended.filter(pl.col("start") != UNKNOWN)
    if known.is_empty():
        return nothing_to_say(
            title,
            estimand=_ESTIMAND,
            why="No status at the start is recorded, so nothing can be said of work.",
            inclusion=_inclusion(ended),
        )
    moves = _moves(known)
    table = pl.DataFrame([_row(group, one) for group, one in moves.items()], schema=_SCHEMA)
    return Answer(
        title=title,
        estimand=_ESTIMAND,
        assumptions=_ASSUMPTIONS,
        inclusion=_inclusion(ended),
        sentence="Of {out@0} people who were not in work at the start, {entered@0} were in work by the last record; "
        "of {in@0} in work, {left@0} were no longer. The end is not known of {unknown@0}.",
        table=table,
        columns=_COLUMNS,
        chart=Chart(shape=Shape.RANGES, x="group", y="net_share", low="net_low", high="net_high", reference=0),
        parts=(_matrix(ended), _benefits(ended), _copied(ended)),
        measures=ANALYSIS_MEASURES,
    )


def _ended(records: Records) -> pl.DataFrame:
    """One row a pathway: group, start and end states, whether it has two dated records, and whether they are alike."""
    pathways = records.pathways(["pathway_no"], where=_TREATED)
    rows = records.rows(
        "pathway_employment",
        {
            "pathway_no": "pathway_employment.pathway_no",
            "order_no": "order_no",
            "recorded_on": "recorded_on",
            "status": "employment_status",
            **{name: name for name in BENEFITS},
        },
        where=_TREATED_JOINED,
    )
    first_and_last = (
        rows.sort("order_no")
        .group_by("pathway_no")
        .agg(
            *(pl.col(name).first().alias(f"{name}_first") for name in ("status", "recorded_on", *BENEFITS)),
            *(pl.col(name).last().alias(f"{name}_last") for name in ("status", "recorded_on", *BENEFITS)),
        )
    )
    twice = (pl.col("recorded_on_last") > pl.col("recorded_on_first")).fill_null(value=False)
    return (
        pathways.join(first_and_last, on="pathway_no", how="left")
        .with_columns(twice=twice)
        .with_columns(
            start=_state("status_first"),
            end=pl.when("twice").then(_state("status_last")).otherwise(pl.lit(UNKNOWN)),
        )
        .sort("group", "pathway_no")
    )


def _state(status: str) -> pl.Expr:
    code = pl.col(status)
    return (
        pl.when(code == _EMPLOYED)
        .then(pl.lit(IN_WORK))
        .when(code.is_in(_NOT_EMPLOYED))
        .then(pl.lit(OUT_OF_WORK))
        .otherwise(pl.lit(UNKNOWN))
    )


def _moves(known: pl.DataFrame) -> dict[str, Moves]:
    counted: dict[str, dict[tuple[str, str], int]] = {}
    for group, start, end, n in known.group_by("group", "start", "end").len().sort("group", "start", "end").iter_rows():
        counted.setdefault(group, {})[start, end] = n
    return {
        group: Moves(
            stayed_in=cells.get((IN_WORK, IN_WORK), 0),
            left_work=cells.get((IN_WORK, OUT_OF_WORK), 0),
            entered_work=cells.get((OUT_OF_WORK, IN_WORK), 0),
            stayed_out=cells.get((OUT_OF_WORK, OUT_OF_WORK), 0),
            in_then_unknown=cells.get((IN_WORK, UNKNOWN), 0),
            out_then_unknown=cells.get((OUT_OF_WORK, UNKNOWN), 0),
        )
        for group, cells in counted.items()
    }


_COLUMNS = (
    Column("group", "Group"),
    Column("starters", "Start known", Kind.COUNT),
    Column("out", "Not in work at the start", Kind.COUNT, within="starters"),
    Column("entered", "Of those, in work at the end", Kind.COUNT, within="out"),
    Column("out_known", "Not in work at the start, end known", Kind.COUNT, within="out"),
    Column(
        "entered_known_share", "Entered work, of those whose end is known", Kind.SHARE, of="entered", among="out_known"
    ),
    Column("entered_share", "Entered work, of all not in work at the start", Kind.SHARE, of="entered", among="out"),
    Column("entered_high", "The most that it can be", Kind.SHARE, of="entered", among="out"),
    Column("in", "In work at the start", Kind.COUNT, within="starters"),
    Column("left", "Of those, not in work at the end", Kind.COUNT, within="in"),
    Column("unknown", "End not known", Kind.COUNT, within="starters"),
    Column(
        "net_share",
        "Into work less out of it, per 100 whose start is known",
        Kind.DIFFERENCE,
        of="entered",
        among="starters",
    ),
    Column("net_low", "If every unknown end were out of work", Kind.DIFFERENCE, of="unknown", among="starters"),
    Column("net_high", "If every unknown end were in work", Kind.DIFFERENCE, of="unknown", among="starters"),
    Column("p_value", "Moves in and out as likely (exact McNemar)", Kind.PROBABILITY, of="entered", among="starters"),
)
_SCHEMA = {
    column.name: {Kind.TEXT: pl.String(), Kind.COUNT: pl.Int64()}.get(column.kind, pl.Float64()) for column in _COLUMNS
}


def _row(group: str, moves: Moves) -> dict[str, object]:
    out, out_known = moves.out_at_start, moves.entered_work + moves.stayed_out
    low, high = moves.net_bounds
    return {
        "group": group,
        "starters": moves.starters,
        "out": out,
        "entered": moves.entered_work,
        "out_known": out_known,
        "entered_known_share": _share(moves.entered_work, out_known),
        "entered_share": _share(moves.entered_work, out),
        "entered_high": _share(moves.entered_work + moves.out_then_unknown, out),
        "in": moves.in_at_start,
        "left": moves.left_work,
        "unknown": moves.in_then_unknown + moves.out_then_unknown,
        "net_share": _share(moves.net, moves.starters),
        "net_low": _share(low, moves.starters),
        "net_high": _share(high, moves.starters),
        "p_value": moves.p_value,
    }


def _share(count: int, of: int) -> float | None:
    return count / of if of else None


def _inclusion(ended: pl.DataFrame) -> Inclusion:
    unknown = int((ended["start"] == UNKNOWN).sum())
    reasons = {"no status recorded at the start": unknown} if unknown else {}
    return Inclusion(n_in=ended.height, n_used=ended.height - unknown, n_excluded=reasons)


_MATRIX = (
    Column("group", "Group"),
    Column("start", "At the start"),
    Column("end", "By the last record"),
    Column("n", "People", Kind.COUNT),
    Column("all", "Everyone", Kind.COUNT),
    Column("share", "Of everyone", Kind.SHARE, of="n", among="all"),
)


def _matrix(ended: pl.DataFrame) -> Answer:
    counts = ended.group_by("group", "start", "end").len("n")
    table = _with_shares(_every_cell(counts, ended), "group")
    return Answer(
        title="From each state to each, everyone treated",
        estimand=_ESTIMAND,
        assumptions=_ASSUMPTIONS[:1],
        inclusion=Inclusion(n_in=ended.height, n_used=ended.height, n_excluded={}),
        sentence="Of {all@0} people, {n@0} were in work at both ends; of {n@8} nothing is known at either.",
        table=table,
        columns=_MATRIX,
    )


def _every_cell(counts: pl.DataFrame, ended: pl.DataFrame) -> pl.DataFrame:
    """A row for every pair of states, those nobody is in as 0, in the order of `STATES`."""
    states = pl.Enum(STATES)
    cells = (
        ended.select(pl.col("group").unique())
        .join(pl.DataFrame({"start": STATES}), how="cross")
        .join(pl.DataFrame({"end": STATES}), how="cross")
    )
    return (
        cells.join(counts, on=["group", "start", "end"], how="left")
        .with_columns(pl.col("n").fill_null(0).cast(pl.Int64))
        .sort("group", pl.col("start").cast(states), pl.col("end").cast(states))
    )


def _with_shares(counts: pl.DataFrame, over: str) -> pl.DataFrame:
    return counts.with_columns(all=pl.col("n").sum().over(over)).with_columns(share=pl.col("n") / pl.col("all"))


_BENEFIT_COLUMNS = (
    Column("group", "Group"),
    Column("benefit", "Benefit"),
    Column("all", "Everyone treated", Kind.COUNT),
    Column("known", "Known at both ends", Kind.COUNT, within="all"),
    Column("off", "Had it, and no longer", Kind.COUNT, within="known"),
    Column("off_to_work", "Of those, entered work", Kind.COUNT, within="off"),
    Column("on", "Did not have it, and now do", Kind.COUNT, within="known"),
)


def _benefits(ended: pl.DataFrame) -> Answer:
    table = pl.concat([_benefit(ended, field, words) for field, words in BENEFITS.items()]).sort("group", "benefit")
    return Answer(
        title="Benefits, which say nothing of health",
        estimand="How many people had each benefit by one record and not by the other, in either direction.",
        assumptions=(
            "A benefit that ends may have been stopped, or swapped for another, as well as no longer needed.",
            "Leaving a benefit is no outcome of therapy, and no service may be judged or paid by it.",
            _ASSUMPTIONS[0],
        ),
        inclusion=Inclusion(n_in=ended.height, n_used=ended.height, n_excluded={}),
        sentence="Of {known@0} people in whose records {benefit@0} is known at both ends, {off@0} no longer had "
        "it, {off_to_work@0} of them with a move into work, and {on@0} newly had it.",
        table=table,
        columns=_BENEFIT_COLUMNS,
    )


def _benefit(ended: pl.DataFrame, field: str, words: str) -> pl.DataFrame:
    first, last = pl.col(f"{field}_first"), pl.col(f"{field}_last")
    off = (first == "Y") & (last == "N")
    on = (first == "N") & (last == "Y")
    to_work = (pl.col("start") == OUT_OF_WORK) & (pl.col("end") == IN_WORK)
    known = pl.col("twice") & first.is_in(["Y", "N"]) & last.is_in(["Y", "N"])

    def count(condition: pl.Expr) -> pl.Expr:
        return (known & condition).fill_null(value=False).sum().cast(pl.Int64)

    return ended.group_by("group").agg(
        benefit=pl.lit(words),
        all=pl.len().cast(pl.Int64),
        known=count(pl.lit(value=True)),
        off=count(off),
        off_to_work=count(off & to_work),
        on=count(on),
    )


_COPIED = (
    Column("group", "Group"),
    Column("all", "Everyone treated", Kind.COUNT),
    Column("recorded", "With any record", Kind.COUNT, within="all"),
    Column("once", "With one dated record only", Kind.COUNT, within="recorded"),
    Column("once_share", "Of those with a record", Kind.SHARE, of="once", among="recorded"),
    Column("twice", "With two or more", Kind.COUNT, within="recorded"),
    Column("same", "Of those, the same status at both ends", Kind.COUNT, within="twice"),
    Column("same_share", "The same, of those with two or more", Kind.SHARE, of="same", among="twice"),
)


def _copied(ended: pl.DataFrame) -> Answer:
    recorded, twice = pl.col("recorded_on_first").is_not_null(), pl.col("twice")
    counts = (
        ended.group_by("group")
        .agg(
            all=pl.len().cast(pl.Int64),
            recorded=recorded.sum().cast(pl.Int64),
            once=(recorded & ~twice).sum().cast(pl.Int64),
            twice=twice.sum().cast(pl.Int64),
            same=(twice & (pl.col("status_first") == pl.col("status_last")))
            .fill_null(value=False)
            .sum()
            .cast(pl.Int64),
        )
        .with_columns(once_share=_ratio("once", "recorded"), same_share=_ratio("same", "twice"))
        .select(column.name for column in _COPIED)
        .sort("group")
    )
    return Answer(
        title="How the records were kept",
        estimand="How often work was asked of once only, and how often the last record repeats the first.",
        assumptions=("A repeated status may be true, or may have been carried forward without asking.",),
        inclusion=Inclusion(n_in=ended.height, n_used=ended.height, n_excluded={}),
        sentence="Of {recorded@0} people with any record of work, {once@0} have only one, so no change can be seen; "
        "{same@0} of the {twice@0} with two or more have the same status at both ends.",
        table=counts,
        columns=_COPIED,
    )


def _ratio(of: str, among: str) -> pl.Expr:
    return pl.when(pl.col(among) > 0).then(pl.col(of) / pl.col(among))


ANALYSIS_MEASURES = ("EA050", "EA051", "EA052", "EA053", "EA054", "EA055", "EA056", "EA057")
ANALYSIS = Analysis(
    name="employment",
    title="Work and benefits",
    question="How many moved into work and how many out of it, with those of whom it is not known?",
    answer=answer,
    sources=(
        "National Talking Therapies monthly metadata, EA050–EA057: which records of work count.",
        "McNemar 1947, Psychometrika 12:153.",
        "Office for National Statistics 2024, linked study of talking therapies and employment (not re-read): paid "
        "employment up by at most 1.5 percentage points.",
    ),
    not_for="Not for saying that therapy brought anybody into work, not for ranking services, teams or people, and "
    "never for judging fitness for work or entitlement to a benefit.",
    measures=ANALYSIS_MEASURES,
)
