"""`allcomers manage forget_started_referrals`: deletes what was begun and not sent. `tidy` calls it every night."""

from typing import Any

from django.core.management.base import BaseCommand

from allcomers.service.governance import audit
from allcomers.service.referrals import actions


class Command(BaseCommand):
    help = "Delete self-referrals that were begun and not sent within 24 hours."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Deleted: {actions.forget_expired(by=audit.SYSTEM)} referrals that were begun.")
