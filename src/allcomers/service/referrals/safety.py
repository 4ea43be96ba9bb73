"""A referral in which somebody may not be safe is an alert like any other: owned, with a deadline, escalated."""

from allcomers.service.governance import audit
from allcomers.service.questionnaires.models import RiskAlert
from allcomers.service.questionnaires.risk import actions as risk
from allcomers.service.referrals.models import Referral


def raise_alert(by: audit.Actor, referral: Referral, *, said: str, words: str) -> RiskAlert:
    """Somebody has to look at this today. Called inside the action that stores it.

    `said` is the answer about safety, `not_safe` or `not_sure`, which makes it urgent; empty where whoever referred
    the person does not know.
    """
    words, cause = f"Referral {referral.reference}: {words}", RiskAlert.Cause.REFERRAL
    alert = risk.raise_alert(by=by, person=referral.person, cause=cause, words=words)
    return risk.answer_follow_up(by=by, alert=alert, safety=said, wants_call=None) if said else alert
