"""The audit chain, access in an emergency, drafts, and counts for rate limits."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class AuditEvent(models.Model):
    """One thing that somebody did, chained to the one before. Rows are only ever added; triggers refuse the rest.

    Nothing here refers to another table: an event outlives what it tells of. `detail` holds plain words, counts and
    ids, never what a record says.
    """

    chain = models.CharField(max_length=20)
    sequence = models.BigIntegerField()
    at = models.DateTimeField()
    event = models.CharField(max_length=60)
    actor = models.UUIDField(null=True, help_text="The user; empty for the system, or somebody who is not signed in.")
    actor_kind = models.CharField(max_length=10)
    role = models.CharField(max_length=30, blank=True)
    relationship = models.CharField(max_length=30, blank=True)
    purpose = models.CharField(max_length=30, blank=True)
    person = models.UUIDField(null=True)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    outcome = models.CharField(max_length=10)
    source = models.CharField(
        max_length=64, blank=True, help_text="Where from: the page's name and a keyed hash of the address."
    )
    detail = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["chain", "sequence"], name="audit_one_of_each_number")]
        indexes: ClassVar = [
            models.Index(fields=["person", "-at"], name="audit_by_person"),
            models.Index(fields=["actor", "-at"], name="audit_by_actor"),
            models.Index(fields=["event", "-at"], name="audit_by_event"),
        ]

    def __str__(self) -> str:
        return f"{self.chain} {self.sequence} {self.event}"


class AuditChain(models.Model):
    """The end of a chain: its row is locked while events are added, so that numbers have no gap."""

    name = models.CharField(max_length=20, primary_key=True)
    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.name


class BreakGlassReason(models.TextChoices):
    DANGER = "danger", "Somebody may be in danger now"
    CARE_NOW = "care_now", "Care is needed now and the clinician cannot be reached"
    PROTECTED_ADDRESS = "protected_address", "A protected address is needed for safety"
    SEALED = "sealed", "A sealed note is needed for safety"
    LEGAL = "legal", "A court or the law requires it"


class BreakGlass(models.Model):
    """Access in an emergency to one record for a short time, to be reviewed by somebody else."""

    class Finding(models.TextChoices):
        JUSTIFIED = "justified", "The access was justified"
        NOT_JUSTIFIED = "not_justified", "The access was not justified"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20, choices=BreakGlassReason)
    words = models.TextField()
    begun_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    review_due_on = models.DateField()
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    finding = models.CharField(max_length=20, choices=Finding, blank=True)
    finding_words = models.TextField(blank=True)
    withheld_because = models.TextField(blank=True, help_text="Why the person is not shown this; empty shows it.")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "person", "ends_at"], name="break_glass_now")]

    def __str__(self) -> str:
        return f"break-glass {self.pk}"

    @property
    def overdue(self) -> bool:
        return self.reviewed_at is None and self.review_due_on < timezone.localdate()


class Draft(models.Model):
    """What somebody had typed into one form in one tab, until they save it or throw it away."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    form = models.CharField(max_length=120, help_text="The form's name and the id of what it changes.")
    tab = models.CharField(max_length=36)
    fields: Any = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "form", "tab"], name="one_draft_a_tab")]

    def __str__(self) -> str:
        return f"draft of {self.form}"


class RequestCount(models.Model):
    """How many requests of one kind came from one place in one window of time."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key
