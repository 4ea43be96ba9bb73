"""The whole plan: from the folded data set to one row a referral pathway, and the tables beside it."""

from collections.abc import Collection
from dataclasses import replace

from allcomers.engine.plan import Plan
from allcomers.engine.step import Join, Step
from allcomers.pathways import lookups
from allcomers.pathways.derivations import Choices, Derivation, Derivations
from allcomers.pathways.folding import SOURCES
from allcomers.pathways.steps import contacts, employment, occasions, referrals, returns, scores, sessions

KEYS = {
    "pathway": ("pathway_no",),
    "contact": ("contact_key",),
    "therapy_contact": ("contact_key", "therapy"),
    "therapy_log": ("log_key",),
    "session": ("pathway_no", "place"),
    "employment_record": ("employment_key",),
    "pathway_employment": ("employment_key", "pathway_no"),
    "long_term_condition": ("condition_no",),
    "disability": ("disability_no", "pathway_no"),
    "circumstance": ("circumstance_no", "pathway_no"),
    "returned": ("person_id", "received_on", "pathway_id"),
}
"""The named tables, and the columns that tell the rows of each apart."""
TABLES = tuple(KEYS)

ASKED_FOR = (*TABLES, *occasions.TABLES)
"""Those that can be asked for by name; `derive` writes `TABLES`."""

_REFERRAL = (
    "pathway_no",
    "pathway_id",
    "person_id",
    "record_number",
    "provider_code",
    "sub_icb_code",
    "icb_code",
    "region_code",
    "received_on",
    "discharged_on",
    "reported_to_on",
    "source_of_referral",
    "end_code",
    "onset_on",
    "previous_condition",
    "born_on",
    "age_received",
    "age_discharged",
    "gender",
    "gender_identity",
    "gender_same_at_birth",
    "ethnic_category",
    "submitted_ethnic_category",
    "ex_forces",
    "education",
    "deprivation_decile",
    "lsoa",
    "sub_icb_of_residence_code",
)
_PARTS = ("contacts", "sessions", "therapies", "stages", "scores", "specific_scores", "problem", "employment")
_WORKING = ("attended_contact_count", "_sessions")
"""How columns of the parts end that are no columns of a pathway."""


def build(choices: Choices | None = None, *, absent: Collection[str] = ()) -> Plan:
    """The plan.

    Parameters
    ----------
    choices : what the official wording leaves open; the national reading when None.
    absent : tables that the data set does not have. Columns that would be wrong without them are null.
    """
    derivations = Derivations(choices or Choices())
    steps = [_with_derivations(step, derivations, absent) for step in _steps(derivations, absent)]
    return Plan(steps, {**SOURCES, **lookups.COLUMNS})


def not_available(derivations: Derivations, absent: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The columns that cannot be had without the absent tables, and which of those they need."""
    missing = {one.name: tuple(table for table in one.needs if table in absent) for one in derivations}
    return {name: tables for name, tables in missing.items() if tables}


def _steps(derivations: Derivations, absent: Collection[str]) -> tuple[Step, ...]:
    choices = derivations.choices
    return (
        *referrals.STEPS,
        *contacts.STEPS,
        *sessions.STEPS,
        *scores.steps(follow_up_scores=choices.follow_up_scores),
        *employment.STEPS,
        *_gathering(derivations, absent),
        *returns.STEPS,
        *occasions.STEPS,
    )


def _with_derivations(step: Step, derivations: Derivations, absent: Collection[str]) -> Step:
    made = {one.name: _rule(one, absent) for one in derivations.on(step.name)}
    return replace(step, columns={**step.columns, **made})


def _rule(derivation: Derivation, absent: Collection[str]) -> str:
    """The rule; where a table that it needs is absent, a null of the same type."""
    if _lacks(derivation, absent):
        return f"case when false then {derivation.rule} end"
    return derivation.rule


def _lacks(derivation: Derivation, absent: Collection[str]) -> bool:
    return any(table in absent for table in derivation.needs)


def _gathering(derivations: Derivations, absent: Collection[str]) -> tuple[Step, ...]:
    """One row a pathway: everything known of it side by side, then the outcome, each step on the one before."""
    parts = [one for part in _PARTS for one in derivations.on(f"{part}_of_pathway") if not one.name.endswith(_WORKING)]
    counts = [one.name for one in parts if one.name.endswith("_count") and not _lacks(one, absent)]
    made = [one.name for step in ("gathered", "measured", "paired") for one in derivations.on(step)]
    return (
        Step(
            "gathered",
            "described_referral",
            columns={name: f"coalesce({name}, 0)" for name in counts},
            keep=(*_REFERRAL, *(one.name for one in parts if one.name not in counts)),
            joins=tuple(Join(f"{part}_of_pathway", ("pathway_no",)) for part in _PARTS),
            why="A pathway without contacts has none: its counts are 0, its dates null.",
        ),
        Step("measured", "gathered", keep=("*",)),
        Step("paired", "measured", keep=("*",)),
        Step("outcome_terms", "paired", keep=("*",), why="Whether each score is a case, and how each pair moved."),
        Step(
            "pathway",
            "outcome_terms",
            keep=(*_REFERRAL, *(one.name for one in parts), *made, "uses_unverified", "not_judged"),
            why="One row a referral pathway.",
        ),
    )
