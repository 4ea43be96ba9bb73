"""A demonstration of the service, running as somebody runs it. To fill one takes seconds: it is done once in a run."""

import fcntl
import os
import re
import shutil
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
PRINTED = "printed.txt"


def filled(folder: Path) -> Path:
    """The folder, holding a demonstration that was started from nothing and ended, by whichever process asks first."""
    making = folder.with_suffix(".making")
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            shutil.rmtree(making, ignore_errors=True)
            with started(making, "--no-work"):
                pass
            making.rename(folder)
    return folder


@contextmanager
def demonstration(folder: Path, begin_with: Path) -> Iterator[str]:
    """A demonstration of its own, which begins as a filled one was left: its address."""
    shutil.copytree(begin_with, folder, dirs_exist_ok=True)
    with started(folder) as address:
        yield address


@contextmanager
def started(folder: Path, *options: str) -> Iterator[str]:
    """A demonstration that is kept in a folder, and prints into a file there: its address."""
    folder.mkdir(exist_ok=True)
    printed = folder / PRINTED
    with printed.open("w") as written:
        process = subprocess.Popen(
            [sys.executable, "-u", "-c", PROGRAM, "serve", "--demo", "--port", "0", "--folder", str(folder), *options],
            env=CLEAN,
            stdout=written,
            stderr=written,
        )
    try:
        address = None
        while address is None and process.poll() is None:
            time.sleep(0.2)
            address = re.search(r"Serving at (http://localhost:\d+)/", printed.read_text())
        assert address, printed.read_text()
        yield address[1]
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
