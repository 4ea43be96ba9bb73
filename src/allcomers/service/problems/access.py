"""Who may say what troubles somebody, and read it: the person, and those who care for them."""

from collections.abc import Mapping
from typing import Any

from allcomers.service.governance.access import person_in_address
from allcomers.service.governance.permissions import by_link, own, record
from allcomers.service.people.access import CARE
from allcomers.service.people.models import Person
from allcomers.service.problems.models import Problem
from allcomers.service.problems.selectors import row_with_id
from allcomers.service.questionnaires.models import LINK_PURPOSE


def _whose(parameters: Mapping[str, Any]) -> Person | None:
    row = row_with_id(parameters["row_id"])
    if row is None:
        return None
    return row.person if isinstance(row, Problem) else row.problem.person


ENTRIES = {
    "problems:answer": by_link(LINK_PURPOSE, reads="problems.shown"),
    "problems:mine": own(reads="problems.shown", rate=(30, 300)),
    "problems:key": record(CARE, person=person_in_address, reads="problems.opened"),
    "problems:strike": record(CARE, person=_whose, reads="problems.opened"),
}

READINGS = {
    "problems.shown": "You opened the page about what troubles you most",
    "problems.opened": "What troubles you most, in your own words, was opened",
    "problems.said": "What troubles you most, or how much, was kept",
    "problems.passed": "You went on without saying what troubles you most",
    "problems.struck": "Something that staff had entered as troubling you was wrong, and was struck through",
}
