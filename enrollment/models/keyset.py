"""Long lists by where they go on, not by number: as fast at the end as at the beginning."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import DateTimeField, Model, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Concat

COUNTED_TO = 10_000  # beyond this a list only says "more than"
BEFORE_ALL_TIMES = datetime(1900, 1, 1, tzinfo=UTC)  # a place in a list for rows that have no time


def counted(rows: QuerySet[Any]) -> int:
    """How many rows there are, as far as COUNTED_TO + 1."""
    return rows.order_by()[: COUNTED_TO + 1].count()


@dataclass(frozen=True)
class Order:
    """By a column of text or time, and by pk among equals; rows without a time come before all that have one.

    `count` is what `counted` said of the rows, when they are sorted by text: no database knows how many devices are in
    a state, and it may take the wrong way to the first of them.
    """

    column: str
    downwards: bool = False
    count: int | None = None
    is_indexed: bool = True  # with pk, so that the first rows stand at the beginning of an index

    @property
    def is_short(self) -> bool:
        return self.count is not None and self.count <= COUNTED_TO

    def read(self, rows: QuerySet[Any], size: int, place: tuple[Any, int] | None = None) -> list[Any]:
        """The first rows, or those that follow a place: the value of the column and the pk of the row before."""
        if self.count == 0:
            return []
        if is_of_times(rows.model, self.column):
            place = place and (place[0] or BEFORE_ALL_TIMES, place[1])
            rows = rows.annotate(found_by=Coalesce(self.column, Value(BEFORE_ALL_TIMES)))
            return self._read_at_once(rows, "found_by", size, place)
        if self.is_short or not self.is_indexed:
            # Sorted by what no index knows, they are found by what they are filtered by; an index that has not all of
            # the order is a long way round.
            rows = rows.annotate(found_by=Concat(self.column, Value("")))
            return self._read_at_once(rows, "found_by", size, place)
        if self.count is None:
            return self._read(rows, self.column, size, place)
        with _along_the_index():
            return self._read(rows, self.column, size, place)

    def _read(self, rows: QuerySet[Any], column: str, size: int, place: tuple[Any, int] | None) -> list[Any]:
        if place is None:
            return list(self._ordered(rows, column)[:size])
        equals, later = self._after(column, place)
        # Equals first: an index finds the place in either half, and in neither of a condition with "or".
        found = [] if column == "pk" else list(self._ordered(rows.filter(equals), column)[:size])
        return found + list(self._ordered(rows.filter(later), column)[: size - len(found)])

    def _read_at_once(self, rows: QuerySet[Any], column: str, size: int, place: tuple[Any, int] | None) -> list[Any]:
        """Where no index helps, one look at all the rows is better than two."""
        if place:
            equals, later = self._after(column, place)
            rows = rows.filter(equals | later)
        first = self._ordered(rows, column)[:size]
        return list(first) if self.is_short or connection.vendor != "sqlite" else _without_an_index(first)

    def _ordered(self, rows: QuerySet[Any], column: str) -> QuerySet[Any]:
        sign = "-" if self.downwards else ""
        return rows.order_by(f"{sign}{column}", f"{sign}pk")

    def _after(self, column: str, place: tuple[Any, int]) -> tuple[Q, Q]:
        """The equals of a place that follow it, and all that is beyond them."""
        way, (value, pk) = "lt" if self.downwards else "gt", place
        return Q(**{column: value, f"pk__{way}": pk}), Q(**{f"{column}__{way}": value})


def _without_an_index(rows: QuerySet[Any]) -> list[Any]:
    """SQLite follows an index to however many rows a filter leaves; to read all of them in turn takes a fifth of it."""
    try:
        statement, values = rows.query.sql_with_params()
    except EmptyResultSet:
        return []
    table = f'FROM "{rows.model._meta.db_table}"'
    return list(rows.model._default_manager.raw(statement.replace(table, f"{table} NOT INDEXED", 1), values))


def is_of_times(model: type[Model], column: str) -> bool:
    return column != "pk" and isinstance(model._meta.get_field(column), DateTimeField)


@contextmanager
def _along_the_index() -> Iterator[None]:
    """Of a long list the first rows are soon met along the index it is sorted by: no sorting of all of them."""
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")
        yield
        cursor.execute("SET LOCAL enable_sort = on")


def in_portions(rows: QuerySet[Any], order: Order, size: int) -> Iterator[list[Any]]:
    """All rows in their order, so many at a time; no transaction stays open between them."""
    portion = order.read(rows, size)
    while portion:
        yield portion
        last = portion[-1]
        place = (getattr(last, order.column), last.pk)
        portion = order.read(rows, size, place) if len(portion) == size else []
