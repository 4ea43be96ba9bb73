"""Stepping up after no response: whether more was offered to those whose scores had not moved by the fourth session."""

import polars as pl

from allcomers import instruments
from allcomers.analyses import ended
from allcomers.analyses.answer import Answer, Chart, Column, Kind, Shape, nothing_to_say
from allcomers.analyses.finding import Inclusion
from allcomers.analyses.proportions import wilson
from allcomers.analyses.records import Records
from allcomers.analyses.rows import largest
from allcomers.instruments.scoring import threshold
from allcomers.measures.catalogue.terms import FINISHED

AT_SESSION = 4
MEASURES = ("PHQ9", "GAD7")
_LOW_FIRST = f"{ended.ENDED} and {FINISHED} and first_stage_intensity = 'low'"

_TITLE = "Stepping up after no response"
_ESTIMAND = (
    f"Of those who began at low intensity and whose scores had not reliably improved by session {AT_SESSION}, the "
    "share stepped up to high intensity afterwards."
)
_COLUMNS = (
    Column("group", "Whose referrals"),
    Column("followed", f"Began low, with scores by session {AT_SESSION}", Kind.COUNT),
    Column("no_response", "No reliable improvement by then", Kind.COUNT, within="followed"),
    Column("stepped_up", "Stepped up afterwards", Kind.COUNT, within="no_response"),
    Column("share", "Share stepped up", Kind.SHARE, of="stepped_up", among="no_response"),
    Column("low", "95% interval from", Kind.SHARE, of="stepped_up", among="no_response"),
    Column("high", "to", Kind.SHARE, of="stepped_up", among="no_response"),
    Column("median_days", "Median wait from that session (days)", Kind.NUMBER, among="stepped_up", digits=0),
)


def stepped_up(records: Records) -> Answer:
    """How many were stepped up after no reliable improvement by the fourth session, and how long that took."""
    began_low = records.pathways(
        {
            "pathway_no": "pathway_no",
            "stepped_on": "case when second_stage_intensity = 'high' then second_stage_on end",
        },
        where=_LOW_FIRST,
    )
    held = records.rows(
        "session", {"pathway_no": "pathway_no", "held_on": "held_on"}, where=f"place = {AT_SESSION} and {_LOW_FIRST}"
    )
    reached = began_low.join(held.drop("group"), "pathway_no")
    known = reached.join(_responses(records, held), "pathway_no")
    inclusion = Inclusion(
        n_in=began_low.height,
        n_used=known.height,
        n_excluded={
            f"fewer than {AT_SESSION} sessions": began_low.height - reached.height,
            f"not two scores by session {AT_SESSION}": reached.height - known.height,
        },
    )
    if known.is_empty():
        why = f"Nobody who began at low intensity has two scores by session {AT_SESSION}."
        return nothing_to_say(_TITLE, estimand=_ESTIMAND, why=why, inclusion=inclusion)
    table = _counted(known)
    lead = largest(table, "no_response")
    return Answer(
        title=_TITLE,
        estimand=_ESTIMAND,
        assumptions=(
            "No response is no reliable fall of PHQ-9 and none of GAD-7, of those that have two scores by then.",
            "Stepping up is a run of at least two high-intensity sessions that begins after that session.",
            "Someone can get better later without stepping up, or decline it.",
        ),
        inclusion=inclusion,
        sentence=f"{{group@{lead}}}: {{no_response@{lead}}} had not reliably improved by session {AT_SESSION} at low "
        f"intensity; {{share@{lead}}} of them were stepped up afterwards.",
        table=table,
        columns=_COLUMNS,
        chart=Chart(shape=Shape.RANGES, x="group", y="share", low="low", high="high"),
    )


def _responses(records: Records, held: pl.DataFrame) -> pl.DataFrame:
    """pathway_no and whether either measure had reliably fallen by the session, of those with two scores of one."""
    listed = ", ".join(f"'{name}'" for name in MEASURES)
    scores = records.rows(
        "score",
        {name: name for name in ("pathway_no", "instrument", "scored_on", "order_no", "score")},
        where=f"instrument in ({listed}) and {_LOW_FIRST}",
    )
    fallen_by = {
        name: float(threshold(instruments.get(name), "reliable_change").require().value or 0) for name in MEASURES
    }
    first, latest = (pl.col("score").sort_by("order_no").first(), pl.col("score").sort_by("order_no").last())
    return (
        scores.join(held.drop("group"), "pathway_no")
        .filter(pl.col("scored_on") <= pl.col("held_on"))
        .group_by("pathway_no", "instrument")
        .agg(fall=first - latest, scores=pl.len())
        .filter(pl.col("scores") > 1)
        .with_columns(responded=pl.col("fall") >= pl.col("instrument").replace_strict(fallen_by))
        .group_by("pathway_no")
        .agg(pl.col("responded").any())
    )


def _counted(known: pl.DataFrame) -> pl.DataFrame:
    none, later = ~pl.col("responded"), pl.col("stepped_on") > pl.col("held_on")
    wait = (pl.col("stepped_on") - pl.col("held_on")).dt.total_days()
    counted = known.group_by("group").agg(
        followed=pl.len().cast(pl.Int64),
        no_response=none.sum().cast(pl.Int64),
        stepped_up=(none & later.fill_null(value=False)).sum().cast(pl.Int64),
        median_days=wait.filter(none & later).median(),
    )
    limits = wilson(counted["stepped_up"], counted["no_response"]).table
    made = counted.with_columns(limits["share"], limits["low"], limits["high"]).sort("group")
    return made.select(column.name for column in _COLUMNS)
