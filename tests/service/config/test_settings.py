"""Settings: read once, all faults at once, never shown; production refuses each unsafe one in words."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from allcomers.exceptions import SeveralError
from allcomers.service.config import checks, environment
from allcomers.service.config.database import database

DOCS = Path(__file__).parents[3] / "docs" / "reference" / "service-settings.md"
SAFE = {
    "MODE": "production",
    "SECRET_KEY": "k7#mQz!pW2x9vB4nR8sT1yU6aD3fG5hJ0lLcE-oiuytrewqMNBVCXZ",
    "URL": "https://therapies.example.org",
    "HOSTS": "therapies.example.org",
    "TRUSTED_PROXIES": "1",
    "DATABASE_URL": "postgresql://allcomers@db/allcomers?sslmode=verify-full",
    "CRISIS_TEXT": "Ring 999",
    "ANSWERS_READ": "Monday to Friday",
    "PHONE": "01632 960 001",
    "MESSAGES": "smtp",
    "SMTP_URL": "smtp://mail.example.org",
    "ORGANISATION": "An organisation",
}

NOTIFY_KEY = f"service-{'0' * 36}-{'1' * 36}"


def read(**values: str) -> environment.Settings:
    return environment.read({f"ALLCOMERS_{name}": value for name, value in {**SAFE, **values}.items()})


def test_a_safe_production_is_accepted() -> None:
    assert checks.unsafe(read()) == []


@pytest.mark.parametrize(
    ("setting", "values"),
    [
        ("SECRET_KEY", {"SECRET_KEY": ""}),
        ("SECRET_KEY", {"SECRET_KEY": "short"}),
        ("SECRET_KEY", {"SECRET_KEY": "a" * 60}),
        ("BACKUP_KEY", {"BACKUP_KEY": "short"}),
        ("BACKUP_KEY", {"BACKUP_KEY": SAFE["SECRET_KEY"]}),
        ("URL", {"URL": "http://therapies.example.org"}),
        ("HOSTS", {"HOSTS": "*"}),
        ("HOSTS", {"HOSTS": "other.example.org"}),
        ("TRUSTED_PROXIES", {"TRUSTED_PROXIES": "0"}),
        ("DATABASE_URL", {"DATABASE_URL": ""}),
        ("DATABASE_URL", {"DATABASE_URL": "postgresql://allcomers@db/allcomers"}),
        ("DATABASE_URL", {"DATABASE_URL": "postgresql://allcomers@db/allcomers?sslmode=prefer"}),
        ("DATABASE_URL", {"DATABASE_URL": "postgresql://allcomers@/allcomers?host=db.example.org"}),
        ("CRISIS_TEXT", {"CRISIS_TEXT": "  "}),
        ("ANSWERS_READ", {"ANSWERS_READ": ""}),
        ("PHONE", {"PHONE": ""}),
        ("MESSAGES", {"MESSAGES": "console"}),
        ("MESSAGES", {"MESSAGES": "file"}),
        ("TEXTS", {"TEXTS": "file"}),
        ("NOTIFY_KEY", {"TEXTS": "notify", "NOTIFY_TEXT_TEMPLATE": "t", "NOTIFY_KEY": "short"}),
        ("NOTIFY_URL", {"NOTIFY_URL": "http://api.notifications.service.gov.uk"}),
        ("NOTIFY_TEXT_TEMPLATE", {"TEXTS": "notify", "NOTIFY_KEY": NOTIFY_KEY}),
        ("NOTIFY_EMAIL_TEMPLATE", {"MESSAGES": "notify", "NOTIFY_KEY": NOTIFY_KEY}),
        ("MESSAGES_FROM", {"MESSAGES_FROM": "Talking Therapies <no-reply@example.org>"}),
        ("SMTP_URL", {"SMTP_URL": ""}),
        ("ORGANISATION", {"ORGANISATION": ""}),
        ("NHS_IDENTITY", {"NHS_IDENTITY": "yes"}),
        ("IDLE_MINUTES", {"IDLE_MINUTES": "16"}),
        ("BREAK_GLASS_MINUTES", {"BREAK_GLASS_MINUTES": "61"}),
        ("HSTS_SECONDS", {"HSTS_SECONDS": "0"}),
    ],
)
def test_production_refuses(setting: str, values: dict[str, str]) -> None:
    assert [one.setting for one in checks.unsafe(read(**values))] == [setting]


def test_every_refusal_is_tested() -> None:
    tested = {setting for setting, _ in test_production_refuses.pytestmark[0].args[1]}  # type: ignore[attr-defined]
    assert {one.setting for one in checks.UNSAFE} == tested


def test_sqlite_in_production_where_it_is_allowed_in_words_and_the_identity_of_an_nhs_body() -> None:
    assert checks.unsafe(read(DATABASE_URL="", ALLOW_SQLITE="yes", NHS_IDENTITY="yes", NHS_BODY="yes")) == []


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://allcomers@/allcomers?host=/run/postgresql",
        "postgresql://allcomers@localhost/allcomers",
        "postgresql://allcomers@database:5432/allcomers?sslmode=disable",
        "postgresql://allcomers@db.example.org/allcomers?sslmode=require",
    ],
)
def test_a_database_on_the_machine_itself_or_one_whose_address_says_what_holds(address: str) -> None:
    assert checks.unsafe(read(DATABASE_URL=address)) == []


def test_production_may_keep_messages_in_a_folder_where_that_was_meant() -> None:
    assert checks.unsafe(read(MESSAGES="file", TEXTS="file", ALLOW_FILE_MESSAGES="yes")) == []


def test_a_database_that_others_may_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DATABASES", {"default": database("", tmp_path)})
    assert checks.the_database_is_out_of_reach(None) == []
    made = tmp_path / "service.sqlite3"
    for mode, said in ((0o644, ["production.W003"]), (0o640, ["production.W003"]), (0o600, [])):
        made.touch()
        made.chmod(mode)
        assert [one.id for one in checks.the_database_is_out_of_reach(None)] == said


def test_days_of_reminders_are_read_in_order_and_may_be_none() -> None:
    assert read(REMINDER_DAYS="7, 3,3").reminder_days == (3, 7)
    assert read(REMINDER_DAYS="").reminder_days == ()
    with pytest.raises(SeveralError, match="ALLCOMERS_REMINDER_DAYS"):
        read(REMINDER_DAYS="3, soon")


def test_outside_production_nothing_is_refused() -> None:
    assert checks.unsafe(read(MODE="development", SECRET_KEY="", URL="http://localhost")) == []


def test_the_mode_is_production_unless_said_otherwise() -> None:
    assert environment.read({}).mode == "production"


def test_every_fault_at_once_and_no_value_shown() -> None:
    with pytest.raises(SeveralError) as fault:
        read(MODE="live-secret", IDLE_MINUTES="soon-secret", NHS_BODY="perhaps-secret")
    assert len(fault.value.errors) == 3
    assert "ALLCOMERS_IDLE_MINUTES" in str(fault.value)
    assert "secret" not in str(fault.value).replace("SECRET", "")


def test_a_value_may_be_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "crisis.txt").write_text("First line.\n\nSecond paragraph.\n")
    values = environment.read({"ALLCOMERS_CRISIS_TEXT_FILE": str(tmp_path / "crisis.txt")})
    assert values.crisis_text == "First line.\n\nSecond paragraph."
    with pytest.raises(SeveralError, match="ALLCOMERS_CRISIS_TEXT"):
        environment.read({"ALLCOMERS_CRISIS_TEXT_FILE": str(tmp_path / "missing.txt")})


def test_the_database_of_an_address(tmp_path: Path) -> None:
    made = database("postgresql://me:p%40ss@db.example.org:6432/care?sslmode=require", tmp_path)
    assert (made["HOST"], made["PORT"], made["USER"], made["PASSWORD"], made["NAME"], made["OPTIONS"]) == (
        "db.example.org", "6432", "me", "p@ss", "care", {"sslmode": "require"},
    )  # fmt: skip
    with pytest.raises(Exception, match="not the address of a PostgreSQL database"):
        database("mysql://x/y", tmp_path)
    assert database("", tmp_path)["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_the_page_of_settings_lists_each_once_with_its_help() -> None:
    rows = re.findall(r"^\| `(ALLCOMERS_[A-Z_]+)` \| (.+?) \| (.+) \|$", DOCS.read_text(), flags=re.MULTILINE)
    assert [(name, help_) for name, _, help_ in rows] == [
        (environment.PREFIX + one.name, one.help) for one in environment.SETTINGS
    ]
