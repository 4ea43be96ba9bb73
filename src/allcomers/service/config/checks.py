"""What must be right before the service starts: each is a Django check, so `allcomers manage check --deploy` runs them.

Errors of the permission table are refused always; unsafe settings are refused in production, which is where the service
is unless told otherwise.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register, run_checks
from django.core.checks import Warning as ToMend

from allcomers.exceptions import AllcomersError, SeveralError
from allcomers.service.config import database
from allcomers.service.config.environment import PREFIX, Settings
from allcomers.service.governance import table
from allcomers.service.keeping.roles import may_change_the_audit

SHORTEST_KEY = 50
SHORTEST_NOTIFY_KEY = 73  # two identifiers of 36 characters with a dash between, after the key's name
PROTECTED = {"require", "verify-ca", "verify-full", "disable"}
"""What an address may say of encryption: that there has to be some, or in so many words that there is none."""
Apps = Sequence[AppConfig] | None


def _reaches_nobody(values: Settings, backend: str) -> bool:
    return backend in {"console", "file"} and not values.allow_file_messages


def _names_the_service(values: Settings) -> bool:
    return values.service_name.casefold() in values.messages_from.casefold()


def _unprotected(database_url: str) -> bool:
    """Whether an address of PostgreSQL says nothing of encryption: libpq goes on in the clear where there is none."""
    if not database_url:
        return False
    known = database.database(database_url, Path())
    return known["OPTIONS"].get("sslmode") not in PROTECTED and not _here(known["HOST"])


def _here(host: str) -> bool:
    """Whether this is the machine itself: a socket's folder, or the loopback address."""
    return not host or host.startswith("/") or host in {"localhost", "127.0.0.1", "::1"}


def _given_twice(values: Settings) -> bool:
    return bool(values.backup_key) and values.backup_key == values.secret_key


@dataclass(frozen=True)
class Unsafe:
    """A setting that production refuses, when, and what to do about it."""

    setting: str
    when: Callable[[Settings], bool]
    found: str
    next_step: str


UNSAFE = (
    Unsafe("SECRET_KEY", lambda s: len(s.secret_key) < SHORTEST_KEY or len(set(s.secret_key)) < 10,
           "missing, short or repetitive",
           "Make one: `allcomers manage make_key`, and keep it in a file only the service reads."),
    Unsafe("BACKUP_KEY", lambda s: 0 < len(s.backup_key) < SHORTEST_KEY or _given_twice(s),
           "short, or the secret key", "Make another: `allcomers manage make_key`."),
    Unsafe("URL", lambda s: urlsplit(s.url).scheme != "https", "not https",
           "Put a proxy with a certificate before the service."),
    Unsafe("HOSTS", lambda s: "*" in s.hosts or urlsplit(s.url).hostname not in s.hosts,
           "not the host of ALLCOMERS_URL", "Name the host people type, and no “*”."),
    Unsafe("TRUSTED_PROXIES", lambda s: s.trusted_proxies < 1, "no proxy",
           "The service speaks plain http to the proxy before it: say how many there are."),
    Unsafe("DATABASE_URL", lambda s: not s.database_url and not s.allow_sqlite, "SQLite",
           "Give the address of a PostgreSQL database, or ALLCOMERS_ALLOW_SQLITE=yes for one small service."),
    Unsafe("DATABASE_URL", lambda s: _unprotected(s.database_url), "an address that does not insist on encryption",
           "Put ?sslmode=verify-full after it, and say where the certificate is; ?sslmode=disable where nobody else is "
           "on the network between them."),
    Unsafe("CRISIS_TEXT", lambda s: not s.crisis_text.strip(), "empty",
           "Write what somebody in crisis is told here: local lines with their hours, 111, 999."),
    Unsafe("ANSWERS_READ", lambda s: not s.answers_read.strip(), "empty", "Say when answers are read."),
    Unsafe("PHONE", lambda s: not s.phone.strip(), "empty",
           "Every digital step has a telephone twin: give the number."),
    Unsafe("MESSAGES", lambda s: _reaches_nobody(s, s.messages), "messages that reach nobody",
           "Set it to smtp or notify, or ALLCOMERS_ALLOW_FILE_MESSAGES=yes for a trial."),
    Unsafe("TEXTS", lambda s: _reaches_nobody(s, s.texts), "messages that reach nobody",
           "Set it to notify, or to none."),
    Unsafe("NOTIFY_KEY", lambda s: "notify" in {s.messages, s.texts} and len(s.notify_key) < SHORTEST_NOTIFY_KEY,
           "not a key of GOV.UK Notify", "Notify shows it once, when it is made."),
    Unsafe("NOTIFY_URL", lambda s: urlsplit(s.notify_url).scheme != "https", "not https",
           "The key, the words and the address of each message go there: leave it out, for GOV.UK Notify's own."),
    Unsafe("NOTIFY_TEXT_TEMPLATE", lambda s: s.texts == "notify" and not s.notify_text_template, "empty",
           "Make a text template in Notify with the content ((message)), and give its id."),
    Unsafe("NOTIFY_EMAIL_TEMPLATE", lambda s: s.messages == "notify" and not s.notify_email_template, "empty",
           "Make an e-mail template in Notify with the subject ((subject)) and the content ((message))."),
    Unsafe("MESSAGES_FROM", lambda s: _names_the_service(s), "the service by name",
           "It shows on a locked telephone: choose a sender that does not say what the service is."),
    Unsafe("SMTP_URL", lambda s: s.messages == "smtp" and not s.smtp_url, "empty", "Give the server's address."),
    Unsafe("ORGANISATION", lambda s: not s.organisation.strip(), "empty", "Say who runs the service: people may ask."),
    Unsafe("NHS_IDENTITY", lambda s: s.nhs_identity and not s.nhs_body, "on, without ALLCOMERS_NHS_BODY",
           "Only NHS bodies and those they commission may show it: turn it off, or say that you may."),
    Unsafe("IDLE_MINUTES", lambda s: s.idle_minutes > 15, "more than 15", "Records left open are read by passers-by."),
    Unsafe("BREAK_GLASS_MINUTES", lambda s: s.break_glass_minutes > 60, "more than 60",
           "Ask again when the emergency lasts."),
    Unsafe("HSTS_SECONDS", lambda s: s.hsts_seconds < 3600, "too short to protect anybody",
           "Leave it out, for a year."),
)  # fmt: skip


@register()
def every_url_has_an_entry(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """A URL without an entry answers nobody: a mistake, found here rather than by somebody who needs it."""
    missing = [name for name in table.url_names() if name not in table.entries()]
    return [
        Error(
            f"The URL {name} has no entry in the permission table.",
            hint="Add it to ENTRIES of the app's access.py.",
            id="access.E001",
        )
        for name in missing
    ]


@register()
def every_grant_names_a_relationship(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    known = {*table.relationships(), "none", "unrelated"}
    return [
        Error(
            f"The entry of {name} names relationships that no app declares: {', '.join(sorted(unknown))}.",
            id="access.E002",
        )
        for name, entry in table.entries().items()
        for one in (*entry.grants, *entry.lists)
        if (unknown := one.relationships - known)
    ]


@register(deploy=True)
def production_is_safe(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(f"{PREFIX}{one.setting} is {one.found}.", hint=one.next_step, id=f"production.{one.setting}")
        for one in unsafe(settings.ALLCOMERS)
    ]


@register(deploy=True)
def no_demonstration_data(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """People of a demonstration must not stand among real ones."""
    from allcomers.service.people.selectors import synthetic_people_exist

    if settings.ALLCOMERS.mode == "production" and synthetic_people_exist():
        return [
            Error(
                "The database holds people who do not exist.",
                hint="Start with an empty database.",
                id="production.demo",
            )
        ]
    return []


@register(deploy=True)
def backups_can_be_made(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    if settings.ALLCOMERS.mode == "production" and not settings.ALLCOMERS.backup_key:
        return [
            ToMend(
                "No backup can be made without a passphrase typed in.",
                hint="Set ALLCOMERS_BACKUP_KEY, and run `allcomers manage backup` every night.",
                id="production.W001",
            )
        ]
    return []


@register(deploy=True)
def the_database_is_out_of_reach(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """The embedded database is a file: whoever may read it on this machine needs no account."""
    known = settings.DATABASES["default"]
    path = Path(known["NAME"])
    if known["ENGINE"].endswith("sqlite3") and path.exists() and path.stat().st_mode & 0o077:
        return [
            ToMend(
                "Others on this machine may read the database.",
                hint="chmod 700 the data folder, and 600 the database in it.",
                id="production.W003",
            )
        ]
    return []


@register(deploy=True)
def the_audit_is_out_of_reach(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Triggers refuse changes to the audit; whoever owns the table can take the triggers away."""
    if may_change_the_audit():
        return [
            ToMend(
                "The service connects as a database role that could alter the audit.",
                hint="Let it connect as a role of its own: docs/how-to/deploy-the-service, “Two database roles”.",
                id="production.W002",
            )
        ]
    return []


def unsafe(values: Settings) -> list[Unsafe]:
    """What production refuses in these settings; nothing outside production."""
    return [one for one in UNSAFE if one.when(values)] if values.mode == "production" else []


def refuse_unsafe_start() -> None:
    """Refuse unsafe settings before the database is touched, then whatever else a check finds; all of it at once.

    Raises
    ------
    SeveralError : with what was found and what to do, one line each.
    """
    _stop_for([(f"{PREFIX}{one.setting} is {one.found}", one.next_step) for one in unsafe(settings.ALLCOMERS)])
    found = [one for one in run_checks(include_deployment_checks=True) if one.is_serious()]
    _stop_for([(str(one.msg), str(one.hint or "")) for one in found])


def _stop_for(faults: list[tuple[str, str]]) -> None:
    if faults:
        where = "the service cannot start"
        raise SeveralError([AllcomersError(where=where, found=found, next_step=next_) for found, next_ in faults])
