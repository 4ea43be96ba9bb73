"""Who is signed in, how, and from where."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from allcomers.service.accounts.models import User


def user(request: HttpRequest) -> User | None:
    """Whoever is signed in, or None."""
    found = request.user
    return found if isinstance(found, User) else None


def second_factor_given(request: HttpRequest) -> bool:
    """Whether this session was opened with a second factor: a code, a passkey or a recovery code."""
    return any(record["method"] == "mfa" for record in get_authentication_records(request, user(request)))


def email_given(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The e-mail address somebody tries to sign in with, for counting wrong passwords."""
    given = (credentials or {}).get("email") or request.POST.get("login", "")
    return str(given).strip().lower()


def address(request: HttpRequest) -> str:
    """The network address a request came from, counted back over the proxies that are trusted, and no further."""
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    trusted: int = settings.ALLCOMERS.trusted_proxies
    if trusted and len(forwarded) >= trusted:
        return forwarded[-trusted]
    return str(request.META.get("REMOTE_ADDR", ""))


def count_as_given(request: HttpRequest, authenticator: Authenticator, **kwargs: Any) -> None:
    """Setting up a second factor shows that one has it: it need not be given again in this session.

    Only whoever has none yet, or has given one, comes to the pages that set one up.
    """
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user(request), method="mfa", type="set_up")


def end_wait(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A new password was chosen by a link: whoever is kept out by somebody else's guesses gets in by this way."""
    ratelimit.clear(request, action="login_failed", key=user.email)
