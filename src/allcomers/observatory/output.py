"""A site appears whole or not at all, and one that stands is never destroyed by a run that fails."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from allcomers.exceptions import AllcomersError

MARK = ".allcomers-site"


@contextmanager
def whole_directory(target: Path) -> Iterator[Path]:
    """A new directory to write into, which takes the place of `target` only when the block ends without error.

    Raises
    ------
    AllcomersError : `target` is a file, or a directory that holds anything other than such a site.
    """
    _refuse_to_replace_strangers(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield fresh
        (fresh / MARK).write_text(
            "Written by `allcomers observatory`, which may replace this folder.\n", encoding="utf-8"
        )
        fresh.chmod(0o755)
        _swap(fresh, target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _refuse_to_replace_strangers(target: Path) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise AllcomersError(where=str(target), found="this is a file", next_step="Name a folder with --out")
    if any(target.iterdir()) and not (target / MARK).exists():
        raise AllcomersError(
            where=str(target),
            found="the folder holds files that this command did not write",
            expected="An empty or new folder, or a site that it wrote before",
            next_step="Name another folder with --out",
        )


def _swap(fresh: Path, target: Path) -> None:
    if not target.exists():
        fresh.rename(target)
        return
    before = fresh.with_name(fresh.name + "-before")
    target.rename(before)
    try:
        fresh.rename(target)
    except OSError:
        before.rename(target)
        raise
    shutil.rmtree(before, ignore_errors=True)
