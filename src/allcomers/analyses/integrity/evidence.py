"""What the detectors look at: finished courses, each scored day of theirs, changed descriptors, first treatments."""

from dataclasses import dataclass, replace

import polars as pl

from allcomers.analyses.finding import Floats, Inclusion
from allcomers.analyses.integrity import switching
from allcomers.analyses.occasions import FINISHED_IN_PERIOD, occasions
from allcomers.analyses.records import Records
from allcomers.instruments import get
from allcomers.instruments.outcome import DEPRESSION
from allcomers.measures.periods import Period

ANXIETY = "GAD7"
LAST_SCORES = {DEPRESSION: "phq9_last", ANXIETY: "gad7_last"}
_COURSE = (
    "pathway_no",
    "discharged_on",
    "end_code",
    "anxiety_measure",
    "phq9_last",
    "gad7_last",
    "at_caseness",
    "not_at_caseness",
    "recovered",
    "reliably_improved",
    "reliably_recovered",
)
_PROBLEM = "coalesce(problem, problem_group)"


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Tables with a row's service in `group`.

    Attributes
    ----------
    courses : a finished course discharged in the period, a row each.
    days : as from `occasions`, of these courses.
    switched : pathway_no, group, recovered and recovered_by_first of courses whose descriptor was changed.
    treatments : first treatments in the period: is_assessment, duration_minutes.
    problems : problem, received and finished (referrals and finished courses of the period).
    """

    courses: pl.DataFrame
    days: pl.DataFrame
    switched: pl.DataFrame
    treatments: pl.DataFrame
    problems: pl.DataFrame
    period: Period
    label: str
    seed: int

    @property
    def services(self) -> list[str]:
        """Every service with a finished course, in order."""
        return sorted(self.courses["group"].unique().to_list())

    def together(self) -> "Evidence":
        """All services as one."""
        whole = pl.lit(self.label).alias("group")
        frames = ("courses", "days", "switched", "treatments")
        return replace(self, **{name: getattr(self, name).with_columns(whole) for name in frames})

    def judged(self) -> pl.DataFrame:
        """Courses at caseness at the start whose outcome is known."""
        return self.courses.filter(pl.col("at_caseness") & pl.col("recovered").is_not_null())

    def judged_inclusion(self, *, also: str = "") -> Inclusion:
        """How the finished courses divide into `judged` and others; `also` is a reason, if it has a column of True."""
        known, case = pl.col("recovered").is_not_null(), pl.col("at_caseness").fill_null(False)
        reason = (
            pl.when(~known).then(pl.lit("a first or last score is missing"))
            .when(~case).then(pl.lit("not at caseness at the start"))
        )  # fmt: skip
        if also:
            reason = reason.when(pl.col("anxiety_measure") != ANXIETY).then(pl.lit(also))
        return inclusion(self.courses.select(reason=reason.otherwise(pl.lit("")))["reason"])


def inclusion(reasons: pl.Series) -> Inclusion:
    """Count reasons: one text a row, empty where the row was used."""
    counts = dict(reasons.value_counts().iter_rows())
    used = counts.pop("", 0)
    return Inclusion(n_in=len(reasons), n_used=used, n_excluded=counts)


def gather(records: Records) -> Evidence:
    """Everything the detectors look at, read once."""
    courses = records.pathways(_COURSE, where=FINISHED_IN_PERIOD)
    return Evidence(
        courses=courses,
        days=occasions(records),
        switched=_switched(records, courses),
        treatments=_first_treatments(records),
        problems=_problems(records),
        period=records.period,
        label=records.label,
        seed=records.seed,
    )


def _switched(records: Records, courses: pl.DataFrame) -> pl.DataFrame:
    complaints = records.rows(
        "presenting_complaint",
        ("pathway_no", "complaint_no", "complained_on", "validated_complaint", "problem_descriptor"),
        where=FINISHED_IN_PERIOD,
    )
    changed = switching.first_descriptors(complaints)
    if changed.is_empty():
        return courses.head(0).select("group", "pathway_no", "recovered", recovered_by_first="recovered")
    scored = records.pathways(("pathway_no", "recovered", *switching.SCORES), where=FINISHED_IN_PERIOD)
    judged = switching.recovered_by_first(changed.join(scored, on="pathway_no"))
    return judged.select("group", "pathway_no", "recovered", "recovered_by_first")


def _first_treatments(records: Records) -> pl.DataFrame:
    seen = records.rows(
        "contact",
        ("pathway_no", "is_assessment", "duration_minutes"),
        where="is_treatment and contact_on = first_treatment_on "
        "and first_treatment_on between $period_start and $period_end",
    )
    merged = seen.group_by("pathway_no").agg(
        pl.col("group").first(), pl.col("is_assessment").max(), pl.col("duration_minutes").sum()
    )
    return merged.sort("pathway_no")


def _problems(records: Records) -> pl.DataFrame:
    counted = records.grouped(None).pathways(
        {
            "problem": f"coalesce({_PROBLEM}, 'Unspecified')",
            "received": "received_on between $period_start and $period_end",
            "finished": f"coalesce({FINISHED_IN_PERIOD}, false)",
        }
    )
    return counted.group_by("problem").agg(pl.col("received", "finished").sum().cast(pl.Int64)).sort("problem")


def counts_by_score(courses: pl.DataFrame, column: str, highest: int, services: list[str]) -> Floats:
    """How many courses of each service stand at each score: services by scores from 0."""
    cells = courses.filter(pl.col(column).is_not_null()).group_by("group", score=pl.col(column).cast(pl.Int64)).len()
    grid = pl.DataFrame({"group": services}).join(pl.DataFrame({"score": range(highest + 1)}), how="cross")
    whole = grid.join(cells, on=["group", "score"], how="left", maintain_order="left")["len"].fill_null(0)
    counts: Floats = whole.to_numpy().astype(float).reshape(len(services), highest + 1)
    return counts


def highest_score(instrument: str) -> int:
    """The greatest total."""
    return int(get(instrument).scale().high)


def cut_off(instrument: str) -> int:
    """The score from which someone is at caseness."""
    caseness = get(instrument).caseness
    assert caseness, instrument
    assert isinstance(caseness.value, int), instrument
    return caseness.value
