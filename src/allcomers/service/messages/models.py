"""The outbox. A row holds no address, no words and no link: all three are made at the moment it leaves."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from allcomers.service.messages.wording import KINDS, Kind


class Message(models.Model):
    """One message to a person, to a member of staff, or (neither) to the duty telephone.

    `key` says what it is for: what is queued twice under one key is one message. While `leased_until` is in the
    future, a worker is sending it.
    """

    class Channel(models.TextChoices):
        TEXT = "text", "text message"
        EMAIL = "email", "e-mail"

    class Status(models.TextChoices):
        QUEUED = "queued", "waiting to be sent"
        SENT = "sent", "sent"
        FAILED = "failed", "could not be delivered"
        CANCELLED = "cancelled", "not sent"

    class Because(models.TextChoices):
        """Why a message was cancelled."""

        ANSWERED = "answered", "it was no longer needed"
        NO_WAY = "no_way", "there is no way of this kind that the person agreed to"
        DIED = "died", "the person has died"
        STRUCK_THROUGH = "struck_through", "the record was struck through"
        TOO_LATE = "too_late", "it was too late"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=140, unique=True)
    kind = models.CharField(max_length=30)
    channel = models.CharField(max_length=5, choices=Channel)
    person = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="messages")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    about = models.CharField(max_length=40, help_text="The id of what it is about: a referral, a request, an alert.")
    status = models.CharField(max_length=9, choices=Status, default=Status.QUEUED)
    because = models.CharField(max_length=14, choices=Because, blank=True)
    queued_at = models.DateTimeField()
    wanted_at = models.DateTimeField(help_text="When it was first due; what is kept waiting too long is not sent.")
    due_at = models.DateTimeField(help_text="When it is tried next.")
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=60, blank=True, help_text="The kind of the last failure; no content.")
    provider_id = models.CharField(max_length=80, blank=True)
    ended_at = models.DateTimeField(null=True, help_text="When it was sent, given up or cancelled.")
    settled_at = models.DateTimeField(null=True, help_text="When staff dealt with one that could not be delivered.")
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["status", "due_at"], name="message_due"),
            models.Index(fields=["person", "-queued_at"], name="message_by_person"),
            models.Index(fields=["about"], name="message_by_cause"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(person__isnull=True) | Q(user__isnull=True), name="message_to_one"),
            models.CheckConstraint(
                condition=Q(status="queued", ended_at__isnull=True) | ~Q(status="queued") & Q(ended_at__isnull=False),
                name="message_ended_or_queued",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel}"

    @property
    def why_not(self) -> str:
        """Why it could not be delivered, for whoever has to do something about it."""
        if "Refused" in self.last_error:
            return "The number or address was refused. It may be wrong."
        return "It could not be handed over for delivery. The fault may be ours, or the provider's."

    @property
    def wording(self) -> Kind:
        return KINDS[self.kind]
