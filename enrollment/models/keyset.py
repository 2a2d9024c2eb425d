"""Long lists by where they go on, not by number: as fast at the end as at the beginning."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Concat

COUNTED_TO = 10_000  # beyond this a list only says "more than"


def counted(rows: QuerySet[Any]) -> int:
    """How many rows there are, as far as COUNTED_TO + 1."""
    return rows.order_by()[: COUNTED_TO + 1].count()


@dataclass(frozen=True)
class Order:
    """By a column that is never NULL, and by pk among equals.

    `count` is what `counted` said of the rows, when they are sorted by text: no database knows how many devices are in
    a state, and it may take the wrong way to the first of them.
    """

    column: str
    downwards: bool = False
    count: int | None = None

    @property
    def is_short(self) -> bool:
        return self.count is not None and self.count <= COUNTED_TO

    def read(self, rows: QuerySet[Any], size: int, place: tuple[Any, int] | None = None) -> list[Any]:
        """The first rows, or those that follow a place: the value of the column and the pk of the row before."""
        if self.is_short:
            # Sorted by what no index knows, they are found by what they are filtered by.
            rows = rows.annotate(found_by=Concat(self.column, Value("")))
            return self._read(rows, "found_by", size, place)
        if self.count is None:
            return self._read(rows, self.column, size, place)
        with _along_the_index():
            return self._read(rows, self.column, size, place)

    def _read(self, rows: QuerySet[Any], column: str, size: int, place: tuple[Any, int] | None) -> list[Any]:
        way, sign = ("lt", "-") if self.downwards else ("gt", "")
        ordered = rows.order_by(f"{sign}{column}", f"{sign}pk")
        if place is None:
            return list(ordered[:size])
        value, pk = place
        # Equals first: an index finds the place in either half, and in neither of a condition with "or".
        found = [] if column == "pk" else list(ordered.filter(**{column: value, f"pk__{way}": pk})[:size])
        return found + list(ordered.filter(**{f"{column}__{way}": value})[: size - len(found)])


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


def in_portions(rows: QuerySet[Any], column: str, size: int) -> Iterator[list[Any]]:
    """All rows in the order of a column of text, so many at a time; no transaction stays open between them."""
    order = Order(column, count=counted(rows))
    portion = order.read(rows, size)
    while portion:
        yield portion
        last = portion[-1]
        portion = order.read(rows, size, (getattr(last, column), last.pk)) if len(portion) == size else []
