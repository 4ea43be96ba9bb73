"""Stages of intensity: runs of at least two sessions of one intensity, for the measures of stepping up and down."""

from allcomers.pathways.derivations.derivation import CONSTRUCTIONS, Derivation, Status

STAGES, OF_PATHWAY = "stage", "stages_of_pathway"
_SOURCE = f"{CONSTRUCTIONS}, M347-M367"
_NEEDS = ("IDS202CareActivity",)


def _of_stage(name: str, value: str, stage: int, why: str = "") -> Derivation:
    return Derivation(
        name,
        f"min({value}) filter (where stage_place = {stage})",
        on=OF_PATHWAY,
        source=_SOURCE,
        status=Status.VERIFIED,
        why=why,
        needs=_NEEDS,
    )


DERIVATIONS = (
    _of_stage(
        "first_stage_intensity",
        "intensity",
        1,
        why="Whether the pathway finished, and was assessed by its first treatment, the measures ask themselves.",
    ),
    _of_stage("first_stage_on", "began_on", 1),
    _of_stage("last_of_stage_1_on", "ended_on", 1),
    _of_stage(
        "mixed_sessions_before_stage_1",
        "runs_before",
        1,
        why="Single sessions before the first stage. One is ignored; a pathway with two or more is left out.",
    ),
    _of_stage("second_stage_intensity", "intensity", 2),
    _of_stage("second_stage_on", "began_on", 2),
    _of_stage(
        "runs_before_stage_2",
        "runs_before",
        2,
        why="Stage 1 and the single sessions before it and after it.",
    ),
)
