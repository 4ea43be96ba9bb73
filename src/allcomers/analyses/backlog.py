"""Open referrals in which nothing happens."""

import polars as pl

from allcomers.analyses.answer import Answer, Chart, Column, Kind, Shape, nothing_to_say
from allcomers.analyses.finding import Inclusion
from allcomers.analyses.proportions import wilson
from allcomers.analyses.records import Records
from allcomers.analyses.rows import largest
from allcomers.measures.catalogue.terms import OPEN

IDLE_DAYS = (60, 90, 120)

_BACKLOG_COLUMNS = (
    Column("group", "Whose referrals"),
    Column("over", "Nothing for over"),
    Column("open", "Open at the end of the period", Kind.COUNT),
    Column("idle", "Of them with nothing for so long", Kind.COUNT, within="open"),
    Column("share", "Share", Kind.SHARE, of="idle", among="open"),
    Column("low", "95% interval from", Kind.SHARE, of="idle", among="open"),
    Column("high", "to", Kind.SHARE, of="idle", among="open"),
    Column("never_seen", "Of those, never seen at all", Kind.COUNT, within="idle"),
)


def backlog(records: Records, seen: pl.DataFrame) -> Answer:
    """Referrals open at the end of the period, by the days since anything happened in them."""
    title = "Open, with nothing happening"
    estimand = "The share of referrals open at the end of the period in which nothing had happened for so many days."
    opened = records.pathways(["pathway_no", "received_on"], where=OPEN)
    if opened.is_empty():
        return nothing_to_say(title, estimand=estimand, why=f"No referral was open on {records.period.ends_on}.")
    by_then = seen.filter(pl.col("seen_on") <= records.period.ends_on)
    last = by_then.group_by("pathway_no").agg(pl.col("seen_on").max())
    since = pl.lit(records.period.ends_on) - pl.coalesce("seen_on", "received_on")
    idle = opened.join(last, "pathway_no", "left").with_columns(idle_days=since.dt.total_days())
    table = pl.concat(_idle_over(idle, over) for over in IDLE_DAYS).sort("group", maintain_order=True)
    lead = largest(table, "open", pl.col("over") == f"{IDLE_DAYS[1]} days")
    return Answer(
        title=title,
        estimand=estimand,
        assumptions=(
            "Something happens when a contact is attended or an internet therapy log begins; the referral is the first "
            "of them.",
            "A referral that a service forgot to close is open here, as it is in the published counts.",
        ),
        inclusion=Inclusion(n_in=opened.height, n_used=opened.height, n_excluded={}),
        sentence=f"{{group@{lead}}}: of {{open@{lead}}} referrals open at the end of the period, {{share@{lead}}} had "
        f"had no attended contact for over {{over@{lead}}}.",
        table=table.select(column.name for column in _BACKLOG_COLUMNS),
        columns=_BACKLOG_COLUMNS,
        chart=Chart(shape=Shape.BARS, x="group" if records.by else "over", y="share"),
        measures=("M038",),
    )


def _idle_over(idle: pl.DataFrame, over: int) -> pl.DataFrame:
    is_idle = pl.col("idle_days") > over
    counted = idle.group_by("group").agg(
        open=pl.len().cast(pl.Int64),
        idle=is_idle.sum().cast(pl.Int64),
        never_seen=(is_idle & pl.col("seen_on").is_null()).sum().cast(pl.Int64),
    )
    limits = wilson(counted["idle"], counted["open"]).table
    return counted.with_columns(limits["share"], limits["low"], limits["high"], over=pl.lit(f"{over} days"))
