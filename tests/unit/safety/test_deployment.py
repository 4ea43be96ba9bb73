"""The files for containers name only what there is. No container engine is needed, and none has built them."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from allcomers.service.config.environment import PREFIX, SETTINGS

ROOT = Path(__file__).parents[3]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
GUIDE = (ROOT / "docs" / "how-to" / "deploy-the-service.md").read_text()
OWN = ("prepare", "web", "work")
KNOWN = {PREFIX + one.name for one in SETTINGS} | {PREFIX + one.name + "_FILE" for one in SETTINGS}
DJANGOS = {"migrate", "check"}


@cache
def commands() -> set[str]:
    """What `allcomers manage` can run."""
    return DJANGOS | {path.stem for path in ROOT.glob("src/allcomers/service/*/management/commands/*.py")}


def test_every_file_that_is_copied_is_there_and_let_through() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, flags=re.MULTILINE)
    sources = [name for line in copied for name in line.split()]
    assert {"pyproject.toml", "src", "requirements-service.lock"} <= set(sources)
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert ignored[0] == "*"
    assert all((ROOT / name).exists() and f"!{name}" in ignored for name in sources)


def test_the_container_is_run_by_nobody_in_particular_and_says_how_it_is() -> None:
    last = DOCKERFILE[DOCKERFILE.rindex("\nFROM") :]
    assert "\nUSER allcomers\n" in last
    assert "useradd --system" in last
    assert "HEALTHCHECK" in last
    assert "/health" in last
    assert "--require-hashes" in DOCKERFILE
    assert "SECRET" not in DOCKERFILE


@pytest.mark.parametrize("name", ["Dockerfile", "compose.yaml", "deploy/service.env", "deploy/roles.sh"])
def test_every_setting_that_is_named_exists(name: str) -> None:
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]+", (ROOT / name).read_text()))
    assert named <= KNOWN


@pytest.mark.parametrize(
    "text", [DOCKERFILE, (ROOT / "compose.yaml").read_text(), GUIDE], ids=["image", "compose", "guide"]
)
def test_every_command_that_is_named_exists(text: str) -> None:
    named = re.findall(r'allcomers"?,? "?manage"?,? "?([a-z_]+)', text)
    assert set(named) <= commands()


@pytest.mark.parametrize("name", OWN)
def test_each_part_of_ours_can_write_nowhere_and_gets_secrets_from_files(name: str) -> None:
    one = SERVICES[name]
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    secret = {PREFIX + setting.name for setting in SETTINGS if setting.secret}
    given = set(one["environment"])
    assert given.isdisjoint(secret)
    assert {value.removeprefix("/run/secrets/") for value in one["environment"].values()} <= set(one["secrets"])
    assert set(one["secrets"]) <= set(COMPOSE["secrets"])


def test_no_secret_is_a_setting_of_the_environment_file() -> None:
    secret = {PREFIX + setting.name for setting in SETTINGS if setting.secret}
    assert not any(re.search(rf"^{name}=", (ROOT / "deploy/service.env").read_text(), re.MULTILINE) for name in secret)


def test_the_database_is_reached_by_the_other_parts_alone_and_the_web_by_this_machine() -> None:
    assert "ports" not in SERVICES["database"]
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["web"]["ports"])
    assert all("ports" not in SERVICES[name] for name in ("prepare", "work"))


def test_only_the_part_that_prepares_is_the_owner_of_the_tables() -> None:
    owners = [name for name in OWN if "owner_database_url" in SERVICES[name]["secrets"]]
    assert owners == ["prepare"]
    assert "grant_service_role allcomers_service" in SERVICES["prepare"]["command"][-1]
    assert "CREATE ROLE allcomers_service LOGIN" in (ROOT / "deploy" / "roles.sh").read_text()


def test_what_is_mounted_from_the_repository_is_there() -> None:
    mounted = [one.split(":")[0] for service in SERVICES.values() for one in service.get("volumes", ())]
    assert all((ROOT / path).exists() for path in mounted if path.startswith("./"))
    assert (ROOT / COMPOSE["x-service"]["env_file"]).is_file()


def test_the_guide_names_every_secret_and_says_what_was_not_tried() -> None:
    assert all(f"{name}" in GUIDE for name in COMPOSE["secrets"])
    assert "Nobody has built the image yet" in GUIDE
    assert "Not offered" in GUIDE
