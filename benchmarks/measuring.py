"""Time and memory of a whole process, measured in one run so that ratios hold on a noisy machine."""

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Usage:
    """wall_seconds, cpu_seconds : of the process and its children; peak_mb : of the largest single process."""

    wall_seconds: float
    cpu_seconds: float
    peak_mb: float


def measured(command: Sequence[str]) -> Usage:
    """Run a command to its end; a failing command stops the benchmark."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, errors.decode(errors="replace")
    return Usage(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
