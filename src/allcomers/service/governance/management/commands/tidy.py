"""`allcomers manage tidy`: what is deleted every night because nobody needs it any more."""

from datetime import timedelta
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from allcomers.service.accounts.actions import forget_wrong_passwords
from allcomers.service.governance import audit, drafts, limits

DRAFT_DAYS = 30


class Command(BaseCommand):
    help = (
        "Delete ended sessions, self-referrals that were begun and not sent in 24 hours, counts of past rate limits, "
        "wrong passwords that count no more, and drafts nobody came back to in 30 days."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("clearsessions")
        call_command("forget_started_referrals", stdout=self.stdout)
        counts = limits.forget_past()
        attempts = forget_wrong_passwords(by=audit.SYSTEM)
        old = drafts.forget_before(timezone.now() - timedelta(days=DRAFT_DAYS))
        self.stdout.write(f"Deleted: ended sessions, {counts} counts, {attempts} wrong passwords, {old} drafts.")
