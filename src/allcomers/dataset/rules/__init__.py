"""Every rule: the national ones, evaluated or not, and our own."""

from allcomers.dataset.model import Rule
from allcomers.dataset.rules import contacts, headers, local, patients, referrals, scores, staff
from allcomers.dataset.rules.not_evaluated import NOT_EVALUATED
from allcomers.dataset.rules.structure import STRUCTURE

__all__ = ["BY_ID", "NATIONAL_RULES", "NOT_EVALUATED", "RULES", "STRUCTURE"]

NATIONAL_RULES: tuple[Rule, ...] = (
    *headers.RULES,
    *patients.RULES,
    *referrals.RULES,
    *contacts.RULES,
    *scores.RULES,
    *staff.RULES,
)
RULES: tuple[Rule, ...] = (*NATIONAL_RULES, *local.RULES)
BY_ID = {rule.id: rule for rule in (*RULES, *STRUCTURE)}
