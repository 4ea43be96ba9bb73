"""Who may see that records wait, and decide about them. The pages show nothing of anybody: reasons alone."""

from allcomers.service.governance.permissions import NO_PERSON, Audience, Entry, Place, Purpose, Role, grant
from allcomers.service.imports.selectors import waiting

DECIDING = Entry(
    Audience.STAFF,
    (
        grant({Role.DUTY, Role.CLINICAL_LEAD}, NO_PERSON, Purpose.SAFETY),
        grant({Role.ADMINISTRATOR}, NO_PERSON, Purpose.ADMINISTRATION),
    ),
)
"""What may be about somebody's safety is for a clinical role to decide; `actions` holds it."""
ENTRIES = {"imports:quarantine": DECIDING, "imports:row": DECIDING}

READINGS = {
    "import.quarantined": "A record about you in a file had something wrong with it, and waits for somebody to look",
    "import.resolved": "Somebody looked at a record about you that had something wrong, and took it in",
    "import.asked": "Somebody looked at a record about you that could not be read, and had you asked about your safety",
    "import.discarded": "Somebody looked at a record about you that had something wrong, and did not take it in",
}

MENU = (Place("imports:quarantine", "Quarantine", 60, waiting=lambda _: waiting()),)
