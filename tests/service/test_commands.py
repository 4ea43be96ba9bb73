"""`allcomers serve` and `allcomers manage`, as somebody runs them."""

import re
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from allcomers.cli.serve import serve
from allcomers.exceptions import AllcomersError
from allcomers.service.accounts.models import User
from allcomers.service.governance import limits
from allcomers.service.governance.permissions import Role
from tests.demonstration import CLEAN, PRINTED, PROGRAM, demonstration


def run(*arguments: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**CLEAN, "ALLCOMERS_DATA_FOLDER": str(folder), **{f"ALLCOMERS_{k}": v for k, v in settings.items()}}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], env=environment, capture_output=True, text=True, timeout=120,
        umask=0o022,
    )  # fmt: skip


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, filled_demonstration: Path) -> Iterator[tuple[str, str]]:
    """What a running demonstration printed, and its address; it is the second start of what is in its folder."""
    folder = tmp_path_factory.mktemp("demonstration")
    with demonstration(folder, filled_demonstration) as address:
        yield (folder / PRINTED).read_text(), address


def test_the_demonstration_started_again_prints_how_to_sign_in_and_serves(running: tuple[str, str]) -> None:
    printed, address = running
    assert "SYNTHETIC" in printed
    assert "pwp@demo.example" in printed
    assert f"{address}/demo/" in printed
    with urllib.request.urlopen(f"{address}/demo/") as answer:
        assert re.search(r'app-code">\d{6}<', answer.read().decode())
    with urllib.request.urlopen(f"{address}/health") as answer:
        assert b'"database": "ok"' in answer.read()


def test_a_patients_page_with_all_it_loads_is_under_200_kilobytes(running: tuple[str, str]) -> None:
    """As a phone gets it: compressed where the server compresses."""
    address = running[1]
    page, size = _fetched(f"{address}/")
    linked = re.findall(r'(?:href|src|data-design-system)="(/static/[^"]+)"', page)
    assert len(linked) == 3
    sizes = [_fetched(f"{address}{one}")[1] for one in linked]
    assert size + sum(sizes) < 200_000


def _fetched(address: str) -> tuple[str, int]:
    request = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        body = answer.read()
        return "" if answer.headers.get("Content-Encoding") else body.decode(), len(body)


@pytest.mark.parametrize(("name", "value"), [("MODE", "production"), ("DATABASE_URL", "postgresql://db/care")])
def test_the_demonstration_refuses_the_settings_of_a_real_service(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for other in ("MODE", "DATABASE_URL", "DATABASE_URL_FILE"):
        monkeypatch.delenv(f"ALLCOMERS_{other}", raising=False)
    monkeypatch.setenv(f"ALLCOMERS_{name}", value)
    with pytest.raises(AllcomersError, match=rf"settings of a service for real use \(ALLCOMERS_{name}\)"):
        serve(port=0, demo=True)


def test_a_port_in_use_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AllcomersError, match=f"port {port}: it cannot be used"):
            serve(port=port, demo=True)


def test_production_does_not_start_while_unsafe_and_says_everything_at_once(tmp_path: Path) -> None:
    done = run("serve", "--port", "0", folder=tmp_path)
    assert done.returncode == 2
    for name in ("SECRET_KEY", "URL", "DATABASE_URL", "CRISIS_TEXT", "MESSAGES"):
        assert f"ALLCOMERS_{name} is" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "service.sqlite3").exists()


def test_what_serve_and_manage_make_nobody_else_may_read(tmp_path: Path) -> None:
    run("serve", "--port", "0", folder=tmp_path / "of serve")
    assert (tmp_path / "of serve").stat().st_mode & 0o777 == 0o700
    assert run("manage", "migrate", "--verbosity", "0", folder=tmp_path, MODE="development").returncode == 0
    assert (tmp_path / "service.sqlite3").stat().st_mode & 0o777 == 0o600


def test_manage_runs_commands_with_their_own_options(tmp_path: Path) -> None:
    assert run("manage", "migrate", "--verbosity", "0", folder=tmp_path, MODE="development").returncode == 0
    noted = f"--noted=1:{'0' * 64}"
    verified = run("manage", "verify_audit", noted, folder=tmp_path, MODE="development")
    assert verified.returncode == 1
    assert "The chain ends before the noted event" in verified.stderr.replace("the chain", "The chain")


def test_a_key_is_long_and_another_each_time(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("make_key")
    call_command("make_key")
    first, second = capsys.readouterr().out.split()
    assert len(first) == 100
    assert first != second


@pytest.mark.django_db
def test_tidying_deletes_what_nobody_needs_and_says_how_much(capsys: pytest.CaptureFixture[str]) -> None:
    limits.exceeded("test", "here", 1, 60, now=timezone.now() - timedelta(hours=3))
    limits.exceeded("test", "here", 1, 60)
    call_command("tidy")
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "Deleted: 0 referrals that were begun.",
        "Deleted: ended sessions, 1 counts, 0 wrong passwords, 0 drafts.",
    ]


@pytest.mark.django_db
def test_the_first_administrator_gets_a_good_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda _prompt: "password")
    with pytest.raises(CommandError, match="too short"):
        call_command("add_administrator", "Sam@example.org", "Sam")
    monkeypatch.setattr("getpass.getpass", lambda _prompt: "a long and unusual one")
    call_command("add_administrator", "Sam@example.org", "Sam")
    assert User.objects.get(email="sam@example.org").roles(timezone.localdate()) == {Role.SERVICE_ADMINISTRATOR}
    with pytest.raises(CommandError, match="has an account already"):
        call_command("add_administrator", "sam@example.org", "Sam")


def test_the_command_line_does_not_load_django() -> None:
    program = "import sys, allcomers.cli; sys.exit('django' in sys.modules or 'allauth' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], env=CLEAN).returncode == 0


def test_without_the_extra_the_error_names_it() -> None:
    program = (
        "import importlib.util as u, sys; found = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'waitress' else found(name, *rest)\n"
        "sys.argv = ['allcomers', 'manage', 'check']\n"
        "import allcomers.cli.needs_service as needs; needs.find_spec = u.find_spec\n" + PROGRAM
    )
    done = subprocess.run([sys.executable, "-c", program], env=CLEAN, capture_output=True, text=True)
    assert done.returncode == 2
    assert "pip install 'allcomers[service]'" in done.stderr
