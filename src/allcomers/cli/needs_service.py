"""What `serve` and `manage` need before Django is imported: the extra installed, settings named, files of their own."""

import os
from importlib.util import find_spec

from allcomers.exceptions import AllcomersError

SETTINGS = "allcomers.service.config.settings"
NOT_FOR_OTHERS = 0o077


def need_service() -> None:
    """Say which extra is missing, or name Django's settings; whatever file is made from here on, others cannot read.

    Raises
    ------
    AllcomersError : the parts of the service are not installed.
    """
    if not all(find_spec(name) for name in ("django", "allauth", "waitress")):
        raise AllcomersError(
            where="allcomers",
            found="the parts of the service are not installed here",
            expected="the extra `service`",
            next_step="pip install 'allcomers[service]'",
        )
    os.umask(NOT_FOR_OTHERS)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
