"""The columns of the device list, each said once: what it is called, and how the list is sorted by it (DEV-1)."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from enrollment.models.device import Device


@dataclass(frozen=True)
class Column:
    """One column; `sorts_by` is the device's own column it is sorted by, "" where there is none."""

    name: str
    heading: str | Promise
    sorts_by: str = ""
    is_usual: bool = False


# In the order they stand in the list, behind the serial number, which is always there.
COLUMNS = {
    column.name: column
    for column in (
        Column("model", _("Model"), "model", is_usual=True),
        Column("description", _("Description"), "description"),
        Column("color", _("Colour"), "color"),
        Column("family", _("Family"), "family"),
        Column("os", _("Operating system"), "os"),
        Column("asset_tag", _("Asset tag"), "asset_tag"),
        Column("wanted", _("Wanted"), is_usual=True),
        Column("state", _("Assignment"), is_usual=True),
        Column("apple_status", _("Status at Apple"), "apple_profile_status", is_usual=True),
        Column("apple_profile", _("Profile at Apple")),
        Column("token", _("Token"), is_usual=True),
        Column("assigned_by", _("Assigned by"), "assigned_by"),
        Column("assigned_at", _("Assigned to the server"), "assigned_at", is_usual=True),
        Column("profile_assigned_at", _("Profile assigned"), "profile_assigned_at"),
        Column("profile_pushed_at", _("Handed to the device"), "profile_pushed_at"),
        Column("appeared_at", _("Appeared here"), "appeared_at"),
        Column("released_at", _("Released"), "released_at"),
    )
}
SERIAL = Column("serial", _("Serial number"), "serial")


def columns_of(chosen: Collection[str]) -> list[Column]:
    """Those that were chosen, in the list's order; names nobody knows are passed over, and none at all is the usual."""
    known = [column for column in COLUMNS.values() if column.name in chosen]
    return known or [column for column in COLUMNS.values() if column.is_usual]


@dataclass(frozen=True)
class Sort:
    """What a device list is sorted by: a device's column, up or down."""

    column: str = SERIAL.sorts_by
    downwards: bool = False

    def __str__(self) -> str:
        return f"-{self.column}" if self.downwards else self.column

    @property
    def is_indexed(self) -> bool:
        return any(index.fields == [self.column, "id"] for index in Device._meta.indexes)


def sort_of(said: str | None) -> Sort:
    """What an address says, such as "-model"; by serial number where it says nothing we know."""
    column = (said or "").removeprefix("-")
    known = {SERIAL.sorts_by, *(column.sorts_by for column in COLUMNS.values())} - {""}
    return Sort(column, downwards=(said or "").startswith("-")) if column in known else Sort()
