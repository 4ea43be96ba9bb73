"""Pieces of a generated page in Markdown, for every page-writer."""

import re
from collections.abc import Iterable, Sequence


def markdown_page(title: str, *parts: str) -> str:
    """A page of these parts; empty ones are left out."""
    return "\n\n".join((f"# {title}", *(part for part in parts if part))) + "\n"


def markdown_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose cells may hold bars."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |" for line in lines)


def slug(name: str) -> str:
    """A name as a file name."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
