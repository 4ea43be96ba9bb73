"""`allcomers manage verify_backup`: whether a backup could be restored, without restoring it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from allcomers.service.keeping import backups, secret


class Command(BaseCommand):
    help = (
        "Read a backup to its end: that it opens, that nothing is missing or altered, and that its audit chain holds."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="The backup.")
        secret.add_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        found = backups.verify(options["file"], secret.secret(options))
        about = found.manifest
        self.stdout.write(
            f"Whole: {found.rows} rows in {len(about.tables)} tables, {about.events} events of the audit."
        )
        self.stdout.write(f"Made at {about.made_at} by version {about.version}, of {about.database}.")
        self.stdout.write(f"SHA-256 {found.sha256}")
