"""How messages leave: one back-end a channel, chosen by `ALLCOMERS_MESSAGES` (e-mail) and `ALLCOMERS_TEXTS`."""

from collections.abc import Callable
from typing import Protocol

from django.conf import settings

from allcomers.service.messages.backends.errors import RefusedError
from allcomers.service.messages.backends.kept import Console, Folder
from allcomers.service.messages.backends.notify import Notify
from allcomers.service.messages.backends.smtp import Smtp
from allcomers.service.messages.letters import Letter

__all__ = ["RefusedError", "of"]


class Backend(Protocol):
    def send(self, letter: Letter) -> str:
        """Hand a message to whoever delivers it, and return their id for it.

        Raises
        ------
        RefusedError : it will never be taken; any other error is tried again.
        """


BACKENDS: dict[str, Callable[[], Backend]] = {"console": Console, "file": Folder, "smtp": Smtp, "notify": Notify}


def of(channel: str) -> Backend:
    """The back-end of a channel, as the settings say."""
    return BACKENDS[settings.ALLCOMERS.messages if channel == "email" else settings.ALLCOMERS.texts]()
