"""`allcomers manage restore`: put a backup in the place of an empty database."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from allcomers.service.keeping import restores, secret
from allcomers.service.keeping.restores import Restored


class Command(BaseCommand):
    help = "Restore a backup into an empty database: all of it, checked, or nothing. Stop the service first."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="The backup.")
        parser.add_argument("--replace", action="store_true", help="Lose what is in the database now.")
        secret.add_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        done = restores.restore(options["file"], secret.secret(options), replace=options["replace"])
        about = done.manifest
        self.stdout.write(
            f"Restored {sum(about.tables.values())} rows of {about.made_at}, checked, in "
            f"{time.monotonic() - begun:.1f} s. The audit goes on after event {about.events}."
        )
        self.stdout.write(f"{done.links_closed} links to people were closed: send new ones to those who need them.")
        self.stdout.write("On PostgreSQL, run grant_service_role again before the service starts.")
        self.stdout.write(_still_to_do(done))


def _still_to_do(done: Restored) -> str:
    """A restore brings back what was withdrawn, merged or destroyed since. Somebody has to do it again."""
    if done.lost is None:
        return (
            f"STILL TO DO. Whatever was done after {done.manifest.made_at} is gone, and what was withdrawn, merged, "
            "refused or destroyed after that is back. If the earlier database can be opened anywhere, look there for "
            f"events after number {done.manifest.events}; if not, look in the letters, e-mails and notes of that time."
        )
    return (
        f"STILL TO DO. {done.lost} lists what had been done since: it is gone, and what was withdrawn, merged, refused "
        "or destroyed is back. Do each again, destructions and withdrawals of consent first."
    )
