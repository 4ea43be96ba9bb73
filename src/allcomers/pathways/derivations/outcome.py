"""The anxiety measure of a pathway, caseness, recovery and reliable change: the rules are the instruments'."""

from allcomers.instruments.anxiety_measure import adsm_score_sql, adsm_sql, called_for_sql
from allcomers.instruments.outcome import OUTCOME_SQL, OutcomeColumns, outcome_terms_sql
from allcomers.instruments.registry import Registry, national
from allcomers.pathways.derivations import scores
from allcomers.pathways.derivations.derivation import ANNUAL, CLARK_2018, CONSTRUCTIONS, OURS, Derivation, Status

MEASURED, PAIRED, TERMS, PATHWAY = "measured", "paired", "outcome_terms", "pathway"

COLUMNS = OutcomeColumns("phq9_first", "phq9_last", "anxiety_measure", "anxiety_first", "anxiety_last")
_TERMS_OF_OUTCOME = "The thresholds of every measure but PHQ-9 and GAD-7 are unverified: see uses_unverified."


def derivations(registry: Registry | None = None, *, single_scores: bool = True) -> tuple[Derivation, ...]:
    """The derivations of the outcome.

    Parameters
    ----------
    registry : the instruments and their thresholds; the national ones when None.
    single_scores : name an anxiety measure even where it has only a first score, which is unverified.
    """
    known = registry or national()
    return (
        _called_for(known),
        _measure(known, single_scores=single_scores),
        *_pair(known),
        *_terms(known),
        *_flags(),
    )


def _called_for(known: Registry) -> Derivation:
    return Derivation(
        "called_for_measure",
        called_for_sql("problem_descriptor", known),
        on=MEASURED,
        source=f"{CONSTRUCTIONS}, M203-M205",
        status=Status.VERIFIED,
        why="The measure that the problem descriptor calls for; GAD-7 for any other, and for none.",
    )


def _measure(known: Registry, *, single_scores: bool) -> Derivation:
    return Derivation(
        "anxiety_measure",
        adsm_sql(
            "problem_descriptor", first=scores.first, last=scores.last, single_scores=single_scores, registry=known
        ),
        on=MEASURED,
        national="ADSM",
        id="I101D90",
        source=f"{CLARK_2018}; {CONSTRUCTIONS}, M198, M204",
        status=Status.VERIFIED,
        why="The measure called for if it has two scores, else GAD-7 if it has; with one score alone, the measure "
        "called for and then GAD-7, which is unverified.",
    )


def _pair(known: Registry) -> tuple[Derivation, ...]:
    why = "Both scores come from the measure chosen, never one from each, which is reconstructed."
    return (
        Derivation(
            "anxiety_first",
            adsm_score_sql("anxiety_measure", scores.first, known),
            on=PAIRED,
            national="ADSM_FirstScore",
            source=CONSTRUCTIONS,
            status=Status.VERIFIED,
            why=why,
        ),
        Derivation(
            "anxiety_last",
            adsm_score_sql("anxiety_measure", scores.last, known),
            on=PAIRED,
            national="ADSM_LastScore",
            id="I101D92",
            source=CONSTRUCTIONS,
            status=Status.VERIFIED,
            why=why,
        ),
    )


def _terms(known: Registry) -> tuple[Derivation, ...]:
    return tuple(
        Derivation(name, rule, on=TERMS, source=OURS, status=Status.VERIFIED)
        for name, rule in outcome_terms_sql(COLUMNS, known).items()
    )


def _flags() -> tuple[Derivation, ...]:
    known = {
        "at_caseness": ("Caseness_Flag", 105, Status.VERIFIED, "Null where a first score is missing (reconstructed)."),
        "recovered": ("Recovery_Flag", 107, Status.VERIFIED, ""),
        "reliably_improved": ("ReliableImprovement_Flag", 108, Status.VERIFIED, ""),
        "reliably_deteriorated": ("ReliableDeterioration_Flag", 110, Status.RECONSTRUCTED, "Improvement, mirrored."),
        "no_reliable_change": (
            "NoChange_Flag",
            109,
            Status.RECONSTRUCTED,
            "Neither improved nor deteriorated, among those with all four scores. Improved on one measure and "
            "deteriorated on the other falls here, which is unverified.",
        ),
        "reliably_recovered": ("", 0, Status.VERIFIED, "Recovery and reliable improvement together; M193."),
    }
    rules = {**OUTCOME_SQL, "no_reliable_change": OUTCOME_SQL["reliably_unchanged"]}
    flags = [
        _flag(name, rules[name], national, item, status, why) for name, (national, item, status, why) in known.items()
    ]
    not_at_caseness = f"not ({OUTCOME_SQL['at_caseness']})"
    why = "Both first scores below their thresholds. Null where a first score is missing."
    return (*flags, _flag("not_at_caseness", not_at_caseness, "NotCaseness_Flag", 106, Status.RECONSTRUCTED, why))


def _flag(name: str, rule: str, national_name: str, item: int, status: Status, why: str) -> Derivation:
    return Derivation(
        name,
        f"case when finished_course then {rule} end",
        on=PATHWAY,
        national=national_name,
        id=f"I101D{item}" if item else "",
        source=f"{ANNUAL}; {CLARK_2018}",
        status=status,
        why=f"{why} {_TERMS_OF_OUTCOME}".strip(),
    )
