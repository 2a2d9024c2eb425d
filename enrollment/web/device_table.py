"""The device list's table: its headings, its rows and cells, and the filters that are set."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django import forms
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from enrollment.models import Device
from enrollment.models.device_filter import DeviceFilter
from enrollment.models.device_list import SERIAL, Column, Sort
from enrollment.models.keyset import is_of_times
from enrollment.models.profile_at_apple import profiles_at_apple

# Cells that are more than a text or a day, each a template of its own.
PARTS = {"model", "wanted", "state", "apple_status", "apple_profile", "token"}


@dataclass(frozen=True)
class Heading:
    """A column as the list shows it; `query` sorts by it, or the other way round where it is sorted so."""

    column: Column
    query: str
    aria_sort: str

    @property
    def part(self) -> str:
        return f"enrollment/devices/cells/{self.column.name}.html" if self.column.name in PARTS else ""

    @property
    def is_time(self) -> bool:
        return bool(self.column.sorts_by) and is_of_times(Device, self.column.sorts_by)


@dataclass(frozen=True)
class Chip:
    """A filter that is set, in words; `query` is the list without it."""

    label: str | Promise
    value: str
    query: str
    error: str = ""


def headings(columns: Iterable[Column], sort: Sort, query: QueryDict) -> list[Heading]:
    return [_heading(column, sort, query) for column in (SERIAL, *columns)]


def _heading(column: Column, sort: Sort, query: QueryDict) -> Heading:
    if not column.sorts_by:
        return Heading(column, "", "")
    is_sorted = column.sorts_by == sort.column
    other = Sort(column.sorts_by, downwards=is_sorted and not sort.downwards)
    way = ("descending" if sort.downwards else "ascending") if is_sorted else ""
    return Heading(column, _changed(query, sort=str(other)), way)


def _changed(query: QueryDict, **changes: str) -> str:
    """The same list with other words in its address, from its beginning; empty ones are left out."""
    changed = query.copy()
    for name, value in {"after": "", "before": "", **changes}.items():
        changed.pop(name, None)
        if value:
            changed[name] = value
    return changed.urlencode()


def chips(filters: DeviceFilter, query: QueryDict) -> list[Chip]:
    return [
        Chip(field.label, _in_words(filters, field), _changed(query, **{field.name: ""}), " ".join(field.errors))
        for field in filters.form
        if query.get(field.name)
    ]


def _in_words(filters: DeviceFilter, bound: forms.BoundField) -> str:
    value = filters.form.cleaned_data.get(bound.name)
    if bound.errors or value in (None, ""):
        return str(bound.data)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(bound.field, forms.ModelChoiceField):
        return str(bound.field.label_from_instance(value))
    return str(dict(getattr(bound.field, "choices", ())).get(value, value))


def dressed(found: Sequence[Device], shown: Sequence[Heading]) -> list[Device]:
    """The devices with all that their rows tell, in the same order; each with its `cells`."""
    devices = Device.objects.with_state().with_needs_wipe().select_related("token", "profile__current")
    devices = devices.defer("profile__current__settings", "profile__current__payload")
    by_key = devices.in_bulk([device.pk for device in found])
    rows = [by_key[device.pk] for device in found if device.pk in by_key]
    names = profiles_at_apple(rows) if any(heading.column.name == "apple_profile" for heading in shown) else {}
    for row in rows:
        row.at_apple = names.get(row.pk)
        row.cells = [(heading, None if heading.part else getattr(row, heading.column.sorts_by)) for heading in shown]
    return rows
