"""What values there are in columns that an index begins with: few of them, whatever the number of rows."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models

AT_MOST = 2_000


def distinct_values(model: type[models.Model], columns: Sequence[str], where: str = "TRUE") -> list[Any] | None:
    """The different rows of these columns (single values of one column), None when there are more than AT_MOST.

    `where` is SQL of our own about the table. Rows with NULL in one of the columns are left out on PostgreSQL.
    """
    table, names = model._meta.db_table, ", ".join(columns)
    statement = _by_leaps if connection.vendor == "postgresql" else _by_reading
    with connection.cursor() as cursor:
        cursor.execute(statement(table, names, where))
        found = cursor.fetchall()
    if len(found) > AT_MOST:
        return None
    return [row[0] for row in found] if len(columns) == 1 else found


def containing(model: type[models.Model], column: str, words: str) -> models.Q:
    """Holds for rows whose column contains the words, upper or lower case: many rows share few values."""
    values = distinct_values(model, (column,))
    if values is None:
        return models.Q(**{f"{column}__icontains": words})
    return models.Q(**{f"{column}__in": [one for one in values if words.upper() in one.upper()]})


def _by_leaps(table: str, names: str, where: str) -> str:
    """PostgreSQL reads every entry for a DISTINCT; asked for the next greater one, it leaps through the index."""
    first = f"SELECT {names} FROM {table} WHERE {where} ORDER BY {names} LIMIT 1"
    here = ", ".join(f"found.{name}" for name in names.split(", "))
    greater = f"SELECT {names} FROM {table} WHERE {where} AND ({names}) > ({here}) ORDER BY {names} LIMIT 1"
    leaps = f"({first}) UNION ALL SELECT greater.* FROM found, LATERAL ({greater}) AS greater"
    return f"WITH RECURSIVE found AS ({leaps}) SELECT {names} FROM found LIMIT {AT_MOST + 1}"


def _by_reading(table: str, names: str, where: str) -> str:
    return f"SELECT DISTINCT {names} FROM {table} WHERE {where} LIMIT {AT_MOST + 1}"
