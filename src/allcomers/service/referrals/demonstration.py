"""New referrals of the demonstration: one like somebody who is known already, and one to be looked at today."""

from datetime import date
from typing import Any

from allcomers.service.governance import audit
from allcomers.service.referrals import actions, steps
from allcomers.service.referrals.models import Referral

CAME: tuple[tuple[str, str, date, bool, str], ...] = (
    ("Jamal", "Sample", date(1988, 7, 4), False, "It has come back since I changed jobs."),
    ("Nia", "Specimen", date(1996, 2, 29), True, "I do not know how to go on with the debt."),
)


def fill() -> None:
    for one in CAME:
        refer(*one)


def refer(given: str, family: str, born: date, in_danger: bool, brings: str) -> Referral:
    """Somebody refers themselves, page by page, and may be texted."""
    started = actions.begin(by=audit.SYSTEM, in_danger=in_danger)
    for step in steps.STEPS:
        form = step.form(_page(step.name, given, family, born, brings))
        assert form.is_valid(), step.name
        started = actions.keep_step(by=audit.SYSTEM, started=started, step=step, given=form.cleaned_data)
    return actions.submit(by=audit.SYSTEM, started=started)


def _page(name: str, given: str, family: str, born: date, brings: str) -> dict[str, Any]:
    """What somebody sends for one page."""
    pages: dict[str, dict[str, Any]] = {
        "age-and-area": {
            **{f"date_of_birth_{part}": str(getattr(born, part)) for part in ("day", "month", "year")},
            "postcode": "ZZ99 3VZ",
            "practice": "not_known",
        },
        "who": {"filling_in": "self"},
        "name": {"given_name": given, "family_name": family},
        "contact": {"mobile": "07700 900 982", "mobile_messages": "on"},
        "words": {"brings": brings},
    }
    return pages.get(name, {})
