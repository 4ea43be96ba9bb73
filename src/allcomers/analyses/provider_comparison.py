"""Services set side by side: the official share and the whole one, without a league table."""

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from allcomers.analyses import ended
from allcomers.analyses.answer import Analysis, Answer, Chart, Column, Kind, Shape, nothing_to_say
from allcomers.analyses.comparison import Funnel, funnel, shrunken
from allcomers.analyses.control_chart import control_chart
from allcomers.analyses.finding import Inclusion
from allcomers.analyses.ranks import DEFAULT_DRAWS, RankMovement, rank_movement
from allcomers.analyses.records import GROUPS, NOT_RECORDED, Records
from allcomers.analyses.rows import framed, largest
from allcomers.measures.levels import Level
from allcomers.measures.periods import months_to

TITLE = "Services side by side"
MONTHS = 24
_BASES = {ended.OFFICIAL: "official_base", ended.WHOLE: "ended"}
_LEVELS = tuple(str(level) for level in Level if str(level) in GROUPS)
_ESTIMAND = (
    "How far each service's share lies from that of all of them, beyond chance and the variation usual between "
    "services: for the official share, and for everyone whose referral ended."
)

_SOURCES = (
    "Spiegelhalter 2005, Stat Med 24:1185 and Qual Saf Health Care 14:347; Spiegelhalter et al. 2012 (not re-read).",
    "DerSimonian & Laird 1986, Control Clin Trials 7:177 (not re-read).",
    "NHS England, Making Data Count; Wheeler & Chambers 1992 (not re-read).",
)


def answer(records: Records, *, months: int = MONTHS, draws: int = DEFAULT_DRAWS) -> Answer:
    """Official and whole funnels side by side, for every service, whichever of them the records are of.

    `parts` are the summary of both funnels, shrunken shares, expected ranks and the months of those asked about.

    Parameters
    ----------
    months : of the control chart, up to the period's end. draws : of the simulated ranks.
    """
    level = records.by or _level(records)
    every = ended.counted(ended.ended(replace(records, where="true", by=level)), "group")
    counts = every.filter(pl.col("group") != NOT_RECORDED)
    inclusion = _inclusion(every)
    in_months = _months(records, months)
    if counts.height < 2:
        why = f"There is one {level} or none with referrals that ended in {records.period.label}: nothing to compare."
        return replace(nothing_to_say(TITLE, estimand=_ESTIMAND, why=why, inclusion=inclusion), parts=(in_months,))
    funnels = {
        name: funnel(counts["recovered"], counts[base], organisations=counts["group"]) for name, base in _BASES.items()
    }
    moved = _ranked(counts, records.seed, draws)
    parts = (_summary(funnels, moved, counts), _shrunken(counts), _ranks(counts, moved), in_months)
    return _side_by_side(counts, funnels, inclusion, parts)


def _level(records: Records) -> str:
    """The level of the organisation that the records are of; providers where they are of everyone."""
    return next((name for name in _LEVELS if f"{GROUPS[name]} = " in records.where), "provider")


def _inclusion(every: pl.DataFrame) -> Inclusion:
    total, unnamed = int(every["ended"].sum()), int(every.filter(pl.col("group") == NOT_RECORDED)["ended"].sum())
    return Inclusion(n_in=total, n_used=total - unnamed, n_excluded={"no service recorded": unnamed} if unnamed else {})


_KEYS = (Column("group", "Service"),)
_POSITION_COLUMNS = (
    Column("official_z", "Official, standard errors from all", Kind.NUMBER, of="recovered", among="official_base"),
    Column("official_position", "Official, position"),
    Column("whole_z", "Of everyone, standard errors from all", Kind.NUMBER, of="recovered", among="ended"),
    Column("whole_position", "Of everyone, position"),
)


def _side_by_side(
    counts: pl.DataFrame, funnels: dict[str, Funnel], inclusion: Inclusion, parts: tuple[Answer, ...]
) -> Answer:
    placed = counts.with_columns(
        *(_position(funnels[ended.OFFICIAL], "official")), *(_position(funnels[ended.WHOLE], "whole"))
    )
    table, columns = ended.table(placed, _KEYS, _POSITION_COLUMNS)
    lead = largest(table, "ended")
    return Answer(
        title=TITLE,
        estimand=_ESTIMAND,
        assumptions=(
            *funnels[ended.WHOLE].assumptions,
            *ended.ASSUMPTIONS,
            "Both shares are of referrals that ended in the period, so that they differ by who is counted alone.",
        ),
        inclusion=inclusion,
        sentence=f"The largest, {{group@{lead}}}, is {{official_position@{lead}}} on the official share "
        f"({{official_share@{lead}}}) and {{whole_position@{lead}}} among everyone whose referral ended "
        f"({{whole_share@{lead}}}).",
        table=table,
        columns=columns,
        chart=Chart(shape=Shape.POINTS, x="official_share", y="whole_share"),
        parts=parts,
        measures=("M195",),
    )


def _position(made: Funnel, name: str) -> tuple[pl.Series, pl.Series]:
    table = made.table.select(
        z="z_adjusted",
        words=pl.when(pl.col("category") == "within the limits")
        .then(pl.col("category"))
        .otherwise(pl.col("side") + ", " + pl.col("category")),
    )
    return table["z"].alias(f"{name}_z"), table["words"].alias(f"{name}_position")


_SUMMARY_COLUMNS = (
    Column("basis", "Share"),
    Column("services", "Services", Kind.NUMBER, digits=0),
    Column("recovered", "Reliably recovered", Kind.COUNT, within="base"),
    Column("base", "Among", Kind.COUNT),
    Column("target", "Share of all together", Kind.SHARE, of="recovered", among="base"),
    Column("overdispersion", "φ (1 is chance alone)", Kind.NUMBER, of="recovered", among="base", digits=2),
    Column("between", "τ² between services", Kind.NUMBER, of="recovered", among="base", digits=4),
    Column("beyond_95", "Beyond the 95% limits", Kind.NUMBER, digits=0),
    Column("beyond_998", "Beyond the 99.8% limits", Kind.NUMBER, digits=0),
    Column("correlation", "Rank correlation of the two shares", Kind.NUMBER, digits=2),
    Column("correlation_low", "95% interval from", Kind.NUMBER, digits=2),
    Column("correlation_high", "to", Kind.NUMBER, digits=2),
)


def _summary(funnels: dict[str, Funnel], moved: RankMovement, counts: pl.DataFrame) -> Answer:
    rows = [_summed(name, made, counts, moved) for name, made in funnels.items()]
    return Answer(
        title="Both funnels in short",
        estimand="How much services vary on each share, and whether they stand in the same order on both.",
        assumptions=moved.assumptions,
        inclusion=Inclusion(n_in=counts.height, n_used=counts.height, n_excluded={}),
        sentence="All together, {target@0} is the official share and {target@1} that of everyone whose referral ended. "
        "The rank correlation of the services' two shares is {correlation@0}; 1 would be the same order.",
        table=framed(rows, _SUMMARY_COLUMNS),
        columns=_SUMMARY_COLUMNS,
    )


def _summed(name: str, made: Funnel, counts: pl.DataFrame, moved: RankMovement) -> dict[str, Any]:
    category = made.table["category"]
    return {
        "basis": name,
        "services": made.n_used,
        "recovered": int(counts["recovered"].sum()),
        "base": int(counts[_BASES[name]].sum()),
        "target": made.target_share,
        "overdispersion": made.overdispersion,
        "between": made.between_variance,
        "beyond_95": int((category == "beyond 95 %").sum()),
        "beyond_998": int((category == "beyond 99.8 %").sum()),
        "correlation": moved.spearman_observed,
        "correlation_low": moved.spearman_low,
        "correlation_high": moved.spearman_high,
    }


_SHRUNKEN_COLUMNS = (
    Column("group", "Service"),
    Column("basis", "Share"),
    Column("recovered", "Reliably recovered", Kind.COUNT, within="base"),
    Column("base", "Among", Kind.COUNT),
    Column("share", "As observed", Kind.SHARE, of="recovered", among="base"),
    Column("kept", "How much of it is kept", Kind.SHARE, of="recovered", among="base"),
    Column("shrunken_share", "Shrunken", Kind.SHARE, of="recovered", among="base"),
    Column("low", "95% interval from", Kind.SHARE, of="recovered", among="base"),
    Column("high", "to", Kind.SHARE, of="recovered", among="base"),
)


def _shrunken(counts: pl.DataFrame) -> Answer:
    made = {
        name: shrunken(counts["recovered"], counts[base], organisations=counts["group"])
        for name, base in _BASES.items()
    }
    table = (
        pl.concat(
            one.table.with_columns(
                pl.col("numerator", "denominator").cast(pl.Int64), basis=pl.lit(name), group="organisation"
            )
            for name, one in made.items()
        )
        .rename({"numerator": "recovered", "denominator": "base", "weight": "kept"})
        .select(column.name for column in _SHRUNKEN_COLUMNS)
        .sort("group", maintain_order=True)
    )
    lead = largest(table, "base")
    return Answer(
        title="Shares drawn towards the mean by as much as chance could have moved them",
        estimand=made[ended.WHOLE].estimand,
        assumptions=made[ended.WHOLE].assumptions,
        inclusion=made[ended.WHOLE].inclusion,
        sentence=f"{{group@{lead}}}: {{share@{lead}}} as observed and {{shrunken_share@{lead}}} shrunken, "
        f"{{basis@{lead}}}.",
        table=table,
        columns=_SHRUNKEN_COLUMNS,
        chart=Chart(shape=Shape.RANGES, x="group", y="shrunken_share", low="low", high="high", series="basis"),
    )


def _ranked(counts: pl.DataFrame, seed: int, draws: int) -> RankMovement:
    return rank_movement(
        official_numerator=counts["recovered"],
        official_denominator=counts["official_base"],
        all_comers_numerator=counts["recovered"],
        all_comers_denominator=counts["ended"],
        organisations=counts["group"],
        seed=seed,
        draws=draws,
    )


_OFFICIAL_RESTS: dict[str, Any] = {"of": "recovered", "among": "official_base"}
_WHOLE_RESTS: dict[str, Any] = {"of": "recovered", "among": "ended"}
_RANK_COLUMNS = (
    Column("group", "Service"),
    Column("recovered", "Reliably recovered", Kind.COUNT, within="official_base"),
    Column("official_base", "In the official base", Kind.COUNT, within="ended"),
    Column("ended", "Referrals that ended", Kind.COUNT),
    Column("official_rank", "Official: expected rank (1 highest)", Kind.NUMBER, **_OFFICIAL_RESTS),
    Column("official_rank_low", "95% interval from", Kind.NUMBER, digits=0, **_OFFICIAL_RESTS),
    Column("official_rank_high", "to", Kind.NUMBER, digits=0, **_OFFICIAL_RESTS),
    Column("all_comers_rank", "Of everyone: expected rank", Kind.NUMBER, **_WHOLE_RESTS),
    Column("all_comers_rank_low", "95% interval from", Kind.NUMBER, digits=0, **_WHOLE_RESTS),
    Column("all_comers_rank_high", "to", Kind.NUMBER, digits=0, **_WHOLE_RESTS),
    Column("places_gained", "Places nearer to 1 among everyone", Kind.NUMBER, **_WHOLE_RESTS),
    Column("places_gained_low", "95% interval from", Kind.NUMBER, digits=0, **_WHOLE_RESTS),
    Column("places_gained_high", "to", Kind.NUMBER, digits=0, **_WHOLE_RESTS),
)


def _ranks(counts: pl.DataFrame, moved: RankMovement) -> Answer:
    table = counts.hstack(moved.table.drop("organisation")).select(column.name for column in _RANK_COLUMNS)
    lead = largest(table, "ended")
    return Answer(
        title="Expected ranks, never without their intervals",
        estimand=moved.estimand,
        assumptions=(*moved.assumptions, f"Limits are from {moved.draws:,} draws with seed {moved.seed}."),
        inclusion=moved.inclusion,
        sentence=f"The largest, {{group@{lead}}}, has the expected rank {{official_rank@{lead}}} on the official share "
        f"(95% interval {{official_rank_low@{lead}}} to {{official_rank_high@{lead}}}) and {{all_comers_rank@{lead}}} "
        f"among everyone ({{all_comers_rank_low@{lead}}} to {{all_comers_rank_high@{lead}}}).",
        table=table,
        columns=_RANK_COLUMNS,
    )


_MONTH_COLUMNS = (
    Column("month", "Month"),
    Column("position", "Months, from the first", Kind.NUMBER, digits=0),
    Column("basis", "Share"),
    Column("recovered", "Reliably recovered", Kind.COUNT, within="base"),
    Column("base", "Among", Kind.COUNT),
    Column("share", "Share", Kind.SHARE, of="recovered", among="base"),
    Column("mean", "Mean of the months", Kind.SHARE),
    Column("lower_limit", "Lower limit", Kind.SHARE),
    Column("upper_limit", "Upper limit", Kind.SHARE),
    Column("signal", "Sign that something changed"),
)


def _months(records: Records, months: int) -> Answer:
    """The control chart of those asked about, together."""
    title = "Month by month"
    counts = _by_month(records, months)
    if counts["official_base"].sum() == 0:
        why = f"No course of the official base ended in the {months} months to the end of {records.period.label}."
        return nothing_to_say(title, estimand=_MONTHS_ESTIMAND, why=why)
    table = pl.concat(_charted(counts, name, base) for name, base in _BASES.items())
    last = counts.height - 1
    signals = int(table["signal"].is_not_null().sum())
    return Answer(
        title=title,
        estimand=_MONTHS_ESTIMAND,
        assumptions=(
            "Months are alike and independent if nothing changes, and about equally large.",
            "Fewer than 12 months make provisional limits. Early in a data set few long courses can have ended.",
            "A signal says that something changed, not what, nor whether for the better.",
        ),
        inclusion=Inclusion(n_in=int(counts["ended"].sum()), n_used=int(counts["ended"].sum()), n_excluded={}),
        sentence=f"In {{month@{last}}} the official share was {{share@{last}}}, where the months' mean is "
        f"{{mean@{last}}}. "
        + ("No month shows a sign of change." if not signals else "Some months show a sign that something changed."),
        table=table,
        columns=_MONTH_COLUMNS,
        chart=Chart(shape=Shape.LINES, x="position", y="share", low="lower_limit", high="upper_limit", series="basis"),
        measures=("M195",),
    )


_MONTHS_ESTIMAND = "Whether the share of a month differs from the other months' by more than they usually differ."


def _by_month(records: Records, months: int) -> pl.DataFrame:
    """A row for each month from the first in which a referral ended: `ended.COUNTS`, 0 in a month without any."""
    first, last = months_to(records.period, months).starts_on, records.period.ends_on
    month = {"month": "case when discharged_on is not null then year(discharged_on) * 100 + month(discharged_on) end"}
    asked = replace(records, by=None)
    rows = asked.pathways({**ended.STAGES, **month}, where=f"discharged_on between date '{first}' and date '{last}'")
    counts = ended.counted(rows, "month")
    since = max(first, _first_day(counts["month"].min())) if counts.height else first  # type: ignore[arg-type]
    every = pl.DataFrame({"day": pl.date_range(since, last, "1mo", eager=True)}).select(
        month=pl.col("day").dt.year() * 100 + pl.col("day").dt.month().cast(pl.Int64),
        label=pl.col("day").dt.strftime("%Y-%m"),
    )
    return every.with_columns(pl.col("month").cast(pl.Int64)).join(counts, "month", "left").fill_null(0).sort("month")


def _first_day(month: int) -> dt.date:
    return dt.date(month // 100, month % 100, 1)


def _charted(counts: pl.DataFrame, name: str, base: str) -> pl.DataFrame:
    of = counts[base].to_numpy().astype(float)
    share = np.divide(counts["recovered"].to_numpy(), of, out=np.full(len(of), np.nan), where=of > 0)
    made = control_chart(share).table
    lower, upper = (pl.col(limit).clip(0.0, 1.0) for limit in ("lower_limit", "upper_limit"))
    return made.select(
        month=counts["label"],
        position="position",
        basis=pl.lit(name),
        recovered=counts["recovered"],
        base=counts[base],
        share="value",
        mean="mean",
        lower_limit=lower,
        upper_limit=upper,
        signal="signal",
    )


ANALYSIS = Analysis(
    name="provider_comparison",
    title=TITLE,
    question="Do services differ by more than chance, and do they stand in the same order when everyone is counted?",
    answer=answer,
    sources=_SOURCES,
    not_for="A league table, or a judgement of good care: the target is the mean of these services, and case mix is "
    "not adjusted for. With few services the limits say little.",
    measures=("M195",),
    options={
        "months": "months of the control chart up to the period's end; 24 unless said",
        "draws": "draws for the ranks' intervals; 1,000 unless said",
    },
)
