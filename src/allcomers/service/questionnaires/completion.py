"""What else has to happen when questionnaires are to be sent, and when all of a request are finished.

Another app adds its part in its `AppConfig.ready`: `completion.WHEN_COMPLETE.append(cancel_reminders)`. Each is called
inside the transaction that asks, or that finishes the last questionnaire, so that it stands or falls with it.
"""

from collections.abc import Callable

from allcomers.service.governance import audit
from allcomers.service.questionnaires.models import MeasureRequest

WHEN_ASKED: list[Callable[[audit.Actor, MeasureRequest, str], None]] = []
"""Each is given the channel by which the link is to be sent."""
WHEN_COMPLETE: list[Callable[[audit.Actor, MeasureRequest], None]] = []


def announce_asked(by: audit.Actor, request: MeasureRequest, channel: str) -> None:
    for act in WHEN_ASKED:
        act(by, request, channel)


def announce(by: audit.Actor, request: MeasureRequest) -> None:
    for act in WHEN_COMPLETE:
        act(by, request)
