"""The conditions of assignment rules (DEV-6), each said once: for the database, for one device, in words, and checked.

Upper and lower case are alike for the letters A to Z, which every database agrees about.
"""

import re
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import Contains, Exact, StartsWith
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from enrollment.models.device import Device

_UPPER = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)
LONGEST_VALUE = 250
MOST_DAYS = 3_650
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")  # ISO knows weeks, too


class RuleField(models.TextChoices):
    """What of a device is looked at."""

    MODEL = "model", gettext_lazy("Model")
    FAMILY = "family", gettext_lazy("Family")
    SERIAL = "serial", gettext_lazy("Serial number")
    ASSET_TAG = "asset_tag", gettext_lazy("Asset tag")
    DESCRIPTION = "description", gettext_lazy("Description")
    COLOR = "color", gettext_lazy("Colour")
    ASSIGNED_BY = "assigned_by", gettext_lazy("Assigned by")
    ASSIGNED_AT = "assigned_at", gettext_lazy("Assigned on")


class RuleTest(models.TextChoices):
    """What must be so of it."""

    IS = "is", gettext_lazy("is")
    IS_NOT = "is_not", gettext_lazy("is not")
    BEGINS = "begins", gettext_lazy("begins with")
    CONTAINS = "contains", gettext_lazy("contains")
    CONTAINS_NOT = "contains_not", gettext_lazy("does not contain")
    SINCE = "since", gettext_lazy("on or after")
    BEFORE = "before", gettext_lazy("before")
    LAST_DAYS = "last_days", gettext_lazy("in the last days")
    EMPTY = "empty", gettext_lazy("is empty")
    NOT_EMPTY = "not_empty", gettext_lazy("is not empty")


@dataclass(frozen=True)
class Meaning:
    """A test for the database (column, value, now), for one device (what it has, value, now), and in words."""

    query: Callable[[str, str, datetime], Q]
    holds: Callable[[Any, str, datetime], bool]
    words: Any  # with the field and the value


class AsciiUpper(Func):
    """A to Z as capitals, and nothing else changed."""

    function = "UPPER"
    output_field = models.TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template='%(function)s(%(expressions)s COLLATE "C")', **more)


def _upper(value: str) -> str:
    return value.translate(_UPPER)


def _text(lookup: Any) -> Callable[[str, str, datetime], Q]:
    return lambda column, value, _now: Q(lookup(AsciiUpper(F(column)), _upper(value)))


def _day(value: str) -> datetime:
    return timezone.make_aware(datetime.combine(date.fromisoformat(value), time.min), timezone.get_default_timezone())


def _days_ago(value: str, now: datetime) -> datetime:
    return now - timedelta(days=int(value))


_is, _begins, _contains = _text(Exact), _text(StartsWith), _text(Contains)

TEXT = {
    RuleTest.IS: Meaning(
        _is, lambda has, value, _n: _upper(has) == _upper(value), gettext_lazy("%(field)s is “%(value)s”")
    ),
    RuleTest.IS_NOT: Meaning(
        lambda *said: ~_is(*said),
        lambda has, value, _n: _upper(has) != _upper(value),
        gettext_lazy("%(field)s is not “%(value)s”"),
    ),
    RuleTest.BEGINS: Meaning(
        _begins,
        lambda has, value, _n: _upper(has).startswith(_upper(value)),
        gettext_lazy("%(field)s begins with “%(value)s”"),
    ),
    RuleTest.CONTAINS: Meaning(
        _contains,
        lambda has, value, _n: _upper(value) in _upper(has),
        gettext_lazy("%(field)s contains “%(value)s”"),
    ),
    RuleTest.CONTAINS_NOT: Meaning(
        lambda *said: ~_contains(*said),
        lambda has, value, _n: _upper(value) not in _upper(has),
        gettext_lazy("%(field)s does not contain “%(value)s”"),
    ),
    RuleTest.EMPTY: Meaning(
        lambda column, _v, _n: Q(**{column: ""}), lambda has, _v, _n: not has, gettext_lazy("%(field)s is empty")
    ),
    RuleTest.NOT_EMPTY: Meaning(
        lambda column, _v, _n: ~Q(**{column: ""}), lambda has, _v, _n: bool(has), gettext_lazy("%(field)s is not empty")
    ),
}
# A device without the date is neither before nor after any.
TIME = {
    RuleTest.SINCE: Meaning(
        lambda column, value, _n: Q(**{f"{column}__isnull": False, f"{column}__gte": _day(value)}),
        lambda has, value, _n: has is not None and has >= _day(value),
        gettext_lazy("%(field)s: on or after %(value)s"),
    ),
    RuleTest.BEFORE: Meaning(
        lambda column, value, _n: Q(**{f"{column}__isnull": False, f"{column}__lt": _day(value)}),
        lambda has, value, _n: has is not None and has < _day(value),
        gettext_lazy("%(field)s: before %(value)s"),
    ),
    RuleTest.LAST_DAYS: Meaning(
        lambda column, value, now: Q(**{f"{column}__isnull": False, f"{column}__gte": _days_ago(value, now)}),
        lambda has, value, now: has is not None and has >= _days_ago(value, now),
        gettext_lazy("%(field)s: in the last %(value)s days"),
    ),
    RuleTest.EMPTY: Meaning(
        lambda column, _v, _n: Q(**{f"{column}__isnull": True}),
        lambda has, _v, _n: has is None,
        gettext_lazy("%(field)s is empty"),
    ),
    RuleTest.NOT_EMPTY: Meaning(
        lambda column, _v, _n: Q(**{f"{column}__isnull": False}),
        lambda has, _v, _n: has is not None,
        gettext_lazy("%(field)s is not empty"),
    ),
}
WITHOUT_VALUE = (RuleTest.EMPTY, RuleTest.NOT_EMPTY)

Condition = dict[str, str]  # {"field", "test", "value"}
Groups = Sequence[Sequence[Condition]]  # any group must hold; in it, all conditions


def fitting_tests(field: str) -> dict[RuleTest, Meaning]:
    """The tests that make sense of a field."""
    return TIME if field == RuleField.ASSIGNED_AT else TEXT


def query_of(groups: Groups, now: datetime, *, of: str = "") -> Q | None:
    """Holds for the devices the conditions hold for; None when they hold for none. `of` leads to the device."""
    joined = [Q(*[_query(one, now, of) for one in group]) for group in groups if group]
    return Q(*joined, _connector=Q.OR) if joined else None


def _query(condition: Condition, now: datetime, of: str) -> Q:
    meaning = fitting_tests(condition["field"])[RuleTest(condition["test"])]
    return meaning.query(of + condition["field"], condition["value"], now)


def condition_holds(condition: Condition, device: "Device", now: datetime) -> bool:
    """The same for one device."""
    meaning = fitting_tests(condition["field"])[RuleTest(condition["test"])]
    return meaning.holds(getattr(device, condition["field"]), condition["value"], now)


def condition_in_words(condition: Condition) -> str:
    """Such as: Model contains “iPad”."""
    field, value = condition["field"], condition["value"]
    if condition["test"] in (RuleTest.SINCE, RuleTest.BEFORE):
        value = formats.date_format(date.fromisoformat(value), "DATE_FORMAT")
    words = str(fitting_tests(field)[RuleTest(condition["test"])].words)
    return words % {"field": RuleField(field).label, "value": value}


def groups_in_words(groups: Groups) -> list[list[str]]:
    return [[condition_in_words(condition) for condition in group] for group in groups if group]


def trouble_with(condition: Condition) -> str:
    """Why it cannot be a condition, in words; empty when it can."""
    field, test, value = condition["field"], condition["test"], condition["value"]
    if field not in RuleField.values:
        return _("Choose what to look at.")
    if test not in fitting_tests(field):
        return _("Choose what must be so.")
    if test in WITHOUT_VALUE:
        return ""
    if not value:
        return _("Say a value; for no value there is “is empty”.")
    return _trouble_with_value(RuleTest(test), value)


def _trouble_with_value(test: RuleTest, value: str) -> str:
    if test in (RuleTest.SINCE, RuleTest.BEFORE):
        return "" if _is_date(value) else _("Write the date as year-month-day, such as 2026-09-01.")
    if test == RuleTest.LAST_DAYS:
        is_days = value.isascii() and value.isdecimal() and len(value) < 6 and 1 <= int(value) <= MOST_DAYS
        return "" if is_days else _("Write a number of days from 1 to %(most)d.") % {"most": MOST_DAYS}
    if len(value) > LONGEST_VALUE or not value.isprintable():
        return _("At most %(most)d characters, all of them visible.") % {"most": LONGEST_VALUE}
    return ""


def _is_date(value: str) -> bool:
    """Of a year that every database and time zone can reckon with."""
    try:
        return bool(_DAY.fullmatch(value)) and 1970 <= date.fromisoformat(value).year < 9_000
    except ValueError:
        return False


def tidy(groups: Groups) -> list[list[Condition]]:
    """As they are stored: without empty groups, spaces around values, and values that mean nothing."""
    return [[_tidy(condition) for condition in group] for group in groups if group]


def _tidy(condition: Condition) -> Condition:
    value = "" if condition["test"] in WITHOUT_VALUE else condition["value"].strip()
    return {"field": condition["field"], "test": condition["test"], "value": value}
