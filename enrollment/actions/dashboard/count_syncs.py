from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, Count, F, IntegerField, Sum, Value, When
from django.utils import timezone

from enrollment.models import Person, SyncRun, SyncStatus
from enrollment.models.day_filter import end_of, start_of

DAYS = 14


@dataclass(frozen=True)
class SyncDay:
    """The syncs that ended on a day: how many were done or failed, and how many devices all of them changed."""

    day: date
    done: int = 0
    failed: int = 0
    changed: int = 0


def count_syncs(person: Person) -> list[SyncDay]:
    """What syncs did in the last 14 days, day by day, today being the last. One that goes on in another is not done."""
    today = timezone.localdate()
    days = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
    # Compared with where days begin: a database that is asked for the day of each run takes long.
    which = Case(
        *(When(finished_at__gte=start_of(day), then=Value(n)) for n, day in reversed(list(enumerate(days)))),
        output_field=IntegerField(),
    )
    ended = SyncRun.objects.visible_to(person).filter(finished_at__gte=start_of(days[0]), finished_at__lt=end_of(today))
    groups = ended.order_by().annotate(day=which).values_list("day", "status")
    counts: dict[int, dict[str, int]] = {n: {} for n in range(DAYS)}
    changed = dict.fromkeys(range(DAYS), 0)
    for n, status, runs, devices in groups.annotate(
        runs=Count("*"), devices=Sum(F("added") + F("updated") + F("released"))
    ):
        counts[n][status] = runs
        changed[n] += devices
    return [
        SyncDay(day, counts[n].get(SyncStatus.DONE, 0), counts[n].get(SyncStatus.FAILED, 0), changed[n])
        for n, day in enumerate(days)
    ]
