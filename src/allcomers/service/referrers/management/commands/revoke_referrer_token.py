"""`allcomers manage revoke_referrer_token NAME`: no longer let a system send referrals."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from allcomers.service.governance import audit
from allcomers.service.referrers import actions


class Command(BaseCommand):
    help = "No longer let a system send referrals. What it sent stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the system, as it was named when its token was made")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        if not actions.revoke_token(by=audit.SYSTEM, name=name.strip()):
            raise CommandError("No system of that name has a token.")
        self.stdout.write("Its token opens nothing any more.")
