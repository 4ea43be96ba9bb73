"""What somebody had typed, kept on the server for one form in one tab."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from allcomers.service.governance.models import Draft
from allcomers.service.governance.tokens import TOKEN, FormToken

NOT_KEPT = {TOKEN, "csrfmiddlewaretoken"}


def keep(request: HttpRequest, *, only_for: UUID | None = None) -> Draft | None:
    """Keep what was posted, for the user whom the form was shown to; None where it was no form of a record.

    The signed token says whose form it is, so that this works after a session has ended. `only_for` keeps nothing that
    is somebody else's.
    """
    token = FormToken.read(request.POST.get(TOKEN, ""))
    if token is None or token.user is None or (only_for is not None and token.user != str(only_for)):
        return None
    fields = {name: request.POST.getlist(name) for name in request.POST if name not in NOT_KEPT}
    return Draft.objects.update_or_create(
        user_id=token.user,
        form=token.form_key,
        tab=token.tab,
        defaults={"fields": fields, "saved_at": timezone.now()},
    )[0]


def of(user: UUID, form_key: str) -> list[Draft]:
    """Every draft somebody has of one form, the latest first."""
    return list(Draft.objects.filter(user_id=user, form=form_key).order_by("-saved_at"))


def forget(token: FormToken) -> None:
    """The form was saved: its draft is no longer needed."""
    if token.user is not None:
        Draft.objects.filter(user_id=token.user, form=token.form_key, tab=token.tab).delete()


def forget_sent(request: HttpRequest) -> None:
    """The same for what was posted, where it reached staff in another way."""
    token = FormToken.read(request.POST.get(TOKEN, ""))
    if token is not None:
        forget(token)


def drop(number: int, user: UUID) -> None:
    """Throw a draft away."""
    Draft.objects.filter(pk=number, user_id=user).delete()


def initial(draft: Draft, lists: set[str]) -> dict[str, Any]:
    """A draft's fields as a form's initial values; `lists` are the fields with several."""
    fields: dict[str, list[str]] = draft.fields
    return {name: values if name in lists else values[-1] for name, values in fields.items() if values}


def forget_before(moment: datetime) -> int:
    """Delete drafts that were last kept before a moment."""
    return Draft.objects.filter(saved_at__lt=moment).delete()[0]
