"""The picture of the last runs (SYNC-10): a bar each, as high as the run was long; a full sync is wider."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from enrollment.models import SyncKind, SyncRun

HEIGHT, FULL, DELTA, GAP, LEAST = 100.0, 22.0, 12.0, 6.0, 6.0


@dataclass(frozen=True)
class Bar:
    """One run on a canvas that is HEIGHT high."""

    run: SyncRun
    x: float
    y: float
    width: float
    height: float


def run_bars(runs: Sequence[SyncRun]) -> list[Bar]:
    """The oldest first, as one reads; the longest run is as high as the picture."""
    seconds = [_seconds(run) for run in runs]
    longest = max(seconds, default=0.0) or 1.0
    bars, x = [], 0.0
    for run, lasted in reversed(list(zip(runs, seconds, strict=True))):
        height = round(max(LEAST, HEIGHT * lasted / longest), 1)
        width = FULL if run.kind == SyncKind.FULL else DELTA
        bars.append(Bar(run, x, round(HEIGHT - height, 1), width, height))
        x += width + GAP
    return bars


def picture_width(bars: Sequence[Bar]) -> float:
    """Where the last bar ends."""
    return bars[-1].x + bars[-1].width if bars else 0.0


def _seconds(run: SyncRun) -> float:
    if run.started_at is None:
        return 0.0
    return max(0.0, ((run.finished_at or timezone.now()) - run.started_at).total_seconds())
