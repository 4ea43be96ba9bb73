"""The permission table as a page: every address of the service, who may open it, standing how, for what.

The table is read in a process of its own, since Django can be set up only once in each.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from page_text import markdown_page, markdown_table

SETTINGS = {"ALLCOMERS_MODE": "development", "DJANGO_SETTINGS_MODULE": "allcomers.service.config.settings"}
INTRO = (
    "Nothing of the service opens unless a line here says so. A member of staff needs a *role*, and a *relationship* "
    "to the person the page is about; together they give the *purpose* that the audit writes down. Made "
    "from the `access.py` of every app, which the service itself reads; a test requests every page for every role and "
    "relationship."
)


def pages() -> Iterator[tuple[str, str]]:
    """The page as (path below the folder, Markdown)."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("ALLCOMERS_", "DJANGO_"))}
    made = subprocess.run(  # noqa: S603 - this file
        [sys.executable, Path(__file__)], env={**clean, **SETTINGS}, capture_output=True, text=True, check=True
    )
    yield "permissions.md", made.stdout


def _page() -> str:
    import django

    django.setup()
    from allcomers.service.governance import table
    from allcomers.service.governance.permissions import NO_PERSON, UNRELATED, Audience, Purpose, Role

    entries = sorted(table.entries().items())
    known = {one.name: one.words for one in table.relationships().values()}
    known |= {NO_PERSON: "the page is about nobody in particular", UNRELATED: "no relationship is asked for"}
    staff = [
        (name, _joined(one.roles), _joined(one.relationships), one.purpose)
        for name, entry in entries
        for one in (*entry.grants, *entry.lists)
    ]
    others = [(name, entry.audience.label) for name, entry in entries if entry.audience != Audience.STAFF]
    return markdown_page(
        "Who may open what",
        INTRO,
        "## Pages of the staff\n\n" + markdown_table(("Page", "Roles", "Relationships", "Purpose"), staff),
        "## Other pages\n\n" + markdown_table(("Page", "Who"), others),
        "## Relationships\n\n"
        + markdown_table(("Name", "In words: this person …"), [(name, words) for name, words in sorted(known.items())]),
        "## Roles and purposes\n\n"
        + markdown_table(("Role", "In words"), [(one.value, str(one.label)) for one in Role])
        + "\n\n"
        + markdown_table(("Purpose", "As the person reads it"), [(one.value, str(one.label)) for one in Purpose]),
    )


def _joined(names: frozenset[str]) -> str:
    return ", ".join(sorted(str(name) for name in names))


if __name__ == "__main__":
    sys.stdout.write(_page())
