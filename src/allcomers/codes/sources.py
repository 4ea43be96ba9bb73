"""Where the code lists come from, each cited once."""

from allcomers.instruments import sources as instrument_sources

MONTHLY = instrument_sources.MONTHLY_METADATA
ANNUAL = instrument_sources.ANNUAL_METADATA
SCALE_RULES = instrument_sources.SCALE_RULES
RULES = "NHS England, Reusable Code Library: IAPT v2.0 validation rules (published 2026)"
MODEL = "NHS England, Reusable Code Library: IAPT v2.1 model (published 2026)"
MODEL_AND_RULES = "NHS England, Reusable Code Library: IAPT v2.1 model and rules (published 2026)"
DASHBOARD = "NHS England, NHS Talking Therapies dashboard SQL (Talking-Therapies repository)"
END_CODES = "IAPT v2 Technical Output Specification end-code list, as transcribed by The Strategy Unit (2025)"
OUTPUT_SPECIFICATION = (
    "IAPT v2.1 Enhanced Technical Output Specification v2.1.22, as transcribed by West and "
    "North London ICB analytics (2026)"
)
DICTIONARY_MECHANISM = "NHS Data Model and Dictionary, Consultation Mechanism (Mental Health), June 2026"
DICTIONARY_MEDIUM = "NHS Data Model and Dictionary, Consultation Medium Used"
CHANGE_1763 = "NHS Data Model and Dictionary change request 1763"
THERAPY_MAPPING = (
    "IAPT v2 terminology mapping guidance v3.4, Therapy Types sheet, as transcribed by West "
    "and North London ICB analytics (2026)"
)
DICTIONARY_RECALLED = "recalled from the NHS Data Dictionary; not seen during this work"
SCORE_MAPPING = (
    "IAPT routine outcome measure mapping 2.1.22, as transcribed by West and North London ICB analytics (2026)"
)
