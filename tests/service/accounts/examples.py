"""Addresses of the pages of accounts, for the matrix."""

from collections.abc import Callable
from typing import Any

EXAMPLES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "accounts:member": lambda cast: {"user_id": cast.clinician.pk},
    "account_reset_password_from_key": lambda _cast: {"uidb36": "1", "key": "none"},
    "mfa_remove_webauthn": lambda _cast: {"pk": 1},
    "mfa_edit_webauthn": lambda _cast: {"pk": 1},
}
