"""Rows that are never lost: every version kept, none overwritten unseen, none deleted, withdrawals struck through."""

from __future__ import annotations

import uuid
from typing import Any, Never, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from simple_history.models import HistoricalRecords


class ChangedMeanwhileError(Exception):
    """Somebody else saved since the form was opened. Nothing was written; `current` is what is there now."""

    def __init__(self, current: Any) -> None:
        self.current = current
        super().__init__(f"{type(current).__name__} was changed meanwhile")


def who_acts(request: Any = None, **kwargs: Any) -> Any:
    """Whom a row's history names: whoever the page was opened to.

    By a link that is the person, who has no sign-in here, whoever else is signed in in the same browser.
    """
    access = getattr(request, "access", None)
    return None if access is None else access.user


class Versioned(models.Model):
    """A row with a version stamp: change it with `save_version`, so that nobody's change is overwritten unseen."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def save_version(self, version: int) -> Self:
        """Save what was changed, if `version` is still the one stored; the stamp goes up by one.

        Call it inside an action. The conditional update takes the row's lock, so that of two at once one fails.

        Raises
        ------
        ChangedMeanwhileError : with the row as it is now.
        """
        manager = type(self)._base_manager
        if not manager.filter(pk=self.pk, version=version).update(version=version + 1):
            raise ChangedMeanwhileError(manager.get(pk=self.pk))
        self.version = version + 1
        self.save(force_update=True)
        return self


class Record(Versioned):
    """A row with a version stamp and its history. Change it with `save_version`, take it back with `withdraw`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entered_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    withdrawn_because = models.TextField(blank=True, editable=False)
    history = HistoricalRecords(inherit=True, get_user=who_acts)

    class Meta:
        abstract = True

    @property
    def withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    def withdraw(self, *, by: Any, because: str, version: int) -> Self:
        """Strike the row through: it stays, with the reason. A row is withdrawn once."""
        assert because.strip(), "withdrawing needs a reason"
        assert not self.withdrawn, "withdrawn already"
        self.withdrawn_at, self.withdrawn_by_id, self.withdrawn_because = timezone.now(), by, because
        return self.save_version(version)

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        raise TypeError("records are withdrawn, not deleted; `retention` alone destroys, after its time")
