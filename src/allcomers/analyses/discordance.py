"""Recovered by the scores, and what the person said of the help: how often the two agree, and how often nobody asked.

The data set has no question that asks whether a person is better. The nearest is one of experience: whether they got
the help that mattered to them. It is asked at the end of treatment, often by the therapist, and mostly of those who
finish.
"""

from dataclasses import dataclass

import polars as pl
from scipy.stats import binomtest

from allcomers.analyses.answer import Analysis, Answer, Chart, Column, Kind, Shape, nothing_to_say
from allcomers.analyses.finding import Inclusion
from allcomers.analyses.records import Records
from allcomers.analyses.rows import framed

TITLE = "What the scores say, and what the person says"
HELPED_QUESTION = "747931000000101"
"""Patient experience, treatment: whether the person got the help that mattered to them, 0 to 4."""
HELPED_FROM = 3
"""The least of 0 to 4 that is taken for yes. Ours: the labels of the answers were not read."""
WSAS_FUNCTIONING = 10
"""Totals below this are called functioning well in research; no national value (unverified)."""

_FINISHED = "finished_course and discharged_on between $period_start and $period_end and recovered is not null"
_ESTIMAND = (
    "Among finished courses that ended in the period and were at caseness at the start, how the official "
    "recovered flag and the person's own answer about the help agree."
)
_ASSUMPTIONS = (
    "“Helped” is an answer of 3 or 4, on a scale from 0 to 4, to whether they got the help that mattered to them. It "
    "asks of help, not of change, and is the nearest that the national data set has.",
    "Bounds take those who did not answer as all not helped, and as all helped; nothing is assumed of them.",
    "The question may be handed over by the therapist, which invites kindness.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Two judgements of the same people, each yes or no.

    Attributes
    ----------
    both, first_only, second_only, neither : counts of people.
    """

    both: int
    first_only: int
    second_only: int
    neither: int

    @property
    def people(self) -> int:
        return self.both + self.first_only + self.second_only + self.neither

    @property
    def agreed_share(self) -> float | None:
        """Of people on whom the two agree, 0–1; None of nobody."""
        return (self.both + self.neither) / self.people if self.people else None

    @property
    def kappa(self) -> float | None:
        """Cohen's κ: agreement beyond chance; None where either judgement is the same of everybody.

        Source: Cohen 1960, Educ Psychol Meas 20:37.
        """
        if not self.people:
            return None
        first, second = self.both + self.first_only, self.both + self.second_only
        others = (self.people - first) * (self.people - second)
        by_chance = (first * second + others) / self.people**2
        assert self.agreed_share is not None
        return (self.agreed_share - by_chance) / (1 - by_chance) if by_chance < 1 else None

    @property
    def balanced_kappa(self) -> float | None:
        """κ as it would be with even margins (PABAK), which is not thrown by margins near 0 or 1.

        Source: Byrt, Bishop & Carlin 1993, J Clin Epidemiol 46:423 (not re-read).
        """
        return None if self.agreed_share is None else 2 * self.agreed_share - 1

    @property
    def p_value(self) -> float | None:
        """Exact McNemar test that the two err as often either way; None where they never differ."""
        differ = self.first_only + self.second_only
        return float(binomtest(self.first_only, differ, 0.5).pvalue) if differ else None


def unhelped_bounds(*, unhelped: int, unanswered: int, people: int) -> tuple[float, float] | None:
    """Least and greatest share who would not say they were helped, whatever those say who did not answer."""
    return (unhelped / people, (unhelped + unanswered) / people) if people else None


def answer(records: Records) -> Answer:
    """Agreement of the recovered flag with the person's answer. `parts`: recovery that also asks for functioning."""
    finished = _finished(records)
    if finished.is_empty():
        return nothing_to_say(
            TITLE, estimand=_ESTIMAND, why="No finished course that ended in the period has an outcome on record."
        )
    answered = int(finished["helped"].is_not_null().sum())
    left_out = finished.height - answered
    inclusion = Inclusion(
        n_in=finished.height,
        n_used=answered,
        n_excluded={"the question was not asked, or not answered": left_out} if left_out else {},
    )
    if not answered:
        return nothing_to_say(
            TITLE,
            estimand=_ESTIMAND,
            why="Nobody's answer about the help is on record, so the scores cannot be set against it.",
            inclusion=inclusion,
        )
    groups = sorted(finished.partition_by("group", as_dict=True).items())
    return Answer(
        title=TITLE,
        estimand=_ESTIMAND,
        assumptions=_ASSUMPTIONS,
        inclusion=inclusion,
        sentence="Of {recovered_known@0} people who recovered by their scores and answered, {recovered_unhelped@0} did "
        "not say that they got the help that mattered ({unhelped_share@0}). Nothing is known of {recovered_unknown@0} "
        "more, so among all who recovered it lies between {unhelped_low@0} and {unhelped_high@0}.",
        table=framed([_row(str(group), part) for (group,), part in groups], _COLUMNS),
        columns=_COLUMNS,
        chart=Chart(shape=Shape.RANGES, x="group", y="unhelped_share", low="unhelped_low", high="unhelped_high"),
        parts=(_functioning(finished, groups),),
        measures=("M191", "M192"),
    )


def _finished(records: Records) -> pl.DataFrame:
    """One row a finished course: group, recovered, helped (null where not answered), WSAS total at the end."""
    pathways = records.pathways(
        {
            "pathway_no": "pathway_no",
            "recovered": "recovered",
            "wsas": _wsas(),
        },
        where=f"at_caseness and {_FINISHED}",
    )
    answers = (
        records.rows(
            "experience",
            {"pathway_no": "pathway_no", "answer": "answer", "answered_on": "answered_on"},
            where=f"question_code = '{HELPED_QUESTION}' and pathway.at_caseness and {_FINISHED}",
        )
        .with_columns(points=pl.col("answer").cast(pl.Int64, strict=False))
        .drop_nulls("points")
        .sort("pathway_no", "answered_on", "points")
        .group_by("pathway_no")
        .agg(helped=pl.col("points").last() >= HELPED_FROM)
    )
    return pathways.join(answers, on="pathway_no", how="left")


def _wsas() -> str:
    """The last total; null where an area is missing. Work that does not apply adds nothing and is not missing."""
    areas = ("home_management", "social_leisure_activities", "private_leisure_activities", "relationships")
    return " + ".join(f"wsas_{area}_last" for area in areas) + " + coalesce(wsas_work_last, 0)"


_COLUMNS = (
    Column("group", "Group"),
    Column("recovered", "Recovered by scores", Kind.COUNT),
    Column("recovered_known", "Of those, answered", Kind.COUNT, within="recovered"),
    Column("recovered_unhelped", "Of those, did not say helped", Kind.COUNT, within="recovered_known"),
    Column("unhelped_share", "Share", Kind.SHARE, of="recovered_unhelped", among="recovered_known"),
    Column("recovered_unknown", "Recovered, no answer", Kind.COUNT, within="recovered"),
    Column("unhelped_low", "Of all recovered, at least", Kind.SHARE, of="recovered_unhelped", among="recovered"),
    Column("unhelped_high", "Of all recovered, at most", Kind.SHARE, of="recovered_unknown", among="recovered"),
    Column("others_known", "Not recovered, answered", Kind.COUNT),
    Column("others_helped", "Of those, said helped", Kind.COUNT, within="others_known"),
    Column("helped_share", "Share", Kind.SHARE, of="others_helped", among="others_known"),
    Column("kappa", "κ", Kind.NUMBER, of="recovered_unhelped", among="recovered_known", digits=2),
    Column("balanced", "κ, even margins", Kind.NUMBER, of="recovered_unhelped", among="recovered_known", digits=2),
    Column("p_value", "Err either way as often", Kind.PROBABILITY, of="others_helped", among="others_known"),
)


def _row(group: str, part: pl.DataFrame) -> dict[str, object]:
    recovered = pl.col("recovered")
    counts = part.select(
        both=(recovered & pl.col("helped")).sum(),
        first_only=(recovered & ~pl.col("helped")).sum(),
        second_only=(~recovered & pl.col("helped")).sum(),
        neither=(~recovered & ~pl.col("helped")).sum(),
        unknown=(recovered & pl.col("helped").is_null()).sum(),
    ).row(0, named=True)
    unknown = counts.pop("unknown")
    of = Agreement(**counts)
    known, others = of.both + of.first_only, of.second_only + of.neither
    low, high = unhelped_bounds(unhelped=of.first_only, unanswered=unknown, people=known + unknown) or (None, None)
    return {
        "group": group,
        "recovered": known + unknown,
        "recovered_known": known,
        "recovered_unhelped": of.first_only,
        "unhelped_share": of.first_only / known if known else None,
        "recovered_unknown": unknown,
        "unhelped_low": low,
        "unhelped_high": high,
        "others_known": others,
        "others_helped": of.second_only,
        "helped_share": of.second_only / others if others else None,
        "kappa": of.kappa,
        "balanced": of.balanced_kappa,
        "p_value": of.p_value,
    }


_FUNCTIONING = (
    Column("group", "Group"),
    Column("all", "Finished at caseness", Kind.COUNT),
    Column("recovered", "Recovered by scores", Kind.COUNT, within="all"),
    Column("known", "Of those, functioning on record", Kind.COUNT, within="recovered"),
    Column("functioning", "Of those, functioning well too", Kind.COUNT, within="known"),
    Column(
        "functioning_share",
        "Share of those on record",
        Kind.SHARE,
        of="functioning",
        among="known",
    ),
    Column("both_share", "Recovered and known to function, of all", Kind.SHARE, of="functioning", among="all"),
)


def _functioning(finished: pl.DataFrame, groups: list[tuple[tuple[object, ...], pl.DataFrame]]) -> Answer:
    rows = []
    for (group,), part in groups:
        recovered = part.filter(pl.col("recovered"))
        known = int(recovered["wsas"].is_not_null().sum())
        functioning = int((recovered["wsas"] < WSAS_FUNCTIONING).sum())
        rows.append(
            {
                "group": str(group),
                "all": part.height,
                "recovered": recovered.height,
                "known": known,
                "functioning": functioning,
                "functioning_share": functioning / known if known else None,
                "both_share": functioning / part.height,
            }
        )
    return Answer(
        title="Recovered, and able to do the things of life",
        estimand="Recovery that also asks for a Work and Social Adjustment total below 10 at the end.",
        assumptions=(
            "Below 10 is research's word for functioning well; there is no national value (unverified).",
            "Work that does not apply adds nothing to the total. Where another area is missing, nothing is known.",
        ),
        inclusion=Inclusion(n_in=finished.height, n_used=finished.height, n_excluded={}),
        sentence="Of {recovered@0} who recovered by their scores, {functioning@0} of the {known@0} whose functioning "
        "is on record were functioning well too ({functioning_share@0}).",
        table=framed(rows, _FUNCTIONING),
        columns=_FUNCTIONING,
    )


ANALYSIS = Analysis(
    name="discordance",
    title="The person's own account",
    question="Do those whom the scores call recovered say that they were helped?",
    answer=answer,
    sources=(
        "Cohen 1960, Educ Psychol Meas 20:37; McNemar 1947, Psychometrika 12:153.",
        "Robinson et al. 2017, BMJ Open: what patients take from questionnaires (not re-read).",
        "Crawford et al. 2016, Br J Psychiatry: 5.2% of 14,587 told of lasting bad effects (not re-read).",
    ),
    not_for="Not for saying that one of the two is right. Not for single therapists: answers are given in their sight.",
    measures=("M191", "M192"),
)
