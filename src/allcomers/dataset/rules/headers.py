"""National rules on the header and the submission as a whole."""

from allcomers.dataset.model import Rule, Severity
from allcomers.dataset.rules.kinds import length, not_blank, pattern, valid_date, valid_moment
from allcomers.dataset.rules.special import BAD_HEADER, NO_HEADER, NOTHING_IN_PERIOD, VERSION

FILE, RECORD = Severity.FILE, Severity.RECORD

RULES = (
    Rule("IDS00001", RECORD, "IDS000Header", not_blank("DatSetVer")),
    Rule("IDS00003", RECORD, "IDS000Header", VERSION),
    Rule(
        "IDS00004",
        RECORD,
        "IDS000Header",
        pattern("DatSetVer", "^[0-9]{1,2}\\.[0-9]{1,2}$", "a version number such as 2.1"),
    ),
    Rule("IDS00012", RECORD, "IDS000Header", not_blank("PrimSystemInUse")),
    Rule("IDS00013", RECORD, "IDS000Header", length("PrimSystemInUse", 0, 20)),
    Rule("IDS00014", RECORD, "IDS000Header", not_blank("ReportingPeriodStartDate")),
    Rule("IDS00015", RECORD, "IDS000Header", valid_date("ReportingPeriodStartDate")),
    Rule("IDS00017", RECORD, "IDS000Header", not_blank("ReportingPeriodEndDate")),
    Rule("IDS00018", RECORD, "IDS000Header", valid_date("ReportingPeriodEndDate")),
    Rule("IDS00020", RECORD, "IDS000Header", not_blank("DateTimeDatSetCreate")),
    Rule("IDS00021", RECORD, "IDS000Header", valid_moment("DateTimeDatSetCreate")),
    Rule("IDS00028", RECORD, "IDS000Header", not_blank("OrgIDProv")),
    Rule("IDS00029", RECORD, "IDS000Header", length("OrgIDProv", 3, 6)),
    Rule("IDS00031", RECORD, "IDS000Header", not_blank("OrgIDSubmit")),
    Rule("IDS00032", RECORD, "IDS000Header", length("OrgIDSubmit", 3, 6)),
    Rule("IDSREJ002", FILE, "IDS000Header", NO_HEADER),
    Rule("IDSREJ012", FILE, "IDS000Header", NOTHING_IN_PERIOD),
    Rule("IDSREJ015", FILE, "IDS000Header", BAD_HEADER),
)
