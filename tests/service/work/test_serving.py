"""`allcomers serve` does the background work itself, unless it is told not to."""

import signal
import socket
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


@pytest.mark.parametrize(
    ("work", "done"), [(True, ["start", "run", "close", "stop"]), (False, ["run", "close"])], ids=["works", "--no-work"]
)
def test_serving_works_in_the_background_unless_told_otherwise(
    work: bool, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = _Recorder()
    monkeypatch.setattr(waitress, "create_server", lambda *_args, **_options: recorder)
    monkeypatch.setattr(worker, "Worker", lambda: recorder)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with socket.socket() as listening:
        _run(listening, work=work)
    assert recorder.done == done
