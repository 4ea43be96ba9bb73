"""Who may ask, answer, read and look after alerts; and the relationship that having to answer an alert gives."""

from collections.abc import Mapping
from typing import Any

from allcomers.service.governance.access import person_in_address
from allcomers.service.governance.permissions import (
    CARING,
    CLINICAL,
    Place,
    Purpose,
    Relationship,
    by_link,
    grant,
    record,
    staff,
)
from allcomers.service.people.access import ARRANGE, CARE
from allcomers.service.people.models import Person
from allcomers.service.questionnaires.models import LINK_PURPOSE
from allcomers.service.questionnaires.risk.selectors import alert_with_id, duty_list, must_answer
from allcomers.service.questionnaires.selectors import response_with_id

ANSWERS_ALERT = "answers_alert"
RELATIONSHIPS = (Relationship(ANSWERS_ALERT, "had to look after your safety", must_answer),)
LOOK_AFTER = grant(CLINICAL, CARING | {ANSWERS_ALERT}, Purpose.SAFETY)


def _answered_by(parameters: Mapping[str, Any]) -> Person | None:
    response = response_with_id(parameters["response_id"])
    return None if response is None else response.person


def _alert_about(parameters: Mapping[str, Any]) -> Person | None:
    alert = alert_with_id(parameters["alert_id"])
    return None if alert is None else alert.person


ANSWERING = by_link(LINK_PURPOSE, reads="measures.shown")
KEYING = record(CARE, person=_answered_by, reads="measures.opened")
ALERT = record(LOOK_AFTER, person=_alert_about, reads="alert.opened")

ENTRIES = {
    "questionnaires:answer": ANSWERING,
    **{f"questionnaires:{name}": ANSWERING for name in ("whole", "item", "crisis", "finish")},
    **{f"questionnaires:key_{name}": KEYING for name in ("whole", "item", "crisis", "finish")},
    "questionnaires:record": record(CARE, person=person_in_address, reads="measures.opened"),
    "questionnaires:ask": record(CARE, ARRANGE, person=person_in_address, reads="measures.considered"),
    "questionnaires:key": record(CARE, person=person_in_address, reads="measures.considered"),
    "questionnaires:alerts": staff(CLINICAL, Purpose.SAFETY, lists=(LOOK_AFTER,), reads="alert.listed"),
    "questionnaires:alert": ALERT,
    "questionnaires:alert_step": ALERT,
}

READINGS = {
    "measures.shown": "You opened questionnaires we asked you to answer",
    "measures.opened": "Your questionnaires were opened",
    "measures.considered": "Somebody looked at asking you questionnaires",
    "measures.asked": "You were asked to answer questionnaires",
    "measures.begun": "A questionnaire was begun",
    "measures.answered": "Answers to a questionnaire were kept",
    "measures.finished": "A questionnaire was finished",
    "measures.imported": "A questionnaire that you had answered elsewhere was taken in from a file",
    "measures.safety_imported": "An answer about your safety was taken in from a file",
    "measures.struck": "A questionnaire that was taken in from a file turned out to be wrong, and was struck through",
    "measures.complete": "All the questionnaires we had asked for were finished",
    "risk.raised": "An answer about your safety asked us to look after you",
    "risk.said_again": "What you had said about your safety was sent once more",
    "risk.answered": "It was noted whether you are safe for now",
    "risk.acknowledged": "Somebody took on looking after your safety",
    "risk.acted": "What was done for your safety was written down",
    "risk.closed": "Somebody wrote down why nothing more was needed for your safety",
    "risk.escalated": "Nobody had looked after your safety in time, and more people were told",
    "alert.listed": "Your name was shown in the list of people whose safety we look after",
    "alert.opened": "What we do for your safety was opened",
}

MENU = (Place("questionnaires:alerts", "Alerts", 15, waiting=duty_list),)
RECORD_MENU = (Place("questionnaires:record", "Questionnaires", 40),)
