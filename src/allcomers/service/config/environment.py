"""Every setting of the service, once: name, type, default and help. One reader; the docs page is tested against it."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

import platformdirs

from allcomers.exceptions import AllcomersError, SeveralError

PREFIX = "ALLCOMERS_"


@dataclass(frozen=True)
class Setting:
    """One setting. `NAME_FILE` may give the path of a file that holds the value, as container secrets do."""

    name: str
    read: Callable[[str], Any]
    default: Any
    help: str
    secret: bool = False


def _switch(text: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if text.strip().lower() not in words:
        raise ValueError("expected yes or no")
    return words[text.strip().lower()]


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _choice(*allowed: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"expected one of {', '.join(allowed)}")
        return text

    return read


def _hours(text: str) -> tuple[time, time]:
    opens, _, closes = text.partition("-")
    try:
        hours = time.fromisoformat(opens.strip()), time.fromisoformat(closes.strip())
    except ValueError:
        raise ValueError("expected two times of a day, such as 09:00-17:00") from None
    if hours[0] >= hours[1]:
        raise ValueError("expected the earlier time first")
    return hours


def _days(text: str) -> tuple[int, ...]:
    return tuple(sorted({_count(part) for part in _names(text)}))


def _count(text: str) -> int:
    if not text.isdigit() or int(text) == 0:
        raise ValueError("expected a whole number above zero")
    return int(text)


SETTINGS = (
    Setting("MODE", _choice("production", "development", "demo"), "production",
            "production (refuses to start while a setting is unsafe), development (this machine only), or demo "
            "(synthetic people only; `allcomers serve --demo` sets it)."),
    Setting("SECRET_KEY", str, "", "Signs sessions, links and forms: at least 50 random characters.", secret=True),
    Setting("HOSTS", _names, ("localhost", "127.0.0.1", "[::1]"),
            "Host names the service answers to, comma separated."),
    Setting("URL", str, "http://localhost:8000", "The address people use, which messages and links are made with."),
    Setting("TRUSTED_PROXIES", int, 0,
            "How many proxies stand before the service; they must set X-Forwarded-For and X-Forwarded-Proto."),
    Setting("DATA_FOLDER", Path, Path(platformdirs.user_data_dir("allcomers")),
            "Where the embedded database, collected front-end files and messages written as files are kept."),
    Setting("DATABASE_URL", str, "", "postgresql://user:password@host:5432/name?sslmode=verify-full; empty for SQLite "
            "in the data folder.", secret=True),
    Setting("ALLOW_SQLITE", _switch, False, "Lets production run on SQLite: for one small service on one machine."),
    Setting("BACKUP_KEY", str, "", "Encrypts backups: at least 50 random characters, kept apart from the backups and "
            "from the secret key. Without it no backup can be read.", secret=True),
    Setting("SERVICE_NAME", str, "Talking therapies", "The service's name, on every page."),
    Setting("ORGANISATION", str, "", "The organisation that runs it, in the footer."),
    Setting("PHONE", str, "", "The telephone number people are told to ring about the service."),
    Setting("EMAIL", str, "", "The e-mail address people are told to write to about the service."),
    Setting("PRIVACY_URL", str, "", "The address of the privacy notice; empty leaves the link out."),
    Setting("NHS_IDENTITY", _switch, False, "Shows the NHS logo. Only NHS bodies and those they commission may."),
    Setting("NHS_BODY", _switch, False, "Says that whoever runs the service may use the NHS identity."),
    Setting("CRISIS_TEXT", str, "",
            "What somebody in crisis is told here: local lines, hours, 999. Paragraphs are separated by empty lines. "
            "Questionnaires are refused while it is empty."),
    Setting("ANSWERS_READ", str, "", "When answers and messages are read, e.g. “Monday to Friday, 9am to 5pm”."),
    Setting("WORKING_HOURS", _hours, (time(9), time(17)),
            "When alerts are watched, e.g. 09:00-17:00, Monday to Friday without bank holidays. Deadlines count these "
            "hours only."),
    Setting("ALERT_MINUTES", _count, 240,
            "Working minutes within which an alert about risk must be taken on, then acted on; else it escalates."),
    Setting("URGENT_ALERT_MINUTES", _count, 60,
            "The same where the person is not safe, is not sure, or asks for a call."),
    Setting("AREA_POSTCODES", _names, (),
            "The first parts of postcodes in the service's area, e.g. “ZZ99, YY”; empty is everywhere."),
    Setting("OUT_OF_AREA_TEXT", str, "", "Which service is the right one outside the area, and how to find it."),
    Setting("MINIMUM_AGE", _count, 18, "The age from which the service sees people, in years."),
    Setting("UNDER_AGE_TEXT", str, "", "Which service is the right one for those who are younger."),
    Setting("CONTACT_WORKING_DAYS", _count, 5, "Working days within which somebody who referred themselves is told."),
    Setting("INVITATION_LINK_DAYS", _count, 7, "Days for which an invitation to the patient's place can be used."),
    Setting("MEASURES_LINK_DAYS", _count, 14, "Days for which a link to questionnaires can be used."),
    Setting("REMINDER_DAYS", _days, (3, 7),
            "Days after which somebody who has not answered is reminded, comma separated; empty reminds nobody."),
    Setting("MESSAGES", _choice("console", "file", "smtp", "notify"), "file",
            "How e-mail leaves: smtp, notify (GOV.UK Notify), file (the data folder) or console."),
    Setting("TEXTS", _choice("none", "console", "file", "notify"), "none",
            "How text messages leave: notify, file, console, or none, which sends none."),
    Setting("ALLOW_FILE_MESSAGES", _switch, False,
            "Lets production write messages to a folder or the console, for a trial: they reach nobody."),
    Setting("NOTIFY_KEY", str, "", "The key of GOV.UK Notify.", secret=True),
    Setting("NOTIFY_TEXT_TEMPLATE", str, "", "The id of Notify's text template, whose content is ((message))."),
    Setting("NOTIFY_EMAIL_TEMPLATE", str, "",
            "The id of Notify's e-mail template: subject ((subject)), content ((message))."),
    Setting("NOTIFY_URL", str, "https://api.notifications.service.gov.uk", "Where GOV.UK Notify answers."),
    Setting("DUTY_MOBILE", str, "", "The duty worker's mobile, texted when an alert is raised, urgent or late."),
    Setting("SMTP_URL", str, "", "smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465.",
            secret=True),
    Setting("MESSAGES_FROM", str, "no-reply@localhost", "The sender of e-mail."),
    Setting("IDLE_MINUTES", _count, 15,
            "Minutes without a request after which somebody is signed out, or what they were filling in is closed; "
            "drafts are kept."),
    Setting("RELATIONSHIP_DAYS", int, 30,
            "Days after an allocation ends during which the clinician may still open the record."),
    Setting("BREAK_GLASS_MINUTES", _count, 60, "How long access in an emergency lasts."),
    Setting("MAX_REQUEST_KB", _count, 512, "The largest request that is read, in kilobytes."),
    Setting("HSTS_SECONDS", int, 31_536_000, "How long browsers insist on https."),
)  # fmt: skip


class Settings:
    """The settings as read: `settings.idle_minutes`."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name.upper()]
        except KeyError:
            raise AttributeError(name) from None

    def but(self, **changes: Any) -> "Settings":
        """The same settings with some changed."""
        return Settings({**self._values, **{name.upper(): value for name, value in changes.items()}})


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """Read every setting, and name all that cannot be used at once. The message never shows what was found.

    Raises
    ------
    SeveralError : settings that cannot be read, and names that begin with ALLCOMERS_ and are no setting.
    """
    found = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    faults: list[AllcomersError] = []
    for setting in SETTINGS:
        try:
            values[setting.name] = _value(setting, found)
        except (ValueError, OSError) as error:
            faults.append(_fault(setting, str(error)))
    if faults:
        raise SeveralError(faults)
    return Settings(values)


def _value(setting: Setting, environment: Mapping[str, str]) -> Any:
    name = PREFIX + setting.name
    if name + "_FILE" in environment:
        return setting.read(Path(environment[name + "_FILE"]).read_text(encoding="utf-8").strip())
    return setting.read(environment[name]) if name in environment else setting.default


def _fault(setting: Setting, why: str) -> AllcomersError:
    return AllcomersError(
        where=f"setting {PREFIX}{setting.name}",
        found="its value cannot be used",
        expected=why,
        next_step=f"It is for: {setting.help}",
    )
