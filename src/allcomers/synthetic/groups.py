"""The groups in which people are published, and the codes by which the data set records them.

A level's `stratum` is the label of the published table; `codes` are the values a record carries. No code means that
nothing is recorded: the published "not stated" is a real category here, and people who leave early fall in it most.
"""

from dataclasses import dataclass

NOT_STATED = "Not stated/Not known/Invalid"


@dataclass(frozen=True, slots=True)
class Level:
    """One published group."""

    stratum: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grouping:
    """A way of dividing people up; the levels exclude each other and leave nobody out."""

    block: str
    levels: tuple[Level, ...]

    @property
    def strata(self) -> tuple[str, ...]:
        """The published labels, in level order."""
        return tuple(level.stratum for level in self.levels)

    def index(self, stratum: str) -> int:
        """Position of a level."""
        return self.strata.index(stratum)


AGE = Grouping(
    "age",
    tuple(Level(band) for band in ("Under 18", "18 to 25", "26 to 64", "65 to 74", "75 to 89", "90 and over")),
)
AGE_BOUNDS = ((16, 18), (18, 26), (26, 65), (65, 75), (75, 90), (90, 101))
"""Whole years at referral, first included, last excluded. The service takes people from 16."""

GENDER = Grouping(
    "gender",
    (
        Level("Female", ("2",)),
        Level("Male", ("1",)),
        Level("Indeterminate (unable to be classified as male or female)", ("9",)),
        Level(NOT_STATED, ("X",)),
    ),
)

ETHNICITY = Grouping(
    "ethnicity",
    (
        Level("White / British", ("A",)),
        Level("White / Irish", ("B",)),
        Level("White / Any other White background", ("C",)),
        Level("Mixed / White and Black Caribbean", ("D",)),
        Level("Mixed / White and Black African", ("E",)),
        Level("Mixed / White and Asian", ("F",)),
        Level("Mixed / Any other Mixed background", ("G",)),
        Level("Asian or Asian British / Indian", ("H",)),
        Level("Asian or Asian British / Pakistani", ("J",)),
        Level("Asian or Asian British / Bangladeshi", ("K",)),
        Level("Asian or Asian British / Any other Asian background", ("L",)),
        Level("Black or Black British / Caribbean", ("M",)),
        Level("Black or Black British / African", ("N",)),
        Level("Black or Black British / Any other Black background", ("P",)),
        Level("Other Ethnic Groups / Chinese", ("R",)),
        Level("Other Ethnic Groups / Any Other Ethnic Group", ("S",)),
        Level("Not stated/Not known/Invalid / All", ("Z", "99")),
    ),
)

IMD = Grouping(
    "imd",
    # The published label counts from least to most deprived, the field from most (1) to least (10).
    (
        Level("01 Least deprived", ("10",)),
        *(Level(f"{n:02d} Less deprived", (str(11 - n),)) for n in range(2, 6)),
        *(Level(f"{n:02d} More deprived", (str(11 - n),)) for n in range(6, 10)),
        Level("10 Most deprived", ("1",)),
        Level(NOT_STATED),
    ),
)

ORIENTATION = Grouping(
    "orientation",
    (
        Level("Heterosexual", ("20430005",)),
        Level("Gay/Lesbian", ("76102007", "89217008")),
        Level("Bi-sexual", ("42035005",)),
        Level(NOT_STATED),
    ),
)

RELIGION = Grouping(
    "religion",
    (
        Level("Baha`i", ("429732005",)),
        Level("Buddhist", ("309687009",)),
        Level("Christian", ("160549006",)),
        Level("Hindu", ("160545000",)),
        Level("Jain", ("429787006",)),
        Level("Jewish", ("160543007",)),
        Level("Muslim", ("309884000",)),
        Level("None", ("160552003",)),
        Level("Other", ("62458008", "160567004")),
        Level("Pagan", ("205141000000101",)),
        Level("Sikh", ("366740002",)),
        Level("Zoroastrian", ("429790000",)),
        Level(NOT_STATED),
    ),
)

CLUSTER = Grouping(
    "cluster",
    (
        Level("Common Mental Health Problems (Low Severity)", ("01",)),
        Level("Common Mental Health Problems (Low Severity with Greater Need)", ("02",)),
        Level("Non-Psychotic (Moderate Severity)", ("03",)),
        Level("Non-Psychotic (Severe)", ("04",)),
        Level("Non-Psychotic Disorders (Very Severe)", ("05",)),
        Level("Non-Psychotic Disorders", ("06", "07", "08")),
        Level("Psychosis", ("10", "11", "12", "13", "14", "15", "16", "17")),
        Level("Cognitive impairment or dementia", ("18", "19", "20", "21")),
        Level("Other mental health care cluster", ("00", "09")),
        Level(NOT_STATED),
    ),
)

LONG_TERM_CONDITION = Grouping(
    "ltc",
    # Published shares add up to 105.1%: about one person in twenty carries both a condition and the code for none.
    (Level("Long term condition"), Level("No long term condition"), Level("Both"), Level(NOT_STATED)),
)

_DISABILITIES = (
    ("01 Behaviour and Emotional", "01"),
    ("02 Hearing", "02"),
    ("03 Manual Dexterity", "03"),
    ("04 Memory or ability to concentrate, learn or understand (Learning Disability)", "04"),
    ("05 Mobility and Gross Motor", "05"),
    ("06 Perception of Physical Danger", "06"),
    ("07 Personal, Self Care and Continence", "07"),
    ("08 Progressive Conditions and Physical Health (such as HIV, cancer, multiple sclerosis, fits etc)", "08"),
    ("09 Sight", "09"),
    ("10 Speech", "10"),
    ("XX Other", "XX"),
)
DISABILITY_CODES = tuple(Level(stratum, (code,)) for stratum, code in _DISABILITIES)
"""The disabilities; a person may have several."""

DISABILITY = Grouping(
    "disability",
    (
        Level("Any"),
        Level("NN No Disability", ("NN",)),
        Level("ZZ Not Stated (Person asked but declined to provide a response)", ("ZZ",)),
        Level("No Code Recorded"),
    ),
)

_ANXIETY = "Anxiety and stress related disorders / "
_UNEXPLAINED = "Medically Unexplained Symptoms / "
UNRECORDED_PROBLEM = "Not stated/Not known/Invalid / Not stated/Not known/Invalid"

PROBLEM = Grouping(
    "problem",
    (
        Level("Depression", ("F320", "F321", "F322", "F329", "F330", "F331", "F339")),
        Level(_ANXIETY + "Generalised anxiety disorder", ("F411",)),
        Level(_ANXIETY + "Mixed anxiety and depressive disorder", ("F412",)),
        Level(_ANXIETY + "Other anxiety or stress related disorder", ("F432", "F419", "F439", "F409")),
        Level(_ANXIETY + "Specific (isolated) phobias", ("F402",)),
        Level(_ANXIETY + "Agoraphobia", ("F400",)),
        Level(_ANXIETY + "Social phobias", ("F401",)),
        Level(_ANXIETY + "Panic disorder [episodic paroxysmal anxiety]", ("F410",)),
        Level(_ANXIETY + "Obsessive-compulsive disorder", ("F429",)),
        Level(_ANXIETY + "Post-traumatic stress disorder", ("F431",)),
        Level(_ANXIETY + "Hypochondriacal disorders", ("F452",)),
        Level(_UNEXPLAINED + "Body dysmorphic disorder", ("83482000",)),
        Level(_UNEXPLAINED + "Chronic fatigue syndrome", ("G933",)),
        Level(_UNEXPLAINED + "Irritable bowel syndrome", ("K589",)),
        Level(_UNEXPLAINED + "MUS not otherwise specified", ("723916001",)),
        Level("Other Mental Health problems / Other", ("F509", "F319", "F109", "F458", "F99X")),
        Level("Other recorded problems", ("Z634", "Z630", "Z733")),
        Level(UNRECORDED_PROBLEM),
    ),
)

SPECIFIC_INSTRUMENT = {
    _ANXIETY + "Agoraphobia": "MI_alone",
    _ANXIETY + "Social phobias": "SPIN",
    _ANXIETY + "Panic disorder [episodic paroxysmal anxiety]": "PDSS",
    _ANXIETY + "Obsessive-compulsive disorder": "OCI",
    _ANXIETY + "Post-traumatic stress disorder": "PCL5",
    _ANXIETY + "Hypochondriacal disorders": "HAI",
}
"""Problems whose outcome rests on their own questionnaire.

Body dysmorphic disorder, chronic fatigue, irritable bowel and unexplained symptoms have one too, but no caseness value
for it was found, and nothing is computed from a value not found: their people are given GAD-7, the national fallback.
"""

GROUPINGS = (AGE, GENDER, ETHNICITY, IMD, ORIENTATION, RELIGION, CLUSTER, LONG_TERM_CONDITION, DISABILITY)
"""The groupings drawn given how the pathway went; the problem descriptor is drawn before it."""
