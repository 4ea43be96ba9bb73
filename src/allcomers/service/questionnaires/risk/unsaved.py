"""What of a form that could not be saved says that somebody may not be safe (`governance.danger`)."""

from functools import partial
from uuid import UUID

from django.http import QueryDict

from allcomers.instruments.model import Item
from allcomers.service.governance.danger import Heard
from allcomers.service.governance.tokens import FormToken
from allcomers.service.look.words import LONGEST_WORDS
from allcomers.service.people.models import Person
from allcomers.service.questionnaires import asking, selectors
from allcomers.service.questionnaires.models import Response, RiskAlert
from allcomers.service.questionnaires.risk import actions

NOBODY = UUID(int=0)
CALLS = {"yes": True, "no": False}


def answers(token: FormToken, sent: QueryDict) -> Heard | None:
    """An answer that asks for help, and that is not kept already with its alert."""
    response = Response.objects.select_related("person").filter(pk=token.row or NOBODY).first()
    if response is None:
        return None
    kept = selectors.answers_of(response)
    given = [(item, _read(response, item, sent)) for item in response.instrument.risk_items]
    alarming = [(item, one) for item, one in given if item.asks_for_help(one) and kept.get(item.number) != one]
    if not alarming:
        return None
    said = [f"{asking.text(item)}: {asking.answer_words(response.instrument, item, one)}" for item, one in alarming]
    words = "\n".join([response.instrument.name, *said])
    return Heard(partial(actions.raise_unsaved, person=response.person, cause=RiskAlert.Cause.NOT_KEPT, words=words))


def follow_up(token: FormToken, sent: QueryDict) -> Heard | None:
    """Somebody is not safe, does not say that they are, or asks for a call."""
    alert = RiskAlert.objects.filter(pk=token.row or NOBODY).first()
    safety, wants_call = _safety(sent)
    if alert is None or not (wants_call or safety not in {"", RiskAlert.Safety.SAFE}):
        return None
    return Heard(partial(actions.answer_follow_up, alert=alert, safety=safety, wants_call=wants_call), whole=True)


def worse(token: FormToken, sent: QueryDict) -> Heard | None:
    """Whatever somebody sent from the page on which they say that things have got worse."""
    person = Person.objects.filter(pk=token.person or NOBODY).first()
    safety, wants_call = _safety(sent)
    words = sent.get("words", "").replace("\0", "").strip()[:LONGEST_WORDS]
    if person is None or not (safety or words or wants_call):
        return None
    raised = partial(actions.raise_unsaved, person=person, cause=RiskAlert.Cause.WORSE, words=words)
    return Heard(partial(raised, safety=safety, wants_call=wants_call), whole=True)


def _read(response: Response, item: Item, sent: QueryDict) -> int | str | None:
    posted = sent.get(f"item_{item.number}", "")
    return asking.read(item, posted) if posted in dict(asking.choices(response.instrument, item)) else None


def _safety(sent: QueryDict) -> tuple[str, bool | None]:
    safety = sent.get("safety", "")
    return safety if safety in RiskAlert.Safety.values else "", CALLS.get(sent.get("wants_call", ""))
