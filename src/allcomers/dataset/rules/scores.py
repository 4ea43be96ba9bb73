"""National rules on questionnaire scores."""

from allcomers.dataset.model import Rule, Severity
from allcomers.dataset.rules.kinds import (
    PERIOD_END,
    PERIOD_START,
    RECEIVED,
    belongs_to,
    length,
    not_after,
    not_before,
    not_blank,
    pattern,
    unique,
    valid_date,
    valid_time,
)
from allcomers.dataset.rules.special import SCORE_CONCEPT, SCORE_FORMAT, SCORE_RANGE

GROUP, RECORD, WARNING = Severity.GROUP, Severity.RECORD, Severity.WARNING

RULES = (
    Rule("IDS60601", RECORD, "IDS606CodedScoreAssessmentRefer", not_blank("ServiceRequestId")),
    Rule("IDS60602", RECORD, "IDS606CodedScoreAssessmentRefer", length("ServiceRequestId", 0, 20)),
    Rule("IDS60603", RECORD, "IDS606CodedScoreAssessmentRefer", not_blank("CodedAssToolType")),
    Rule(
        "IDS60604",
        RECORD,
        "IDS606CodedScoreAssessmentRefer",
        pattern("CodedAssToolType", "^[0-9]{6,18}$", "a number of 6 to 18 digits"),
    ),
    Rule("IDS60605", RECORD, "IDS606CodedScoreAssessmentRefer", not_blank("PersScore")),
    Rule("IDS60606", RECORD, "IDS606CodedScoreAssessmentRefer", length("PersScore", 0, 5)),
    Rule("IDS60607", WARNING, "IDS606CodedScoreAssessmentRefer", SCORE_RANGE),
    Rule("IDS60608", RECORD, "IDS606CodedScoreAssessmentRefer", not_blank("AssToolCompDate")),
    Rule("IDS60609", RECORD, "IDS606CodedScoreAssessmentRefer", valid_date("AssToolCompDate")),
    Rule("IDS60610", RECORD, "IDS606CodedScoreAssessmentRefer", not_after("AssToolCompDate", PERIOD_END)),
    Rule("IDS60612", GROUP, "IDS606CodedScoreAssessmentRefer", belongs_to("IDS101Referral", "ServiceRequestId")),
    Rule("IDS60613", RECORD, "IDS606CodedScoreAssessmentRefer", SCORE_CONCEPT),
    Rule(
        "IDS60614",
        RECORD,
        "IDS606CodedScoreAssessmentRefer",
        valid_time("AssToolCompTime"),
        note="the national load accepts any time; the code and severity are its own",
    ),
    Rule("IDS60615", RECORD, "IDS606CodedScoreAssessmentRefer", SCORE_FORMAT),
    Rule(
        "IDS60616",
        GROUP,
        "IDS606CodedScoreAssessmentRefer",
        unique("ServiceRequestId", "AssToolCompDate", "AssToolCompTime", "CodedAssToolType", blanks_alike=True),
    ),
    Rule("IDS60617", RECORD, "IDS606CodedScoreAssessmentRefer", not_before("AssToolCompDate", RECEIVED)),
    Rule("IDS60618", RECORD, "IDS606CodedScoreAssessmentRefer", not_before("AssToolCompDate", PERIOD_START)),
    Rule("IDS60701", RECORD, "IDS607CodedScoreAssessmentAct", not_blank("CareActId")),
    Rule("IDS60702", RECORD, "IDS607CodedScoreAssessmentAct", length("CareActId", 0, 20)),
    Rule("IDS60703", RECORD, "IDS607CodedScoreAssessmentAct", not_blank("CodedAssToolType")),
    Rule(
        "IDS60704",
        RECORD,
        "IDS607CodedScoreAssessmentAct",
        pattern("CodedAssToolType", "^[0-9]{6,18}$", "a number of 6 to 18 digits"),
    ),
    Rule("IDS60705", RECORD, "IDS607CodedScoreAssessmentAct", not_blank("PersScore")),
    Rule("IDS60706", RECORD, "IDS607CodedScoreAssessmentAct", length("PersScore", 0, 5)),
    Rule("IDS60707", WARNING, "IDS607CodedScoreAssessmentAct", SCORE_RANGE),
    Rule("IDS60708", GROUP, "IDS607CodedScoreAssessmentAct", belongs_to("IDS202CareActivity", "CareActId")),
    Rule("IDS60709", GROUP, "IDS607CodedScoreAssessmentAct", unique("CareActId", "CodedAssToolType")),
    Rule("IDS60710", RECORD, "IDS607CodedScoreAssessmentAct", SCORE_CONCEPT),
    Rule("IDS60711", RECORD, "IDS607CodedScoreAssessmentAct", SCORE_FORMAT),
)
