"""What the database role of the service may do on PostgreSQL: use every table, and only add to those that never change.

One role owns the tables and runs migrations and restores; the service connects as another.
"""

import re

from django.db import DatabaseError, connection

from allcomers.exceptions import AllcomersError
from allcomers.service.governance import append_only
from allcomers.service.keeping.manifest import MIGRATIONS

HISTORY = re.compile(r"_historical\w+$")
"""Tables of earlier versions of rows, as simple-history names them."""


def only_added_to(table: str) -> bool:
    return table == append_only.TABLE or HISTORY.search(table) is not None


def statements(role: str) -> list[str]:
    """The grants, in order. They hold for the tables there are: give them again after each migration and restore."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        tables = sorted(connection.introspection.table_names(cursor))
    to, name = quote(role), quote
    rights = {True: "SELECT, INSERT", False: "SELECT, INSERT, UPDATE, DELETE"}
    return [
        f"GRANT USAGE ON SCHEMA public TO {to}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {to}",
        *(
            f"GRANT {'SELECT' if table == MIGRATIONS else rights[only_added_to(table)]} ON {name(table)} TO {to}"
            for table in tables
        ),
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {to}",
    ]


def grant(role: str) -> None:
    """Give the role of the service its rights, all at once.

    Raises
    ------
    AllcomersError : the database is SQLite, there is no such role, or it is the one that owns the tables.
    """
    where = f"role {role}"
    if connection.vendor != "postgresql":
        raise AllcomersError(where=where, found="a database without roles", expected="PostgreSQL")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM pg_roles WHERE rolname = %s), pg_has_role(%s, tableowner, 'MEMBER') "
            "FROM pg_tables WHERE tablename = %s AND EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %s)",
            [role, role, append_only.TABLE, role],
        )
        found = cursor.fetchone()
        if found is None:
            raise AllcomersError(
                where=where, found="there is no such role, or no table yet", expected="a role that may sign in",
                next_step="CREATE ROLE it with a password, run `allcomers manage migrate`, and try again",
            )  # fmt: skip
        if found[1]:
            raise AllcomersError(
                where=where, found="it owns the tables, and could undo any limit", expected="another role",
                next_step="Make a role that owns nothing, for the service alone",
            )  # fmt: skip
        cursor.execute("; ".join(statements(role)))


def may_change_the_audit() -> bool:
    """Whether the role of this connection could alter what was recorded; False where that cannot be asked."""
    if connection.vendor != "postgresql":
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_has_role(tableowner, 'MEMBER') OR has_table_privilege(%s, 'UPDATE, DELETE, TRUNCATE') "
                "FROM pg_tables WHERE tablename = %s",
                [append_only.TABLE, append_only.TABLE],
            )
            found = cursor.fetchone()
    except DatabaseError:
        return False
    return bool(found and found[0])
