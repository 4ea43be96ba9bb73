"""Several processes: one that ends is started again, all end together, and none is left when the first is killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from allcomers.cli import processes
from allcomers.cli.processes import MOST, as_many_as_cores

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="one process serves where processes cannot be forked")
PATIENCE_SECONDS = 20
PROGRAM = """
import os, sys, time
from pathlib import Path
from allcomers.cli.processes import keep_running

def run(number):
    Path(sys.argv[1], f"begun {number} {os.getpid()}").touch()
    try:
        time.sleep(60)
    finally:
        time.sleep(0.2)  # what was begun takes its time
        Path(sys.argv[1], f"finished {number}").touch()

keep_running(run, 2)
"""


@pytest.fixture
def first(tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """The first process, once both others run."""
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(tmp_path)])
    try:
        _until(lambda: len(_begun(tmp_path)) == 2)
        yield process
    finally:
        process.kill()
        process.wait()


def _begun(folder: Path) -> dict[int, int]:
    """The number of each that was begun, by its process id."""
    words = [path.name.split() for path in folder.glob("begun *")]
    return {int(pid): int(number) for _, number, pid in words}


def _finished(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("finished *"))


def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_one_that_is_killed_is_started_again_with_its_number(first: "subprocess.Popen[bytes]", tmp_path: Path) -> None:
    killed = next(pid for pid, number in _begun(tmp_path).items() if number == 0)
    os.kill(killed, signal.SIGKILL)
    _until(lambda: sorted(_begun(tmp_path).values()) == [0, 0, 1])


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_all_finish_what_they_began(
    sent: signal.Signals, first: "subprocess.Popen[bytes]", tmp_path: Path
) -> None:
    first.send_signal(sent)
    assert first.wait(timeout=PATIENCE_SECONDS) == 0
    assert _finished(tmp_path) == ["finished 0", "finished 1"]
    assert not any(_runs(pid) for pid in _begun(tmp_path))


def test_a_supervisor_that_tells_every_process_to_stop_does_not_cut_them_short(
    first: "subprocess.Popen[bytes]", tmp_path: Path
) -> None:
    for pid in (*_begun(tmp_path), first.pid):
        os.kill(pid, signal.SIGTERM)
    assert first.wait(timeout=PATIENCE_SECONDS) == 0
    assert _finished(tmp_path) == ["finished 0", "finished 1"]


def test_none_goes_on_when_the_first_is_killed(first: "subprocess.Popen[bytes]", tmp_path: Path) -> None:
    first.kill()
    first.wait()
    _until(lambda: not any(_runs(pid) for pid in _begun(tmp_path)))
    assert _finished(tmp_path) == []


@pytest.mark.parametrize(("cores", "count"), [(1, 1), (2, 2), (64, MOST)])
def test_a_process_a_core_and_no_more_than_the_database_bears(
    cores: int, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes.os, "sched_getaffinity", lambda _pid: set(range(cores)), raising=False)
    assert as_many_as_cores() == count
