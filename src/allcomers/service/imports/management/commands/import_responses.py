"""`allcomers manage import_responses FILE`: take in questionnaires that were answered elsewhere."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from allcomers.exceptions import AllcomersError
from allcomers.service.governance import audit
from allcomers.service.imports import actions, files


class Command(BaseCommand):
    help = (
        "Take in questionnaires that were answered elsewhere: FHIR R4 QuestionnaireResponse (.json, .ndjson) or rows "
        "(.csv). Totals are made from the answers; what has something wrong waits in quarantine."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            content = file.read_bytes()
            done = actions.take_in(by=audit.SYSTEM, content=content, records=files.records(file.name, content))
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error.strerror}.") from None
        except AllcomersError as error:
            raise CommandError(str(error)) from None
        except actions.ImportedBeforeError:
            raise CommandError("This file was taken in before. Nothing was taken in again.") from None
        urgent = done.in_quarantine.filter(about_risk=True).count()
        self.stdout.write(
            f"{done.received} records: {done.accepted} taken in, {done.quarantined} in quarantine "
            f"({done.accepted} + {done.quarantined} = {done.received})."
        )
        if urgent:
            self.stdout.write(f"{urgent} of those in quarantine may be about safety: look at them today.")
