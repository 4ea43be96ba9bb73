"""Puts the generated reference into the documentation's navigation: MkDocs runs this before each build.

Of `docs/reference/generated/`, every page at the top and every folder's `index.md` is listed; the other pages of a
folder are reached from its index. Nothing is listed where nothing has been generated.
"""

from pathlib import Path
from typing import Any

FOLDER = Path("reference", "generated")
SECTION = "Reference"


def on_config(config: Any) -> None:
    """The event by which MkDocs gives a hook its settings."""
    docs = Path(config["docs_dir"])
    section = next(entry[SECTION] for entry in config["nav"] if SECTION in entry)
    section.extend(path.relative_to(docs).as_posix() for path in generated(docs))


def generated(docs: Path) -> list[Path]:
    """The generated pages that the navigation lists, by name."""
    folder = docs / FOLDER
    return sorted((*folder.glob("*.md"), *folder.glob("*/index.md")))
