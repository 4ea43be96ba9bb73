"""The result of a check as one HTML page that needs nothing else: no script, no font, no picture from elsewhere."""

import json
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from allcomers import __version__
from allcomers.dataset.checking.result import CheckResult
from allcomers.dataset.model import Severity

_HEADINGS = {
    Severity.FILE: "Faults that turn the whole submission away",
    Severity.GROUP: "Faults that reject a record and what belongs to it",
    Severity.RECORD: "Faults that reject a record",
    Severity.WARNING: "Warnings",
}


def as_html(result: CheckResult) -> str:
    """The whole page."""
    environment = Environment(
        loader=PackageLoader("allcomers.dataset.checking", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    groups = [
        (heading, severity.consequence, found)
        for severity, heading in _HEADINGS.items()
        if (found := [finding for finding in result.findings if finding.rule.severity is severity])
    ]
    return environment.get_template("check.html.j2").render(result=result, groups=groups, version=__version__)


def write_html(result: CheckResult, path: Path) -> None:
    """Write the page, whole or not at all."""
    _write(path, as_html(result))


def write_json(result: CheckResult, path: Path) -> None:
    """Write the result as JSON, whole or not at all."""
    _write(path, json.dumps(result.as_json(), indent=2, ensure_ascii=False) + "\n")


def _write(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.part")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
