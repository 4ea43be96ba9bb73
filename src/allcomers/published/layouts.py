"""The layouts NHS England has published, as data.

Spellings differ from year to year (2017-18 to 2019-20 write `CountReferralsReceived`, later years
`Count_ReferralsReceived`; "entered treatment" was once `CountFirstTreatment`). Names are compared without case,
spaces or underscores, so only real changes of wording are listed.

Source: NHS England, Psychological Therapies / NHS Talking Therapies annual reports, "main" tables 2017-18 to 2024-25,
and the monthly activity and performance file; Open Government Licence v3.0.
"""

import re
from collections.abc import Set
from dataclasses import dataclass
from typing import Literal


def plain(name: str) -> str:
    """A column or organisation type as compared: letters and digits only, in lower case."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


@dataclass(frozen=True)
class Column:
    """A column of ours and every wording it has been published under."""

    name: str
    spellings: tuple[str, ...]
    required: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "spellings", tuple(plain(s) for s in self.spellings))


@dataclass(frozen=True)
class Count:
    """A published count of referrals.

    annual : its wordings in the annual table; measure_id : its id in the monthly file, None where it has none.
    """

    name: str
    meaning: str
    annual: tuple[str, ...]
    measure_id: str | None
    required: bool = True


COUNTS = (
    Count("referred", "referrals received in the period", ("Count_ReferralsReceived",), "M001"),
    Count(
        "entered",
        "referrals with a first attended treatment contact in the period (accessing services, entered treatment)",
        ("Count_AccessingServices", "Count_FirstTreatment", "Count_EnteredTreatment"),
        "M031",
        required=False,
    ),
    Count(
        "finished",
        "referrals discharged in the period after two or more attended treatment contacts (finished a course)",
        ("Count_FinishedCourseTreatment",),
        "M076",
    ),
    Count(
        "at_caseness",
        "finished courses whose first PHQ-9 or anxiety score was at or above its cut-off",
        ("Count_AtCaseness",),
        None,
    ),
    Count(
        "not_at_caseness",
        "finished courses whose first scores were both below their cut-offs",
        ("Count_NotAtCaseness",),
        "M179",
    ),
    Count("reliably_improved", "finished courses with reliable improvement", ("Count_Improvement",), "M185"),
    Count("reliably_deteriorated", "finished courses with reliable deterioration", ("Count_Deterioration",), "M189"),
    Count("no_reliable_change", "finished courses with no reliable change", ("Count_NoReliableChange",), "M187"),
    Count(
        "reliably_recovered",
        "finished courses that recovered and also reliably improved",
        ("Count_ReliableRecovery",),
        "M193",
    ),
    Count(
        "recovered",
        "finished courses at caseness at the start with both last scores below their cut-offs",
        ("Count_Recovery",),
        "M191",
    ),
)

PERCENTAGES = {
    "recovery": ("Percentage_Recovery", "M192"),
    "reliable_recovery": ("Percentage_ReliableRecovery", "M195"),
    "reliable_improvement": ("Percentage_Improvement", "M186"),
    "reliable_deterioration": ("Percentage_Deterioration", "M1010"),
    "no_reliable_change": ("Percentage_NoReliableChange", None),
}
"""The percentages published beside the counts: figure → annual column, monthly measure."""

LABELS = (
    Column("org_type", ("OrgType", "OrganisationType"), required=True),
    Column("org_code", ("OrgCode", "OrganisationCode"), required=True),
    Column("org_name", ("OrgName", "OrganisationName"), required=True),
    Column("variable_type", ("VariableType",), required=True),
    Column("variable_a", ("VariableA",), required=True),
    Column("variable_b", ("VariableB",), required=True),
)


def percent_column(figure: str) -> str:
    """The name under which the published percentage of a figure is kept."""
    return f"{figure}_published_percent"


ENOUGH_COLUMNS = 0.7


@dataclass(frozen=True)
class Layout:
    """One shape of table, and the columns it has. wording : its most telling columns, as published."""

    name: Literal["annual", "monthly"]
    description: str
    wording: str
    columns: tuple[Column, ...]

    def is_shape_of(self, heading: Set[str]) -> bool:
        """True where a heading of `plain` names is this table, whole or with a column or two missing.

        Most of the required columns, not some: "employment-status" in the same ZIP as the "main" table has its labels,
        referrals and finished courses too (8 of its 15).
        """
        required = [column for column in self.columns if column.required]
        present = sum(not heading.isdisjoint(column.spellings) for column in required)
        return present >= ENOUGH_COLUMNS * len(required)


ANNUAL = Layout(
    name="annual",
    description="the annual “main” table (one row an organisation and breakdown)",
    wording="OrgType, VariableType, Count_ReferralsReceived, Count_FinishedCourseTreatment …",
    columns=(
        *LABELS,
        *(Column(count.name, count.annual, required=count.required) for count in COUNTS),
        *(Column(percent_column(figure), (annual,)) for figure, (annual, _) in PERCENTAGES.items()),
    ),
)

MONTHLY = Layout(
    name="monthly",
    description="the monthly activity and performance file (one row an organisation and measure)",
    wording="GROUP_TYPE, MEASURE_ID, MEASURE_VALUE_SUPPRESSED …",
    columns=(
        Column("period_start", ("REPORTING_PERIOD_START",), required=True),
        Column("period_end", ("REPORTING_PERIOD_END",), required=True),
        Column("org_type", ("GROUP_TYPE",), required=True),
        Column("org_code", ("ORG_CODE1",), required=True),
        Column("org_name", ("ORG_NAME1",), required=True),
        Column("org_code_2", ("ORG_CODE2",)),
        Column("org_name_2", ("ORG_NAME2",)),
        Column("measure_id", ("MEASURE_ID",), required=True),
        Column("measure_name", ("MEASURE_NAME",)),
        Column("measure_value", ("MEASURE_VALUE_SUPPRESSED", "MEASURE_VALUE"), required=True),
    ),
)

LAYOUTS = (ANNUAL, MONTHLY)


@dataclass(frozen=True)
class Level:
    """A kind of organisation, under all the names it has had.

    key : the folder of its pages; name, plural : in words; published : organisation types as published.
    """

    key: str
    name: str
    plural: str
    published: tuple[str, ...]


LEVELS = (
    Level("england", "England", "England", ("England", "National")),
    Level("region", "region", "regions", ("Commissioning Region", "Region", "NHS England Region")),
    Level("icb", "integrated care board", "integrated care boards", ("ICB", "STP", "Integrated Care Board")),
    Level("sub-icb", "sub-ICB area", "sub-ICB areas", ("SubICB", "Sub ICB", "CCG", "Sub-ICB Location", "SICBL")),
    Level("provider", "provider", "providers", ("Provider",)),
)

LEVEL_OF_PUBLISHED_TYPE = {plain(published): level.key for level in LEVELS for published in level.published}

TOTAL = "Total"
ENGLAND_CODE = "All"
NOT_APPLICABLE = ("", "NULL", "N/A", "NA", "-")
WITHHELD = "*"
