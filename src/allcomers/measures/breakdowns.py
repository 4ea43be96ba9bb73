"""The 138 categories that quarterly measures are broken down by (V001-V015).

A pathway may be in several categories of one variable (disabilities, religions, conditions, programmes) or in none.
The residual category says what is left, nothing recorded included, so that a gap in the record is a category; where
the source leaves nulls out, its own form stands in `defects`.
"""

from collections.abc import Collection, Iterable, Iterator
from functools import cache, partial

from allcomers.codes import condition, contact, person, problem, therapy
from allcomers.codes.model import Code, CodeList
from allcomers.instruments.model import Descriptor
from allcomers.measures.catalogue.integrated import CORE_ONLY, INTEGRATED
from allcomers.measures.catalogue.terms import (
    FINISHED,
    all_of,
    any_of,
    by_end,
    codes_of,
    has,
    lacks,
    none_of,
    none_of_or_empty,
    one_of,
    over,
    up_to,
)
from allcomers.measures.measure import Category
from allcomers.pathways.derivations.person import age_in_years

AGE = age_in_years("born_on", "$period_end")
UNKNOWN = "Not stated/Not known/Invalid"
_NULLS = "unknown-and-null"


def _ages(variable: str, type_: str, groups: Iterable[tuple[str, str]]) -> Iterator[Category]:
    for label, where in groups:
        yield Category(variable=variable, type=type_, a=label, where=where)
    yield Category(variable=variable, type=type_, a=UNKNOWN, where=lacks(AGE))


def _between(group: Code) -> str:
    assert isinstance(group, person.AgeGroup), group
    return f"{AGE} between {group.low} and {group.high}" if group.high is not None else f"{AGE} >= {group.low}"


AGE_GROUPS = tuple(_ages("V001", "Age Group", ((group.code, _between(group)) for group in person.AGE_GROUP)))
WORKING_AGES = tuple(
    _ages(
        "V015",
        "Working Age",
        (("Under 18", f"{AGE} < 18"), ("18 to 64", f"{AGE} between 18 and 64"), ("65 and over", f"{AGE} >= 65")),
    )
)

_CENSUS = tuple(one for one in person.ETHNIC_CATEGORY if one.group)
STATED = tuple(one.code for one in _CENSUS)
_WHITE_BRITISH, *_MINORITIES = STATED
_bme = partial(Category, variable="V002", type="BME Group")
_ethnic = partial(Category, variable="V005", type="Ethnic Group")

BME_GROUPS = (
    _bme(a="BME", where=one_of("ethnic_category", _MINORITIES)),
    _bme(a="White British", where=one_of("ethnic_category", (_WHITE_BRITISH,))),
    _bme(a=UNKNOWN, where=none_of_or_empty("ethnic_category", STATED), defect=_NULLS),
)

_ETHNIC_GROUPS = {
    "Asian": "Asian or Asian British",
    "Black": "Black or Black British",
    "Mixed": "Mixed",
    "Other": "Other Ethnic Groups",
    "White": "White",
}
_ETHNIC_LABELS = {
    "A": "British",
    "B": "Irish",
    "C": "Any other White background",
    "D": "White and Black Caribbean",
    "E": "White and Black African",
    "F": "White and Asian",
    "G": "Any other mixed background",
    "H": "Indian",
    "J": "Pakistani",
    "K": "Bangladeshi",
    "L": "Any other Asian background",
    "M": "Caribbean",
    "N": "African",
    "P": "Any other Black background",
    "R": "Chinese",
    "S": "Any other ethnic group",
}

ETHNIC_GROUPS = (
    *(
        _ethnic(a=_ETHNIC_GROUPS[one.group], b=_ETHNIC_LABELS[one.code], where=one_of("ethnic_category", (one.code,)))
        for one in _CENSUS
    ),
    _ethnic(a=UNKNOWN, where=none_of_or_empty("ethnic_category", STATED), defect=_NULLS),
)

_disability = partial(Category, variable="V003", type="Disability", table="disability")
_DISABILITY_LABELS = {
    "01": "Behaviour and Emotional",
    "02": "Hearing",
    "03": "Manual Dexterity",
    "04": "Memory or ability to concentrate, learn or understand (Learning Disability)",
    "05": "Mobility and Gross Motor",
    "06": "Perception of Physical Danger",
    "07": "Personal, Self Care and Continence",
    "08": "Progressive Conditions and Physical Health (such as HIV, cancer, multiple sclerosis, fits etc)",
    "09": "Sight",
    "10": "Speech",
    "XX": "Other",
    "NN": "No Disability",
    "ZZ": "Not Stated",
}

DISABILITIES = (
    *(
        _disability(a=f"{code} {_DISABILITY_LABELS[code]}", where=one_of("disability_code", (code,)))
        for code in codes_of(person.DISABILITY)
    ),
    _disability(a="Invalid code", where=none_of("disability_code", codes_of(person.DISABILITY))),
    _disability(a="No code", where="false", or_none=has("disability_code")),
)

_ESTABLISHMENTS = {
    "College": ("2",),
    "University": ("3",),
    "Educational establishment not listed": ("4",),
    "Other": ("1", "8"),
}
EDUCATION_KNOWN = tuple(code for codes in _ESTABLISHMENTS.values() for code in codes)
_education = partial(Category, variable="V004", type="Education")
_AGES_OF_EDUCATION = {"25 and under": up_to(AGE, 25), "Over 25": over(AGE, 25), "Age Not Recorded": lacks(AGE)}

EDUCATION = (
    *(
        _education(a=a, b=f"{a} and {age}", where=all_of(one_of("education", codes), of_age))
        for a, codes in _ESTABLISHMENTS.items()
        for age, of_age in _AGES_OF_EDUCATION.items()
    ),
    _education(
        a="Other",
        b=UNKNOWN,
        where=none_of_or_empty("education", EDUCATION_KNOWN),
        defect=_NULLS,
    ),
)


def _coded(variable: str, type_: str, column: str, labels: dict[str, str]) -> Iterator[Category]:
    """A category a code, and one for whatever else is there, or nothing."""
    for code, label in labels.items():
        yield Category(variable=variable, type=type_, a=label, where=one_of(column, (code,)))
    where = none_of_or_empty(column, labels)
    yield Category(variable=variable, type=type_, a=UNKNOWN, where=where, defect=_NULLS)


FORCES_LABELS = {
    "02": "Ex-services member",
    "05": "Dependant of an ex-services member",
    "03": "Not an ex-services member or their dependant",
}
SAME_AT_BIRTH_LABELS = {"Y": "Same gender at birth", "N": "Different gender at birth"}

ARMED_FORCES = tuple(
    _coded(
        "V006",
        "Ex British Armed Forces and Dependants",
        "ex_forces",
        FORCES_LABELS,
    )
)
SAME_AT_BIRTH = tuple(
    _coded(
        "V008",
        "Gender Identity Same At Birth",
        "gender_same_at_birth",
        SAME_AT_BIRTH_LABELS,
    )
)

_gender = partial(Category, variable="V007", type="Gender Identity")
_IDENTITIES = ("1", "2", "3", "4")
NO_IDENTITY = none_of_or_empty("gender_identity", _IDENTITIES)
GENDERS_KNOWN = ("1", "2", "9")


def _identity_or_gender(code: str) -> str:
    """The identity, or the gender of someone whose identity is not recorded."""
    identity, gender = one_of("gender_identity", (code,)), one_of("gender", (code,))
    return any_of(identity, all_of(gender, NO_IDENTITY))


GENDERS = (
    _gender(a="Male (including trans men)", where=_identity_or_gender("1")),
    _gender(a="Female (including trans women)", where=_identity_or_gender("2")),
    _gender(a="Non-binary", where=one_of("gender_identity", ("3",))),
    _gender(a="Other (not listed)", where=one_of("gender_identity", ("4",))),
    _gender(a="Indeterminate", where=all_of(NO_IDENTITY, one_of("gender", ("9",)))),
    _gender(
        a=UNKNOWN,
        where=all_of(NO_IDENTITY, none_of_or_empty("gender", GENDERS_KNOWN)),
        defect="gender-brackets",
        status="reconstructed",
    ),
)

_programme = partial(Category, variable="V009", type="IETprogramme", table="therapy_log")
_BEGUN = by_end("started_on")
PROGRAMMES = (
    *(
        _programme(a=one.code, where=all_of(one_of("programme", (one.code,)), _BEGUN))
        for one in therapy.INTERNET_PROGRAMME
        if one.code != therapy.NO_PROGRAMME
    ),
    _programme(
        a=therapy.NO_PROGRAMME,
        where=all_of(one_of("programme", (therapy.NO_PROGRAMME,)), _BEGUN),
        or_none=all_of(none_of("programme", (therapy.NO_PROGRAMME,)), _BEGUN),
    ),
)

_ltc = partial(Category, variable="V010", type="LongTermCondition", table="integrated_condition")
_LTC_LABELS = {"373673007": "Disorder characterized by pain", "748031000000103": "No history of long term condition"}


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


LONG_TERM_CONDITIONS = (
    *(
        _ltc(
            a=_LTC_LABELS.get(one.code, _capitalised(one.meaning)),
            where=all_of(INTEGRATED, one_of("condition_code", (one.code,))),
        )
        for one in condition.LONG_TERM_CONDITION
    ),
    _ltc(a="No code recorded", where=all_of(INTEGRATED, lacks("condition_code"))),
    _ltc(
        a="Invalid Code",
        where=any_of(all_of(INTEGRATED, none_of("condition_code", codes_of(condition.LONG_TERM_CONDITION))), CORE_ONLY),
        note="Everyone without integrated care is here too.",
    ),
)

_problem = partial(Category, variable="V011", type="Problem Descriptor")
_ANXIETY, _UNEXPLAINED = "Anxiety and stress related disorders", "Medically Unexplained Symptoms"
*_NAMED_ANXIETY, _OTHER_ANXIETY = problem.ANXIETY_PROBLEMS


def described_by(descriptor: Descriptor) -> str:
    """The chosen problem descriptor is that one, or begins with it."""
    if descriptor.prefix:
        return f"problem_descriptor like '{descriptor.code}%'"
    return one_of("problem_descriptor", (descriptor.code,))


def is_problem(*problems: problem.Problem) -> str:
    """The chosen problem descriptor is one of these problems."""
    return any_of(*(described_by(one) for found in problems for one in found.descriptors))


_ELSEWHERE = (*_NAMED_ANXIETY, *problem.UNEXPLAINED_SYMPTOMS)
RECORDED = all_of(has("problem_descriptor"), none_of("problem_descriptor", (problem.INVALID,)))
_EVERY_GROUP = (*problem.ANXIETY_PROBLEMS, *problem.DEPRESSION_PROBLEMS, problem.OTHER_MENTAL_HEALTH)


def _read_as_beginning(one: problem.Problem) -> str:
    """What to say of a code that is printed as equal, as all of anxiety are but F42, and read as the beginning."""
    if one.code == "F42" or not any(descriptor.prefix for descriptor in one.descriptors):
        return ""
    return "Printed as equal to the code, read as beginning with it (as in M196-M205): the same for four characters."


PROBLEMS = (
    *(_problem(a=_ANXIETY, b=one.label, where=is_problem(one), note=_read_as_beginning(one)) for one in _NAMED_ANXIETY),
    *(_problem(a=_UNEXPLAINED, b=one.label, where=is_problem(one)) for one in problem.UNEXPLAINED_SYMPTOMS),
    _problem(
        a=_ANXIETY,
        b=_OTHER_ANXIETY.label,
        where=all_of(is_problem(_OTHER_ANXIETY), f"not {is_problem(*_NAMED_ANXIETY)}"),
        defect="and-before-or",
        status="reconstructed",
    ),
    _problem(a="Depression", where=is_problem(*problem.DEPRESSION_PROBLEMS)),
    _problem(
        a="Other Mental Health disorders",
        where=all_of(is_problem(problem.OTHER_MENTAL_HEALTH), f"not {is_problem(*_NAMED_ANXIETY)}"),
        defect="problem-overlap",
        status="reconstructed",
    ),
    _problem(
        a="Other recorded problems",
        where=all_of(RECORDED, f"not {is_problem(*_EVERY_GROUP, *_ELSEWHERE)}"),
        defect="problem-overlap",
        status="reconstructed",
    ),
    _problem(
        a=UNKNOWN,
        where=any_of(one_of("problem_descriptor", (problem.INVALID,)), lacks("problem_descriptor")),
        defect=_NULLS,
    ),
)

_medication = partial(Category, variable="V012", type="Psychotropic Medication Status")
_PRESCRIBED = contact.MEDICATION.in_group("prescribed")
_NOT_PRESCRIBED = contact.MEDICATION.in_group("not prescribed")
_FINISHED_IN_PERIOD = all_of(FINISHED, "discharged_on between $period_start and $period_end")


def _from_to(first: tuple[str, ...], last: tuple[str, ...]) -> str:
    """The answer at the first session and at the last, for a course that finished in the period."""
    return all_of(one_of("psychotropic_first", first), one_of("psychotropic_last", last), _FINISHED_IN_PERIOD)


MEDICATION_KNOWN = (*_PRESCRIBED, *_NOT_PRESCRIBED)

MEDICATION = (
    _medication(a="Prescribed first and last sessions", where=_from_to(_PRESCRIBED, _PRESCRIBED)),
    _medication(a="Prescribed first session and not last session", where=_from_to(_PRESCRIBED, _NOT_PRESCRIBED)),
    _medication(
        a="Not prescribed first session and prescribed last session", where=_from_to(_NOT_PRESCRIBED, _PRESCRIBED)
    ),
    _medication(
        a="Not prescribed first session and not last session", where=_from_to(_NOT_PRESCRIBED, _NOT_PRESCRIBED)
    ),
    _medication(
        a=UNKNOWN,
        where=any_of(
            none_of_or_empty("psychotropic_first", MEDICATION_KNOWN),
            none_of_or_empty("psychotropic_last", MEDICATION_KNOWN),
            "discharged_on is null",
            "discharged_on not between $period_start and $period_end",
        ),
        defect=_NULLS,
        note="A referral that ended in the period without finishing, both answers known, is in no category.",
    ),
)

_circumstance = partial(Category, table="circumstance")
_religion = partial(_circumstance, variable="V013", type="Religion")
_orientation = partial(_circumstance, variable="V014", type="Sexual Orientation")


def _recorded(codes: Iterable[str]) -> str:
    """The circumstance is one of these, and no date says that it was recorded after the period."""
    return all_of(one_of("circumstance_code", codes), any_of(lacks("recorded_on"), by_end("recorded_on")))


def _coded_as(code_list: CodeList, *meanings: str) -> str:
    """The circumstance is one that the code list gives one of these meanings."""
    return _recorded([one.code for one in code_list if one.meaning in meanings])


_NO_RELIGION = _coded_as(person.RELIGION, "not stated or unknown")
_RELIGIONS = {
    "Baha`i": "Baha'i",
    "Buddhist": "Buddhist",
    "Christian": "Christian",
    "Hindu": "Hindu",
    "Jain": "Jain",
    "Jewish": "Jewish",
    "Muslim": "Muslim",
    "None": "none",
    "Other": "other",
    "Pagan": "Pagan",
    "Sikh": "Sikh",
    "Zoroastrian": "Zoroastrian",
}

RELIGIONS = (
    *(_religion(a=label, where=_coded_as(person.RELIGION, meaning)) for label, meaning in _RELIGIONS.items()),
    _religion(a=UNKNOWN, where=_NO_RELIGION, or_none=_recorded(codes_of(person.RELIGION))),
)

SEXUAL_ORIENTATIONS = (
    _orientation(a="Bi-sexual", where=_coded_as(person.SEXUAL_ORIENTATION, "bisexual")),
    _orientation(a="Gay/Lesbian", where=_coded_as(person.SEXUAL_ORIENTATION, "gay or lesbian")),
    _orientation(a="Heterosexual", where=_coded_as(person.SEXUAL_ORIENTATION, "heterosexual")),
    _orientation(
        a=UNKNOWN,
        where="false",
        or_none=_recorded(codes_of(person.SEXUAL_ORIENTATION)),
        note="An orientation outside the list cannot be told from a circumstance of another kind.",
    ),
)


NEEDED = {
    "V003": "IDS007DisabilityType",
    "V009": "IDS205InternetTherLog",
    "V010": "IDS602LongTermCondition",
    "V011": "IDS603PresentingComplaints",
    "V013": "IDS011SocPerCircumstances",
    "V014": "IDS011SocPerCircumstances",
}
"""The national table without which everybody would be in the category of those of whom nothing is recorded."""


def available(absent: Collection[str]) -> tuple[Category, ...]:
    """Every category of which a data set without these national tables can say something."""
    return tuple(one for one in all() if NEEDED.get(one.variable) not in absent)


@cache
def all() -> tuple[Category, ...]:  # noqa: A001 - read with its module, as `breakdowns.all()`
    """Every category, variable by variable."""
    return (
        *AGE_GROUPS,
        *BME_GROUPS,
        *DISABILITIES,
        *EDUCATION,
        *ETHNIC_GROUPS,
        *ARMED_FORCES,
        *GENDERS,
        *SAME_AT_BIRTH,
        *PROGRAMMES,
        *LONG_TERM_CONDITIONS,
        *PROBLEMS,
        *MEDICATION,
        *RELIGIONS,
        *SEXUAL_ORIENTATIONS,
        *WORKING_AGES,
    )


def of(variable: str) -> tuple[Category, ...]:
    """The categories of one variable, "V001" to "V015"; empty if there is none of that id."""
    return tuple(one for one in all() if one.variable == variable.upper())
