"""Who else is told of an alert, in the transaction that raises it, makes it urgent or passes it on.

Another app adds its part in its `AppConfig.ready`: `paging.WHEN_RAISED.append(page_duty)`.
"""

from collections.abc import Callable

from allcomers.service.governance import audit
from allcomers.service.questionnaires.models import RiskAlert

Part = Callable[[audit.Actor, RiskAlert], None]
WHEN_RAISED: list[Part] = []
WHEN_URGENT: list[Part] = []
WHEN_ESCALATED: list[Part] = []


def tell(parts: list[Part], by: audit.Actor, alert: RiskAlert) -> None:
    for act in parts:
        act(by, alert)
