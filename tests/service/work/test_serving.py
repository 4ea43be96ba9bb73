"""`allcomers serve` does the background work itself, in one of its processes, unless it is told not to."""

import signal
import socket
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import waitress

from allcomers.cli.serve import _run
from allcomers.service.work import worker


class _Recorder:
    """Stands for the server, which ends at once, and for the worker."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return lambda: self.done.append(name)


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> _Recorder:
    made = _Recorder()
    monkeypatch.setattr(waitress, "create_server", lambda *_args, **_options: made)
    monkeypatch.setattr(worker, "Worker", lambda: made)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    return made


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.socket() as made:
        yield made


@pytest.mark.parametrize(
    ("work", "done"), [(True, ["start", "run", "close", "stop"]), (False, ["run", "close"])], ids=["works", "--no-work"]
)
def test_serving_works_in_the_background_unless_told_otherwise(
    work: bool, done: list[str], recorder: _Recorder, listening: socket.socket
) -> None:
    _run(listening, work=work, processes=1)
    assert recorder.done == done


@pytest.mark.parametrize("work", [True, False], ids=["works", "--no-work"])
def test_of_several_processes_one_works_in_the_background(
    work: bool, recorder: _Recorder, listening: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_after_another(run: Callable[[int], None], count: int) -> None:
        for number in range(count):
            run(number)

    monkeypatch.setattr(sys.modules[_run.__module__], "keep_running", one_after_another)
    _run(listening, work=work, processes=3)
    assert recorder.done.count("run") == 3
    assert (recorder.done.count("start"), recorder.done.count("stop")) == (int(work), int(work))
