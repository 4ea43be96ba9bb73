"""Who may see that records wait, and decide about them. The pages show nothing of anybody: reasons alone."""

from allcomers.service.governance.permissions import Place, Purpose, Role, staff
from allcomers.service.imports.selectors import waiting

DECIDING = {Role.ADMINISTRATOR, Role.CLINICAL_LEAD}
ENTRIES = {
    "imports:quarantine": staff(DECIDING, Purpose.ADMINISTRATION),
    "imports:row": staff(DECIDING, Purpose.ADMINISTRATION),
}

READINGS = {
    "import.quarantined": "A record about you in a file had something wrong with it, and waits for somebody to look",
    "import.resolved": "Somebody looked at a record about you that had something wrong, and took it in",
    "import.discarded": "Somebody looked at a record about you that had something wrong, and did not take it in",
}

MENU = (Place("imports:quarantine", "Quarantine", 60, waiting=lambda _: waiting()),)
