"""`allcomers manage make_referrer_token NAME`: let a system send referrals."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from allcomers.service.governance import audit
from allcomers.service.referrers import actions

LONGEST = 120


class Command(BaseCommand):
    help = "Let a system send referrals, and print its token once. A former token of the same name is revoked."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the system, as the inbox names it: “Elm Street Surgery”")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        if not 0 < len(name.strip()) <= LONGEST or not name.isprintable():
            raise CommandError(f"A name has 1 to {LONGEST} letters.")
        self.stdout.write(actions.make_token(by=audit.SYSTEM, name=name.strip()))
