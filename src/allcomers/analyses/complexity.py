"""What people bring with them besides the problem: how much of it is recorded, and what becomes of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from allcomers.analyses import ended
from allcomers.analyses.answer import Analysis, Answer, Chart, Column, Kind, Shape, nothing_to_say
from allcomers.analyses.finding import Inclusion
from allcomers.analyses.inequality import decompose_ratio
from allcomers.analyses.records import NOT_RECORDED, Records
from allcomers.analyses.rows import framed, largest
from allcomers.codes.person import RELIGION, SEXUAL_ORIENTATION
from allcomers.measures.catalogue.terms import codes_of

TITLE = "What people bring with them"
YES, NO = "yes", "no"
_MOST_COUNTED = 4
_NOTHING = "nothing either way"

_SOURCES = (
    "Delgadillo et al. 2016, Br J Psychiatry; Finegan et al. 2018; Hepgul et al. 2016 (not re-read).",
    "NHS England, NHS Talking Therapies monthly metadata: V003, V010, V013, V014.",
)


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that a record can say of a person.

    Attributes
    ----------
    name : for the reader.
    yes, no : predicates over a derived table; where neither ever holds of a pathway it is not recorded. Of problems,
        which are counted, there are none.
    table : the derived table, of which a pathway may have several rows; one "yes" is enough.
    """

    name: str
    yes: str
    no: str
    table: str = "pathway"

    @property
    def key(self) -> str:
        """A column's name."""
        return self.name.replace(" ", "_").replace("-", "_")


_NO_CONDITION, _NO_DISABILITY, _DISABILITY_NOT_STATED = "748031000000103", "NN", "ZZ"

NEEDS = (
    Need(
        "long-term physical condition",
        f"condition_code <> '{_NO_CONDITION}'",
        f"condition_code = '{_NO_CONDITION}'",
        "long_term_condition",
    ),
    Need(
        "disability",
        f"disability_code not in ('{_NO_DISABILITY}', '{_DISABILITY_NOT_STATED}')",
        f"disability_code = '{_NO_DISABILITY}'",
        "disability",
    ),
    Need("receiving benefits", "receives_benefits = 'Y'", "receives_benefits = 'N'", "pathway_employment"),
    Need(
        "out of work or long-term sick",
        "employment_first in ('02', '04')",
        "employment_first in ('01', '03', '05', '06', '07', '08')",
    ),
    Need("housing not settled", "settled_indicator = 'N'", "settled_indicator = 'Y'", "accommodation"),
    Need("had the condition before", "previous_condition = 'Y'", "previous_condition = 'N'"),
    Need("more than one problem", "", "", "presenting_complaint"),
    Need("most deprived fifth", "deprivation_decile <= 2", "deprivation_decile > 2"),
)
"""What the index counts. Two are of an area or of a questionnaire's answer, not of a diagnosis."""


_GROUPS = {
    "sexual orientation": SEXUAL_ORIENTATION,
    "religion": RELIGION,
}
"""Circumstances whose codes are in the national list: groups to compare, and no needs."""
_UNSTATED = "not stated or unknown"


def answer(records: Records) -> Answer:
    """Reliable recovery by how many needs are recorded, of everyone whose referral ended and of the official base.

    `parts` are the index and what is not recorded, and each need and circumstance with where its gap arises.
    """
    of_pathways = {
        f"{need.key}_{side}": f"coalesce({rule}, false)"
        for need in NEEDS
        if need.table == "pathway"
        for side, rule in ((YES, need.yes), (NO, need.no))
    }
    rows = ended.ended(records, {"pathway_no": "pathway_no", **of_pathways})
    if rows.is_empty():
        why = f"No referral ended in {records.period.label}."
        return nothing_to_say(TITLE, estimand=ended.ESTIMAND, why=why)
    inclusion = Inclusion(n_in=rows.height, n_used=rows.height, n_excluded={})
    known = _with_index(_with_needs(records, rows))
    parts = (_recorded(known, inclusion), _characteristics(_with_circumstances(records, known), inclusion))
    return _by_index(records, known, inclusion, parts)


def _with_needs(records: Records, rows: pl.DataFrame) -> pl.DataFrame:
    """Each need as yes, no or null where it is not recorded."""
    for need in NEEDS:
        if need.table != "pathway":
            rows = rows.join(_answers(records, need), "pathway_no", "left")
    return rows.with_columns(
        pl.when(pl.col(f"{need.key}_{YES}"))
        .then(pl.lit(YES))
        .when(pl.col(f"{need.key}_{NO}"))
        .then(pl.lit(NO))
        .alias(need.key)
        for need in NEEDS
    )


def _answers(records: Records, need: Need) -> pl.DataFrame:
    """pathway_no, and whether any of its rows says yes and any says no."""
    if not need.yes:
        return _several_problems(records, need)
    made = records.rows(
        need.table,
        {
            "pathway_no": "pathway_no",
            f"{need.key}_{YES}": f"coalesce({need.yes}, false)",
            f"{need.key}_{NO}": f"coalesce({need.no}, false)",
        },
        where=ended.ENDED,
    )
    return made.drop("group").group_by("pathway_no").agg(pl.all().any())


def _several_problems(records: Records, need: Need) -> pl.DataFrame:
    where = f"{ended.ENDED} and validated_complaint is not null"
    made = records.rows(need.table, {"pathway_no": "pathway_no", "problem": "validated_complaint"}, where=where)
    several = pl.col("problem").n_unique() > 1
    return made.group_by("pathway_no").agg(several.alias(f"{need.key}_{YES}"), (~several).alias(f"{need.key}_{NO}"))


def _with_index(rows: pl.DataFrame) -> pl.DataFrame:
    """The number of needs recorded, how many are not recorded either way, and the band of the index."""
    needs = [pl.col(need.key) for need in NEEDS]
    counted = pl.sum_horizontal((need == YES).fill_null(value=False).cast(pl.Int64) for need in needs)
    missing = pl.sum_horizontal(need.is_null().cast(pl.Int64) for need in needs)
    band = (
        pl.when(pl.col("missing") == len(NEEDS))
        .then(pl.lit(_NOTHING))
        .when(pl.col("index") >= _MOST_COUNTED)
        .then(pl.lit(f"{_MOST_COUNTED} or more needs"))
        .when(pl.col("index") == 1)
        .then(pl.lit("1 need"))
        .otherwise(pl.col("index").cast(pl.String) + " needs")
    )
    return rows.with_columns(index=counted, missing=missing).with_columns(band=band)


_BAND_KEYS = (Column("group", "Whose referrals"), Column("band", "The record shows"))
_MISSING = Column("not_recorded_share", "Mean share of needs not recorded", Kind.SHARE, of="ended", among="ended")


def _by_index(records: Records, known: pl.DataFrame, inclusion: Inclusion, parts: tuple[Answer, ...]) -> Answer:
    not_recorded = known.group_by("group", "band").agg(not_recorded_share=pl.col("missing").mean() / len(NEEDS))
    counts = ended.counted(known, "group", "band").join(not_recorded, ["group", "band"], maintain_order="left")
    table, columns = ended.table(counts, _BAND_KEYS, (_MISSING,))
    lead = largest(table, "ended")
    return Answer(
        title=TITLE,
        estimand=ended.ESTIMAND,
        assumptions=(
            *ended.ASSUMPTIONS,
            f"The index counts {len(NEEDS)} needs alike, however much each weighs, and only if they are recorded.",
            "Not recorded is not no: those who leave early are asked less, so that a low index may mean a short stay.",
            "That housing is settled is read from Y and N; the list of its codes was not found (unverified).",
        ),
        inclusion=inclusion,
        sentence=f"{{group@{lead}}}: where the record shows {{band@{lead}}}, {{whole_share@{lead}}} of everyone "
        f"whose referral ended reliably recovered; the official share of the same people is {{official_share@{lead}}}.",
        table=table,
        columns=columns,
        chart=Chart(
            shape=Shape.RANGES,
            x="group" if records.by else "band",
            y="whole_share",
            low="whole_low",
            high="whole_high",
            series="band" if records.by else "",
        ),
        parts=parts,
        measures=("M195",),
    )


_RECORDED_COLUMNS = (
    Column("group", "Whose referrals"),
    Column("need", "Need"),
    Column("ended", "Referrals that ended", Kind.COUNT),
    Column("yes", "Recorded: yes", Kind.COUNT, within="ended"),
    Column("no", "Recorded: no", Kind.COUNT, within="ended"),
    Column("not_recorded", "Not recorded", Kind.COUNT, within="ended"),
    Column("not_recorded_share", "Share not recorded", Kind.SHARE, of="not_recorded", among="ended"),
    Column("least_share", "Least share with it", Kind.SHARE, of="yes", among="ended"),
    Column("most_share", "Greatest share with it", Kind.SHARE, of="no", among="ended"),
)


def _recorded(known: pl.DataFrame, inclusion: Inclusion) -> Answer:
    """How often each need is recorded, and how common it could be if all that is not recorded were yes."""
    counted = pl.concat(
        known.group_by("group").agg(
            need=pl.lit(need.name),
            ended=pl.len().cast(pl.Int64),
            yes=(pl.col(need.key) == YES).sum().cast(pl.Int64),
            no=(pl.col(need.key) == NO).sum().cast(pl.Int64),
            not_recorded=pl.col(need.key).is_null().sum().cast(pl.Int64),
        )
        for need in NEEDS
    )
    of = pl.col("ended")
    table = counted.sort("group", maintain_order=True).select(
        "group",
        "need",
        "ended",
        "yes",
        "no",
        "not_recorded",
        not_recorded_share=pl.col("not_recorded") / of,
        least_share=pl.col("yes") / of,
        most_share=1 - pl.col("no") / of,
    )
    lead = largest(table, "not_recorded")
    return Answer(
        title="What is recorded, and what is not",
        estimand="The share of referrals that ended in which a need is recorded, and the bounds that this leaves.",
        assumptions=("The bounds take all that is not recorded as no, and then as yes.",),
        inclusion=inclusion,
        sentence=f"{{group@{lead}}}: {{need@{lead}}} is not recorded either way for {{not_recorded_share@{lead}}}; "
        f"between {{least_share@{lead}}} and {{most_share@{lead}}} have it.",
        table=table,
        columns=_RECORDED_COLUMNS,
        chart=Chart(shape=Shape.BARS, x="need", y="not_recorded_share"),
    )


_CHARACTERISTIC_KEYS = (
    Column("group", "Whose referrals"),
    Column("characteristic", "Need or circumstance"),
    Column("value", "As recorded"),
)
_GAP_COLUMNS = (
    Column("ratio", "Share over that of the value compared with", Kind.NUMBER, of="recovered", among="ended", digits=2),
    Column("ratio_low", "95% interval from", Kind.NUMBER, of="recovered", among="ended", digits=2),
    Column("ratio_high", "to", Kind.NUMBER, of="recovered", among="ended", digits=2),
    Column("share_before", "Of the gap, before the official base", Kind.SHARE, of="recovered", among="ended"),
)


def _with_circumstances(records: Records, known: pl.DataFrame) -> pl.DataFrame:
    listed = ", ".join(f"'{code}'" for codes in _GROUPS.values() for code in codes_of(codes))
    made = records.rows(
        "circumstance",
        {"pathway_no": "pathway_no", "code": "circumstance_code"},
        where=f"{ended.ENDED} and circumstance_code in ({listed})",
    )
    for name, codes in _GROUPS.items():
        labels = {one.code: one.meaning for one in codes if one.meaning != _UNSTATED}
        meant = made.filter(pl.col("code").is_in(list(labels))).with_columns(
            pl.col("code").replace_strict(labels).alias(name)
        )
        known = known.join(meant.group_by("pathway_no").agg(pl.col(name).min()), "pathway_no", "left")
    return known


def _characteristics(known: pl.DataFrame, inclusion: Inclusion) -> Answer:
    names = {need.key: need.name for need in NEEDS} | {name: name for name in _GROUPS}
    counts = pl.concat(
        ended.counted(known.with_columns(value=pl.col(key).fill_null(NOT_RECORDED)), "group", "value").with_columns(
            characteristic=pl.lit(name)
        )
        for key, name in names.items()
    ).sort("group", maintain_order=True)
    gaps = framed(_gaps(counts), _GAP_COLUMNS)
    table, columns = ended.table(counts.hstack(gaps), _CHARACTERISTIC_KEYS, _GAP_COLUMNS)
    lead = largest(table, "ended", pl.col("value") == YES)
    return Answer(
        title="Each need and circumstance, and where its gap arises",
        estimand=ended.ESTIMAND,
        assumptions=(
            *ended.ASSUMPTIONS,
            "Each value is compared with “no”, or with the commonest. Nothing is adjusted for, and no cause is meant.",
            "The part before the official base is arithmetic on logarithms, and can lie outside 0 to 100 %.",
        ),
        inclusion=inclusion,
        sentence=f"{{group@{lead}}}: of those recorded with {{characteristic@{lead}}}, {{whole_share@{lead}}} of "
        f"everyone whose referral ended reliably recovered; the official share is {{official_share@{lead}}}."
        if lead is not None
        else "{ended@0} referrals ended, and no need is recorded of any.",
        table=table,
        columns=columns,
        measures=("M195",),
    )


def _gaps(counts: pl.DataFrame) -> list[dict[str, Any]]:
    """Each value against "no", or against the commonest where there is no "no"; nothing for that value itself."""
    rows = counts.to_dicts()
    reference: dict[tuple[str, str], Mapping[str, Any]] = {}
    for row in sorted(rows, key=lambda one: (one["value"] != NO, -one["ended"], one["value"])):
        if row["value"] != NOT_RECORDED:
            reference.setdefault((row["group"], row["characteristic"]), row)
    return [_gap(row, reference.get((row["group"], row["characteristic"]))) for row in rows]


def _gap(row: Mapping[str, Any], reference: Mapping[str, Any] | None) -> dict[str, Any]:
    if reference is None or reference is row:
        return {}
    made = decompose_ratio(ended.chain(row), ended.chain(reference), official_denominator="official_base")
    return {
        "ratio": made.ratio.estimate,
        "ratio_low": made.ratio.low,
        "ratio_high": made.ratio.high,
        "share_before": made.share_before.estimate,
    }


ANALYSIS = Analysis(
    name="complexity",
    title=TITLE,
    question="Do people who bring more with them, or of whom less is recorded, recover less often?",
    answer=answer,
    sources=_SOURCES,
    not_for="Saying how complex a service's people are where much is not recorded, or that a need is why someone did "
    "not recover.",
    measures=("M195",),
)
