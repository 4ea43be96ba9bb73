"""National rules that the data set alone cannot decide, each with the reason: the only place for them."""

from allcomers.dataset.model import NotEvaluated, Severity

WARNING, RECORD, GROUP, FILE = Severity.WARNING, Severity.RECORD, Severity.GROUP, Severity.FILE

ORGANISATIONS = "needs the national organisation tables (ODS) as they stood in the reporting period"
POSTCODES = "needs the national postcode file as it stood in the reporting period"
PORTAL = "compares with what was entered when the file was uploaded, which the file does not hold"
GONE = "tests a field of version 2.0 that version 2.1 does not have"
STRUCTURE = "tests the container that was uploaded nationally; here AC001 to AC005 report what cannot be read"

NOT_EVALUATED = (
    NotEvaluated("IDS00016", RECORD, "IDS000Header", PORTAL),
    NotEvaluated("IDS00019", RECORD, "IDS000Header", PORTAL),
    NotEvaluated("IDS00027", RECORD, "IDS000Header", PORTAL),
    NotEvaluated("IDS00030", RECORD, "IDS000Header", PORTAL),
    NotEvaluated("IDS00033", WARNING, "IDS000Header", PORTAL),
    NotEvaluated("IDS00034", WARNING, "IDS000Header", ORGANISATIONS),
    NotEvaluated("IDS00125", WARNING, "IDS001MPI", POSTCODES),
    NotEvaluated("IDS00154", WARNING, "IDS001MPI", ORGANISATIONS),
    NotEvaluated("IDS00155", RECORD, "IDS001MPI", GONE),
    NotEvaluated("IDS00156", WARNING, "IDS001MPI", GONE),
    NotEvaluated("IDS00206", WARNING, "IDS002GP", ORGANISATIONS),
    NotEvaluated("IDS00217", WARNING, "IDS002GP", GONE),
    NotEvaluated("IDS00218", RECORD, "IDS002GP", GONE),
    NotEvaluated("IDS00219", WARNING, "IDS002GP", GONE),
    NotEvaluated("IDS00421", RECORD, "IDS004EmpStatus", GONE),
    NotEvaluated("IDS00422", WARNING, "IDS004EmpStatus", GONE),
    NotEvaluated("IDS00429", RECORD, "IDS004EmpStatus", GONE),
    NotEvaluated("IDS00430", WARNING, "IDS004EmpStatus", GONE),
    NotEvaluated("IDS10110", WARNING, "IDS101Referral", ORGANISATIONS),
    NotEvaluated("IDS10519", WARNING, "IDS105OnwardReferral", ORGANISATIONS),
    NotEvaluated("IDS20147", WARNING, "IDS201CareContact", ORGANISATIONS),
    NotEvaluated("IDS20149", WARNING, "IDS201CareContact", ORGANISATIONS),
    NotEvaluated("IDSREJ001", FILE, "IDS000Header", STRUCTURE),
)
