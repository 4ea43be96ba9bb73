"""Several processes that do the same: kept up, ended together, and never left behind."""

import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess

log = logging.getLogger(__name__)
MOST = 8  # of its own accord: each holds several connections to the database
STOP_SECONDS = 25.0
AGAIN_SECONDS = 1.0


def as_many_as_cores() -> int:
    """A process for each core that this one may use, eight at most; one where processes cannot be forked."""
    if not hasattr(os, "fork"):
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST)


def end_on_sigterm() -> None:
    """SIGTERM ends this process as Ctrl+C does: what was begun is finished and tidied. A second one changes nothing."""

    def end(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        sys.exit(0)

    signal.signal(signal.SIGTERM, end)


def keep_running(run: Callable[[int], None], count: int) -> None:
    """Run `run(0)`, `run(1)` … in a process each until this one is told to stop; one that ends is started again.

    They are forked, so that they share what was loaded before: no thread may run here, and no connection be open.
    """

    def start(number: int) -> BaseProcess:
        begun = multiprocessing.get_context("fork").Process(target=_one, args=(run, number), name=f"process {number}")
        begun.start()
        return begun

    end_on_sigterm()
    processes: list[BaseProcess] = []
    try:
        processes += [start(number) for number in range(count)]
        while True:
            wait([one.sentinel for one in processes])
            time.sleep(AGAIN_SECONDS)
            for number, one in enumerate(processes):
                if not one.is_alive():
                    log.error("a process ended with %s and is started again", one.exitcode)
                    processes[number] = start(number)
    except (SystemExit, KeyboardInterrupt):
        pass
    finally:
        _end(processes)


def _end(processes: list[BaseProcess]) -> None:
    for one in processes:
        one.terminate()
    last = time.monotonic() + STOP_SECONDS
    for one in processes:
        one.join(max(0.0, last - time.monotonic()))
        one.kill()


def _one(run: Callable[[int], None], number: int) -> None:
    """One of them. Ctrl+C reaches every process of a terminal, and the first passes it on, so here it does nothing."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_first, daemon=True).start()
    run(number)


def _end_with_the_first() -> None:
    """Where the first process was killed, none goes on without anybody who watches it, or holds its port."""
    first = multiprocessing.parent_process()
    assert first is not None
    first.join()
    os._exit(1)
