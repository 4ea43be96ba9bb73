"""National standards and targets: a level, from when to when, of which measure, and how far the level is known.

A level that no source confirms is never shown as passed or failed unless someone asks for it.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

_NEWS_2016 = "NHS England, news page on waiting-time and access standards, 2016"
_RCPSYCH = f"{_NEWS_2016}; Royal College of Psychiatrists, Mental Health Watch"
_PARLIAMENT = "UK Parliament, written answer, December 2023"
_FRAMEWORK = "PsyReflect, article on the Medium Term Planning Framework, 2025; the framework itself was not read"
_RECALLED = "recalled; no source read"


class Standing(StrEnum):
    """How a level is known."""

    VERIFIED = "verified"
    SECONDARY = "read in a secondary source"
    UNVERIFIED = "unverified"


class Unit(StrEnum):
    """What a level is a number of."""

    PERCENT = "percent"
    COUNT = "count in the year"


@dataclass(frozen=True, slots=True)
class Standard:
    """A level that a measure should reach in some financial years.

    Attributes
    ----------
    measure : id of the measure; where the unit is a count, summed over a year.
    level : percent (0 to 100), or the count.
    years : the first and the last financial year in force, each by the year it begins in; None for no end, or for a
        beginning that was not found.
    over : what the measure is divided by, where that is no measure.
    """

    name: str
    measure: str
    level: float
    years: tuple[int | None, int | None]
    unit: Unit = Unit.PERCENT
    status: Standing = Standing.VERIFIED
    source: str = _NEWS_2016
    over: str = ""
    note: str = ""

    @property
    def starts_on(self) -> dt.date | None:
        """The first day in force."""
        first, _ = self.years
        return None if first is None else dt.date(first, 4, 1)

    @property
    def ends_on(self) -> dt.date | None:
        """The last day in force."""
        _, last = self.years
        return None if last is None else dt.date(last + 1, 3, 31)

    def in_force(self, day: dt.date) -> bool:
        """Whether it applies on a day; both ends are included."""
        begun = self.starts_on is None or self.starts_on <= day
        return begun and (self.ends_on is None or day <= self.ends_on)

    def judge(self, value: float | None, *, unverified_too: bool = False) -> bool | None:
        """Whether a value reaches the level; None where there is no value, or the level is not verified.

        Parameters
        ----------
        value : in the standard's unit; null where it was withheld or not computed.
        unverified_too : judge by levels from secondary sources and from memory as well.
        """
        if value is None or (self.status is not Standing.VERIFIED and not unverified_too):
            return None
        return value >= self.level


_IMPROVEMENT, _RECOVERY, _COURSES = "Reliable improvement", "Reliable recovery", "Courses of treatment"
_OF_FINISHED = "Asked of courses that finished in the period."
_BY_THE_END = "By the end of the year."
_PEOPLE = "people estimated to have anxiety or depression"
_recalled = partial(Standard, status=Standing.UNVERIFIED, source=_RECALLED)
_planned = partial(Standard, status=Standing.SECONDARY, source=_FRAMEWORK)

STANDARDS = (
    Standard("Treatment within 6 weeks of referral", "M053", 75, (2015, None), note=_OF_FINISHED),
    Standard("Treatment within 18 weeks of referral", "M055", 95, (2015, None), note=_OF_FINISHED),
    Standard(
        "Recovery",
        "M192",
        50,
        (None, 2023),
        source=_RCPSYCH,
        note="That it ceased to be the headline after 2023/24 is unverified.",
    ),
    _recalled(_IMPROVEMENT, "M186", 67, (2024, 2025)),
    _recalled(_RECOVERY, "M195", 48, (2024, 2025)),
    _recalled(_COURSES, "M076", 700_000, (2024, 2024), unit=Unit.COUNT),
    _planned(_COURSES, "M076", 805_000, (2026, 2026), unit=Unit.COUNT, note=_BY_THE_END),
    _planned(_RECOVERY, "M195", 51, (2026, 2026), note=_BY_THE_END),
    _planned(_IMPROVEMENT, "M186", 69, (2026, 2026), note=_BY_THE_END),
    _planned(_RECOVERY, "M195", 53, (2028, 2028)),
    _recalled(_COURSES, "M076", 915_000, (2028, 2028), unit=Unit.COUNT),
    _recalled(_IMPROVEMENT, "M186", 71, (2028, 2028)),
    Standard("Access", "M031", 15, (2015, 2015), over=_PEOPLE),
    _recalled("Access", "M031", 25, (2020, 2020), over=_PEOPLE, note="Planned in 2016, to be reached by this year."),
    Standard(
        "Access",
        "M031",
        1_900_000,
        (2023, 2023),
        unit=Unit.COUNT,
        source=_PARLIAMENT,
        note="The Long Term Plan's level, a year; it was not reached.",
    ),
)


def of(measure: str, day: dt.date, standards: Iterable[Standard] = STANDARDS) -> tuple[Standard, ...]:
    """The standards of a measure that are in force on a day."""
    return tuple(one for one in standards if one.measure == measure and one.in_force(day))
