"""Who is in the synthetic tables: invented places and services, the official breakdowns, and how a referral can end.

Labels are the official ones (annual "main" table 2023-24; Open Government Licence v3.0), so that everything that reads
labels meets real ones. Weights are rounded from England's referrals in the same table; nothing else is real.
"""

from dataclasses import dataclass
from enum import Enum, auto

NOT_STATED = "Not stated/Not known/Invalid"

REGION_NAMES = ("EXAMPLE NORTH (SYNTHETIC)", "EXAMPLE MIDDLE (SYNTHETIC)", "EXAMPLE SOUTH (SYNTHETIC)")

AREAS = (
    "Exampleton",
    "Samplebury",
    "Mockford",
    "Testhaven",
    "Placeholder Vale",
    "Nowhere-on-Sea",
    "Pretendham",
    "Specimen Dale",
    "Dummyworth",
    "Figment Moor",
    "Trialcaster",
    "Inventon",
)
"""Sub-ICB areas. Two make an ICB and four a region, in this order."""


@dataclass(frozen=True)
class Provider:
    """An invented service. areas : where it works (indices into `AREAS`), the first its home."""

    name: str
    areas: tuple[int, ...]
    referrals_a_year: int


PROVIDERS = tuple(
    Provider(f"{name} (SYNTHETIC)", areas, referrals)
    for name, areas, referrals in (
        ("Exampleton Talking Therapies", (0,), 6200),
        ("Example Vale Talking Therapies", (0, 1), 3400),
        ("Samplebury Steps", (1,), 5100),
        ("Mockford Minds", (2,), 4300),
        ("Testhaven Talking Therapies", (3,), 3800),
        ("Sample Care Trust", (2, 3), 2600),
        ("Placeholder Vale Wellbeing", (4,), 7400),
        ("Nowhere Coast Talking Therapies", (5,), 2900),
        ("Pretendham Primary Care Psychology", (6,), 5600),
        ("Specimen Dale Steps to Change", (7,), 1900),
        ("Moor and Dale Counselling", (7, 9), 420),
        ("Dummyworth Talking Therapies", (8,), 6900),
        ("Figment Moor Minds", (9,), 2200),
        ("Trialcaster Talking Therapies", (10,), 4800),
        ("Inventon Wellbeing Partnership", (11,), 3100),
        ("Inventon Hospice Bereavement Service", (11, 10), 90),
    )
)


@dataclass(frozen=True)
class Category:
    """One value of a breakdown. weight : its part of referrals; finishing : its odds of finishing beside the rest.

    deprivation : place on the scale of deprivation, from -4.5 (least) to 4.5 (most).
    """

    a: str
    b: str
    weight: float
    finishing: float = 1.0
    deprivation: float = 0.0


DEPRIVATION = (
    Category("01 Least deprived", "", 12.3, deprivation=-4.5),
    Category("02 Less deprived", "", 13.8, deprivation=-3.5),
    Category("03 Less deprived", "", 14.9, deprivation=-2.5),
    Category("04 Less deprived", "", 15.6, deprivation=-1.5),
    Category("05 Less deprived", "", 17.2, deprivation=-0.5),
    Category("06 More deprived", "", 18.4, deprivation=0.5),
    Category("07 More deprived", "", 20.3, deprivation=1.5),
    Category("08 More deprived", "", 21.8, deprivation=2.5),
    Category("09 More deprived", "", 23.0, deprivation=3.5),
    Category("10 Most deprived", "", 24.4, deprivation=4.5),
    Category(NOT_STATED, "", 1.4),
)

BREAKDOWNS = {
    "Age Group": (
        Category("Under 18", "", 3.2, 0.5),
        Category("18 to 25", "", 36.8, 0.9),
        Category("26 to 64", "", 130.6),
        Category("65 to 74", "", 7.7, 1.1),
        Category("75 to 89", "", 4.4, 0.9),
        Category("90 and over", "", 0.2, 0.6),
    ),
    "Gender": (
        Category("Female", "", 120.4),
        Category("Indeterminate (unable to be classified as male or female)", "", 0.6, 0.8),
        Category("Male", "", 59.8, 0.9),
        Category(NOT_STATED, "", 2.1, 0.8),
    ),
    "Ethnic Group": (
        Category("Asian or Asian British", "Any other Asian background", 2.9, 0.9),
        Category("Asian or Asian British", "Bangladeshi", 1.7, 0.9),
        Category("Asian or Asian British", "Indian", 4.5),
        Category("Asian or Asian British", "Pakistani", 3.8, 0.8),
        Category("Black or Black British", "African", 3.8, 0.9),
        Category("Black or Black British", "Any other Black background", 0.9, 0.8),
        Category("Black or Black British", "Caribbean", 3.1, 0.9),
        Category("Mixed", "Any other Mixed background", 1.9, 0.9),
        Category("Mixed", "White and Asian", 1.2),
        Category("Mixed", "White and Black African", 0.7, 0.8),
        Category("Mixed", "White and Black Caribbean", 2.2, 0.8),
        Category("Other Ethnic Groups", "Any Other Ethnic Group", 3.7, 0.8),
        Category("Other Ethnic Groups", "Chinese", 0.8, 0.9),
        Category("White", "Any other White background", 10.1, 1.1),
        Category("White", "British", 121.7, 1.1),
        Category("White", "Irish", 1.5),
        Category(NOT_STATED, "All", 18.5, 0.5),
    ),
    "Disability Type": (
        Category("02 Hearing", "", 2.2, 1.1),
        Category("04 Memory or ability to concentrate, learn or understand (Learning Disability)", "", 4.7, 0.9),
        Category("05 Mobility and Gross Motor", "", 7.2),
        Category("NN No Disability", "", 105.8, 1.1),
        Category("No Code Recorded", "", 38.6, 0.7),
        Category("XX Other", "", 8.0, 0.9),
        Category("ZZ Not Stated (Person asked but declined to provide a response)", "", 14.5, 0.8),
    ),
    "Sexual Orientation Type": (
        Category("Bi-sexual", "", 7.0),
        Category("Gay/Lesbian", "", 3.4),
        Category("Heterosexual", "", 110.9, 1.1),
        Category(NOT_STATED, "", 61.7, 0.7),
    ),
    "Religion": (
        Category("Buddhist", "", 0.4, 1.1),
        Category("Christian", "", 28.3, 1.2),
        Category("Hindu", "", 1.0, 1.2),
        Category("Jewish", "", 0.3, 1.3),
        Category("Muslim", "", 5.6),
        Category("None", "", 61.6, 1.1),
        Category("Sikh", "", 0.7, 1.2),
        Category("Other", "", 4.3),
        Category(NOT_STATED, "", 80.8, 0.7),
    ),
    "Long Term Condition Status": (
        Category("Long term condition", "", 29.2, 1.1),
        Category("No long term condition", "", 27.0, 1.1),
        Category(NOT_STATED, "", 134.6),
    ),
    "Presenting Complaint": (
        Category("Anxiety and stress related disorders", "Generalised anxiety disorder", 25.8, 1.9),
        Category("Anxiety and stress related disorders", "Obsessive-compulsive disorder", 2.4, 2.0),
        Category("Anxiety and stress related disorders", "Post-traumatic stress disorder", 7.5, 1.5),
        Category("Anxiety and stress related disorders", "Social phobias", 2.6, 1.9),
        Category("Depression", "", 46.5, 1.7),
        Category("Other Mental Health problems", "Other", 2.1, 0.6),
        Category(NOT_STATED, NOT_STATED, 82.3, 0.15),
    ),
    "Waiting Time": (
        Category("Accessing services", "<=28 days", 54.5),
        Category("Accessing services", "29-56 days", 8.7),
        Category("Accessing services", "57-90 days", 2.1),
        Category("Accessing services", ">90 days", 1.8),
        Category("Accessing services", "Mean wait", 0.0),
    ),
}
"""Every breakdown but deprivation, which is drawn first, and `BME Group`, which follows from the ethnic group."""


class Stage(Enum):
    """The stage at which a referral ended."""

    NOT_ENTERED = auto()
    LEFT = auto()
    UNSCORED = auto()
    NOT_A_CASE = auto()
    RECOVERED = auto()
    NOT_RECOVERED = auto()


@dataclass(frozen=True)
class Ending:
    """One way in which a referral ends; each ends in exactly one.

    share : of those at the same stage; counts : the published counts that it is part of.
    """

    stage: Stage
    share: float
    counts: tuple[str, ...]


_FINISHED = ("referred", "entered", "finished")
_CASE = (*_FINISHED, "at_caseness")
_NOT_A_CASE = (*_FINISHED, "not_at_caseness")

ENDINGS = (
    Ending(Stage.NOT_ENTERED, 1.0, ("referred",)),
    Ending(Stage.LEFT, 1.0, ("referred", "entered")),
    Ending(Stage.UNSCORED, 1.0, _FINISHED),
    Ending(Stage.NOT_A_CASE, 0.30, (*_NOT_A_CASE, "reliably_improved")),
    Ending(Stage.NOT_A_CASE, 0.64, (*_NOT_A_CASE, "no_reliable_change")),
    Ending(Stage.NOT_A_CASE, 0.06, (*_NOT_A_CASE, "reliably_deteriorated")),
    Ending(Stage.RECOVERED, 0.94, (*_CASE, "recovered", "reliably_recovered", "reliably_improved")),
    Ending(Stage.RECOVERED, 0.06, (*_CASE, "recovered", "no_reliable_change")),
    Ending(Stage.NOT_RECOVERED, 0.44, (*_CASE, "reliably_improved")),
    Ending(Stage.NOT_RECOVERED, 0.44, (*_CASE, "no_reliable_change")),
    Ending(Stage.NOT_RECOVERED, 0.12, (*_CASE, "reliably_deteriorated")),
)
