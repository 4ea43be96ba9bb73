"""Finding people by how a name begins, and listing them by name, without reading everybody.

Django asks for the beginning of a name as `UPPER(name) LIKE UPPER('word%')`, which PostgreSQL answers from an index of just
that. SQLite has no such index: a service small enough for it can read everybody.
"""

from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

NAMES = ("given_name", "family_name", "preferred_name")


def index_beginnings(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        for name in NAMES:
            editor.execute(f"CREATE INDEX person_begins_{name} ON people_person (upper({name}) text_pattern_ops)")
        editor.execute("ANALYZE people_person")  # which index to use is decided by how many names begin alike


def forget_beginnings(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        for name in NAMES:
            editor.execute(f"DROP INDEX person_begins_{name}")


class Migration(migrations.Migration):
    dependencies = [("people", "0002_find_by_date_of_birth")]

    operations = [
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["family_name", "given_name", "id"], name="person_in_order"),
        ),
        migrations.RunPython(index_beginnings, forget_beginnings),
    ]
