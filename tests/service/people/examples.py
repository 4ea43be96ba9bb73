"""Addresses of the pages of people, for the matrix."""

from collections.abc import Callable
from typing import Any

EXAMPLES: dict[str, Callable[[Any], dict[str, Any]]] = {"people:open_link": lambda _cast: {"token": "no-such-token"}}
