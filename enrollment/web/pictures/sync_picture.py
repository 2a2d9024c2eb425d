"""What syncs did day by day: three rows of columns over one row of days."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from enrollment.actions.dashboard.count_syncs import SyncDay
from enrollment.models import SyncStatus
from enrollment.web.pictures.day_columns import GAP, Band, DayCount, DayName, band, day_names

BANDS: list[tuple[str | Promise, str, SyncStatus | None, Callable[[SyncDay], int]]] = [
    (_("Syncs done"), "success", SyncStatus.DONE, lambda day: day.done),
    (_("Syncs failed"), "error", SyncStatus.FAILED, lambda day: day.failed),
    (_("Devices changed"), "info", None, lambda day: day.changed),
]


@dataclass(frozen=True)
class SyncPicture:
    bands: list[Band]
    days: list[DayName]
    days_y: float
    months_y: float
    height: float


def sync_picture(days: Sequence[SyncDay]) -> SyncPicture:
    """A row of columns only where there is something to show."""
    bands, top = list[Band](), 0.0
    for name, tone, status, count in BANDS:
        counts = [DayCount(one.day, count(one), _link(one, status)) for one in days]
        if any(one.count for one in counts):
            bands.append(band(name, tone, counts, top))
            top = bands[-1].line_y + GAP
    return SyncPicture(bands, day_names([one.day for one in days]), top + 2, top + 16, top + 20)


def _link(one: SyncDay, status: SyncStatus | None) -> str:
    where = f"status={status}&" if status else ""
    return f"{reverse('sync-list')}?{where}since={one.day:%Y-%m-%d}&until={one.day:%Y-%m-%d}"
