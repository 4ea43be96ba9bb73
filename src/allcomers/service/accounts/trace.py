"""Signing in and out, and changing how one signs in, as events of the audit."""

from typing import Any

from allauth.account.signals import password_changed, password_reset
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import Signal
from django.http import HttpRequest

from allcomers.service.accounts import sign_in
from allcomers.service.accounts.models import User
from allcomers.service.governance import audit

NAMES: dict[Signal, str] = {
    user_logged_in: "sign_in.done",
    user_logged_out: "sign_in.ended",
    user_login_failed: "sign_in.failed",
    user_locked_out: "sign_in.locked",
    authentication_failed: "second_factor.failed",
    password_changed: "password.changed",
    password_reset: "password.reset",
    authenticator_added: "second_factor.added",
    authenticator_removed: "second_factor.removed",
}
REFUSALS = {"sign_in.failed", "sign_in.locked", "second_factor.failed"}


def connect() -> None:
    for signal, name in NAMES.items():
        signal.connect(_recorder(name), weak=False, dispatch_uid=f"audit {name}")


def _recorder(name: str) -> Any:
    def write(sender: Any, request: HttpRequest | None = None, user: Any = None, **kwargs: Any) -> None:
        """What was typed is not written down: a wrong address may be somebody else's, or a password."""
        source = audit.address_hash(sign_in.address(request)) if request is not None else ""
        known = user if isinstance(user, User) else None
        by = audit.Actor("user" if known else "public", known.pk if known else None, source=source)
        outcome = audit.REFUSED if name in REFUSALS else audit.DONE
        audit.record(name, by=by, of=known, outcome=outcome)

    return write
