"""Where the key of backups comes from: the setting, or a passphrase that is asked for."""

import getpass
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from allcomers.exceptions import AllcomersError
from allcomers.service.keeping.sealed import Secret

SHORTEST_PASSPHRASE = 20


def add_argument(parser: CommandParser) -> None:
    parser.add_argument(
        "--passphrase", action="store_true", help="Ask for a passphrase instead of using ALLCOMERS_BACKUP_KEY."
    )


def secret(options: dict[str, Any], *, twice: bool = False) -> Secret:
    """The secret that the options name.

    Raises
    ------
    AllcomersError : no key is set, or the passphrase is too short or was typed differently the second time.
    """
    if not options["passphrase"]:
        return _from_setting()
    text = getpass.getpass("Passphrase: ")
    if len(text) < SHORTEST_PASSPHRASE:
        raise AllcomersError(
            where="passphrase", found="too short", expected=f"{SHORTEST_PASSPHRASE} characters or more, six words say"
        )
    if twice and getpass.getpass("The same again: ") != text:
        raise AllcomersError(where="passphrase", found="not the same", expected="the same twice")
    return Secret(text, passphrase=True)


def _from_setting() -> Secret:
    key = settings.ALLCOMERS.backup_key
    if not key:
        raise AllcomersError(
            where="setting ALLCOMERS_BACKUP_KEY",
            found="empty",
            expected="the key of the backups",
            next_step="`allcomers manage make_key` makes one. Keep it apart from the backups and from the secret key",
        )
    return Secret(key)
