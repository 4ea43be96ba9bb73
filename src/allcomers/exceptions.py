"""Every error a person can meet. Those a user can mend carry an exit code and print without a traceback.

A message says what was found, what was expected, where, and what to do next. It never holds a value from a person's
record.
"""


class AllcomersError(Exception):
    """Something a user can mend.

    Parameters
    ----------
    where : the file, table, row or option in which it was found.
    found : what is there, in words.
    expected : what should be there.
    next_step : what to do about it, a command where there is one.
    """

    exit_code = 2

    def __init__(self, *, where: str, found: str, expected: str = "", next_step: str = "") -> None:
        self.where = where
        self.found = found
        self.expected = expected
        self.next_step = next_step
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """The whole message, one sentence a part."""
        parts = (self.found, self.expected, self.next_step)
        return f"{self.where}: " + " ".join(_as_sentence(part) for part in parts if part)


def _as_sentence(part: str) -> str:
    return part if part.endswith((".", "?", "!", ":")) else part + "."


class SeveralError(AllcomersError):
    """Every fault that was found, so that one run is enough to mend them all."""

    def __init__(self, errors: list[AllcomersError]) -> None:
        self.errors = errors
        Exception.__init__(self, self.sentence)

    @property
    def sentence(self) -> str:
        return "\n".join(error.sentence for error in self.errors)


class SiteUnreachableError(AllcomersError):
    """A server that does not answer at all, so that asking it for the next file would fare no better."""


class UnknownInstrumentError(AllcomersError):
    """An instrument was asked for by a name, code or token that none has."""


class UndefinedThresholdError(AllcomersError):
    """A result was asked for that rests on a threshold which does not exist, or was not found."""


class ValueFileError(AllcomersError):
    """A site's own file of thresholds holds something that cannot be used."""


class UnusableSourceError(AllcomersError):
    """A data set that cannot be opened at all: nothing in it can be read as a table."""


class QueryError(AllcomersError):
    """A query that the engine could not finish, for lack of memory or of room to spill, or over a value."""


class PeriodError(AllcomersError):
    """A reporting period that cannot be read, or that the data set does not reach."""


class MeasureRequestError(AllcomersError):
    """A measure, organisation or level was asked for that there is none of."""


class DefinitionError(AllcomersError):
    """A rule, measure or step that cannot be read, or names or combines what it may not."""


class EngineUnavailableError(AllcomersError):
    """An engine that is not installed here, or cannot be reached."""
