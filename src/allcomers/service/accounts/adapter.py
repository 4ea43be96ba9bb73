"""What allauth is told: nobody signs themselves up, leavers cannot sign in, secrets are encrypted."""

import base64
import hashlib
import time
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from allcomers.service.accounts import sign_in

JUST_NOW_SECONDS = 300


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages: ClassVar = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": "Too many wrong passwords or codes. Wait five minutes, then try again"
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        if not user.may_sign_in(timezone.localdate()):
            return HttpResponseRedirect(reverse("account_inactive"))
        return None

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Whoever signed in a moment ago is not asked again before changing how they sign in."""
        records = get_authentication_records(self.request, sign_in.user(self.request))
        recent = any(time.time() - record["at"] < JUST_NOW_SECONDS for record in records)
        return not recent and bool(super().is_reauthentication_required(app=app))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """What wrong passwords are counted by: the account, wherever they come from.

        allauth counts for each host as well, and whoever guesses chooses the port of a host.
        """
        return sign_in.email_given(request, credentials)

    def get_client_ip(self, request: HttpRequest) -> str:
        return sign_in.address(request)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors are stored encrypted, with a key made from the secret key."""

    error_messages: ClassVar = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "That code is not right, or has been used already. Wait for the next code, and enter it."
    }

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()


def _fernet() -> Fernet:
    key = hashlib.sha256(b"second factor\0" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
