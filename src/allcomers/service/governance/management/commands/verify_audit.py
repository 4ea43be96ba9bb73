"""`allcomers manage verify_audit`: walks the audit chain, and names the first broken link."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from allcomers.service.governance import audit


class Command(BaseCommand):
    help = "Check that no event of the audit was altered or is missing, and print the chain's last number and hash."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--noted", metavar="NUMBER:HASH",
            help="What an earlier run printed, kept elsewhere: without it a chain cut short or written anew by whoever "
            "owns the database looks whole.",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        count, last, fault = audit.verify(_noted(options["noted"]))
        if fault is not None:
            raise CommandError(f"The chain breaks at event {fault.sequence}: {fault.why}.")
        self.stdout.write(f"{count} events, none altered or missing.")
        self.stdout.write(f"Keep this elsewhere, and give it next time as --noted: {count}:{last}")


def _noted(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    number, _, found = text.partition(":")
    if not number.isdigit() or len(found) != 64:
        raise CommandError("--noted is what an earlier run printed: a number, a colon and 64 characters.")
    return int(number), found
