"""`allcomers manage backup`: an encrypted backup of the whole database, while the service runs."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from allcomers.service.keeping import backups, secret


class Command(BaseCommand):
    help = "Write an encrypted backup of the whole database into a folder, and check it. The service goes on meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="Where the backup is put; better on another machine.")
        secret.add_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        made = backups.make(options["folder"], secret.secret(options, twice=True))
        seconds = time.monotonic() - begun
        self.stdout.write(f"{made.path}: {made.rows} rows, {made.size_bytes / 1e6:.1f} MB, in {seconds:.1f} s.")
        self.stdout.write(f"Keep this elsewhere: SHA-256 {made.sha256}")
        self.stdout.write(f"and the end of the audit: {made.manifest.events}:{made.manifest.last_hash}")
