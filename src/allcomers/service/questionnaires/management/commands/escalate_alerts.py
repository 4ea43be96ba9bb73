"""`allcomers manage escalate_alerts`: pass on alerts that nobody acknowledged in time, as the background work does."""

from typing import Any

from django.core.management.base import BaseCommand

from allcomers.service.governance import audit
from allcomers.service.questionnaires.risk import actions


class Command(BaseCommand):
    help = "Pass every alert that nobody acknowledged by its deadline to the duty role and the clinical leads."

    def handle(self, *args: Any, **options: Any) -> None:
        count = actions.escalate(by=audit.SYSTEM)
        self.stdout.write(f"Escalated: {count} {'alert' if count == 1 else 'alerts'}.")
