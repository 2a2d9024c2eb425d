"""Rows made from rows inside the database: as many as there are, in one statement."""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models


def insert_select(
    model: type[models.Model], found: models.QuerySet[Any, Any], columns: list[str], same: dict[str, Any]
) -> int:
    """A new row for each of `found`, whose values (a `values_list`) go into `columns`; `same` is alike in all of them.

    A row that a unique constraint forbids is left out. How many were made.
    """
    try:
        statement, values = found.order_by().query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        return 0
    named = {name: model._meta.get_field(name).column for name in (*same, *columns)}
    constants = ", ".join(["%s"] * len(same))
    with connection.cursor() as cursor:
        # WHERE TRUE: without it SQLite takes ON for a join's.
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({', '.join(named.values())}) "
            f"SELECT {constants}, found.* FROM ({statement}) AS found WHERE TRUE ON CONFLICT DO NOTHING",
            [*(_prepared(model, name, value) for name, value in same.items()), *values],
        )
        return cursor.rowcount


def _prepared(model: type[models.Model], name: str, value: Any) -> Any:
    return model._meta.get_field(name).get_db_prep_value(value, connection)
