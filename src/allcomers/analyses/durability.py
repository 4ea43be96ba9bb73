"""Who comes back: whether a recovery at discharge lasted, as far as referrals that came later can tell."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from allcomers.analyses.answer import Analysis, Answer, Chart, Column, Kind, Shape, nothing_to_say
from allcomers.analyses.finding import Inclusion
from allcomers.analyses.proportions import UNKNOWN, Interval, wilson, wilson_limits
from allcomers.analyses.records import Records
from allcomers.analyses.rows import framed, largest
from allcomers.analyses.survival import Followed, followed_by, tallied
from allcomers.measures.catalogue.terms import MAY_RECOVER
from allcomers.measures.periods import months_to

LOOK_BACK_MONTHS = 36
DAYS = {3: 91, 6: 183, 12: 365, 24: 730}
"""Months of following, as days."""
EVERYONE, RECOVERED = "everyone who finished", "recovered"
REFERRED_AGAIN, TREATED_AGAIN, SENT_ON = "referred again", "treated again", "sent on elsewhere"
RETURNED, DIED = 1, 2
_EVENTS = (REFERRED_AGAIN, TREATED_AGAIN, SENT_ON)
_DEATHS = ("17", "49")
_TRANSFERS = ("I1", "I2", "N1", "N2", "N4", "P1")
"""Sources of referral by which one service passes a person to another."""
_TRANSFER_DAYS = 1

_ESTIMAND = (
    "The share of those who finished a course to whom it has happened so many months after discharge, death being an "
    "end of its own."
)
_ASSUMPTIONS = (
    "People whose following ends with the data would have gone on as those who were followed for longer.",
    "Someone who does not come back is not known to be well: they may have moved, gone elsewhere or given up.",
    "A death after discharge is known only where a later referral records it, so that the shares are a little low.",
    f"A referral from another service within {_TRANSFER_DAYS} day of discharge is taken as a transfer, not a return.",
    "What “sent on” was for and to whom is not said: the meanings of its codes were not found, and whether it was to "
    "secondary care cannot be told.",
)
_SAME_PROVIDER = (
    "Nobody in these data has pathways at two providers, so a return to another provider is not seen: the shares are "
    "too low by as much as people moved."
)
_SOURCES = (
    "Aalen & Johansen 1978, Scand J Stat 5:141 (not re-read).",
    "Ali et al. 2017, Behav Res Ther; Lorimer et al. 2024; Burke et al. 2025, on relapse and return (not re-read).",
)


def _coded(column: str, codes: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{code}'" for code in codes)
    return f"coalesce({column} in ({listed}), false)"


_READ = {
    "pathway_no": "pathway_no",
    "person_id": "person_id",
    "provider_code": "provider_code",
    "received_on": "received_on",
    "discharged_on": "discharged_on",
    "treated_on": "first_treatment_on",
    "finished": "coalesce(finished_course, false)",
    "recovered": "coalesce(recovered, false)",
    "may_recover": f"coalesce(finished_course, false) and {MAY_RECOVER}",
    "died": _coded("end_code", _DEATHS),
    "is_transfer": _coded("source_of_referral", _TRANSFERS),
}


def answer(records: Records, *, look_back_months: int = LOOK_BACK_MONTHS) -> Answer:
    """Cumulative incidence of coming back after a finished course, within 3, 6, 12 and 24 months.

    Parameters
    ----------
    look_back_months : the courses are those that finished in so many months up to the period's end, because a course
        that finished in the period has seldom been followed for a year.
    """
    everyone = replace(records, where="true").pathways(_READ | {"mine": f"coalesce({records.where}, false)"})
    everyone = everyone.with_columns(pl.col("person_id").cast(pl.Categorical).to_physical())
    national = _is_national(everyone)
    title = "Who comes back" if national else "Who comes back (same provider only)"
    courses = _courses(records, everyone, look_back_months)
    inclusion = Inclusion.of(np.where(courses["person_id"].is_null().to_numpy(), "no person identifier", ""))
    courses = courses.filter(pl.col("person_id").is_not_null())
    if courses.is_empty():
        why = f"No course of treatment finished in the {look_back_months} months to the end of {records.period.label}."
        return nothing_to_say(title, estimand=_ESTIMAND, why=why, inclusion=inclusion)
    curves = followed_by(_timed(records, courses, everyone), "group", "who", "event_name")
    assumptions = _ASSUMPTIONS if national else (*_ASSUMPTIONS, _SAME_PROVIDER)
    parts = (_sustained(records, everyone, curves, inclusion), _returns(records, everyone))
    return _came_back(title, curves, inclusion, assumptions, parts, look_back_months)


def _is_national(everyone: pl.DataFrame) -> bool:
    """Whether anyone's pathways at two providers are known to be theirs."""
    several = everyone.filter(pl.col("person_id").is_duplicated() & pl.col("person_id").is_not_null())
    return bool((several.group_by("person_id").agg(pl.col("provider_code").n_unique())["provider_code"] > 1).any())


def _courses(records: Records, everyone: pl.DataFrame, look_back_months: int) -> pl.DataFrame:
    ends_on = records.period.ends_on
    starts_on = months_to(records.period, look_back_months).starts_on
    return everyone.filter("mine", "finished", pl.col("discharged_on").is_between(starts_on, ends_on))


def _timed(records: Records, courses: pl.DataFrame, everyone: pl.DataFrame) -> pl.DataFrame:
    """People by days from discharge to each event, to death or to the end of the data."""
    known = courses.join(_later(courses, everyone), "pathway_no", "left").join(
        _sent_on(records, courses), "pathway_no", "left"
    )
    died_at_end = pl.when("died").then("discharged_on")
    made = [
        _event(known, name, on, pl.coalesce(died_at_end, died), records.data_end)
        for name, on, died in (
            (REFERRED_AGAIN, pl.col("referred_again_on"), None),
            (TREATED_AGAIN, pl.col("treated_again_on"), pl.col("died_on")),
            (SENT_ON, pl.col("sent_on"), pl.col("died_on")),
        )
    ]
    everything = pl.concat(made)
    return pl.concat(
        [
            everything.drop("recovered").with_columns(who=pl.lit(EVERYONE)),
            everything.filter("recovered").drop("recovered").with_columns(who=pl.lit(RECOVERED)),
        ]
    )


def _event(known: pl.DataFrame, name: str, on: pl.Expr, died: pl.Expr, data_end: dt.date) -> pl.DataFrame:
    happened = on.is_not_null() & (died.is_null() | (on <= died))
    last = pl.when(happened).then(on).otherwise(pl.coalesce(died, pl.lit(data_end)))
    timed = known.select(
        "group",
        "recovered",
        day=(last - pl.col("discharged_on")).dt.total_days().clip(lower_bound=0),
        event=pl.when(happened).then(RETURNED).when(died.is_not_null()).then(DIED).otherwise(0),
    )
    return tallied(timed, "group", "recovered").with_columns(event_name=pl.lit(name))


def _later(courses: pl.DataFrame, everyone: pl.DataFrame) -> pl.DataFrame:
    """For each course the first later referral of the person, the first later treatment, and a death recorded later."""
    several = everyone.filter(pl.col("person_id").is_duplicated())
    later = several.select(
        "person_id",
        "is_transfer",
        "received_on",
        "treated_on",
        later_no="pathway_no",
        later_died_on=pl.when("died").then("discharged_on"),
    )
    gap = (pl.col("received_on") - pl.col("discharged_on")).dt.total_days()
    return (
        courses.select("pathway_no", "person_id", "discharged_on")
        .join(later, "person_id")
        .filter(pl.col("later_no") != pl.col("pathway_no"), gap >= 0)
        .filter(~(pl.col("is_transfer") & (gap <= _TRANSFER_DAYS)))
        .group_by("pathway_no")
        .agg(
            referred_again_on=pl.col("received_on").min(),
            treated_again_on=pl.col("treated_on").min(),
            died_on=pl.col("later_died_on").min(),
        )
    )


def _sent_on(records: Records, courses: pl.DataFrame) -> pl.DataFrame:
    onward = records.rows(
        "onward_referral",
        {"pathway_no": "pathway_no", "sent_on": "referred_on"},
        where="finished_course and referred_on >= discharged_on",
    )
    return (
        onward.join(courses.select("pathway_no"), "pathway_no", "semi")
        .group_by("pathway_no")
        .agg(pl.col("sent_on").min())
    )


_COLUMNS = (
    Column("group", "Whose courses"),
    Column("who", "Of"),
    Column("event_name", "What happened"),
    Column("within", "Within"),
    Column("people", "Courses followed", Kind.COUNT),
    Column("still_followed", "Of them followed for longer", Kind.COUNT, within="people"),
    Column("happened", "Seen to have happened by then", Kind.COUNT, within="people"),
    Column("share", "Share (Aalen–Johansen)", Kind.SHARE, of="happened", among="people"),
    Column("low", "95% interval from", Kind.SHARE, of="happened", among="people"),
    Column("high", "to", Kind.SHARE, of="happened", among="people"),
    Column("naive", "Too low: as though all were followed", Kind.SHARE, of="happened", among="people"),
    Column("one_less_km", "Too high: 1 − Kaplan–Meier", Kind.SHARE, of="happened", among="people"),
)


def _came_back(
    title: str,
    curves: Mapping[tuple[str, ...], Followed],
    inclusion: Inclusion,
    assumptions: tuple[str, ...],
    parts: tuple[Answer, ...],
    look_back_months: int,
) -> Answer:
    rows = [_row(key, months, people) for key, people in curves.items() for months in DAYS]
    table = framed(rows, _COLUMNS)
    return Answer(
        title=title,
        estimand=_ESTIMAND,
        assumptions=assumptions,
        inclusion=inclusion,
        sentence=_sentence(table, look_back_months),
        table=table,
        columns=_COLUMNS,
        chart=Chart(shape=Shape.RANGES, x="event_name", y="share", low="low", high="high", series="within"),
        parts=parts,
        measures=("M192",),
    )


def _sentence(table: pl.DataFrame, look_back_months: int) -> str:
    """Of the largest group, within the longest time for which anyone was followed."""
    told = _is(who=EVERYONE, event_name=REFERRED_AGAIN)
    longest = table.filter(told, pl.col("share").is_not_null())["within"].to_list()
    lead = largest(table, "people", told & _is(within=_longest(longest))) if longest else None
    since = f"courses that finished in the {look_back_months} months to the period's end"
    if lead is None:
        lead = largest(table, "people", told)
        return f"{{group@{lead}}}: none of {{people@{lead}}} {since} has been followed for {min(DAYS)} months yet."
    return (
        f"{{group@{lead}}}: of {{people@{lead}}} {since}, {{share@{lead}}} were followed by another referral within "
        f"{{within@{lead}}} of discharge."
    )


def _longest(within: list[str]) -> str:
    return next(words for months in reversed(DAYS) if (words := f"{months} months") in within)


def _is(**values: object) -> pl.Expr:
    return pl.all_horizontal(pl.col(name) == value for name, value in values.items())


def _row(key: tuple[str, ...], months: int, people: Followed) -> dict[str, Any]:
    day, (group, who, event) = DAYS[months], key
    curve = people.incidence(RETURNED)
    share = curve.interval(day)
    happened = curve.happened_by(day)
    return {
        "group": group,
        "who": who,
        "event_name": event,
        "within": f"{months} months",
        "people": int(people.people),
        "still_followed": people.still_followed(day),
        "happened": happened,
        "share": share.estimate,
        "low": share.low,
        "high": share.high,
        "naive": happened / people.people if share.estimate is not None else None,
        "one_less_km": people.alone(RETURNED).at(day),
    }


def sustained(recovered: int, official_base: int, returned: Interval, variance: float) -> Interval:
    """Recovery that had not been followed by a return: R × (1 − F), with a 95 % interval.

    Parameters
    ----------
    recovered, official_base : courses; R is the one over the other.
    returned : the cumulative incidence F (0–1) among the recovered. variance : of its estimate.

    Returns
    -------
    Share 0–1, the two parts taken as independent; empty without a base or without F.
    """
    if not official_base or returned.estimate is None:
        return UNKNOWN
    share, kept = recovered / official_base, 1 - returned.estimate
    estimate = share * kept
    spread = kept**2 * share * (1 - share) / official_base + share**2 * variance
    people = estimate * (1 - estimate) / spread if spread > 0 else float(official_base)
    low, high = wilson_limits(np.array([estimate * people]), np.array([people]))
    return Interval(estimate=estimate, low=float(low[0]), high=float(high[0]))


_SUSTAINED_COLUMNS = (
    Column("group", "Whose courses"),
    Column("event_name", "Not followed within a year by"),
    Column("official_base", "Courses in the official base", Kind.COUNT),
    Column("recovered", "Recovered at discharge", Kind.COUNT, within="official_base"),
    Column("official_share", "Official recovery", Kind.SHARE, of="recovered", among="official_base"),
    Column("returned_share", "Of the recovered, within a year", Kind.SHARE, of="recovered", among="official_base"),
    Column("share", "Recovery that lasted a year", Kind.SHARE, of="recovered", among="official_base"),
    Column("low", "95% interval from", Kind.SHARE, of="recovered", among="official_base"),
    Column("high", "to", Kind.SHARE, of="recovered", among="official_base"),
)


def _sustained(
    records: Records, everyone: pl.DataFrame, curves: Mapping[tuple[str, ...], Followed], inclusion: Inclusion
) -> Answer:
    title = "Recovery that lasted a year"
    estimand = "The official recovery of the period, less the share of the recovered who come back within a year."
    ended = pl.col("discharged_on").is_between(records.period.starts_on, records.period.ends_on)
    counted = everyone.filter("mine", "may_recover", ended).group_by("group")
    base = {row["group"]: row for row in counted.agg(pl.len(), pl.col("recovered").sum()).to_dicts()}
    rows = [
        _lasted(group, event, base[group], people)
        for (group, who, event), people in curves.items()
        if who == RECOVERED and event != SENT_ON and group in base
    ]
    if not rows:
        why = f"No course of the official base ended in {records.period.label}, or nobody recovered."
        return nothing_to_say(title, estimand=estimand, why=why)
    table = framed(rows, _SUSTAINED_COLUMNS)
    lead = largest(table, "official_base") or 0
    return Answer(
        title=title,
        estimand=estimand,
        assumptions=(
            "Those who recovered in the period come back as those did who recovered in the longer time looked back on.",
            "No return is not the same as still well.",
        ),
        inclusion=inclusion,
        sentence=f"{{group@{lead}}}: official recovery is {{official_share@{lead}}}. "
        + (
            "Nobody who recovered has been followed for a year yet."
            if table["share"][lead] is None
            else f"{{share@{lead}}} recovered and were not referred again within a year."
        ),
        table=table,
        columns=_SUSTAINED_COLUMNS,
        chart=Chart(shape=Shape.RANGES, x="group", y="share", low="low", high="high", series="event_name"),
        measures=("M192",),
    )


def _lasted(group: str, event: str, base: Mapping[str, int], people: Followed) -> dict[str, Any]:
    curve, day = people.incidence(RETURNED), DAYS[12]
    returned = curve.interval(day)
    lasted = sustained(base["recovered"], base["len"], returned, curve.variance_at(day))
    return {
        "group": group,
        "event_name": event,
        "official_base": base["len"],
        "recovered": base["recovered"],
        "official_share": base["recovered"] / base["len"],
        "returned_share": returned.estimate,
        "share": lasted.estimate,
        "low": lasted.low,
        "high": lasted.high,
    }


_RETURN_COLUMNS = (
    Column("group", "Whose referrals"),
    Column("after", "After"),
    Column("referred", "Referred in the period", Kind.COUNT),
    Column("returns", "Of them returns", Kind.COUNT, within="referred"),
    Column("share", "Share", Kind.SHARE, of="returns", among="referred"),
    Column("low", "95% interval from", Kind.SHARE, of="returns", among="referred"),
    Column("high", "to", Kind.SHARE, of="returns", among="referred"),
)


def _returns(records: Records, everyone: pl.DataFrame) -> Answer:
    """How many of the period's referrals are of people who had been referred before."""
    title = "Returns among this period's referrals"
    estimand = "The share of referrals received in the period from people with an earlier referral in the data."
    received = everyone.filter(
        "mine", pl.col("received_on").is_between(records.period.starts_on, records.period.ends_on)
    )
    inclusion = Inclusion.of(np.where(received["person_id"].is_null().to_numpy(), "no person identifier", ""))
    known = received.filter(pl.col("person_id").is_not_null())
    if known.is_empty():
        why = f"Nobody was referred in {records.period.label}."
        return nothing_to_say(title, estimand=estimand, why=why, inclusion=inclusion)
    before = known.join(_before(everyone), "pathway_no", "left")
    counted = before.group_by("group").agg(
        pl.len().cast(pl.Int64), *(kind.sum().cast(pl.Int64).alias(after) for after, kind in _KINDS_OF_RETURN.items())
    )
    table = counted.unpivot(list(_KINDS_OF_RETURN), index=["group", "len"], variable_name="after", value_name="returns")
    limits = wilson(table["returns"], table["len"]).table
    table = table.with_columns(limits["share"], limits["low"], limits["high"], referred="len").sort("group")
    table = table.select(column.name for column in _RETURN_COLUMNS)
    lead = largest(table, "referred", _is(after=_ANY_BEFORE))
    return Answer(
        title=title,
        estimand=estimand,
        assumptions=(
            "A return is seen only if the earlier referral is in the data: the earlier they begin, the more.",
        ),
        inclusion=inclusion,
        sentence=f"{{group@{lead}}}: {{returns@{lead}}} of {{referred@{lead}}} referrals ({{share@{lead}}}) came from "
        "someone referred before.",
        table=table,
        columns=_RETURN_COLUMNS,
        measures=("M001",),
    )


_ANY_BEFORE = "an earlier referral"
_KINDS_OF_RETURN = {
    _ANY_BEFORE: pl.col("before_no").is_not_null(),
    "a discharge within a year before": pl.col("days_since").is_between(0, DAYS[12]).fill_null(value=False),
    "a course that had finished": pl.col("before_finished").fill_null(value=False),
}


def _before(everyone: pl.DataFrame) -> pl.DataFrame:
    """The referral before each of a person with several: before_no, before_finished, days_since its discharge."""
    several = everyone.filter(pl.col("person_id").is_duplicated() & pl.col("person_id").is_not_null())
    placed = several.sort("person_id", "received_on", "pathway_no").select(
        "pathway_no",
        "received_on",
        before_no=pl.col("pathway_no").shift(1).over("person_id"),
        before_finished=pl.col("finished").shift(1).over("person_id"),
        before_ended_on=pl.col("discharged_on").shift(1).over("person_id"),
    )
    since = (pl.col("received_on") - pl.col("before_ended_on")).dt.total_days()
    return placed.select("pathway_no", "before_no", "before_finished", days_since=since)


ANALYSIS = Analysis(
    name="durability",
    title="Who comes back",
    question="Did recovery last, and how many of those who finished came back?",
    answer=answer,
    sources=_SOURCES,
    not_for="Saying that people who did not come back are well, or comparing providers whose data do not reach back "
    "equally far or whose people move more or less often.",
    measures=("M192",),
    options={"look_back_months": "months up to the period's end in which the courses finished; 36 unless said"},
)
