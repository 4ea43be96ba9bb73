"""Rules on what could be read at all, of our own: found when a data set is opened, before any value is looked at."""

from allcomers.dataset.model import LOCAL, Rule, Severity, Structure

MISSING_TABLE = "AC001"
MISSING_FIELD = "AC002"
MALFORMED_LINE = "AC003"
NOT_UTF8 = "AC004"
LINE_BREAK = "AC005"
UNKNOWN_SUBMISSION = "AC006"
MIXED_VERSIONS = "AC007"


def _rule(id_: str, severity: Severity, meaning: str, remedy: str) -> Rule:
    return Rule(id_, severity, "", Structure(meaning, remedy), status="local", source=LOCAL)


STRUCTURE = (
    _rule(
        MISSING_TABLE,
        Severity.WARNING,
        "A table that any service fills is not there.",
        "Add it, or expect every measure that needs it to be unavailable.",
    ),
    _rule(
        MISSING_FIELD,
        Severity.WARNING,
        "A submitted field has no column, so it is blank in every record.",
        "Export the table again with all fields of the standard, under their national names.",
    ),
    _rule(
        MALFORMED_LINE,
        Severity.RECORD,
        "A line has more or fewer values than the header has names, so its values cannot be told apart.",
        "Put values that hold the separator in quotation marks, and export the table again.",
    ),
    _rule(
        NOT_UTF8,
        Severity.WARNING,
        "A value is not in UTF-8; it was read as Windows-1252.",
        "Export in UTF-8, so that names and accents cannot be misread.",
    ),
    _rule(
        LINE_BREAK,
        Severity.WARNING,
        "A value holds a line break: a quotation mark may have been left open, and have taken in the records after it.",
        "Look at the rows named, close the quotation mark, and check the number of records again.",
    ),
    _rule(
        UNKNOWN_SUBMISSION,
        Severity.WARNING,
        "A record does not say which submission it belongs to (UniqueSubmissionID), though others do.",
        "Add the number: until then the record is held against the span of all submissions.",
    ),
    _rule(
        MIXED_VERSIONS,
        Severity.WARNING,
        "Submissions of different versions of the data set stand side by side.",
        "Fields and codes changed in April 2022 (the Diabetes Distress Scale from a sum to a mean): compare with care.",
    ),
)
