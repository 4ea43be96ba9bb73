"""Waiting, asked of everyone referred: those who wait still are followed to the data's end, and leaving is an end."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl

from allcomers.analyses.answer import Analysis, Answer, Chart, Column, Kind, Shape, nothing_to_say
from allcomers.analyses.backlog import backlog
from allcomers.analyses.finding import Inclusion
from allcomers.analyses.pauses import RECEIVED, pauses_beside
from allcomers.analyses.records import Records
from allcomers.analyses.rows import framed, largest
from allcomers.analyses.survival import Curve, Followed, followed_by, tallied
from allcomers.measures.catalogue.terms import WAIT_TO_TREATMENT, days
from allcomers.measures.catalogue.waits import EIGHTEEN_WEEKS, SIX_WEEKS

TITLE = "Waiting, for everyone referred"
FIRST, SECOND, THERAPY = "first treatment", "second treatment", "first contact that is therapy alone"
MILESTONES = {FIRST: "first", SECOND: "second", THERAPY: "therapy"}
SECOND_WAIT_DAYS = (28, 90)
CURVE_DAYS = range(0, 365, 7)
REACHED, LEFT, WAITING = 1, 2, 0
_ASSESSED_AND_TREATED = "03"

_ESTIMAND = (
    "The share of everyone referred in the period who had reached treatment so many days later, while they could also "
    "leave untreated; people still waiting count for as long as the data follow them."
)
_ASSUMPTIONS = (
    "People still waiting when the data end would have gone on as those who waited as long before them.",
    "Leaving untreated is an end of its own: it is neither a treatment nor a wait that goes on.",
    "No pause is taken off. The clock starts anew when someone is sent to another provider: waits before are unseen.",
    "“If no one had left” treats leaving as chance; it is shown because it is often quoted, not because it happened.",
)
_SOURCES = (
    "Kaplan & Meier 1958, J Am Stat Assoc 53:457 (not re-read).",
    "Aalen & Johansen 1978, Scand J Stat 5:141 (not re-read).",
    "NHS England, NHS Talking Therapies monthly metadata: M053, M055, M123, M126.",
)

_READ = {
    "pathway_no": "pathway_no",
    "received_on": "received_on",
    "first": days("received_on", "first_treatment_on"),
    "second": days("received_on", "second_treatment_on"),
    "left": days("received_on", "discharged_on"),
}
_CONCERNED = (
    f"pathway.{RECEIVED} or (pathway.received_on <= $period_end "
    "and (pathway.discharged_on is null or pathway.discharged_on > $period_end))"
)
_WHY_NOT = "ended before the referral"


def answer(records: Records) -> Answer:
    """How long everyone referred in the period waited for treatment, for therapy and for a second treatment.

    `parts` are the wait between first and second treatment, pauses, the waits of those treated, the curve of the first
    wait where all are told of together, and open referrals in which nothing happens.
    """
    read = records.pathways(_READ, where=RECEIVED)
    read = read.with_columns(follow=(pl.lit(records.data_end) - pl.col("received_on")).dt.total_days())
    inclusion = Inclusion.of(np.where((read["left"] < 0).fill_null(False).to_numpy(), _WHY_NOT, ""))
    seen = _contacts(records)
    cohort = read.filter(pl.col("left").fill_null(0) >= 0).join(_first_therapy(seen, read), "pathway_no", "left")
    if cohort.is_empty():
        why = f"Nobody was referred in {records.period.label}."
        return nothing_to_say(TITLE, estimand=_ESTIMAND, why=why, inclusion=inclusion)
    timed = pl.concat(_timed(cohort, reached=reached, to=to) for to, reached in MILESTONES.items())
    curves = followed_by(timed, "group", "to")
    curve = () if records.by else (_curve(curves, inclusion),)
    parts = (
        *curve,
        _second_wait(cohort, inclusion),
        _treated_only(cohort, curves, inclusion),
        pauses_beside(records, cohort, inclusion),
        backlog(records, seen),
    )
    return _waits(records, curves, inclusion, parts)


def _contacts(records: Records) -> pl.DataFrame:
    """Attended contacts and internet therapy logs of the pathways concerned: pathway_no, seen_on, is_therapy."""
    contacts = records.rows(
        "contact",
        {
            "pathway_no": "pathway_no",
            "seen_on": "contact_on",
            "is_therapy": f"is_treatment and coalesce(appointment_type <> '{_ASSESSED_AND_TREATED}', false)",
        },
        where=f"attended and in_window and ({_CONCERNED})",
    )
    logs = records.rows(
        "therapy_log",
        {"pathway_no": "pathway_no", "seen_on": "started_on", "is_therapy": "is_session"},
        where=f"in_window and ({_CONCERNED})",
    )
    return pl.concat([contacts, logs])


def _first_therapy(seen: pl.DataFrame, read: pl.DataFrame) -> pl.DataFrame:
    first = seen.filter("is_therapy").group_by("pathway_no").agg(pl.col("seen_on").min())
    wait = (pl.col("seen_on") - pl.col("received_on")).dt.total_days()
    return read.select("pathway_no", "received_on").join(first, "pathway_no").select("pathway_no", therapy=wait)


def _timed(cohort: pl.DataFrame, *, reached: str, to: str, since: str | None = None) -> pl.DataFrame:
    """People by days from the referral, or a later day, to a milestone, to leaving or to the end of following."""
    start = pl.col(since) if since else pl.lit(0)
    day = pl.coalesce(reached, "left", "follow") - start
    event = (
        pl.when(pl.col(reached).is_not_null()).then(REACHED).when(pl.col("left").is_not_null()).then(LEFT)
    ).otherwise(WAITING)
    return tallied(cohort.select("group", day=day, event=event), "group").with_columns(to=pl.lit(to))


_COLUMNS = (
    Column("group", "Whose referrals"),
    Column("to", "Wait from referral to"),
    Column("within", "Within"),
    Column("referred", "Referred", Kind.COUNT),
    Column("reached", "Seen to reach it by then", Kind.COUNT, within="referred"),
    Column("share", "Of everyone referred", Kind.SHARE, of="reached", among="referred"),
    Column("low", "95% interval from", Kind.SHARE, of="reached", among="referred"),
    Column("high", "to", Kind.SHARE, of="reached", among="referred"),
    Column("left_share", "Left without it by then", Kind.SHARE, of="reached", among="referred"),
    Column("waiting_share", "Still waiting then", Kind.SHARE, of="reached", among="referred"),
    Column("if_none_left", "If no one had left (1 − Kaplan–Meier)", Kind.SHARE, of="reached", among="referred"),
    Column("ever_reached", "Seen to reach it so far", Kind.COUNT, within="referred"),
    Column("of_those_reached", "Of those who reached it", Kind.SHARE, of="reached", among="ever_reached"),
    Column("finished", "Courses finished in the period", Kind.COUNT),
    Column("finished_in_time", "Of them treated in time", Kind.COUNT, within="finished"),
    Column("official_share", "Official share", Kind.SHARE, of="finished_in_time", among="finished"),
)


def _waits(
    records: Records, curves: Mapping[tuple[str, ...], Followed], inclusion: Inclusion, parts: tuple[Answer, ...]
) -> Answer:
    official = _official(records)
    rows = [
        _row(group, to, within, people) | (official.get((group, within), _NO_COURSES) if to == FIRST else {})
        for (group, to), people in curves.items()
        for within in (SIX_WEEKS, EIGHTEEN_WEEKS)
    ]
    table = framed(rows, _COLUMNS)
    lead = largest(table, "referred", (pl.col("to") == FIRST) & (pl.col("within") == f"{SIX_WEEKS} days"))
    return Answer(
        title=TITLE,
        estimand=_ESTIMAND,
        assumptions=_ASSUMPTIONS,
        inclusion=inclusion,
        sentence=f"{{group@{lead}}}: of everyone referred in {records.period.label}, {{share@{lead}}} had a first "
        f"treatment within {SIX_WEEKS} days, {{left_share@{lead}}} had left without one and {{waiting_share@{lead}}} "
        f"were still waiting. The official share, of courses finished in the period, is {{official_share@{lead}}}.",
        table=table,
        columns=_COLUMNS,
        chart=Chart(shape=Shape.RANGES, x="group" if records.by else "to", y="share", low="low", high="high"),
        parts=parts,
        measures=("M053", "M055"),
    )


_NO_COURSES = {"finished": 0, "finished_in_time": 0, "official_share": None}


def _row(group: str, to: str, within: int, people: Followed) -> dict[str, Any]:
    reached, left = people.incidence(REACHED), people.incidence(LEFT)
    ever, by_then, limits, gone = _ever(reached), reached.happened_by(within), reached.interval(within), left.at(within)
    return {
        "group": group,
        "to": to,
        "within": f"{within} days",
        "referred": int(people.people),
        "reached": by_then,
        "share": limits.estimate,
        "low": limits.low,
        "high": limits.high,
        "left_share": gone,
        "waiting_share": people.event_free_at(within),
        "if_none_left": people.alone(REACHED).at(within),
        "ever_reached": ever,
        "of_those_reached": by_then / ever if ever else None,
    }


def _ever(curve: Curve) -> int:
    return int(curve.happened.sum())


def _official(records: Records) -> dict[tuple[str, int], dict[str, Any]]:
    """Courses finished in the period and how many of them began in time, by group and days."""
    courses = records.pathways(
        {"wait": WAIT_TO_TREATMENT}, where="finished_course and discharged_on between $period_start and $period_end"
    )
    counted = courses.group_by("group").agg(
        pl.len(), *((pl.col("wait") <= within).sum().alias(str(within)) for within in (SIX_WEEKS, EIGHTEEN_WEEKS))
    )
    return {
        (row["group"], within): {
            "finished": row["len"],
            "finished_in_time": row[str(within)],
            "official_share": row[str(within)] / row["len"],
        }
        for row in counted.to_dicts()
        for within in (SIX_WEEKS, EIGHTEEN_WEEKS)
    }


_CURVE_COLUMNS = (
    Column("group", "Whose referrals"),
    Column("state", "By then"),
    Column("day", "Days since referral", Kind.NUMBER, digits=0),
    Column("referred", "Referred", Kind.COUNT),
    Column("people", "Seen in it, of those followed so far", Kind.COUNT, within="referred"),
    Column("share", "Of everyone referred", Kind.SHARE, of="people", among="referred"),
)


def _curve(curves: Mapping[tuple[str, ...], Followed], inclusion: Inclusion) -> Answer:
    """Where everyone is, week by week after the referral; not told of groups, of which there are too many to draw."""
    rows = [row for (group, to), people in curves.items() if to == FIRST for row in _weeks(group, people)]
    table = framed(rows, _CURVE_COLUMNS)
    last = table.height - 3
    return Answer(
        title="Where everyone is, week by week",
        estimand=_ESTIMAND,
        assumptions=_ASSUMPTIONS,
        inclusion=inclusion,
        sentence=f"{{day@{last}}} days after the referral {{share@{last}}} have been treated, {{share@{last + 1}}} "
        f"have left untreated and {{share@{last + 2}}} still wait.",
        table=table,
        columns=_CURVE_COLUMNS,
        chart=Chart(shape=Shape.LINES, x="day", y="share", series="state", stepped=True),
    )


def _weeks(group: str, people: Followed) -> Iterator[dict[str, Any]]:
    """Treated, left and waiting of everyone, as long as someone is followed."""
    treated, left = people.incidence(REACHED), people.incidence(LEFT)
    for day in itertools.takewhile(people.says, CURVE_DAYS):
        states = {
            "treated": (treated.at(day), treated.happened_by(day)),
            "left untreated": (left.at(day), left.happened_by(day)),
            "still waiting": (people.event_free_at(day), people.still_followed(day)),
        }
        for state, (share, seen) in states.items():
            yield {
                "group": group,
                "state": state,
                "day": day,
                "referred": int(people.people),
                "people": seen,
                "share": share,
            }


_SECOND_COLUMNS = (
    Column("group", "Whose referrals"),
    Column("within", "Within"),
    Column("entered", "Had a first treatment", Kind.COUNT),
    Column("reached", "Seen to have a second by then", Kind.COUNT, within="entered"),
    Column("share", "Of everyone treated once", Kind.SHARE, of="reached", among="entered"),
    Column("low", "95% interval from", Kind.SHARE, of="reached", among="entered"),
    Column("high", "to", Kind.SHARE, of="reached", among="entered"),
    Column("left_share", "Left without it by then", Kind.SHARE, of="reached", among="entered"),
    Column("waiting_share", "Still waiting then", Kind.SHARE, of="reached", among="entered"),
    Column("ever_reached", "Seen to have a second so far", Kind.COUNT, within="entered"),
    Column("of_those_reached", "Of those with a second", Kind.SHARE, of="reached", among="ever_reached"),
    Column("median_days", "Half had a second by (days)", Kind.NUMBER, among="entered", digits=0),
)


def _second_wait(cohort: pl.DataFrame, inclusion: Inclusion) -> Answer:
    """The wait hidden behind the first treatment."""
    entered = cohort.filter(pl.col("first").is_not_null())
    title = "The second wait, from first to second treatment"
    if entered.is_empty():
        return nothing_to_say(
            title, estimand=_SECOND_ESTIMAND, why="Nobody had a first treatment.", inclusion=inclusion
        )
    curves = followed_by(_timed(entered, reached="second", to=SECOND, since="first"), "group")
    rows = [
        _row(group, SECOND, within, people)
        | {"entered": int(people.people), "median_days": people.incidence(REACHED).median}
        for (group,), people in curves.items()
        for within in SECOND_WAIT_DAYS
    ]
    table = framed(rows, _SECOND_COLUMNS)
    lead = largest(table, "entered", pl.col("within") == f"{SECOND_WAIT_DAYS[0]} days")
    return Answer(
        title=title,
        estimand=_SECOND_ESTIMAND,
        assumptions=_ASSUMPTIONS,
        inclusion=Inclusion(
            n_in=inclusion.n_in,
            n_used=entered.height,
            n_excluded={**inclusion.n_excluded, "no first treatment so far": cohort.height - entered.height},
        ),
        sentence=f"{{group@{lead}}}: of everyone who had a first treatment, {{share@{lead}}} had a second within "
        f"{{within@{lead}}} and {{left_share@{lead}}} had left without one.",
        table=table,
        columns=_SECOND_COLUMNS,
        chart=Chart(shape=Shape.RANGES, x="group", y="share", low="low", high="high", series="within"),
        measures=("M123", "M126"),
    )


_SECOND_ESTIMAND = "The share of everyone with a first treatment who had a second so many days after it."

_TREATED_COLUMNS = (
    Column("group", "Whose referrals"),
    Column("to", "Wait from referral to"),
    Column("referred", "Referred", Kind.COUNT),
    Column("reached", "Reached it so far", Kind.COUNT, within="referred"),
    Column("mean_days", "Mean wait of those who did (days)", Kind.NUMBER, among="reached"),
    Column("median_days", "Their median wait (days)", Kind.NUMBER, among="reached", digits=0),
    Column("half_by", "Half of everyone referred had reached it by (days)", Kind.NUMBER, among="referred", digits=0),
    Column("half_by_if_none_left", "If no one had left (days)", Kind.NUMBER, among="referred", digits=0),
)


def _treated_only(cohort: pl.DataFrame, curves: Mapping[tuple[str, ...], Followed], inclusion: Inclusion) -> Answer:
    """What the usual averages, of those who were treated, say beside those of everyone."""
    means, medians = (
        {row["group"]: row for row in cohort.group_by("group").agg(average).to_dicts()}
        for average in (pl.col(*MILESTONES.values()).mean(), pl.col(*MILESTONES.values()).median())
    )
    rows = [
        {
            "group": group,
            "to": to,
            "referred": int(people.people),
            "reached": _ever(people.incidence(REACHED)),
            "mean_days": means[group][MILESTONES[to]],
            "median_days": medians[group][MILESTONES[to]],
            "half_by": people.incidence(REACHED).median,
            "half_by_if_none_left": people.alone(REACHED).median,
        }
        for (group, to), people in curves.items()
    ]
    table = framed(rows, _TREATED_COLUMNS)
    lead = largest(table, "referred", pl.col("to") == FIRST)
    return Answer(
        title="The average wait, and whom it leaves out",
        estimand="Mean and median wait of those who reached a milestone, beside the day by which half of everyone had.",
        assumptions=("An average of those who were treated leaves out everyone who left, and those who still wait.",),
        inclusion=inclusion,
        sentence=f"{{group@{lead}}}: {{reached@{lead}}} of {{referred@{lead}}} people referred have been treated; they "
        f"waited {{mean_days@{lead}}} days on average. “–” stands where half have not been reached.",
        table=table,
        columns=_TREATED_COLUMNS,
        measures=("M048", "M049"),
    )


ANALYSIS = Analysis(
    name="waits",
    title=TITLE,
    question="How long did everyone referred wait, counting those who left and those who wait still?",
    answer=answer,
    sources=_SOURCES,
    not_for="Waits before the referral reached this provider, or of people who never asked. With a short follow-up "
    "after the period the later weeks rest on few people.",
    measures=("M048", "M049", "M053", "M055", "M123", "M126"),
)
