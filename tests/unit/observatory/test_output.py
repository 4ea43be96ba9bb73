"""A site appears whole or not at all."""

from pathlib import Path

import pytest

from allcomers.exceptions import AllcomersError
from allcomers.observatory.output import MARK, whole_directory


def write_site(target: Path, text: str) -> None:
    with whole_directory(target) as directory:
        (directory / "index.html").write_text(text)


def _stop_half_way(target: Path, error: type[BaseException]) -> None:
    with whole_directory(target) as directory:
        (directory / "index.html").write_text("half")
        raise error


def test_a_new_folder_appears_with_its_parents(tmp_path: Path) -> None:
    write_site(tmp_path / "public" / "site", "one")
    assert (tmp_path / "public" / "site" / "index.html").read_text() == "one"
    assert (tmp_path / "public" / "site").stat().st_mode & 0o777 == 0o755


def test_nothing_is_seen_until_all_is_written(tmp_path: Path) -> None:
    with whole_directory(tmp_path / "site") as directory:
        (directory / "index.html").write_text("half")
        assert not (tmp_path / "site").exists()
    assert (tmp_path / "site" / "index.html").exists()


def test_a_site_replaces_the_one_before_and_leaves_nothing_of_it(tmp_path: Path) -> None:
    target = tmp_path / "site"
    write_site(target, "one")
    (target / "old-page.html").write_text("")
    write_site(target, "two")
    assert sorted(path.name for path in target.iterdir()) == [MARK, "index.html"]
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_failed_run_leaves_the_old_site_and_no_litter(tmp_path: Path, error: type[BaseException]) -> None:
    target = tmp_path / "site"
    write_site(target, "one")
    with pytest.raises(error):
        _stop_half_way(target, error)
    assert (target / "index.html").read_text() == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_failed_first_run_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), whole_directory(tmp_path / "site"):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_the_old_site_comes_back_when_the_new_one_cannot_be_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "site"
    write_site(target, "one")
    move = Path.rename

    def refuse_the_new(self: Path, to: Path) -> Path:
        if to == target and (self / "index.html").read_text() == "two":
            raise PermissionError
        return move(self, to)

    monkeypatch.setattr(Path, "rename", refuse_the_new)
    with pytest.raises(PermissionError):
        write_site(target, "two")
    assert (target / "index.html").read_text() == "one"


def test_a_folder_of_other_files_is_refused_and_untouched(tmp_path: Path) -> None:
    target = tmp_path / "thesis"
    target.mkdir()
    (target / "chapter.txt").write_text("mine")
    with pytest.raises(AllcomersError, match=r"did not write.*--out"):
        write_site(target, "one")
    assert [path.name for path in target.iterdir()] == ["chapter.txt"]


def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    write_site(tmp_path / "site", "one")
    assert (tmp_path / "site" / "index.html").exists()


def test_a_file_is_refused_and_untouched(tmp_path: Path) -> None:
    target = tmp_path / "site"
    target.write_text("mine")
    with pytest.raises(AllcomersError, match="this is a file"):
        write_site(target, "one")
    assert target.read_text() == "mine"
