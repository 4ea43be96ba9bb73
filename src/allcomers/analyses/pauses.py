"""Pauses of waiting, shown beside the wait and never taken off unseen."""

import polars as pl

from allcomers.analyses.answer import Answer, Column, Kind, nothing_to_say
from allcomers.analyses.finding import Inclusion
from allcomers.analyses.records import Records
from allcomers.analyses.rows import largest
from allcomers.measures.catalogue.waits import SIX_WEEKS

RECEIVED = "received_on between $period_start and $period_end"
_PAUSE_COLUMNS = (
    Column("group", "Whose referrals"),
    Column("treated", "Treated so far", Kind.COUNT),
    Column("paused", "With a pause before it", Kind.COUNT, within="treated"),
    Column("paused_share", "Share with a pause", Kind.SHARE, of="paused", among="treated"),
    Column("pause_days", "Mean pause of those with one (days)", Kind.NUMBER, among="paused"),
    Column("wait_days", "Mean wait, nothing taken off (days)", Kind.NUMBER, among="treated"),
    Column("less_pauses_days", "With pauses taken off (days)", Kind.NUMBER, among="treated"),
    Column("in_time", f"Within {SIX_WEEKS} days", Kind.COUNT, within="treated"),
    Column("in_time_share", "Share, nothing taken off", Kind.SHARE, of="in_time", among="treated"),
    Column("in_time_less_pauses", "With pauses taken off", Kind.COUNT, within="treated"),
    Column("less_pauses_share", "Share, pauses taken off", Kind.SHARE, of="in_time_less_pauses", among="treated"),
)


def paused_days(pauses: pl.DataFrame) -> pl.DataFrame:
    """Days in at least one pause, for each pathway.

    Parameters
    ----------
    pauses : pathway_no, and the days on which each begins (`begins`) and is over (`ends`), as numbers; pauses may
        overlap, and one that ends before it begins is none.

    Returns
    -------
    pathway_no, paused_days. A pause from day 3 to day 5 is 2 days.
    """
    covered = pl.col("ends").cum_max().shift(1).over("pathway_no").fill_null(pl.col("begins"))
    new = pl.col("ends") - pl.max_horizontal("begins", covered)
    return (
        pauses.sort("pathway_no", "begins")
        .with_columns(new=new.clip(lower_bound=0))
        .group_by("pathway_no")
        .agg(paused_days=pl.col("new").sum())
    )


def pauses_beside(records: Records, cohort: pl.DataFrame, inclusion: Inclusion) -> Answer:
    title = "Pauses, beside the wait and not taken off unseen"
    estimand = "The wait to first treatment of those treated so far, with pauses and without."
    treated = cohort.filter(pl.col("first").is_not_null())
    if treated.is_empty():
        return nothing_to_say(title, estimand=estimand, why="Nobody had a first treatment.", inclusion=inclusion)
    table = _paused_table(treated.join(_pauses_before(records, treated), "pathway_no", "left"))
    lead = largest(table, "treated")
    return Answer(
        title=title,
        estimand=estimand,
        assumptions=(
            "Only days from referral to first treatment count; a pause without an end lasts to the first treatment.",
            "Why waiting was paused is not said: the meanings of the codes were not found.",
        ),
        inclusion=inclusion,
        sentence=f"{{group@{lead}}}: the wait was paused for {{paused_share@{lead}}} of those treated. It is "
        f"{{wait_days@{lead}}} days on average, and {{less_pauses_days@{lead}}} days with pauses taken off.",
        table=table,
        columns=_PAUSE_COLUMNS,
    )


def _pauses_before(records: Records, treated: pl.DataFrame) -> pl.DataFrame:
    pauses = records.rows(
        "pause",
        {"pathway_no": "pathway_no", "started_on": "started_on", "ended_on": "ended_on"},
        where=f"pathway.{RECEIVED}",
    )
    begins, ends = ((pl.col(name) - pl.col("received_on")).dt.total_days() for name in ("started_on", "ended_on"))
    dated = pauses.join(treated.select("pathway_no", "received_on", "first"), "pathway_no").select(
        "pathway_no",
        begins=begins.clip(lower_bound=0),
        ends=pl.min_horizontal(ends.fill_null(pl.col("first")), "first"),
    )
    return paused_days(dated.filter(pl.col("begins").is_not_null()))


def _paused_table(treated: pl.DataFrame) -> pl.DataFrame:
    paused, wait = pl.col("paused_days").fill_null(0), pl.col("first")
    less = wait - paused
    counted = treated.group_by("group").agg(
        treated=pl.len().cast(pl.Int64),
        paused=(paused > 0).sum().cast(pl.Int64),
        pause_days=paused.filter(paused > 0).mean(),
        wait_days=wait.mean(),
        less_pauses_days=less.mean(),
        in_time=(wait <= SIX_WEEKS).sum().cast(pl.Int64),
        in_time_less_pauses=(less <= SIX_WEEKS).sum().cast(pl.Int64),
    )
    shares = {"paused_share": "paused", "in_time_share": "in_time", "less_pauses_share": "in_time_less_pauses"}
    return (
        counted.with_columns((pl.col(of) / pl.col("treated")).alias(name) for name, of in shares.items())
        .sort("group")
        .select(column.name for column in _PAUSE_COLUMNS)
    )
