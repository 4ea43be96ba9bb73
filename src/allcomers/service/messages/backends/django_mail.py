"""Django's e-mail by GOV.UK Notify, so that a forgotten password needs no second provider."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from allcomers.service.messages.backends import notify


class EmailBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for mail in email_messages:
            for to in mail.recipients():
                notify.send_email(to, str(mail.subject), str(mail.body))
        return len(email_messages)
