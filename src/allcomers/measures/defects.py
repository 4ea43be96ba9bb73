"""Slips in the official wording: what is printed, how it is read here, and the printed form where its result differs.

A measure or category names its slip by id. `as_printed` and `category_as_printed` give the form for compat="official";
where the print has no one reading (brackets that do not close) or only one possible sense, there is no other form.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from allcomers.codes import problem
from allcomers.codes.person import ETHNIC_CATEGORY
from allcomers.measures.breakdowns import (
    EDUCATION_KNOWN,
    FORCES_LABELS,
    GENDERS_KNOWN,
    MEDICATION_KNOWN,
    NO_IDENTITY,
    RECORDED,
    SAME_AT_BIRTH_LABELS,
    STATED,
    UNKNOWN,
    described_by,
    is_problem,
)
from allcomers.measures.catalogue.stages import (
    HIGH,
    LAST_OF_FIRST_STAGE,
    LOW,
    STEPPED_DOWN,
    STEPPED_UP,
    stepped_on,
    stepping,
)
from allcomers.measures.catalogue.terms import (
    WAIT_TO_SECOND,
    all_of,
    any_of,
    attended_contacts,
    days,
    mean,
    none_of,
    one_of,
    over,
    treated_again,
    up_to,
)
from allcomers.measures.measure import Category, Measure, Of, Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One slip.

    Attributes
    ----------
    id : what measures and categories call it by.
    found : what the official wording says.
    read : how it is read here, and why.
    measures : the form as printed, by measure id, where its result differs.
    categories : the predicate as printed, by variable and last label, where its result differs.
    """

    id: str
    found: str
    read: str
    measures: Mapping[str, Of] = field(default_factory=dict)
    categories: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @property
    def differs(self) -> bool:
        """Whether any figure depends on the reading."""
        return bool(self.measures or self.categories)


_PRINTED_29_TO_90 = treated_again(over(WAIT_TO_SECOND, 89))
_PRINTED_DOWN, _PRINTED_UP = (days(stepped_on(*steps), LAST_OF_FIRST_STAGE) for steps in ((HIGH, LOW), (LOW, HIGH)))
_PRINTED_UP_28, _PRINTED_UP_90 = (stepping(LOW, HIGH, up_to(_PRINTED_UP, most)) for most in (28, 90))
*_NAMED_ANXIETY, _OTHER_ANXIETY = problem.ANXIETY_PROBLEMS
_LISTED_BEGINNINGS = (_OTHER_ANXIETY, *problem.DEPRESSION_PROBLEMS, problem.OTHER_MENTAL_HEALTH)
_MISSING = str(ETHNIC_CATEGORY.cleaning.missing)
_NO_STATED_GROUP = none_of("ethnic_category", (*STATED, _MISSING))
_OTHER_BEGINNINGS = [described_by(one) for one in _OTHER_ANXIETY.descriptors]

DEFECTS = (
    Defect(
        id="29-to-90",
        found="The upper end is printed as 90 days or more; the description of M125 even says 29 to 56 days.",
        read="From 29 to 90 days, as the name says.",
        measures={"M122": _PRINTED_29_TO_90, "M125": Share(of=_PRINTED_29_TO_90, among="M184")},
    ),
    Defect(
        id="later-from-earlier",
        found="The first day of the second stage is taken from the last day of the first, so waits come out negative, "
        "and every wait is under 29 days. Only M349 leaves out courses with several mixed sessions between stages; its "
        "footnote for low intensity, and so that of M354, points at the list for high intensity.",
        read="Days from the first stage to the step, and low intensity as low. Who is left out stays as printed.",
        measures={
            "M349": mean(_PRINTED_DOWN, STEPPED_DOWN),
            "M350": mean(_PRINTED_UP, STEPPED_UP),
            "M360": _PRINTED_UP_28,
            "M361": _PRINTED_UP_90,
            "M366": Share(of=_PRINTED_UP_28, among="M355"),
            "M367": Share(of=_PRINTED_UP_90, among="M355"),
        },
    ),
    Defect(
        id="training-date",
        found="M1016 takes someone for in training only if the planned date of completion is past; M1015 does not ask.",
        read="In training as M1015 says, so that qualified, in training and neither do not overlap.",
        measures={"M1016": attended_contacts("staff_neither_as_printed")},
    ),
    Defect(
        id="missing-and-dated",
        found="There is to be no qualification record, and that record is to be from this month or before: nobody "
        "could be counted.",
        read="No qualification record from this month or before; who is not named has none.",
    ),
    Defect(
        id="gender-brackets",
        found="A bracket is missing, so that everyone without a recorded identity is unknown, whatever their gender.",
        read="Unknown only where neither identity nor gender is recorded, as the other categories presume.",
        categories={("V007", UNKNOWN): any_of(NO_IDENTITY, none_of("gender", GENDERS_KNOWN))},
    ),
    Defect(
        id="and-before-or",
        found="Without brackets the exceptions apply to F43 alone, so agoraphobia and others count twice.",
        read="Every code from F40 to F43 that has no category of its own.",
        categories={
            ("V011", _OTHER_ANXIETY.label): any_of(
                *_OTHER_BEGINNINGS[:-1],
                all_of(_OTHER_BEGINNINGS[-1], none_of("problem_descriptor", [one.code for one in _NAMED_ANXIETY])),
            )
        },
    ),
    Defect(
        id="problem-overlap",
        found="Health anxiety is also among the other mental health disorders, and the SNOMED CT descriptors, K58 and "
        "G933 also among the other recorded problems.",
        read="Each descriptor in its own category only.",
        categories={
            ("V011", "Other Mental Health disorders"): is_problem(problem.OTHER_MENTAL_HEALTH),
            ("V011", "Other recorded problems"): all_of(RECORDED, f"not {is_problem(*_LISTED_BEGINNINGS)}"),
        },
    ),
    Defect(
        id="unknown-and-null",
        found="The residual category asks for a code outside the list, which in SQL is never true of a missing one.",
        read="Missing is unknown: the categories then cover everyone.",
        categories={
            ("V002", UNKNOWN): _NO_STATED_GROUP,
            ("V004", UNKNOWN): none_of("education", EDUCATION_KNOWN),
            ("V005", UNKNOWN): _NO_STATED_GROUP,
            ("V006", UNKNOWN): none_of("ex_forces", tuple(FORCES_LABELS)),
            ("V008", UNKNOWN): none_of("gender_same_at_birth", tuple(SAME_AT_BIRTH_LABELS)),
            ("V011", UNKNOWN): one_of("problem_descriptor", (problem.INVALID,)),
            ("V012", UNKNOWN): any_of(
                none_of("psychotropic_first", MEDICATION_KNOWN),
                none_of("psychotropic_last", MEDICATION_KNOWN),
                "discharged_on not between $period_start and $period_end",
            ),
        },
    ),
    Defect(
        id="missing-and",
        found="An `and` is missing before the flag that picks a pathway's row.",
        read="As if it were there; there is no other sense.",
    ),
    Defect(
        id="unbalanced-brackets",
        found="The brackets do not close, or close too early.",
        read="Grouped by sense: each line's conditions together, and all of them for finished courses in the period. "
        "An employment support contact is told by its code within the referral or as a follow-up after it, or by its "
        "type or code within the support.",
    ),
    Defect(
        id="flag-misprint",
        found="CompletedTreatment_Flag is to be 'Y' (M200), or it and UsePathway_Flag 'YTrue' (M322); they only ever "
        "hold 'True'.",
        read="As 'True'.",
    ),
    Defect(
        id="no-comparison",
        found="The count of CBT sessions stands there without being compared with anything.",
        read="More than none, as in the measures beside it.",
    ),
    Defect(
        id="list-without-brackets",
        found="Codes are joined by `or` without brackets (= 'C1' or 'C2'; AppType = 02 or 03 or 05) between other "
        "conditions, which would hold of the first code or the last alone. The joins of M347-M367 have it too.",
        read="As a list: one of these codes, and every other condition. A bare code is no condition, so there is no "
        "other sense.",
    ),
    Defect(
        id="unlike-any",
        found="The codes are joined by `or` after `<>`, which taken literally is true of every code.",
        read="A code that is none of those listed.",
    ),
    Defect(
        id="one-or-more",
        found="The description speaks of more than one treatment session in the denominator.",
        read="Of one or more, as the name and the construction say.",
    ),
    Defect(
        id="wrong-footnote",
        found="The footnote for low intensity points at the list for high intensity.",
        read="As low intensity. Counselling and collaborative care are in neither list, although both are counted.",
    ),
    Defect(
        id="counselling-unlisted",
        found="The list of high-intensity therapies leaves out counselling for depression and collaborative care, "
        "although both have counts of their own among the high-intensity therapies.",
        read="As printed: their sessions make no stage.",
    ),
    Defect(
        id="status-overlap",
        found="A person who is not employed and whose sickness answer is not 8 counts both as not employed and as "
        "unknown, so the four statuses can add up to more than the whole.",
        read="As printed.",
    ),
)


@cache
def by_id() -> dict[str, Defect]:
    """Every slip by its id."""
    return {one.id: one for one in DEFECTS}


def as_printed(measure: Measure) -> Measure:
    """The measure with its official wording taken literally; the measure itself where there is no other reading."""
    form = by_id()[measure.defect].measures.get(measure.id) if measure.defect else None
    return measure if form is None else replace(measure, of=form)


def category_as_printed(category: Category) -> Category:
    """As `as_printed`, for a category."""
    last_label = category.b or category.a
    form = by_id()[category.defect].categories.get((category.variable, last_label)) if category.defect else None
    return category if form is None else replace(category, where=form)
