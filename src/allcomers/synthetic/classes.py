"""How a pathway goes, in fourteen kinds: three that do not finish a course, and eleven outcomes of those that do.

Together the eleven hold every published outcome rate: at caseness, recovery, reliable recovery, reliable improvement
and deterioration are sums of them.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from allcomers.synthetic.arrays import Bytes, Flags


class Kind(IntEnum):
    """The kinds of pathway."""

    NEVER_SEEN = 0
    ASSESSED_ONLY = 1
    ONE_SESSION = 2
    UNSCORED = 3
    CASE_FIRST_ONLY = 4
    NOT_CASE_FIRST_ONLY = 5
    RELIABLY_RECOVERED = 6
    RECOVERED_ONLY = 7
    CASE_IMPROVED = 8
    CASE_UNCHANGED = 9
    CASE_WORSE = 10
    NOT_CASE_IMPROVED = 11
    NOT_CASE_UNCHANGED = 12
    NOT_CASE_WORSE = 13


KINDS = len(Kind)
FINISHED = Kind.UNSCORED
"""Every kind from here on finishes a course."""

AT_CASENESS = (
    Kind.CASE_FIRST_ONLY,
    Kind.RELIABLY_RECOVERED,
    Kind.RECOVERED_ONLY,
    Kind.CASE_IMPROVED,
    Kind.CASE_UNCHANGED,
    Kind.CASE_WORSE,
)
RECOVERED = (Kind.RELIABLY_RECOVERED, Kind.RECOVERED_ONLY)
IMPROVED = (Kind.RELIABLY_RECOVERED, Kind.CASE_IMPROVED, Kind.NOT_CASE_IMPROVED)
WORSE = (Kind.CASE_WORSE, Kind.NOT_CASE_WORSE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The national outcome flags of finished courses, as booleans; the missing ones are false."""

    at_caseness: Flags
    recovered: Flags
    improved: Flags
    worse: Flags

    def kind(self) -> Bytes:
        """The kind of a course whose two scores are both there."""
        not_case = Kind.NOT_CASE_IMPROVED + _change(self.improved, self.worse)
        case = Kind.CASE_IMPROVED + _change(self.improved, self.worse)
        recovered = np.where(self.improved, Kind.RELIABLY_RECOVERED, Kind.RECOVERED_ONLY)
        kinds = np.where(self.at_caseness, np.where(self.recovered, recovered, case), not_case)
        return kinds.astype(np.uint8)


def _change(improved: Flags, worse: Flags) -> Bytes:
    """0 improved, 1 unchanged, 2 worse."""
    return np.where(improved, 0, np.where(worse, 2, 1)).astype(np.uint8)
