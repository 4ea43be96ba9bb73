"""Whom and what a form was shown for, signed, so that it cannot land anywhere else."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.core import signing

TOKEN = "form_token"  # noqa: S105 - the name of a field
SALT = "allcomers.form"
OLDEST_SECONDS = 24 * 3600


class MisdirectedFormError(Exception):
    """A form that was shown for another person, row or user was sent here. Nothing was written."""


@dataclass(frozen=True)
class FormToken:
    """What a form was shown for."""

    form: str
    user: str | None
    person: str | None
    row: str | None
    version: int
    tab: str

    @property
    def form_key(self) -> str:
        return f"{self.form} {self.row or self.person or ''}".strip()

    def signed(self) -> str:
        return signing.dumps(asdict(self), salt=SALT)

    @classmethod
    def read(cls, text: str, *, oldest_seconds: int | None = OLDEST_SECONDS) -> FormToken | None:
        """The token, or None where it was not made here or is older than a day; with None, however old it is."""
        try:
            return cls(**signing.loads(text, salt=SALT, max_age=oldest_seconds))
        except (signing.BadSignature, TypeError):
            return None
