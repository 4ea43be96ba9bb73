"""People whose therapy began with a digital programme against those whose began with a person, like with like.

Everyone who started counts, whether or not they went on. Those set against each other began in the same cell of
severity, problem, age and deprivation. In saturated cells the overlap weights of Li, Morgan and Zaslavsky (2018) are
Mantel and Haenszel's, so no model is fitted. It stays a comparison of people who were chosen for different things: no
cell holds what nobody recorded.
"""

import polars as pl

from allcomers.analyses.answer import Analysis, Answer, Chart, Column, Kind, Shape, nothing_to_say
from allcomers.analyses.finding import Inclusion
from allcomers.analyses.records import NOT_RECORDED, Records
from allcomers.analyses.stratified import e_value, mantel_haenszel, standardised_difference
from allcomers.instruments.columns import band_sql
from allcomers.instruments.outcome import DEPRESSION
from allcomers.instruments.registry import national

TITLE = "Digital programmes against people, everyone who started"
COMPUTER_THERAPIES = ("guided_self_help_computer", "non_guided_self_help_computer")
OUTCOMES = {
    "reliably recovered": "coalesce(reliably_recovered, false)",
    "recovered": "coalesce(recovered, false)",
    "reliably deteriorated": "coalesce(reliably_deteriorated, false)",
    "did not finish a course": "not coalesce(finished_course, false)",
}
NEGATIVE_CONTROL = "waited over 6 weeks for the first assessment"
CELLS = ("severity", "problem", "age", "deprivation")
_WAITED = "coalesce(date_diff('day', received_on, first_assessment_on) > 42, false)"
_STARTERS = "pathway.discharged_on between $period_start and $period_end and pathway.treatment_count >= 1"
_ESTIMAND = (
    "Among people who started treatment and whose referral ended in the period, the difference in each outcome between "
    "those who began with a digital programme and those who began with a person, in cells where there were both."
)
_ASSUMPTIONS = (
    "Within a cell of severity, problem, age and deprivation, who began with which is taken to be as good as chance. "
    "That is doubtful: people are offered digital programmes because they seem suited to them.",
    "An outcome that is not known counts as not reached, for both.",
    "Offers that were never taken up are not in the data set, and neither are the minutes of a supporter between logs.",
    "People who changed from one to the other stay with what they began with.",
)


def answer(records: Records) -> Answer:
    """Outcomes of those who began digitally and of those who began with a person. `parts`: balance, and how much unseen
    differences would have to do."""
    starters = _starters(records)
    if starters.is_empty():
        return nothing_to_say(TITLE, estimand=_ESTIMAND, why="Nobody who started treatment ended in the period.")
    if starters["is_digital"].n_unique() < 2:
        began = "with a digital programme" if starters["is_digital"][0] else "with a person"
        return nothing_to_say(
            TITLE,
            estimand=_ESTIMAND,
            why=f"Everyone who started began {began}, so there is nobody to compare with.",
            inclusion=Inclusion(n_in=starters.height, n_used=0, n_excluded={"nobody to compare with": starters.height}),
        )
    table = _table([_row(group, name, cells) for group, name, cells in _cells(starters, tuple(OUTCOMES))])
    return Answer(
        title=TITLE,
        estimand=_ESTIMAND,
        assumptions=_ASSUMPTIONS,
        inclusion=_inclusion(starters),
        sentence="Of {digital@0} people who began with a digital programme {digital_outcome@0} reliably recovered "
        "({digital_share@0}); of {human@0} who began with a person, {human_outcome@0} ({human_share@0}). Set against "
        "people like them the difference is {matched@0} (between {low@0} and {high@0}).",
        table=table,
        columns=_COLUMNS,
        chart=Chart(
            shape=Shape.RANGES,
            x="outcome",
            y="matched",
            low="low",
            high="high",
            series="group" if records.by else "",
            reference=0,
            reference_words="no difference",
        ),
        parts=(_balance(starters), _unseen(starters)),
    )


def _starters(records: Records) -> pl.DataFrame:
    """One row a pathway: group, its cell, the outcomes and whether it began digitally."""
    pathways = records.pathways(
        {
            "pathway_no": "pathway_no",
            "severity": band_sql(national().get(DEPRESSION), "phq9_first"),
            "problem": "problem_group",
            "age": "case when age_received < 26 then 'under 26' when age_received < 45 then '26 to 44' "
            "when age_received < 65 then '45 to 64' else '65 and over' end",
            "deprivation": "case when deprivation_decile <= 3 then 'most deprived three tenths' "
            "when deprivation_decile <= 7 then 'middle' else 'least deprived three tenths' end",
            "age_received": "age_received",
            "deprivation_decile": "deprivation_decile",
            **OUTCOMES,
            NEGATIVE_CONTROL: _WAITED,
        },
        where=_STARTERS,
    ).with_columns(
        pl.col("severity", "problem").fill_null(NOT_RECORDED),
        age=_known("age", "age_received"),
        deprivation=_known("deprivation", "deprivation_decile"),
    )
    digital = pl.concat([_first_by_computer(records), _logged_early(records)]).unique()
    return pathways.with_columns(is_digital=pl.col("pathway_no").is_in(digital["pathway_no"].implode()))


def _known(label: str, value: str) -> pl.Expr:
    return pl.when(pl.col(value).is_null()).then(pl.lit(NOT_RECORDED)).otherwise(pl.col(label))


def _first_by_computer(records: Records) -> pl.DataFrame:
    """Pathways whose first treatment contact was self-help by computer."""
    named = ", ".join(f"'{name}'" for name in COMPUTER_THERAPIES)
    where = f"{_STARTERS} and therapy in ({named}) and contact_on = pathway.first_treatment_on and is_treatment"
    return records.rows("therapy_contact", ["pathway_no"], where=where).select("pathway_no")


def _logged_early(records: Records) -> pl.DataFrame:
    """Pathways with an internet therapy log that began before any second treatment contact."""
    where = f"{_STARTERS} and in_window and (second_treatment_on is null or started_on <= second_treatment_on)"
    return records.rows("therapy_log", ["pathway_no"], where=where).select("pathway_no")


def _cells(starters: pl.DataFrame, outcomes: tuple[str, ...]) -> list[tuple[str, str, pl.DataFrame]]:
    """For each group and outcome, the counts of each cell: digital, digital_outcome, human, human_outcome."""
    digital = pl.col("is_digital")
    counted = starters.group_by("group", *CELLS).agg(
        digital=digital.sum(),
        human=(~digital).sum(),
        **{f"digital {name}": (digital & pl.col(name)).sum() for name in outcomes},
        **{f"human {name}": (~digital & pl.col(name)).sum() for name in outcomes},
    )
    return [
        (
            str(group),
            name,
            cells.select(
                "digital",
                "human",
                digital_outcome=pl.col(f"digital {name}"),
                human_outcome=pl.col(f"human {name}"),
            ),
        )
        for (group,), cells in sorted(counted.partition_by("group", as_dict=True).items())
        for name in outcomes
    ]


_COLUMNS = (
    Column("group", "Group"),
    Column("outcome", "Outcome"),
    Column("digital", "Began digitally", Kind.COUNT),
    Column("digital_outcome", "Of those, the outcome", Kind.COUNT, within="digital"),
    Column("digital_share", "Share of them", Kind.SHARE, of="digital_outcome", among="digital"),
    Column("human", "Began with a person", Kind.COUNT),
    Column("human_outcome", "Of those, the outcome", Kind.COUNT, within="human"),
    Column("human_share", "Share of them", Kind.SHARE, of="human_outcome", among="human"),
    Column("crude", "Difference as it stands", Kind.DIFFERENCE, of="digital_outcome", among="digital"),
    Column("matched", "Difference, like with like", Kind.DIFFERENCE, of="digital_outcome", among="compared"),
    Column("low", "At least", Kind.DIFFERENCE, of="digital_outcome", among="compared"),
    Column("high", "At most", Kind.DIFFERENCE, of="digital_outcome", among="compared"),
    Column("compared", "Began digitally, with somebody like them", Kind.COUNT, within="digital"),
)
_SCHEMA = {
    column.name: {Kind.TEXT: pl.String(), Kind.COUNT: pl.Int64()}.get(column.kind, pl.Float64()) for column in _COLUMNS
}


def _table(rows: list[dict[str, object]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=_SCHEMA)


def _row(group: str, outcome: str, cells: pl.DataFrame) -> dict[str, object]:
    total = cells.sum().row(0, named=True)
    digital_share, human_share = (
        total[f"{kind}_outcome"] / total[kind] if total[kind] else None for kind in ("digital", "human")
    )
    of = mantel_haenszel(cells["digital_outcome"], cells["digital"], cells["human_outcome"], cells["human"])
    known = digital_share is not None and human_share is not None
    return {
        "group": group,
        "outcome": outcome,
        **total,
        "digital_share": digital_share,
        "human_share": human_share,
        "crude": digital_share - human_share if known else None,  # type: ignore[operator]
        "matched": of.difference.estimate,
        "low": of.difference.low,
        "high": of.difference.high,
        "compared": of.compared_a,
    }


_BALANCE = (
    Column("group", "Group"),
    Column("what", "What"),
    Column("level", "Which"),
    Column("digital", "Began digitally", Kind.COUNT),
    Column("human", "Began with a person", Kind.COUNT),
    Column("smd", "Standardised difference", Kind.NUMBER, among="digital", of="human", digits=2),
)


def _balance(starters: pl.DataFrame) -> Answer:
    """How different those who began digitally were to begin with."""
    rows = []
    for (group,), part in sorted(starters.partition_by("group", as_dict=True).items()):
        all_digital = int(part["is_digital"].sum())
        all_human = part.height - all_digital
        for what in CELLS:
            counted = part.group_by(what).agg(
                digital=pl.col("is_digital").sum().cast(pl.Int64), human=(~pl.col("is_digital")).sum().cast(pl.Int64)
            )
            for level, digital, human in counted.sort(what).iter_rows():
                smd = (
                    standardised_difference(digital / all_digital, human / all_human)
                    if all_digital and all_human
                    else None
                )
                rows.append((str(group), what, level, digital, human, smd))
    table = pl.DataFrame(
        rows,
        schema=dict(
            zip(
                (column.name for column in _BALANCE),
                (pl.String, pl.String, pl.String, pl.Int64, pl.Int64, pl.Float64),
                strict=True,
            )
        ),
        orient="row",
    )
    widest = table.with_row_index("at").sort(pl.col("smd").abs(), descending=True, nulls_last=True)["at"][0]
    return Answer(
        title="How different they were to begin with",
        estimand="The difference in each share, over its standard deviation, before anything is made alike.",
        assumptions=("Beyond 0.1 either way is commonly called unbalanced. The comparison is made within cells.",),
        inclusion=_inclusion(starters),
        sentence=f"They differed most in {{what@{widest}}}, “{{level@{widest}}}”: by {{smd@{widest}}} deviations.",
        table=table,
        columns=_BALANCE,
    )


_UNSEEN = (
    Column("group", "Group"),
    Column("digital", "Began digitally", Kind.COUNT),
    Column("digital_outcome", "Of those, reliably recovered", Kind.COUNT, within="digital"),
    Column(
        "ratio",
        "Ratio of reliable recovery, like with like",
        Kind.NUMBER,
        of="digital_outcome",
        among="digital",
        digits=2,
    ),
    Column("e_value", "E-value", Kind.NUMBER, of="digital_outcome", among="digital", digits=2),
    Column("control", "Difference in waits before assessment", Kind.DIFFERENCE, of="digital_outcome", among="digital"),
    Column("control_low", "At least", Kind.DIFFERENCE, of="digital_outcome", among="digital"),
    Column("control_high", "At most", Kind.DIFFERENCE, of="digital_outcome", among="digital"),
)


def _unseen(starters: pl.DataFrame) -> Answer:
    outcome = next(iter(OUTCOMES))
    cells = {(group, name): part for group, name, part in _cells(starters, (outcome, NEGATIVE_CONTROL))}
    rows = []
    for group in sorted({group for group, _ in cells}):
        main, control = cells[group, outcome], cells[group, NEGATIVE_CONTROL]
        of, before = (
            mantel_haenszel(part["digital_outcome"], part["digital"], part["human_outcome"], part["human"])
            for part in (main, control)
        )
        ratio = of.ratio.estimate
        rows.append(
            {
                "group": group,
                "digital": int(main["digital"].sum()),
                "digital_outcome": int(main["digital_outcome"].sum()),
                "ratio": ratio,
                "e_value": e_value(ratio) if ratio else None,
                "control": before.difference.estimate,
                "control_low": before.difference.low,
                "control_high": before.difference.high,
            }
        )
    schema = {column.name: pl.Float64() for column in _UNSEEN} | {"group": pl.String()}
    table = pl.DataFrame(rows, schema=schema | {"digital": pl.Int64(), "digital_outcome": pl.Int64()})
    return Answer(
        title="What unseen differences could do",
        estimand="How strong an unseen difference would have to be, and a difference that no therapy can have made.",
        assumptions=(
            "Something tied this strongly (as a ratio of risks) to both how people began and how they did would "
            "explain the ratio away.",
            "How long people waited before assessment was settled before they began: where it differs, the two were "
            "different people from the outset, in ways that cells do not hold.",
        ),
        inclusion=_inclusion(starters),
        sentence="An unseen difference of {e_value@0}-fold would explain the ratio of {ratio@0} away; waits before "
        "assessment, which no programme can have changed, differ by {control@0}.",
        table=table,
        columns=_UNSEEN,
    )


def _inclusion(starters: pl.DataFrame) -> Inclusion:
    return Inclusion(n_in=starters.height, n_used=starters.height, n_excluded={})


ANALYSIS = Analysis(
    name="digital",
    title="Digital programmes",
    question="Do people who begin with a digital programme do as well as people like them who begin with a person?",
    answer=answer,
    sources=(
        "Mantel & Haenszel 1959, J Natl Cancer Inst 22:719; Greenland & Robins 1985, Biometrics 41:55.",
        "Li, Morgan & Zaslavsky 2018, J Am Stat Assoc 113:390 (not re-read).",
        "VanderWeele & Ding 2017, Ann Intern Med 167:268 (not re-read).",
    ),
    not_for="Not for saying that a programme works or does not: people were chosen for it. Not for one supplier "
    "against another, whose scores may be their own. A trial that offers each by lot can say; this cannot.",
    measures=("M192", "M195"),
)
