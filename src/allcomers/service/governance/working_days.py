"""Working days in England: Monday to Friday without bank holidays."""

from datetime import date, timedelta

import holidays


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in holidays.country_holidays("GB", subdiv="ENG", years=day.year)


def after(day: date, count: int) -> date:
    """The day that is `count` working days after another."""
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day
