"""A bar a row, as long as its figure is large: names and figures stand beside it, so that it needs no legend."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

LEAST = 1.0  # percent of the width: what there is is seen


@dataclass(frozen=True)
class Row:
    """What a bar stands for. `part_of` is the whole that its share is told of; `note` stands small beside the name."""

    name: str | Promise
    count: int
    link: str = ""
    tone: str = ""
    note: str = ""
    part_of: int = 0
    is_several: bool = False  # things taken together, which no bar compares with single ones


@dataclass(frozen=True)
class BarRow:
    """A row with its bar; `width` is what SVG takes, such as "34.2%"."""

    row: Row
    width: str
    share: str

    @property
    def is_drawn(self) -> bool:
        return self.row.count > 0 and not self.row.is_several


def bar_rows(rows: Sequence[Row]) -> list[BarRow]:
    """The longest bar takes all of the width."""
    longest = max((row.count for row in rows if not row.is_several), default=0) or 1
    return [BarRow(row, percents(max(LEAST, 100 * row.count / longest)), share_in_words(row)) for row in rows]


def percents(number: float) -> str:
    """For SVG, which knows no decimal commas."""
    return f"{round(number, 2):g}%"


def share_in_words(row: Row) -> str:
    """Such as "34%"; what is there is never said to be nothing, nor almost all to be all."""
    if not row.part_of or not row.count:
        return ""
    share = 100 * row.count / row.part_of
    if 0 < share < 1:
        return _("< 1%")
    if 99 < share < 100:
        return _("> 99%")
    return _("%(share)d%%") % {"share": round(share)}
