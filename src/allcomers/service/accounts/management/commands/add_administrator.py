"""`allcomers manage add_administrator`: the first member of staff, who adds the others."""

import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from allcomers.service.accounts import actions, selectors
from allcomers.service.governance import audit
from allcomers.service.governance.permissions import Role


class Command(BaseCommand):
    help = "Add a service administrator, who adds the rest of the staff. Asks for a password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="The e-mail address they sign in with.")
        parser.add_argument("name", help="Their name.")

    def handle(self, *args: Any, **options: Any) -> None:
        if selectors.address_taken(options["email"]):
            raise CommandError("Somebody with this address has an account already.")
        password = getpass.getpass("Password (12 characters or more): ")
        try:
            validate_password(password)
        except ValidationError as fault:
            raise CommandError(" ".join(fault.messages)) from None
        actions.add_member(
            by=audit.SYSTEM,
            email=options["email"],
            name=options["name"],
            roles=[Role.SERVICE_ADMINISTRATOR],
            password=password,
        )
        self.stdout.write("Added. They set up a second factor when they first sign in.")
