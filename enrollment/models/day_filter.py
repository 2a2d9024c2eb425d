"""Filters by a day, as a person picks it and an address says it."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.forms import DateInput
from django.utils.functional import Promise
from django.utils.timezone import make_aware

DAY = "%Y-%m-%d"
# Of days somebody can mean: far enough from the ends of the calendar for every time zone.
DAYS = [MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2199, 12, 31))]


def day_filter(
    method: str | Callable[..., Any], label: Promise, column: str | None = None
) -> django_filters.DateFilter:
    # Written the same in every language, for an address is sent from one person to another.
    written = {"input_formats": [DAY], "widget": DateInput(format=DAY, attrs={"type": "date"})}
    return django_filters.DateFilter(field_name=column, method=method, label=label, validators=DAYS, **written)


def is_since(rows: QuerySet[Any], column: str, day: date) -> QuerySet[Any]:
    """The method of a filter: what is of that day or a later one."""
    return rows.filter(**{f"{column}__gte": start_of(day)})


def is_until(rows: QuerySet[Any], column: str, day: date) -> QuerySet[Any]:
    """What is of that day or an earlier one."""
    return rows.filter(**{f"{column}__lt": end_of(day)})


def start_of(day: date) -> datetime:
    return make_aware(datetime.combine(day, time.min))


def end_of(day: date) -> datetime:
    """Where the next one begins."""
    return start_of(day + timedelta(days=1))
