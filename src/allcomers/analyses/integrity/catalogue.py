"""The nine detectors: what each estimates, what else could have made its pattern, how it can cry wolf, its columns."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from allcomers.analyses.answer import Chart, Column, Kind, Shape
from allcomers.analyses.finding import Inclusion
from allcomers.analyses.integrity import detectors
from allcomers.analyses.integrity.evidence import Evidence, inclusion

GROUP = Column("group", "Service")
_JUDGED = "Finished courses at caseness at the start, with all four scores."


@dataclass(frozen=True, kw_only=True)
class Detector:
    """One question asked of each service.

    Attributes
    ----------
    key, title : as in "g2", and in words.
    find : a row for each service (and measure or check), with p_value and supports.
    columns : of the table, after the service; without the p-values, which all detectors have.
    estimate : the column without which there is nothing to say.
    among : the count that the estimate rests on.
    sentence : of the table's first row.
    innocent : what could make the pattern without anybody gaming anything.
    false_alarm : when and how often it cries wolf.
    across : whether it is about all services together, so that there is no table by service.
    included : which courses were used.
    """

    key: str
    title: str
    estimand: str
    find: Callable[[Evidence], pl.DataFrame]
    columns: tuple[Column, ...]
    estimate: str
    among: str
    sentence: str
    innocent: tuple[str, ...]
    false_alarm: str
    included: Callable[[Evidence], Inclusion]
    across: bool = False

    @property
    def chart(self) -> Chart | None:
        """The estimate of each service with its limits."""
        if self.across:
            return None
        return Chart(shape=Shape.RANGES, x="group", y=self.estimate, low="low", high="high")


def _count(name: str, heading: str, within: str = "") -> Column:
    return Column(name, heading, Kind.COUNT, within=within)


def _limits(kind: Kind, among: str, digits: int = 1) -> tuple[Column, Column]:
    return (
        Column("low", "95% from", kind, among=among, digits=digits),
        Column("high", "to", kind, among=among, digits=digits),
    )


def _judged(evidence: Evidence) -> Inclusion:
    return evidence.judged_inclusion()


def _judged_on_gad7(evidence: Evidence) -> Inclusion:
    return evidence.judged_inclusion(also="the anxiety measure is not GAD-7")


def _with_days(least: int) -> Callable[[Evidence], Inclusion]:
    def included(evidence: Evidence) -> Inclusion:
        days = evidence.days.group_by("pathway_no").len()
        enough = evidence.courses.join(days.filter(pl.col("len") >= least), on="pathway_no", how="semi").height
        reasons = [""] * enough + [f"scored on fewer than {least} days"] * (evidence.courses.height - enough)
        return inclusion(pl.Series(reasons, dtype=pl.String))

    return included


def _changed(evidence: Evidence) -> Inclusion:
    changed, all_ = evidence.switched.height, evidence.courses.height
    return inclusion(pl.Series([""] * changed + ["the descriptor was not changed"] * (all_ - changed), dtype=pl.String))


def _all_courses(evidence: Evidence) -> Inclusion:
    return Inclusion(n_in=evidence.courses.height, n_used=evidence.courses.height, n_excluded={})


DETECTORS = (
    Detector(
        key="g1",
        title="Services' rates just above a national level",
        estimand="Services with a rate up to two points above a national level against those up to two points below.",
        find=detectors.levels_of_rates,
        columns=(
            Column("rate", "Rate and level"),
            Column("services", f"Services with {detectors.LEAST_COURSES} courses or more", Kind.NUMBER, digits=0),
            Column("just_below", f"Up to {detectors.NEAR_POINTS} points below", Kind.NUMBER, digits=0),
            Column("just_above", f"Up to {detectors.NEAR_POINTS} points above", Kind.NUMBER, digits=0),
            Column("density_below", "Density just below (services' share a point)", Kind.NUMBER, digits=3),
            Column("density_above", "Density just above", Kind.NUMBER, digits=3),
            Column("p_jump", "p, that the density does not jump", Kind.PROBABILITY),
        ),
        estimate="just_above",
        among="",
        sentence="Of {services@0} services, {just_above@0} are up to two points above the level and {just_below@0} "
        "up to two points below it ({rate@0}).",
        innocent=(
            "Services that fall short are helped until they reach the level, and then help goes elsewhere.",
            "Commissioners close or merge services that stay below.",
        ),
        false_alarm="Allows for half as many again above as below, which a steep slope could bring. The density's jump "
        "is shown beside it: with so few services it seldom finds anything, and its window is a rule of thumb.",
        included=_all_courses,
        across=True,
    ),
    Detector(
        key="g2",
        title="One point below the cut-off: three neighbouring scores",
        estimand="The share of last scores one point below the cut-off, among these and their two neighbours.",
        find=detectors.scores_at_the_line,
        columns=(
            Column("measure", "Measure and score"),
            _count("below", "Last scores one lower", "near"),
            _count("at", "Last scores at it", "near"),
            _count("above", "Last scores one higher, at caseness", "near"),
            _count("near", "All three"),
            Column("share", "At it", Kind.SHARE, of="at", among="near"),
            *_limits(Kind.SHARE, "near"),
            Column("p_straight", "p, were scores straight across the three", Kind.PROBABILITY, among="near"),
            Column("p_bent", "p, were they much bent", Kind.PROBABILITY, among="near"),
        ),
        estimate="share",
        among="near",
        sentence="{group@0}: {share@0} of the last scores nearest to the cut-off are one point below it ({measure@0}); "
        "were nothing to happen there, about a third would be.",
        innocent=(
            "Treating until someone is below the cut-off and ending then is good practice to many; see g6.",
            "People know the cut-off from their earlier scores and may answer towards it.",
        ),
        false_alarm="A distribution that bends sharply at that score would be flagged; a bend of 0.1 is allowed for.",
        included=_judged,
    ),
    Detector(
        key="g3",
        title="One point below the cut-off: against a smooth fit",
        estimand="Last scores one point below the cut-off beyond a smooth fit of the others, as a share of the fit.",
        find=detectors.excess_below_the_line,
        columns=(
            Column("measure", "Measure and score"),
            _count("near", "Last scores about the cut-off"),
            _count("at", "Last scores at it", "near"),
            Column("excess", "Beyond the fit (courses)", Kind.NUMBER, among="near"),
            Column("excess_share", "Beyond the fit, of the fit", Kind.SHARE, among="near"),
            *_limits(Kind.SHARE, "near"),
            Column("rank", "Place among placebo scores (1: most)", Kind.NUMBER, among="near", digits=0),
        ),
        estimate="excess_share",
        among="near",
        sentence="{group@0}: last scores one point below the cut-off ({measure@0}) differ by {excess_share@0} from "
        "what a smooth fit of the others leads one to expect.",
        innocent=(
            "Treating until someone is below the cut-off and ending then; see g6.",
            "A measure whose items make some totals commoner than others.",
        ),
        false_alarm="A poor fit makes an excess of its own, so a pattern is called only where no other score has more.",
        included=_judged,
    ),
    Detector(
        key="g4",
        title="Final digits, and totals like the time before",
        estimand="Final digits of last PHQ-9 totals against the other services' shape moved to this service's "
        "severity; and the share of last pairs of totals that repeat the pair before.",
        find=detectors.habits,
        columns=(
            Column("check", "Check"),
            _count("courses", "Courses"),
            _count("repeated", "Repeated", "courses"),
            Column("share", "Repeated", Kind.SHARE, of="repeated", among="courses"),
            *_limits(Kind.SHARE, "courses"),
            Column("chi_squared", "χ² of final digits (9 degrees)", Kind.NUMBER, among="courses"),
        ),
        estimate="share",
        among="courses",
        sentence="{group@0}: in {share@0} of {courses@0} courses both last totals are those of the time before.",
        innocent=(
            "Someone who is steady scores the same; people without symptoms are left out of the count of repeats.",
            "Questionnaires read out over the telephone invite the same answers again.",
        ),
        false_alarm="The national data set holds totals, not answers: repeats item by item and straight lines cannot "
        "be seen in it. A service of unlike people can differ in the shape of its scores.",
        included=_with_days(2),
    ),
    Detector(
        key="g5",
        title="A fall at the last session",
        estimand="Mean change of PHQ-9 at a planned last session beyond the mean of the person's changes before, in "
        "points; negative where scores fell by more than before.",
        find=detectors.drops_at_the_end,
        columns=(
            _count("planned", "Planned endings with four scores"),
            Column("departure", "Last change, against those before (points)", Kind.NUMBER, among="planned", digits=2),
            *_limits(Kind.NUMBER, "planned", 2),
            _count("unplanned", "Endings by the person"),
            Column("unplanned_departure", "The same, where the person left", Kind.NUMBER, among="unplanned", digits=2),
            Column("went_on_departure", "The same, same session, where people went on", Kind.NUMBER, digits=2),
        ),
        estimate="departure",
        among="planned",
        sentence="{group@0}: at {planned@0} planned endings the last change of PHQ-9 was {departure@0} points against "
        "the changes before (negative: fell by more); where people went on it was {went_on_departure@0}.",
        innocent=(
            "People feel better on the day they finish, and say so to someone they will not see again.",
            "Ending is agreed when someone has just had a good week.",
        ),
        false_alarm="Flagged only if planned endings fall by more than sessions that were not the last, and by more "
        "than endings by the person. Those who go on are other people, which the comparison cannot undo.",
        included=_with_days(4),
    ),
    Detector(
        key="g6",
        title="Ending at the first score below the line",
        estimand="How many times likelier a course is to end at its first session below both cut-offs than at another "
        "session of the same number, of people as severe at the start.",
        find=detectors.ending_when_below,
        columns=(
            _count("first_below", "First sessions below"),
            _count("ended_first_below", "Ended there", "first_below"),
            Column("hazard_first_below", "Ended there", Kind.SHARE, of="ended_first_below", among="first_below"),
            _count("other", "Other sessions"),
            _count("ended_other", "Ended at another", "other"),
            Column("hazard_other", "Ended at another", Kind.SHARE, of="ended_other", among="other"),
            Column(
                "ratio",
                "Times as likely, like with like",
                Kind.NUMBER,
                of="ended_first_below",
                among="first_below",
                digits=2,
            ),
            *_limits(Kind.NUMBER, "first_below", 2),
            _count("recoveries", "Recoveries"),
            _count("unconfirmed", "Below once only", "recoveries"),
            Column("unconfirmed_share", "Below once only", Kind.SHARE, of="unconfirmed", among="recoveries"),
            _count("next_known", "First below, and seen again"),
            _count("next_below", "Still below then", "next_known"),
            Column("next_share", "Still below then", Kind.SHARE, of="next_below", among="next_known"),
        ),
        estimate="ratio",
        among="first_below",
        sentence="{group@0}: {unconfirmed_share@0} of recoveries rest on one occasion below the cut-offs; of people "
        "below for the first time who came again, {next_share@0} were still below.",
        innocent=(
            "Stopping when the agreed aim is reached is what treatment is for: this alone proves nothing.",
            "Courses that end as planned end when people are better, which raises the ratio everywhere.",
        ),
        false_alarm="A service is flagged for standing out from the others, whose variation is allowed for; a habit "
        "that all services share is not flagged.",
        included=_with_days(2),
    ),
    Detector(
        key="g7",
        title="Recoveries that are error of measurement",
        estimand="Recovery on record less recovery of true scores, of courses judged by PHQ-9 and GAD-7 (points of "
        "percentage).",
        find=detectors.recoveries_by_chance,
        columns=(
            _count("courses", "Courses at caseness at the start"),
            _count("recovered", "Recovered on record", "courses"),
            Column("recovered_share", "Recovered on record", Kind.SHARE, of="recovered", among="courses"),
            Column("corrected_share", "Recovered by true scores", Kind.SHARE, of="recovered", among="courses"),
            Column("gap", "Difference", Kind.SHARE, of="recovered", among="courses"),
            *_limits(Kind.SHARE, "courses"),
        ),
        estimate="gap",
        among="courses",
        sentence="{group@0}: {recovered_share@0} recovered on record; allowing for error in the last scores it is "
        "{corrected_share@0}.",
        innocent=("A service whose people end near the cut-offs has more of both kinds of error.",),
        false_alarm="Rests on test–retest reliability that was recalled and not re-read, on the same reliability for "
        "everyone, and on errors of the two measures that are independent. Flagged only against the other services.",
        included=_judged_on_gad7,
    ),
    Detector(
        key="g8",
        title="Problem descriptors changed on the way",
        estimand="Of courses whose recovery turned on a change of problem descriptor, the share that gained it.",
        find=detectors.changed_descriptors,
        columns=(
            _count("changed", "Descriptor changed"),
            _count("judged", "Outcome known either way", "changed"),
            _count("gained", "Recovered only by the later", "judged"),
            _count("lost", "Recovered only by the first", "judged"),
            _count("moved", "Either", "judged"),
            Column("share", "Gained", Kind.SHARE, of="gained", among="moved"),
            *_limits(Kind.SHARE, "moved"),
        ),
        estimate="share",
        among="moved",
        sentence="{group@0}: of {changed@0} courses whose descriptor was changed, {gained@0} gained recovery by it and "
        "{lost@0} lost it.",
        innocent=(
            "A problem is better understood as treatment goes on, and the right measure is then the later one.",
            "Measures differ in how easily recovery is reached, whoever changes the code.",
        ),
        false_alarm="An exact test: at most 1 service in 20 by chance, before the number of services is allowed for.",
        included=_changed,
    ),
    Detector(
        key="g9",
        title="Dates and durations that suit a count",
        estimand="Shares of discharges in the last days of a month, of first treatments at an assessment, and of short "
        "first treatments.",
        find=detectors.dates_and_durations,
        columns=(
            Column("check", "Check"),
            _count("of", "Events"),
            _count("count", "Of the kind", "of"),
            Column("share", "Share", Kind.SHARE, of="count", among="of"),
            *_limits(Kind.SHARE, "of"),
            Column("expected_share", "Expected from weekdays", Kind.SHARE, among="of"),
        ),
        estimate="share",
        among="of",
        sentence="{group@0}: {share@0} of {of@0} ({check@0}); {expected_share@0} would be from weekdays alone.",
        innocent=(
            "Records are tidied when a month is closed.",
            "Treating at the first meeting spares people a wait.",
        ),
        false_alarm="Month ends are tested against the calendar; the other two against the other services. When scores "
        "were entered, and whether before or after a session, is not in the national data set.",
        included=_all_courses,
    ),
)
