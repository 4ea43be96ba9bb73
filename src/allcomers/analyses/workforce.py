"""Who holds the treatment contacts, and what becomes of those that are booked. Never by therapist.

The national data set says whether the member of staff had a qualification for the therapy. It says nothing of caseload,
unpaid hours, burnout or leaving: `survey` has the methods for asking staff themselves.
"""

import polars as pl

from allcomers.analyses.answer import Analysis, Answer, Chart, Column, Kind, Shape, nothing_to_say
from allcomers.analyses.finding import Inclusion
from allcomers.analyses.proportions import wilson_limits
from allcomers.analyses.records import Records
from allcomers.analyses.rows import framed

TITLE = "Who holds treatment contacts"
STAFF = {
    "qualified": "staff_qualified",
    "in training": "not staff_qualified and staff_in_training",
    "neither": "not staff_qualified and not staff_in_training and not staff_unknown",
    "not known": "not staff_qualified and not staff_in_training and staff_unknown",
}
_IN_PERIOD = "contact_on between $period_start and $period_end and in_window"
_TREATED = f"{_IN_PERIOD} and is_treatment"
_BOOKED = f"{_IN_PERIOD} and not coalesce(planned_indicator = 'N', false)"
_ESTIMAND = "Of treatment contacts attended in the period, the share that each kind of staff held."
_ASSUMPTIONS = (
    "Where several members of staff share a contact, one qualified is enough for it to count as qualified.",
    "Qualified means a national qualification awarded by the day of the contact, as the data set records it.",
)


def answer(records: Records) -> Answer:
    """Treatment contacts by kind of staff. `parts`: what became of planned contacts."""
    kinds = records.totals(
        "contact",
        {name: f"count(*) filter (where {rule})" for name, rule in STAFF.items()} | {"all": "count(*)"},
        where=_TREATED,
    )
    if kinds.is_empty():
        return nothing_to_say(TITLE, estimand=_ESTIMAND, why="No treatment contact was attended in the period.")
    rows = [
        {"group": row["group"], "staff": name, "n": row[name], "all": row["all"], **_shares(row[name], row["all"])}
        for row in kinds.iter_rows(named=True)
        for name in STAFF
    ]
    total = int(kinds["all"].sum())
    return Answer(
        title=TITLE,
        estimand=_ESTIMAND,
        assumptions=_ASSUMPTIONS,
        inclusion=Inclusion(n_in=total, n_used=total, n_excluded={}),
        sentence="Of {all@0} treatment contacts, {share@0} were held by somebody qualified, {share@1} by somebody in "
        "training; of {share@3} it is not known.",
        table=framed(rows, _COLUMNS),
        columns=_COLUMNS,
        chart=None if records.by else Chart(shape=Shape.BARS, x="staff", y="share", low="low", high="high"),
        parts=(_kept(records),),
    )


_COLUMNS = (
    Column("group", "Group"),
    Column("staff", "Held by somebody"),
    Column("n", "Treatment contacts", Kind.COUNT, within="all"),
    Column("all", "All", Kind.COUNT),
    Column("share", "Share", Kind.SHARE, of="n", among="all"),
    Column("low", "95% interval from", Kind.SHARE, of="n", among="all"),
    Column("high", "to", Kind.SHARE, of="n", among="all"),
)


def _shares(count: int, of: int) -> dict[str, float]:
    low, high = wilson_limits(pl.Series([float(count)]).to_numpy(), pl.Series([float(of)]).to_numpy())
    return {"share": count / of, "low": float(low[0]), "high": float(high[0])}


_KEPT = (
    Column("group", "Group"),
    Column("planned", "Planned contacts", Kind.COUNT),
    Column("attended", "Attended", Kind.COUNT, within="planned"),
    Column("attended_share", "Share attended", Kind.SHARE, of="attended", among="planned"),
    Column("short", "Attended, under 20 minutes", Kind.COUNT, within="attended"),
    Column("short_share", "Share of those attended", Kind.SHARE, of="short", among="attended"),
)


def _kept(records: Records) -> Answer:
    found = records.totals(
        "contact",
        {
            "planned": "count(*)",
            "attended": "count(*) filter (where attended)",
            "short": "count(*) filter (where attended and duration_minutes < 20)",
        },
        where=_BOOKED,
    )
    rows = [
        {
            **row,
            "attended_share": row["attended"] / row["planned"],
            "short_share": row["short"] / row["attended"] if row["attended"] else None,
        }
        for row in found.iter_rows(named=True)
    ]
    title, estimand = "Planned contacts", "Of contacts planned for the period, the share that was attended."
    if not rows:
        return nothing_to_say(title, estimand=estimand, why="No contact was planned for the period.")
    total = sum(row["planned"] for row in rows)
    return Answer(
        title=title,
        estimand=estimand,
        assumptions=("A contact without a mark of whether it was planned is taken as planned.",),
        inclusion=Inclusion(n_in=total, n_used=total, n_excluded={}),
        sentence="Of {planned@0} planned contacts {attended_share@0} were attended, {short_share@0} of these for less "
        "than 20 minutes.",
        table=framed(rows, _KEPT),
        columns=_KEPT,
    )


ANALYSIS = Analysis(
    name="workforce",
    title="The people who do the work",
    question="Who holds the treatment contacts, and what becomes of those that are planned?",
    answer=answer,
    sources=(
        "National Talking Therapies data set v2.1, care personnel qualifications (IDS902).",
        "Westwood et al. 2017, J Ment Health 26:172: 68.6% of wellbeing practitioners met a criterion of burnout "
        "(not re-read).",
    ),
    not_for="Not for judging a therapist or a team. It cannot tell of caseload, burnout, pay or people leaving: the "
    "data set does not hold them, and “not measured” is not “none”.",
)
