"""What expires, on a line of twelve months: a lane for each kind of thing, a dot for each, stacked by the week.

Where too many dots would stand on each other, the lane has a column a month with its figure instead. What has expired
stands at the left edge.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from enrollment.actions.dashboard.dashboard import AHEAD
from enrollment.actions.warnings.conditions.expiry import expiry_step, severity_of
from enrollment.actions.warnings.expiries import Expiry, ExpiryKind
from enrollment.models import Severity
from enrollment.models.day_filter import DAY
from enrollment.models.labelled import labelled
from enrollment.web.pictures.bar_rows import percents
from enrollment.web.pictures.day_columns import LEAST, short_figure

DAYS, WEEK = AHEAD.days, 7
EXPIRED_WIDTH = 12.0  # percent across, where something has expired; else nothing is kept free
LAST_NAME, LEAST_FOR_FIGURE = 95.0, 3.0  # percent across
MOST_DOTS = 5  # one above the other
DOT_STEP, DOT_RADIUS = 12.0, 4.5  # pixels
NAME_HEIGHT, LANE_GAP, MONTHS_HEIGHT = 20.0, 10.0, 22.0
COLUMNS_HEIGHT = 44.0
NAMES: dict[ExpiryKind, str | Promise] = {
    ExpiryKind.TOKEN: gettext_lazy("Enrollment program tokens"),
    ExpiryKind.VPP_TOKEN: gettext_lazy("VPP tokens"),
    ExpiryKind.CERTIFICATE: gettext_lazy("Certificates"),
    ExpiryKind.API_KEY: gettext_lazy("API keys"),
}
# Where each kind is listed: the page, what its filters by day begin with, and what else it is asked for.
LISTS = {
    ExpiryKind.TOKEN: ("token-list", "expires", {"sort": "expires_at"}),
    ExpiryKind.VPP_TOKEN: ("vpp-token-list", "expires", {"sort": "expires_at"}),
    ExpiryKind.CERTIFICATE: ("profile-list", "certificate", {}),
    ExpiryKind.API_KEY: ("api-key-list", "expires", {"show": "ending"}),
}


@dataclass(frozen=True)
class Month:
    """Where a month begins, the year standing for January; where it is narrow, every second one has no name."""

    x: str
    name: str
    is_spare: bool


@dataclass(frozen=True)
class _Ending:
    """Something with the day on which it ends; looked up once, for there may be thousands."""

    expiry: Expiry
    day: date


@dataclass(frozen=True)
class Dot:
    expiry: Expiry
    x: str
    y: float
    tone: str
    words: str


@dataclass(frozen=True)
class MonthColumn:
    """All that expires in a month, as far as it lies ahead; or all that has expired."""

    x: str
    width: str
    middle: str
    y: float
    height: float
    figure: str
    figure_y: float
    tone: str
    words: str
    link: str


@dataclass(frozen=True)
class Lane:
    """What of one kind expires; either its dots or its columns are there."""

    name: str | Promise
    name_y: float
    line_y: float
    dots: list[Dot]
    columns: list[MonthColumn]


@dataclass(frozen=True)
class TimeLine:
    lanes: list[Lane]
    months: list[Month]
    start: str  # where today is
    has_expired: bool
    foot_y: float
    names_y: float
    height: float


@dataclass(frozen=True)
class _Axis:
    """Days to percent across."""

    today: date
    start: float

    def at(self, days: float) -> float:
        return self.start + (100 - self.start) * min(max(days, 0), DAYS) / DAYS

    def of(self, day: date) -> float:
        return self.at((day - self.today).days)


def time_line(expiries: Sequence[Expiry]) -> TimeLine:
    """What is given, all of it within the next twelve months or in the past."""
    today = timezone.localdate()
    endings = [_Ending(expiry, timezone.localdate(expiry.expires_at)) for expiry in expiries]
    has_expired = any(one.day < today for one in endings)
    axis = _Axis(today, EXPIRED_WIDTH if has_expired else 0.0)
    lanes, top = [], 0.0
    for kind in ExpiryKind:
        found = [one for one in endings if one.expiry.kind == kind]
        if found:
            lane = _lane(kind, found, axis, top)
            lanes.append(lane)
            top = lane.line_y + LANE_GAP
    foot = top - LANE_GAP
    return TimeLine(
        lanes, _months(axis), percents(axis.start), has_expired, foot, foot + 15, round(foot + MONTHS_HEIGHT, 1)
    )


def _lane(kind: ExpiryKind, found: list[_Ending], axis: _Axis, top: float) -> Lane:
    stacks = _stacks(found, axis)
    highest = max(len(stack) for stack in stacks.values())
    floor = top + NAME_HEIGHT
    if highest > MOST_DOTS:
        line = floor + COLUMNS_HEIGHT + 4
        return Lane(NAMES[kind], top + 13, line, [], _columns(kind, found, axis, line))
    line = floor + highest * DOT_STEP + 2
    return Lane(NAMES[kind], top + 13, line, _dots(stacks, line), [])


def _stacks(found: list[_Ending], axis: _Axis) -> dict[float, list[_Ending]]:
    """By where they stand across: in the middle of their week, or of what has expired."""
    stacks: dict[float, list[_Ending]] = defaultdict(list)
    for one in found:
        days = (one.day - axis.today).days
        x = axis.start / 2 if days < 0 else axis.at((days // WEEK + 0.5) * WEEK)
        stacks[x].append(one)
    return stacks


def _dots(stacks: dict[float, list[_Ending]], line: float) -> list[Dot]:
    return [
        Dot(one.expiry, percents(x), round(line - DOT_STEP * (n + 0.5), 1), _tone(one.expiry), _in_words(one))
        for x, stack in stacks.items()
        for n, one in enumerate(stack)
    ]


def _columns(kind: ExpiryKind, found: list[_Ending], axis: _Axis, line: float) -> list[MonthColumn]:
    months: dict[date, list[_Ending]] = defaultdict(list)
    for one in found:
        months[date.min if one.day < axis.today else max(one.day.replace(day=1), axis.today)].append(one)
    highest = max(len(month) for month in months.values())
    return [_column(kind, month, begins, axis, line, highest) for begins, month in sorted(months.items())]


def _column(
    kind: ExpiryKind, month: list[_Ending], begins: date, axis: _Axis, line: float, highest: int
) -> MonthColumn:
    is_over = begins == date.min
    ends = axis.today - timedelta(days=1) if is_over else min(_last_day(begins), axis.today + timedelta(days=DAYS))
    left, right = (0.0, axis.start) if is_over else (axis.of(begins), axis.of(ends + timedelta(days=1)))
    gap = min(0.6, (right - left) / 4)
    tall = max(LEAST, (COLUMNS_HEIGHT - 14) * len(month) / highest)
    when = _("Expired") if is_over else date_format(begins, "F Y")
    return MonthColumn(
        x=percents(left + gap / 2),
        width=percents(right - left - gap),
        middle=percents((left + right) / 2),
        y=round(line - tall, 1),
        height=round(tall, 1),
        figure=short_figure(len(month)) if right - left > LEAST_FOR_FIGURE else "",
        figure_y=round(line - tall - 4, 1),
        tone=_tone(month[len(month) // 2].expiry),
        words=labelled(when, len(month)),
        link=_list_link(kind, None if is_over else begins, ends),
    )


def _list_link(kind: ExpiryKind, first: date | None, last: date) -> str:
    """The list behind a column: no more than that; of certificates, the profiles that carry them."""
    page, column, more = LISTS[kind]
    since = {f"{column}_since": f"{first:{DAY}}"} if first else {}
    return f"{reverse(page)}?{urlencode({**since, f'{column}_until': f'{last:{DAY}}', **more})}"


def _last_day(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _months(axis: _Axis) -> list[Month]:
    first, months = _last_day(axis.today) + timedelta(days=1), []
    while (first - axis.today).days <= DAYS:
        name = date_format(first, "Y" if first.month == 1 else "N")
        # Of the last one only the beginning is there, too little for a name.
        name = "" if axis.of(first) > LAST_NAME else name
        months.append(Month(percents(axis.of(first)), name, is_spare=first.month % 2 == 0))
        first = _last_day(first) + timedelta(days=1)
    return months


def _tone(expiry: Expiry) -> str:
    """As the warning about it is told."""
    now = timezone.now()
    if expiry.has_expired(now):
        return "error"
    step = expiry_step(expiry.expires_at, now)
    if step is None:
        return "success"
    return "error" if severity_of(step) == Severity.UNHEALTHY else "warning"


def _in_words(one: _Ending) -> str:
    """What it is called, and when it ends, in a line."""
    return f"{one.expiry.name} · {date_format(one.day, 'DATE_FORMAT')} · {left_in_words(one.expiry)}"


def left_in_words(expiry: Expiry) -> str:
    """Such as "in 12 days", whole days as everywhere else."""
    now = timezone.now()
    if expiry.has_expired(now):
        days = (now - expiry.expires_at).days
        ago = ngettext("expired %(days)d day ago", "expired %(days)d days ago", days) % {"days": days}
        return ago if days else _("expired less than a day ago")
    days = expiry.days_left(now)
    ahead = ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days}
    return ahead if days else _("within a day")
