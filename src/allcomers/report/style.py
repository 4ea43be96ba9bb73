"""The one style sheet, with the palette's colours in it, and the mark."""

from functools import cache
from importlib import resources

import jinja2

from allcomers.report import palette

_ASSETS = resources.files("allcomers.report") / "assets"


@cache
def css() -> str:
    """The style sheet of every page and report."""
    colours = {
        name.lower().replace("_", "-"): value
        for name, value in vars(palette).items()
        if name.isupper() and isinstance(value, str)
    }
    text = (_ASSETS / "allcomers.css").read_text(encoding="utf-8")
    return str(jinja2.Template(text, trim_blocks=True, lstrip_blocks=False).render(palette=colours))


def mark() -> str:
    """The mark, as SVG."""
    return (_ASSETS / "mark.svg").read_text(encoding="utf-8")
