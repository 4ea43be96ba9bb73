"""Questionnaire scores, those of a contact and those dated by themselves, to a first and a last a pathway."""

from allcomers.engine.step import Join, Step
from allcomers.pathways.derivations.derivation import order_number
from allcomers.pathways.lookups import SCORE_SCALE

_ON_SCALE = (
    "score_number between lowest and highest and case steps_per_point "
    "when 1 then score_number = floor(score_number) "
    "when 10 then score_number * 10 = floor(score_number * 10) "
    "else score_number * 100 = floor(score_number * 100) end"
)
"""Within the range and no finer than the scale; the comparison of an item that is not applicable finds it off scale."""


def steps(*, follow_up_scores: bool = True) -> tuple[Step, ...]:
    """The steps; `follow_up_scores` as in `Choices`."""
    follow_up = "" if follow_up_scores else " and coalesce(appointment_type <> '06', true)"
    return (
        Step(
            "scored_activity",
            "activity",
            columns={"scored_on": "contact_on", "is_discharged": "discharged_on is not null"},
            keep=("submission_no", "CareActId", "pathway_no"),
            joins=(Join("contact_facts", ("contact_no",), "inner"),),
            where=f"in_window and not has_employment_support{follow_up}",
            why="Scores at an employment support appointment are left out, and those outside the pathway.",
        ),
        Step(
            "contact_score",
            "IDS607CodedScoreAssessmentAct",
            columns={
                "score": "score_number",
                "order_no": order_number("scored_on", "IDS607CodedScoreAssessmentAct.record_no", table=1),
            },
            keep=("pathway_no", "instrument", "is_for_everyone", "scored_on", "is_discharged"),
            joins=(
                Join(SCORE_SCALE, ("CodedAssToolType",), "inner"),
                Join("scored_activity", ("submission_no", "CareActId"), "inner"),
            ),
            where=_ON_SCALE,
            why="What is written as a score and lies on the questionnaire's scale, dated by its contact.",
        ),
        Step(
            "own_score",
            "IDS606CodedScoreAssessmentRefer",
            columns={
                "score": "score_number",
                "scored_on": "AssToolCompDate",
                "is_discharged": "discharged_on is not null",
                "order_no": order_number("AssToolCompDate", "IDS606CodedScoreAssessmentRefer.record_no"),
            },
            keep=("pathway_no", "instrument", "is_for_everyone"),
            joins=(
                Join(SCORE_SCALE, ("CodedAssToolType",), "inner"),
                Join("referral", ("provider_no", "ServiceRequestId"), "inner"),
            ),
            where=f"AssToolCompDate between received_on and window_ended_on and {_ON_SCALE}",
            why="Scores with a date of their own.",
        ),
        Step(
            "score_pair",
            "contact_score",
            columns={
                "first_score": "arg_min(score, order_no)",
                "last_score": "arg_max(score, order_no) filter (where is_discharged)",
                "score_count": "count(*)",
            },
            union_all=("own_score",),
            group_by=("pathway_no", "instrument", "is_for_everyone"),
        ),
        Step("scores_of_pathway", "score_pair", where="is_for_everyone", group_by=("pathway_no",)),
        Step("specific_scores_of_pathway", "score_pair", where="not is_for_everyone", group_by=("pathway_no",)),
    )
