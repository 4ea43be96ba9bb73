"""Standards and targets. The levels are those of NHS England's 2016 news page and the sources named in each row."""

import datetime as dt

import pytest

from allcomers.measures import catalogue, standards
from allcomers.measures.standards import STANDARDS, Standing

APRIL_2025 = dt.date(2025, 4, 1)


def test_every_standard_is_of_a_measure():
    assert all(one.measure in catalogue.by_id() for one in STANDARDS)


def test_the_waiting_standards_are_of_finished_courses_and_in_force():
    (six,), (eighteen,) = standards.of("M053", APRIL_2025), standards.of("M055", APRIL_2025)
    assert (six.level, eighteen.level) == (75, 95)
    assert six.judge(75.0) is True
    assert eighteen.judge(94.9) is False


def test_a_standard_starts_and_ends_on_days():
    (recovery,) = standards.of("M192", dt.date(2024, 3, 31))
    assert recovery.starts_on is None
    assert standards.of("M192", dt.date(2024, 4, 1)) == ()


@pytest.mark.parametrize("standard", [one for one in STANDARDS if one.status is not Standing.VERIFIED])
def test_what_is_not_verified_is_not_judged_unless_asked(standard):
    assert standard.judge(standard.level) is None
    assert standard.judge(standard.level, unverified_too=True) is True


def test_nothing_is_judged_without_a_value():
    assert STANDARDS[0].judge(None) is None
