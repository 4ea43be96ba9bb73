"""Delivering what is due. Whatever fails, fails for one message; the rest goes on."""

import logging
from collections.abc import Iterator

from django.utils import timezone

from allcomers.service.governance import audit
from allcomers.service.messages import actions, backends, selectors
from allcomers.service.messages.letters import Letter

log = logging.getLogger(__name__)
A_ROUND = 100


def deliver() -> int:
    """Send every message that is due: how many the providers took.

    A worker that is killed after a provider took a message and before that was written down leaves it to its lease,
    and another sends it again: at least once, and once where the provider can be asked (GOV.UK Notify, folder).
    """
    return sum(_deliver(letter) for letter in _letters())


def _letters() -> Iterator[Letter]:
    for message_id in selectors.due_ids(timezone.now(), A_ROUND):
        letter = actions.take(by=audit.SYSTEM, message_id=message_id)
        if letter is not None:
            yield letter


def _deliver(letter: Letter) -> bool:
    try:
        provider_id = backends.of(letter.channel).send(letter)
    except backends.RefusedError as refused:
        actions.not_sent(by=audit.SYSTEM, message_id=letter.id, error=refused.kind, final=True)
        return False
    except Exception as error:
        log.warning("a message could not be sent: %s", type(error).__name__)
        actions.not_sent(by=audit.SYSTEM, message_id=letter.id, error=type(error).__name__, final=False)
        return False
    actions.sent(by=audit.SYSTEM, message_id=letter.id, provider_id=provider_id)
    return True
