"""National rules on qualifications of staff."""

from allcomers.dataset.model import Rule, Severity
from allcomers.dataset.rules.kinds import (
    PERIOD_END,
    PERIOD_START,
    length,
    listed,
    not_after,
    not_before,
    not_before_day,
    not_blank,
    unique,
    valid_date,
)
from allcomers.dataset.rules.special import QUALIFICATION_UNDATED

GROUP, RECORD, WARNING = Severity.GROUP, Severity.RECORD, Severity.WARNING

RULES = (
    Rule("IDS90201", RECORD, "IDS902CarePersQual", not_blank("CarePersLocalId")),
    Rule("IDS90202", RECORD, "IDS902CarePersQual", length("CarePersLocalId", 0, 20)),
    Rule("IDS90203", RECORD, "IDS902CarePersQual", not_blank("QualAttainLevelIAPT")),
    Rule("IDS90204", RECORD, "IDS902CarePersQual", length("QualAttainLevelIAPT", 2, 2)),
    Rule("IDS90205", WARNING, "IDS902CarePersQual", listed("QualAttainLevelIAPT")),
    Rule("IDS90206", RECORD, "IDS902CarePersQual", valid_date("QualAwardedDate")),
    Rule("IDS90207", RECORD, "IDS902CarePersQual", not_after("QualAwardedDate", PERIOD_END)),
    Rule("IDS90208", RECORD, "IDS902CarePersQual", valid_date("QualPlannedCompletionDate")),
    Rule("IDS90209", RECORD, "IDS902CarePersQual", not_before("QualPlannedCompletionDate", PERIOD_START)),
    Rule("IDS90210", GROUP, "IDS902CarePersQual", unique("CarePersLocalId", "QualAttainLevelIAPT")),
    Rule("IDS90212", RECORD, "IDS902CarePersQual", not_before_day("QualAwardedDate", "2005-01-01")),
    Rule("IDS90213", WARNING, "IDS902CarePersQual", not_before("QualAwardedDate", "QualPlannedCompletionDate")),
    Rule("IDS90214", WARNING, "IDS902CarePersQual", QUALIFICATION_UNDATED),
    Rule("IDS90215", RECORD, "IDS902CarePersQual", not_after("QualPlannedCompletionDate", PERIOD_END, years=2)),
)
