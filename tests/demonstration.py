"""A demonstration of the service, running as somebody runs it."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = "from allcomers.cli import main; main()"
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("ALLCOMERS_", "DJANGO_"))}
"""The environment of a shell in which nobody has set up the service, or its tests."""


@contextmanager
def demonstration(log: Path, *options: str) -> Iterator[str]:
    """A demonstration that prints into `log`: its address."""
    with log.open("w") as printed:
        process = subprocess.Popen(
            [sys.executable, "-u", "-c", PROGRAM, "serve", "--demo", "--port", "0", *options],
            env=CLEAN,
            stdout=printed,
            stderr=printed,
        )
    try:
        address = None
        while address is None and process.poll() is None:
            time.sleep(0.2)
            address = re.search(r"Serving at (http://localhost:\d+)/", log.read_text())
        assert address, log.read_text()
        yield address[1]
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
