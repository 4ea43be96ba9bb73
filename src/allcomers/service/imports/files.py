"""The records of a file, each as the JSON text of a FHIR R4 QuestionnaireResponse: one reader reads them all after.

`.json` is one response, a list of them or a Bundle; `.ndjson` one a line; `.csv` one a row, with the columns
`instrument`, `given_at`, `nhs_number`, `date_of_birth`, `item_1`, `item_2` and so on, and `total` if one is stated.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from allcomers.exceptions import AllcomersError
from allcomers.instruments import get
from allcomers.instruments.fhir import each_value_kept, vocabulary
from allcomers.instruments.registry import national

NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
KNOWN = ("instrument", "given_at", "nhs_number", "date_of_birth", "total")
NEEDED = KNOWN[:4]
ITEM = re.compile(r"item_[0-9]{1,3}")
NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?")


def records(name: str, content: bytes) -> list[str]:
    """Every record of a file, in its order. One that is no JSON is given as it is: the reader says so.

    Raises
    ------
    AllcomersError : the file as a whole is of no kind that can be read.
    """
    text = _text(content)
    kinds = {".json": _of_json, ".ndjson": _of_lines, ".csv": _of_csv}
    kind = kinds.get(PurePath(name).suffix.lower())
    if kind is None:
        raise _fault("a file of another kind", "a name that ends in .json, .ndjson or .csv")
    return list(kind(text))


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _fault("text that is not UTF-8", "UTF-8") from None


def _of_json(text: str) -> Iterator[str]:
    found = _parsed(text)
    if isinstance(found, dict) and found.get("resourceType") == "Bundle" and isinstance(found.get("entry"), list):
        found = [one.get("resource") if isinstance(one, dict) else one for one in found["entry"]]
    if found is None:
        yield text
    elif isinstance(found, list):
        yield from map(json.dumps, found)
    else:
        yield json.dumps(found)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=each_value_kept)
    except (ValueError, RecursionError):
        return None


def _of_lines(text: str) -> Iterator[str]:
    """Only a line feed ends a record: JSON may hold the other ends of lines that Unicode has."""
    for line in text.split("\n"):
        if line.strip():
            yield line.strip()


def _of_csv(text: str) -> Iterator[str]:
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        raise _fault("rows that are no CSV", "comma-separated values, with quotation marks in pairs") from None
    header = [cell.strip().lower() for cell in rows[0]] if rows else []
    strange = [number for number, one in enumerate(header, 1) if one not in KNOWN and not ITEM.fullmatch(one)]
    missing = [one for one in NEEDED if one not in header]
    if strange or missing or len(set(header)) != len(header):
        found = f"no column {', '.join(missing)}" if missing else f"other columns, or one twice ({strange})"
        raise _fault(found, f"{', '.join(KNOWN)} and item_1, item_2 …")
    for row in rows[1:]:
        if any(cell.strip() for cell in row):
            yield json.dumps(_resource(dict(zip(header, row, strict=True))) if len(row) == len(header) else row)


def _resource(row: dict[str, str]) -> dict[str, Any]:
    """A row as a response. Nothing is judged here: what is strange in a row is strange in the response."""
    cells = {name: cell.strip() for name, cell in row.items()}
    key = cells["instrument"]
    items = [
        {"linkId": name.removeprefix("item_"), "answer": [_answer(key, int(name.removeprefix("item_")), cell)]}
        for name, cell in cells.items()
        if name.startswith("item_") and cell
    ]
    if stated := cells.get("total"):
        number = NUMBER.fullmatch(stated)
        total = {"valueDecimal": float(stated)} if number else {"valueString": stated}
        items.append({"linkId": vocabulary.TOTAL, "answer": [total]})
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": f"urn:allcomers:questionnaire:{key}",
        "status": "completed",
        "authored": cells["given_at"],
        "subject": {"reference": "#person"},
        "contained": [
            {
                "resourceType": "Patient",
                "id": "person",
                "identifier": [{"system": NHS_NUMBER, "value": cells["nhs_number"]}],
                "birthDate": cells["date_of_birth"],
            }
        ],
        "item": items,
    }


def _answer(key: str, number: int, cell: str) -> dict[str, Any]:
    item = get(key).item(number) if key in national() else None
    coded = item is not None and (cell in item.choices or cell == item.not_applicable)
    if cell.isascii() and cell.isdigit() and len(cell) < 5 and not coded:
        return {"valueInteger": int(cell)}
    return {"valueCoding": {"code": cell}}


def _fault(found: str, expected: str) -> AllcomersError:
    return AllcomersError(
        where="the file", found=found, expected=expected, next_step="Nothing was taken in. Mend the file and try again."
    )
