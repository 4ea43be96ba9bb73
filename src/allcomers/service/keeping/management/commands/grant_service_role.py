"""`allcomers manage grant_service_role`: let the service use the tables, and only add to the audit."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from allcomers.service.keeping import roles


class Command(BaseCommand):
    help = (
        "On PostgreSQL, give a role what the service needs: all tables to use, but the audit and the histories to "
        "read and add to only. Run it as the owner of the tables, after every migrate and restore."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role", help="The role that the service connects as.")

    def handle(self, *args: Any, **options: Any) -> None:
        roles.grant(options["role"])
        self.stdout.write(f"{options['role']} may use the tables, and only read and add to the audit and histories.")
