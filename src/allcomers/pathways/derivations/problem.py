"""The problem descriptor that speaks for a pathway, and the published groups it falls in."""

from allcomers.codes.cleaning import clean_finding_sql
from allcomers.codes.problem import (
    ANXIETY_PROBLEMS,
    DEPRESSION_PROBLEMS,
    INVALID,
    OTHER_MENTAL_HEALTH,
    UNEXPLAINED_SYMPTOMS,
    Problem,
)
from allcomers.pathways.derivations.derivation import ANNUAL, CONSTRUCTIONS, LOAD, Derivation, Status

COMPLAINT, CHOSEN, GROUPED = "complaint", "problem_of_pathway", "paired"


def _matches(problems: tuple[Problem, ...]) -> str:
    called = [one for problem in problems for one in problem.descriptors]
    return " or ".join(
        f"starts_with(problem_descriptor, '{one.code}')" if one.prefix else f"problem_descriptor = '{one.code}'"
        for one in called
    )


def _higher() -> str:
    groups = {
        "Depression": DEPRESSION_PROBLEMS,
        "Anxiety and stress related disorders (Total)": ANXIETY_PROBLEMS,
        "Other mental health disorders": (OTHER_MENTAL_HEALTH,),
    }
    whens = " ".join(f"when {_matches(problems)} then '{label}'" for label, problems in groups.items())
    return (
        f"case when problem_descriptor is null then 'Unspecified' "
        f"when problem_descriptor = '{INVALID}' then 'Invalid Data Supplied' {whens} else 'Other recorded problems' end"
    )


def _lower() -> str:
    problems = (*ANXIETY_PROBLEMS, *UNEXPLAINED_SYMPTOMS)
    whens = " ".join(f"when {_matches((one,))} then '{one.label}'" for one in problems)
    return f"case {whens} end"


DERIVATIONS = (
    Derivation(
        "validated_complaint",
        clean_finding_sql("FindSchemeInUse", "PresComp"),
        on=COMPLAINT,
        national="Validated_PresentingComplaint",
        id="I603D07",
        source=LOAD,
        status=Status.VERIFIED,
        why="The order in which dagger and asterisk marks go, and codes longer than four characters, are unverified.",
    ),
    Derivation(
        "problem_descriptor",
        "min(validated_complaint) filter (where place = 1)",
        on=CHOSEN,
        source=f"{CONSTRUCTIONS}, M203",
        status=Status.VERIFIED,
        why="One complaint a pathway: one that is filled in, primary before secondary, the latest, the last record.",
    ),
    Derivation(
        "problem_group",
        _higher(),
        on=GROUPED,
        national="PresentingComplaintHigherCategory",
        source=f"{ANNUAL}; {CONSTRUCTIONS}, V011",
        status=Status.UNVERIFIED,
        why="The labels are verified; which code falls in which was read across from the breakdown V011.",
    ),
    Derivation(
        "problem",
        _lower(),
        on=GROUPED,
        national="PresentingComplaintLowerCategory",
        source=f"{ANNUAL}; {CONSTRUCTIONS}, V011",
        status=Status.UNVERIFIED,
        why="As the group; null outside anxiety and medically unexplained symptoms.",
    ),
)
