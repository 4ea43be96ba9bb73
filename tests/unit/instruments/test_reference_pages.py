"""The generated reference has a page for each instrument and list, and hides nothing that is unverified."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from allcomers import codes, instruments

SCRIPT = Path(__file__).parents[3] / "scripts" / "reference.py"


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_instrument_and_list_has_a_page_of_its_own(reference: ModuleType, tmp_path: Path) -> None:
    reference.write(tmp_path)
    assert len(list((tmp_path / "instruments").glob("*.md"))) == len(instruments.all()) + 1
    assert len(list((tmp_path / "codes").glob("*.md"))) == len(codes.all()) + 1


def test_a_page_says_what_was_not_found_and_never_gives_the_candidate_as_a_value(
    reference: ModuleType, tmp_path: Path
) -> None:
    reference.write(tmp_path)
    page = (tmp_path / "instruments" / "biq.md").read_text()
    assert "| caseness | not found | not found |" in page
    assert ">= 40" not in page
    assert "The wording is not reproduced" in page


def test_what_an_earlier_version_wrote_is_gone(reference: ModuleType, tmp_path: Path) -> None:
    stale = tmp_path / "instruments" / "old.md"
    stale.parent.mkdir()
    stale.write_text("old")
    reference.write(tmp_path)
    assert not stale.exists()
