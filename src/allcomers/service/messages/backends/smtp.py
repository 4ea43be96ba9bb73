"""E-mail by SMTP, through Django's own back-end."""

import smtplib
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage

from allcomers.service.messages.backends.errors import RefusedError
from allcomers.service.messages.letters import Letter

NEVER = range(500, 600)


class Smtp:
    """The Message-ID is the message's own, so that mail programs show one that was sent twice as one."""

    def send(self, letter: Letter) -> str:
        identity = f"<{letter.id}@{urlsplit(settings.ALLCOMERS.url).hostname}>"
        mail = EmailMessage(letter.subject, letter.body, to=[letter.to], headers={"Message-ID": identity})
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as refused:
            if all(code in NEVER for code, _ in refused.recipients.values()):
                raise RefusedError("SMTPRecipientsRefused") from None
            raise
        return identity
