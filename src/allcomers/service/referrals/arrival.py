"""What else has to happen when a referral has reached us, and when the person gives other ways to be reached.

Another app adds its part in its `AppConfig.ready`: `arrival.WHEN_RECEIVED.append(keep_consents)`. Each is called inside
the transaction that stores the change, so that it stands or falls with it.
"""

from collections.abc import Callable

from allcomers.service.governance import audit
from allcomers.service.referrals.models import Referral

Act = Callable[[audit.Actor, Referral], None]
WHEN_RECEIVED: list[Act] = []
WHEN_CONTACTS_CHANGED: list[Act] = []


def announce(by: audit.Actor, referral: Referral) -> None:
    for act in WHEN_RECEIVED:
        act(by, referral)


def announce_contacts(by: audit.Actor, referral: Referral) -> None:
    for act in WHEN_CONTACTS_CHANGED:
        act(by, referral)
