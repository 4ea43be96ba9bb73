"""Who is told of a file in which something may be about somebody's safety, and nobody could be alerted.

Another app adds its part in its `AppConfig.ready`: `untold.WHEN_UNTOLD.append(page_duty)`. Each is called inside the
transaction that takes the file in.
"""

from collections.abc import Callable

from allcomers.service.governance import audit
from allcomers.service.imports.models import Import

WHEN_UNTOLD: list[Callable[[audit.Actor, Import], None]] = []


def tell(by: audit.Actor, done: Import) -> None:
    for act in WHEN_UNTOLD:
        act(by, done)
