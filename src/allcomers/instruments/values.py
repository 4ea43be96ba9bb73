"""A site's own thresholds, from a TOML or JSON file, laid over the national ones.

    [BIQ.caseness]
    value = 40
    operator = ">="                                 # or ">"; without it, ">="
    source = "Clinical lead's decision, 3 March 2026"

    [BIQ]
    reversed_items = [2, 4]

Every value needs a source. Its status becomes "local" and the figure it makes says where the value came from.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from allcomers.exceptions import AllcomersError, SeveralError, ValueFileError
from allcomers.instruments.model import Instrument, Operator, Points, Scale, Status, Threshold
from allcomers.instruments.registry import Registry, national

THRESHOLDS = ("caseness", "reliable_change", "prompt")
REVERSED = "reversed_items"
ENTRY_KEYS = {"value", "operator", "source"}


def load_values(path: Path, registry: Registry | None = None) -> Registry:
    """The instruments with a site's values in place of the national ones.

    Raises
    ------
    ValueFileError : the file cannot be read, or holds one entry that cannot be used.
    SeveralError : it holds more than one; all are listed.
    """
    return with_values(_read(path), where=path.name, registry=registry)


def with_values(values: Mapping[str, Any], *, where: str, registry: Registry | None = None) -> Registry:
    """As `load_values`, from what the file holds; `where` names it in errors."""
    known = registry or national()
    errors: list[AllcomersError] = []
    changed = []
    for key, entries in values.items():
        if key not in known:
            errors.append(_error(f"{where}: {key}", "there is no such instrument", f"One of {_keys(known)}"))
        elif not isinstance(entries, Mapping):
            errors.append(_error(f"{where}: {key}", "this is no table of values", f"Any of {_names()}"))
        else:
            changed.append(_overlaid(known.get(key), entries, f"{where}: {key}", errors))
    if errors:
        raise errors[0] if len(errors) == 1 else SeveralError(errors)
    return known.with_replaced(changed)


def _read(path: Path) -> Mapping[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        found = json.loads(text, parse_float=Decimal) if path.suffix == ".json" else _toml(text)
    except OSError as problem:
        raise _error(str(path), "the file cannot be read", str(problem.strerror)) from None
    except (tomllib.TOMLDecodeError, json.JSONDecodeError, UnicodeDecodeError) as problem:
        raise _error(path.name, f"the file cannot be understood: {problem}", "TOML, or JSON if named .json") from None
    if not isinstance(found, Mapping):
        raise _error(path.name, "the file holds no table of instruments", "A table for each instrument, by key")
    return found


def _toml(text: str) -> dict[str, Any]:
    return tomllib.loads(text, parse_float=Decimal)


def _overlaid(
    instrument: Instrument, entries: Mapping[str, Any], where: str, errors: list[AllcomersError]
) -> Instrument:
    for name, entry in entries.items():
        at = f"{where}.{name}"
        try:
            if name in THRESHOLDS:
                instrument = _with_threshold(instrument, name, _threshold(instrument.scale(), name, entry, at))
            elif name == REVERSED:
                instrument = _with_reversed(instrument, entry, at)
            else:
                errors.append(_error(at, "this is not something a site can set", f"Any of {_names()}"))
        except ValueFileError as error:
            errors.append(error)
    return instrument


def _threshold(scale: Scale, name: str, entry: object, where: str) -> Threshold:
    if not isinstance(entry, Mapping) or not {"value", "source"} <= set(entry) <= ENTRY_KEYS:
        raise _error(where, "the entry is not complete, or holds more than it may", "value, source, perhaps operator")
    if not isinstance(entry["source"], str) or not entry["source"].strip():
        raise _error(where, "the source is not a text", "Who decided the value, and when")
    if entry.get("operator", ">=") not in set(Operator):
        raise _error(where, "the operator is neither >= nor >", "One of them")
    value = _points(scale, name, entry["value"], where)
    return Threshold(value, Status.LOCAL, entry["source"], Operator(entry.get("operator", ">=")))


def _points(scale: Scale, name: str, value: object, where: str) -> Points:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise _error(where, "the value is not a number", "A number of points, without quotation marks")
    exact = Decimal(value)
    # A reliable change is a distance: any step up to the whole width of the scale.
    step = 1 / Decimal(scale.steps_per_point)
    low, high = (scale.low, scale.high) if name != "reliable_change" else (step, scale.high - scale.low)
    if scale.round(exact) != exact or not low <= exact <= high:
        raise _error(where, f"{value} is not possible on this scale", f"From {low} to {high} in steps of {step}")
    return scale.round(exact)


def _with_threshold(instrument: Instrument, name: str, threshold: Threshold) -> Instrument:
    if name == "caseness":
        return replace(instrument, caseness=threshold)
    return replace(instrument, prompt=threshold) if name == "prompt" else replace(instrument, reliable_change=threshold)


def _with_reversed(instrument: Instrument, entry: object, where: str) -> Instrument:
    numbers = {item.number for item in instrument.items}
    if not isinstance(entry, list) or not all(type(number) is int and number in numbers for number in entry):
        raise _error(where, "this is not a list of the instrument's item numbers", f"From 1 to {len(numbers)}")
    return replace(instrument, reversed_items=tuple(entry), reversed_status=Status.LOCAL, scoring_gap="")


def _keys(registry: Registry) -> str:
    return ", ".join(instrument.key for instrument in registry)


def _names() -> str:
    return ", ".join((*THRESHOLDS, REVERSED))


def _error(where: str, found: str, expected: str) -> ValueFileError:
    return ValueFileError(where=where, found=found, expected=expected, next_step="Mend the file of values")
