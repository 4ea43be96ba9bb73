"""What else has to happen when all questionnaires of a request are finished.

Another app adds its part in its `AppConfig.ready`: `completion.WHEN_COMPLETE.append(cancel_reminders)`. Each is called
inside the transaction that finishes the last questionnaire, so that it stands or falls with it.
"""

from collections.abc import Callable

from allcomers.service.governance import audit
from allcomers.service.questionnaires.models import MeasureRequest

WHEN_COMPLETE: list[Callable[[audit.Actor, MeasureRequest], None]] = []


def announce(by: audit.Actor, request: MeasureRequest) -> None:
    for act in WHEN_COMPLETE:
        act(by, request)
