"""Somebody who has the database, and neither the program nor its keys."""

from django.db import connection

from tests.audit_guard import GUARD, run_each


def tamper(statement: str, *values: object) -> None:
    """With the guard taken off first, and put on again, so that nothing shows."""
    run_each(GUARD.OFF)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    run_each(GUARD.GUARDS)
