"""Every message the service sends, as data.

Somebody else may see a telephone that lies on a table. So no message names the service, or says what it is about, who
somebody is or how they are; tests read every one for that. A link opens nothing before a second fact is given. Where
the person said that somebody else may see their telephone or computer, the message has no link at all (`shared`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Kind:
    """One kind of message.

    Parameters
    ----------
    called : what it is called in lists, for staff and for the person.
    words : the whole text message, and the body of the e-mail. `{ring}` is the sentence with the telephone number.
    shared : the words for a telephone or computer that somebody else may see; the same where empty.
    link : the purpose of the link that `{link}` stands for; made when the message leaves, and never stored.
    link_days : for how long it opens; 0 is what the settings say of questionnaires.
    page : the name of the page whose address `{page}` stands for, which asks staff to sign in.
    keep : after so long a message that was not delivered is not sent any more.
    """

    called: str
    subject: str
    words: str
    keep: timedelta
    shared: str = ""
    link: str = ""
    link_days: int = 0
    page: str = ""


RING = " You can ring us on {phone}."
ON_PHONE = " on {phone}"
CHANGE = " To change it or take it back: {link}"
"""Sentences that are there only where there is a telephone number, or a page that the link opens."""

KINDS = {
    "referral_received": Kind(
        called="We have what you sent",
        subject="We have what you sent us",
        words="Thank you. We have what you sent us. Your reference is {reference}.{change}{ring}",
        shared="Thank you. We have it. Your reference is {reference}.",
        link="referral",
        link_days=60,
        keep=3 * DAY,
    ),
    "measures_asked": Kind(
        called="Some questions to answer",
        subject="Some questions for you",
        words="Hello. We have some questions for you to answer before we next talk: {link} "
        "It works for {days} days. The page first checks that it is you.{ring}",
        shared="Hello. Please ring us{on_phone} when it is a good time for you.",
        link="measures",
        keep=7 * DAY,
    ),
    "measures_reminder": Kind(
        called="A reminder of the questions",
        subject="A reminder",
        words="Hello. A reminder that we have some questions for you: {link} "
        "If you have just answered them, thank you: there is nothing more to do.{ring}",
        shared="Hello. A reminder: please ring us{on_phone} when it is a good time for you.",
        link="measures",
        keep=DAY,
    ),
    "alert_raised": Kind(
        called="A new alert",
        subject="A new alert",
        words="There is a new alert. Please sign in and open the list of alerts: {page}",
        page="questionnaires:alerts",
        keep=3 * DAY,
    ),
    "alert_urgent": Kind(
        called="An urgent alert",
        subject="An urgent alert",
        words="An alert has become urgent. Please sign in now and open the list of alerts: {page}",
        page="questionnaires:alerts",
        keep=3 * DAY,
    ),
    "alert_waiting": Kind(
        called="An alert from outside working hours",
        subject="An alert is waiting",
        words="An alert came outside working hours, and nobody has taken it on. "
        "Please sign in and open the list of alerts: {page}",
        page="questionnaires:alerts",
        keep=3 * DAY,
    ),
    "alert_escalated": Kind(
        called="An alert that was not dealt with in time",
        subject="An alert is late",
        words="An alert was not dealt with in time. Please sign in now and open the list of alerts: {page}",
        page="questionnaires:alerts",
        keep=3 * DAY,
    ),
    # These two were sent until such a referral became an alert: they are still called something in lists.
    "referral_today": Kind(
        called="Somebody to be looked at today",
        subject="To be looked at today",
        words="Something came that has to be looked at today. Please sign in and open the list: {page}",
        page="referrals:inbox",
        keep=3 * DAY,
    ),
    "referral_today_waiting": Kind(
        called="Somebody to be looked at today, from outside working hours",
        subject="Still to be looked at today",
        words="Something came outside working hours that has to be looked at today, and nobody has looked at it. "
        "Please sign in and open the list: {page}",
        page="referrals:inbox",
        keep=3 * DAY,
    ),
    "import_today": Kind(
        called="Something in a file to be looked at today",
        subject="To be looked at today",
        words="Something came in a file that has to be looked at today. Please sign in and open the list: {page}",
        page="imports:quarantine",
        keep=3 * DAY,
    ),
    "import_today_waiting": Kind(
        called="Something in a file to be looked at today, from outside working hours",
        subject="Still to be looked at today",
        words="Something came in a file outside working hours that has to be looked at today, and nobody has looked at "
        "it. Please sign in and open the list: {page}",
        page="imports:quarantine",
        keep=3 * DAY,
    ),
    "link_locked": Kind(
        called="A link that was locked",
        subject="A link was locked",
        words="Somebody followed a link of ours and answered wrongly five times, so it was locked. "
        "Please sign in and open the list: {page}",
        page="messages:undelivered",
        keep=7 * DAY,
    ),
    "emergency_opened": Kind(
        called="Access in an emergency",
        subject="Access in an emergency",
        words="Access in an emergency was used, and waits for review. Please sign in and open the list: {page}",
        page="governance:break_glass_queue",
        keep=14 * DAY,
    ),
}
