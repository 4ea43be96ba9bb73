"""Triggers on the audit, and the table of the shared cache."""

from typing import Any

from django.core.management import call_command
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from allcomers.service.governance import append_only


def turn_on(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    append_only.turn_on(editor.connection)


def turn_off(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    append_only.turn_off(editor.connection)


def make_cache(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    call_command("createcachetable", database=editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_initial")]

    operations = [
        migrations.RunPython(turn_on, turn_off),
        migrations.RunPython(make_cache, migrations.RunPython.noop),
    ]
