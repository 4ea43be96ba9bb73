"""Pages written from their templates, charts drawn on the way, on as many processes as asked for."""

import json
import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import jinja2

from allcomers.observatory.pages import Page
from allcomers.observatory.places import Place
from allcomers.report import style
from allcomers.report.charts import DRAW

BATCH = 24
PACKAGE = "allcomers.observatory"


@dataclass(frozen=True)
class SiteContext:
    """What every page knows of the site."""

    version: str
    synthetic: bool
    ratio: str
    navigation: tuple[tuple[str, str], ...]
    towns: bool
    files: str
    command: str


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader(PACKAGE, "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(site: SiteContext, page: Page) -> str:
    """One page as HTML, its charts drawn."""
    charts = {name: DRAW[kind](rows) for name, (kind, rows) in page.charts.items()}
    root = "../" * page.path.count("/")
    drawn = {"trend": None, "gradient": None, "movement": None} | charts
    template = _environment().get_template(page.template)
    return template.render(page.context, site=site, root=root, path=page.path, charts=drawn)


def _write_batch(directory: Path, site: SiteContext, pages: Sequence[Page]) -> int:
    for page in pages:
        path = directory / page.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render(site, page), encoding="utf-8")
    return len(pages)


def write_pages(
    directory: Path, site: SiteContext, pages: Sequence[Page], *, processes: int, on_progress: Callable[[str], None]
) -> None:
    """Write every page. Few pages are not worth a second process's start."""
    batches = [pages[start : start + BATCH] for start in range(0, len(pages), BATCH)]
    if processes < 2 or len(batches) < 2 * processes:
        for number, batch in enumerate(batches):
            on_progress(f"Writing pages {number * BATCH:,} of {len(pages):,}")
            _write_batch(directory, site, batch)
        return
    done = 0
    context = multiprocessing.get_context("spawn")  # polars' threads do not survive a fork
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        for finished in pool.map(_write_batch, [directory] * len(batches), [site] * len(batches), batches):
            done += finished
            on_progress(f"Writing pages {done:,} of {len(pages):,}")


def write_assets(directory: Path, places: Sequence[Place]) -> None:
    """Style sheet, script, mark and search index."""
    assets = directory / "assets"
    assets.mkdir()
    (assets / "site.css").write_text(style.css(), encoding="utf-8")
    (assets / "mark.svg").write_text(style.mark(), encoding="utf-8")
    search = resources.files(PACKAGE) / "assets" / "search.js"
    (assets / "search.js").write_text(search.read_text(encoding="utf-8"), encoding="utf-8")
    (assets / "search-index.js").write_text(_search_index(places), encoding="utf-8")


def _search_index(places: Sequence[Place]) -> str:
    """Name, code, kind and town, page, and the words searched: a script, because a page opened from a disk may not
    fetch a file."""
    rows = [[place.name, place.code, _kind(place), place.href, _searched(place)] for place in places]
    return f"window.ALLCOMERS_PLACES = {json.dumps(rows, ensure_ascii=False)};\n"


def _kind(place: Place) -> str:
    return ", ".join(part for part in (place.level_name, place.town.title(), place.icb_name) if part)


def _searched(place: Place) -> str:
    texts = (place.name, *place.names, place.code, place.town, place.postcode, place.icb_name, place.region_name)
    cleaned = "".join(c.lower() if c.isalnum() else " " for c in " ".join(texts))
    return " ".join(dict.fromkeys(cleaned.split()))
