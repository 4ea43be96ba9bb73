"""The page “What reaches whom” cites tests that exist, and says of each recipient what the lists say."""

import re
from pathlib import Path

from allcomers.service.consents.purposes import ITEMS, PURPOSES

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "explanation" / "what-reaches-whom.md").read_text()
ROWS = {
    "GP practice": ("tell_gp",),
    "Somebody else who cares for them": ("other_care",),
    "Family or a friend": ("family",),
    "Employment adviser": ("employment_help", "employment_summary"),
    "Employer, Jobcentre": ("employer", "jobcentre"),
    "Research team": ("research",),
}
COLUMNS = (
    {"name", "contact"},
    {"asked_for_work_help"},
    {"statement"},
    {"in_contact"},
    {"progress"},
    {"answers", "own_words"},
)


def test_every_test_that_the_page_cites_exists() -> None:
    cited = set(re.findall(r"`(test_\w+)`", PAGE))
    written = {
        name for path in (ROOT / "tests").rglob("test_*.py") for name in re.findall(r"def (test_\w+)", path.read_text())
    }
    assert len(cited) >= 8
    assert cited - written == set()


def test_the_table_of_recipients_says_what_the_lists_say() -> None:
    assert set.union(*COLUMNS) == set(ITEMS)
    covered = {key for keys in ROWS.values() for key in keys}
    assert covered == {one.key for one in PURPOSES.values() if one.items}
    for name, keys in ROWS.items():
        (row,) = re.findall(rf"^\| {name} \|(.+)\|$", PAGE, flags=re.MULTILINE)
        offered = {item for key in keys for item in PURPOSES[key].items}
        for cell, column in zip(row.split("|"), COLUMNS, strict=True):
            assert ("yes" in cell) == bool(offered & column), (name, column)
            work = all(PURPOSES[key].work for key in keys)
            assert not work or ("never" in cell) == (not offered & column), (name, column)
