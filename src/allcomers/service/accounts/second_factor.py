"""A code of an authenticator app opens an account once: it is refused for as long as it would be taken again.

allauth remembers a used code for one period; with tolerance a code is taken for three.
"""

from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.base import forms as signing_in
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as setting_up
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache


def mark_used(factor: Authenticator, code: str) -> None:
    seconds = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
    cache.set(TOTP(factor)._get_used_cache_key(code), "y", timeout=seconds)  # noqa: SLF001 - it has no public name


class _Once:
    """A form with a code, as allauth checks it; a good one is then marked."""

    authenticator: Authenticator

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP:
            mark_used(self.authenticator, code)
        return code


class AuthenticateForm(_Once, signing_in.AuthenticateForm):  # type: ignore[misc]
    pass


class ReauthenticateForm(_Once, signing_in.ReauthenticateForm):  # type: ignore[misc]
    pass


class ActivateForm(setting_up.ActivateTOTPForm):  # type: ignore[misc]
    """The code that shows that an app was set up signs nobody in afterwards."""

    def clean_code(self) -> Any:
        code = super().clean_code()
        mark_used(Authenticator(user=self.user), code)
        return code
