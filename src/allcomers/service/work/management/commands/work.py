"""`allcomers manage work`: does the background work until it is stopped, or once."""

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from allcomers.service.work.worker import Worker, run_due


class Command(BaseCommand):
    help = "Do the background work: deliver messages, pass on late alerts, tidy and verify the audit every night."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Do what is due now and end: for cron, every minute.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            self.stdout.write(f"Done: {', '.join(run_due()) or 'nothing was due'}.")
            return
        worker = Worker()
        signal.signal(signal.SIGTERM, lambda *_: worker.over.set())
        worker.start()
        self.stdout.write("Working until Ctrl+C.")
        try:
            worker.wait()
        except KeyboardInterrupt:
            self.stdout.write("Stopping.")
        worker.stop()
