"""Where somebody is on the way to being helped, and how long it may take, said honestly.

The service never computes a measure. A range made here from its own rows could count only those who were seen, and so
would leave out whoever still waits. So the weeks are a statement: somebody enters, with a day and a source, what a
report of everybody who came said, and it is told only if it rests on enough people and is not old. Otherwise the page
says that it is not known. What the page adds is the reader's own wait, counted from their own dates, and whether it
lies before, within or past that range: a band, never a place in a queue.
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from django.utils import timezone

from allcomers.service.people.models import Person
from allcomers.service.people.selectors import treating
from allcomers.service.portal import selectors
from allcomers.service.portal.models import WaitStatement
from allcomers.service.referrals.models import Referral


class Stage(Enum):
    """Where somebody is; the words are theirs to read."""

    NOBODY_YET = "We have your details, and no referral of yours that is waiting."
    TO_BE_READ = "Your referral has reached us. A person is going to read it."
    ACCEPTED = "Your referral was accepted. You are waiting for your first appointment."
    WITH_SOMEBODY = "Somebody is helping you now."
    ELSEWHERE = "We told you of another service that may be the right one for you."
    CANCELLED = "You cancelled your referral. You can refer yourself again at any time."
    NOT_ACCEPTED = "We could not take your referral on. You can refer yourself again at any time."


class Band(Enum):
    """One's own wait beside the range."""

    BEFORE = "You have waited less long than most people do."
    WITHIN = "You are within the time that most people wait."
    PAST = "You have waited longer than most people do. Please ring us, so that we can look into it."


@dataclass(frozen=True)
class Waiting:
    """What the waiting page says.

    Parameters
    ----------
    since : the day on which the wait began; None where nobody waits.
    weeks : whole weeks since then.
    expected : what most people wait, where it may be told.
    """

    stage: Stage
    with_whom: str = ""
    since: date | None = None
    weeks: int = 0
    expected: WaitStatement | None = None

    @property
    def waits(self) -> bool:
        return self.stage in (Stage.TO_BE_READ, Stage.ACCEPTED)

    @property
    def band(self) -> Band | None:
        if self.expected is None or not self.waits:
            return None
        if self.weeks < self.expected.shortest_weeks:
            return Band.BEFORE
        return Band.WITHIN if self.weeks <= self.expected.longest_weeks else Band.PAST


_STAGES = {
    Referral.State.RECEIVED: Stage.TO_BE_READ,
    Referral.State.ACCEPTED: Stage.ACCEPTED,
    Referral.State.MERGED: Stage.ACCEPTED,
    Referral.State.SIGNPOSTED: Stage.ELSEWHERE,
    Referral.State.REJECTED: Stage.NOT_ACCEPTED,
    Referral.State.CANCELLED: Stage.CANCELLED,
}


def waiting_of(person: Person) -> Waiting:
    """Where a person is today. The clock runs from the day their referral was received, whoever looked at it since."""
    today = timezone.localdate()
    clinician = treating(person)
    if clinician is not None:
        return Waiting(Stage.WITH_SOMEBODY, with_whom=clinician.name)
    referral = selectors.referral_that_counts(person)
    if referral is None:
        return Waiting(Stage.NOBODY_YET)
    since = timezone.localdate(referral.received_at)
    stated = selectors.wait_stated()
    expected = stated if stated is not None and stated.may_be_told(today) else None
    stage = _STAGES[Referral.State(referral.state)]
    return Waiting(stage, since=since, weeks=(today - since).days // 7, expected=expected)
