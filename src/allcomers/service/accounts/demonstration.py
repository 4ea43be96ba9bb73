"""Staff of the demonstration: one or two of each role. Nobody here exists."""

import time
from dataclasses import dataclass
from datetime import timedelta

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from allcomers.service.accounts import actions
from allcomers.service.accounts.models import Team, User
from allcomers.service.governance import audit
from allcomers.service.governance.permissions import Role

PASSWORD = "synthetic people only"  # noqa: S105 - printed, and of nobody
STAFF = (
    ("pwp", "Priya Example", (Role.PWP,)),
    ("therapist", "Huw Example", (Role.HIGH_INTENSITY,)),
    ("counsellor", "Connie Example", (Role.COUNSELLOR,)),
    ("trainee", "Tarek Example", (Role.TRAINEE,)),
    ("supervisor", "Sunil Example", (Role.SUPERVISOR, Role.HIGH_INTENSITY)),
    ("adviser", "Ada Example", (Role.EMPLOYMENT_ADVISER,)),
    ("administrator", "Alex Example", (Role.ADMINISTRATOR,)),
    ("duty", "Dita Example", (Role.DUTY,)),
    ("lead", "Leila Example", (Role.CLINICAL_LEAD,)),
    ("data", "Dan Example", (Role.DATA_LEAD,)),
    ("auditor", "Aurora Example", (Role.AUDITOR,)),
    ("service", "Sam Example", (Role.SERVICE_ADMINISTRATOR,)),
    ("commissioner", "Carol Example", (Role.COMMISSIONER,)),
)


@dataclass(frozen=True)
class SignIn:
    """How somebody signs in to the demonstration."""

    email: str
    password: str
    roles: str
    code: str


def email_of(name: str) -> str:
    return f"{name}@demo.example"


def fill() -> None:
    """One team, and the staff: the supervisor supervises those who treat; the duty worker is on duty for a month."""
    team = Team.objects.create(name="The demonstration's team")
    today = timezone.localdate()
    for name, full_name, roles in STAFF:
        user = actions.add_member(by=audit.SYSTEM, email=email_of(name), name=full_name, roles=roles, password=PASSWORD)
        totp.TOTP.activate(user, totp.generate_totp_secret())
        actions.join_team(by=audit.SYSTEM, user=user, team=team, starts_on=today)
    supervisor, duty = (User.objects.get(email=email_of(name)) for name in ("supervisor", "duty"))
    for name in ("pwp", "therapist", "counsellor", "trainee"):
        supervisee = User.objects.get(email=email_of(name))
        actions.begin_supervision(by=audit.SYSTEM, supervisor=supervisor, supervisee=supervisee, starts_on=today)
    actions.plan_duty(by=audit.SYSTEM, user=duty, hours=timedelta(days=30) / timedelta(hours=1))


def sign_ins_now() -> list[SignIn]:
    """Every sign-in with the code of its second factor at this moment. Only in a demonstration."""
    assert settings.ALLCOMERS.mode == "demo"
    users = User.objects.filter(email__endswith=email_of("")).order_by("joined_at")
    return [SignIn(user.email, PASSWORD, _roles(user), _code(user)) for user in users]


def _roles(user: User) -> str:
    return ", ".join(role.label for role in sorted(user.roles(timezone.localdate()))) or "patient"


def _code(user: User) -> str:
    """A code that would be taken now: one that has signed somebody in is not taken again for half a minute."""
    factor = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if factor is None:
        return ""
    secret = decrypt(factor.data["secret"])
    now = int(time.time()) // app_settings.TOTP_PERIOD
    codes = [str(totp.format_hotp_value(totp.hotp_value(secret, now + step))) for step in (0, 1, -1)]
    return next((code for code in codes if not _used(factor, code)), "in half a minute")


def _used(factor: Authenticator, code: str) -> bool:
    return cache.get(totp.TOTP(factor)._get_used_cache_key(code)) is not None  # noqa: SLF001 - it has no public name
