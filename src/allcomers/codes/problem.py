"""What the course of treatment is for: the problem descriptor and the groups it is published in."""

from dataclasses import dataclass

from allcomers.codes.model import Code, CodeList
from allcomers.codes.sources import ANNUAL, MONTHLY
from allcomers.instruments.model import Descriptor, Status

INVALID = "-3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem(Code):
    """A problem, or a group of them, told by its cleaned descriptor; `label` is how the tables print it."""

    descriptors: tuple[Descriptor, ...]
    label: str = ""
    label_note: str = ""

    def matches(self, descriptor: str) -> bool:
        """Whether a cleaned descriptor is this problem."""
        return any(one.matches(descriptor) for one in self.descriptors)


def _problem(code: str, meaning: str, label: str = "", *, label_note: str = "", prefix: bool = True) -> Problem:
    return Problem(
        code=code,
        meaning=meaning,
        descriptors=(Descriptor(code, prefix),),
        label=label,
        label_note=label_note,
    )


def _group(meaning: str, *codes: str, label: str = "") -> Problem:
    return Problem(
        code=", ".join(codes), meaning=meaning, descriptors=tuple(Descriptor(code) for code in codes), label=label
    )


_LABEL_OF_A_VARIABLE = "A label of the variable V011; whether the derived field takes it is unverified."

ANXIETY_PROBLEMS = (
    _problem("F400", "agoraphobia", "F400 - Agoraphobia"),
    _problem("F401", "social phobias", "F401 - Social phobias"),
    _problem("F402", "specific (isolated) phobias", "F402 - Specific (isolated) phobias"),
    _problem("F410", "panic disorder", "F410 - Panic disorder [episodic paroxysmal anxiety]"),
    _problem(
        "F411",
        "generalised anxiety disorder",
        "F411 - Generalised Anxiety Disorder",
        label_note="The annual tables print Generalized anxiety disorder.",
    ),
    _problem("F412", "mixed anxiety and depressive disorder", "F412 - Mixed anxiety and depressive disorder"),
    _problem("F42", "obsessive-compulsive disorder", "F42 - Obsessive-compulsive disorder"),
    _problem("F431", "post-traumatic stress disorder", "F431 - Post-traumatic stress disorder"),
    _problem("F452", "hypochondriacal disorder (health anxiety)", "F452 Hypochondriacal Disorders"),
    _problem(
        "83482000",
        "body dysmorphic disorder (SNOMED CT)",
        "83482000 Body Dysmorphic Disorder",
        label_note=_LABEL_OF_A_VARIABLE,
        prefix=False,
    ),
    _group("other anxiety or stress related disorder", "F40", "F41", "F42", "F43", label="Other F40-F43 code"),
)
"""The one most particular comes first: the last takes what the others leave."""

UNEXPLAINED_SYMPTOMS = (
    _problem("K58", "irritable bowel syndrome", "K58 - Irritable bowel syndrome", label_note=_LABEL_OF_A_VARIABLE),
    _problem("G933", "chronic fatigue syndrome", "G933 - Chronic fatigue syndrome", label_note=_LABEL_OF_A_VARIABLE),
    _problem(
        "723916001",
        "medically unexplained symptoms not otherwise specified (SNOMED CT)",
        "723916001 - MUS not otherwise specified",
        label_note=_LABEL_OF_A_VARIABLE,
        prefix=False,
    ),
)
DEPRESSION_PROBLEMS = (_problem("F32", "depressive episode"), _problem("F33", "recurrent depressive disorder"))
OTHER_MENTAL_HEALTH = _group("other mental health disorders", "F10", "F31", "F45", "F50", "F99")

PROBLEM = CodeList(
    name="PresentingComplaint",
    fields=("IDS603.Validated_PresentingComplaint",),
    versions=("2.1",),
    sources=(f"{MONTHLY} V011, M196-M205",),
    codes=(
        *ANXIETY_PROBLEMS,
        *UNEXPLAINED_SYMPTOMS,
        *DEPRESSION_PROBLEMS,
        OTHER_MENTAL_HEALTH,
        Code(INVALID, "invalid code"),
    ),
    note="ICD-10 descriptors match by their beginning, because cleaning lengthens those of three characters. Which "
    "anxiety measure a problem calls for stands with the instruments.",
)

_MAPPING = "The label is verified; its mapping is read across from V011."

HIGHER_CATEGORY = CodeList(
    name="PresentingComplaintHigherCategory",
    fields=("IDS101.PresentingComplaintHigherCategory",),
    versions=("2.1",),
    sources=(ANNUAL, f"{MONTHLY} V011"),
    codes=tuple(
        Code(label, meaning, note=_MAPPING, meaning_status=Status.UNVERIFIED)
        for label, meaning in (
            ("Depression", "F32, F33"),
            (
                "Anxiety and stress related disorders (Total)",
                "F40-F43, F452 and others in the lower category list",
            ),
            ("Other mental health disorders", "F10, F31, F45 (not F452), F50, F99"),
            ("Other recorded problems", "anything else"),
            ("Unspecified", "no code"),
            ("Invalid Data Supplied", "unusable code"),
        )
    ),
)

LOWER_CATEGORY = CodeList(
    name="PresentingComplaintLowerCategory",
    fields=("IDS101.PresentingComplaintLowerCategory",),
    versions=("2.1",),
    sources=(ANNUAL, f"{MONTHLY} V011"),
    codes=tuple(
        Code(problem.label, problem.meaning, note=problem.label_note)
        for problem in (*ANXIETY_PROBLEMS, *UNEXPLAINED_SYMPTOMS)
    ),
)
