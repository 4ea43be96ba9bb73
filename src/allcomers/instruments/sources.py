"""Where the transcribed values come from, each cited once, and the words for those that come from nowhere."""

from allcomers.instruments.model import Operator, Points, Status, Threshold

SCALE_RULES = "NHS England, Reusable Code Library: IAPT assessment scale rules (published 2026)"
OUTPUT_SPECIFICATION = (
    "IAPT v2.1 Enhanced Technical Output Specification v2.1.22 and routine outcome measure mapping 2.1.22, "
    "as transcribed by West and North London ICB analytics (2026)"
)
MONTHLY_METADATA = "NHS England, NHS Talking Therapies Monthly metadata (July 2026)"
ANNUAL_METADATA = "NHS England, NHS Talking Therapies Annual metadata 2024-25"
SAUNDERS_2021 = "Saunders et al. 2021, Table 1 (citing NHS Digital 2016)"
CLARK_2018 = (
    "Clark, Realizing the Mass Public Benefit of Evidence-Based Psychological Therapies: The IAPT Program, "
    "Annu Rev Clin Psychol 2018, Table 2"
)
CAMCOPS = "CamCOPS documentation (University of Cambridge)"
CORC = "CORC (Child Outcomes Research Consortium) page on the IAPT patient experience questionnaire"
KINGS_CADAT = "King's College London, Centre for Anxiety Disorders and Trauma (item split)"
DATA_HANDBOOK = "goodmedicine.org.uk page quoting the IAPT Data Handbook (2011)"
RECALLED = "recalled; no source was read"
NO_SOURCE = "no source was found"

NATIONAL = (SCALE_RULES, OUTPUT_SPECIFICATION)
NATIONAL_OUTCOME = (SCALE_RULES, OUTPUT_SPECIFICATION, MONTHLY_METADATA)


def verified(value: Points, source: str, note: str = "") -> Threshold:
    """A threshold read in a source."""
    return Threshold(value, Status.VERIFIED, source, note=note)


def recalled(value: Points, operator: Operator = Operator.AT_LEAST, note: str = "") -> Threshold:
    """A threshold from memory: usable, and every figure that uses it says so."""
    return Threshold(value, Status.UNVERIFIED, RECALLED, operator, note)


def not_found(note: str = "") -> Threshold:
    """A threshold that must exist and was not found: nothing is computed until a site supplies one."""
    return Threshold(None, Status.NOT_FOUND, NO_SOURCE, note=note)
