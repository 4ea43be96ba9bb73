"""How e-mail leaves, from `ALLCOMERS_MESSAGES` and `ALLCOMERS_SMTP_URL`."""

from typing import Any
from urllib.parse import unquote, urlsplit

from allcomers.service.config.environment import Settings

BACKENDS = {
    "console": "django.core.mail.backends.console.EmailBackend",
    "file": "django.core.mail.backends.filebased.EmailBackend",
    "smtp": "django.core.mail.backends.smtp.EmailBackend",
    "notify": "allcomers.service.messages.backends.django_mail.EmailBackend",
}


def mail_settings(values: Settings) -> dict[str, Any]:
    """Django's settings for e-mail."""
    made: dict[str, Any] = {
        "EMAIL_BACKEND": BACKENDS[values.messages],
        "EMAIL_FILE_PATH": str(values.data_folder / "messages"),
        "EMAIL_TIMEOUT": 20,
        "DEFAULT_FROM_EMAIL": values.messages_from,
    }
    server = urlsplit(values.smtp_url)
    return made | {
        "EMAIL_HOST": server.hostname or "localhost",
        "EMAIL_PORT": server.port or 587,
        "EMAIL_HOST_USER": unquote(server.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(server.password or ""),
        "EMAIL_USE_SSL": server.scheme == "smtps",
        "EMAIL_USE_TLS": server.scheme == "smtp",
    }
