"""Columns side by side, one a day, as high as their figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from enrollment.models.labelled import labelled
from enrollment.web.pictures.bar_rows import percents

LEAST = 3.0  # pixels: what there is is seen
FILLED = 0.64  # of the width that a day has
# Pixels: of the columns, of the figure over the highest, of the name over all of them, of what stands between.
HEIGHT, ABOVE, NAME_HEIGHT, GAP = 52.0, 18.0, 14.0, 14.0


@dataclass(frozen=True)
class DayCount:
    """How many there were on a day, and where they are listed."""

    day: date
    count: int
    link: str


@dataclass(frozen=True)
class Column:
    """A day's column: SVG's words for where it stands, in percent across and in pixels down."""

    link: str
    words: str
    x: str
    width: str
    middle: str
    y: float
    height: float
    figure: str
    figure_y: float
    is_highest: bool


@dataclass(frozen=True)
class Band:
    """A row of columns on a line, with its name over it; `tone` is their colour."""

    name: str | Promise
    tone: str
    name_y: float
    columns: list[Column]
    line_y: float


@dataclass(frozen=True)
class DayName:
    """What stands under a column, the month where one begins; where it is narrow, every second day has no name."""

    middle: str
    day: str
    month: str
    is_spare: bool


def band(name: str | Promise, tone: str, days: Sequence[DayCount], top: float) -> Band:
    """What is given of each day, the highest column as high as there is room."""
    line = top + NAME_HEIGHT + ABOVE + HEIGHT
    highest, slot = max((day.count for day in days), default=0) or 1, 100 / max(len(days), 1)
    columns = [_column(day, n, slot, line, highest) for n, day in enumerate(days) if day.count]
    return Band(name, tone, top + 12, columns, line)


def _column(day: DayCount, n: int, slot: float, line: float, highest: int) -> Column:
    tall = round(max(LEAST, HEIGHT * day.count / highest), 1)
    return Column(
        link=day.link,
        words=labelled(date_format(day.day, "DATE_FORMAT"), intcomma(day.count)),
        x=percents(slot * (n + (1 - FILLED) / 2)),
        width=percents(slot * FILLED),
        middle=percents(slot * (n + 0.5)),
        y=round(line - tall, 1),
        height=tall,
        figure=short_figure(day.count),
        figure_y=round(line - tall - 5, 1),
        is_highest=day.count == highest,
    )


def day_names(days: Sequence[date]) -> list[DayName]:
    slot = 100 / max(len(days), 1)
    return [
        DayName(
            middle=percents(slot * (n + 0.5)),
            day=date_format(day, "j"),
            month=date_format(day, "N") if n == 0 or day.day == 1 else "",
            is_spare=bool((len(days) - 1 - n) % 2),
        )
        for n, day in enumerate(days)
    ]


def short_figure(count: int) -> str:
    """In at most four characters or so, for there is little room over a column."""
    for unit, words in ((1_000_000, _("%(count)sM")), (1_000, _("%(count)sk"))):
        if count >= unit:
            decimals = 1 if count < 10 * unit else 0
            figure = number_format(round(count / unit, decimals), decimal_pos=decimals)
            return words % {"count": figure}
    return str(count)
