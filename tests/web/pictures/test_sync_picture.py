"""Columns by day: as high as their figures, each leading to its list."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from enrollment.actions.dashboard.count_syncs import SyncDay
from enrollment.web.pictures.day_columns import HEIGHT, LEAST, short_figure
from enrollment.web.pictures.sync_picture import sync_picture

FIRST = date(2026, 2, 25)


def days(*counts):
    """Of (done, failed, changed)."""
    return [SyncDay(FIRST + timedelta(days=n), *count) for n, count in enumerate(counts)]


def test_the_highest_column_takes_the_height_and_all_stand_on_their_line():
    (band,) = sync_picture(days((4, 0, 0), (2, 0, 0), (0, 0, 0), (1, 0, 0))).bands
    assert [column.height for column in band.columns] == [HEIGHT, HEIGHT / 2, HEIGHT / 4]
    assert {column.y + column.height for column in band.columns} == {band.line_y}
    assert [column.is_highest for column in band.columns] == [True, False, False]


def test_days_without_any_have_no_column_and_little_is_seen_beside_much():
    (band,) = sync_picture(days((100_000, 0, 0), (0, 0, 0), (1, 0, 0))).bands
    assert [column.height for column in band.columns] == [HEIGHT, LEAST]


def test_columns_stand_over_their_days_and_apart():
    picture = sync_picture(days(*[(1, 0, 0)] * 14))
    columns = picture.bands[0].columns
    assert [column.middle for column in columns] == [day.middle for day in picture.days]
    numbers = [(float(one.x[:-1]), float(one.width[:-1])) for one in columns]
    ends = [x + width for x, width in numbers]
    assert all(end < x for end, (x, _width) in zip(ends, numbers[1:], strict=False))
    assert numbers[0][0] > 0
    assert ends[-1] < 100


def test_what_did_not_happen_has_no_row_and_what_did_has_its_own():
    quiet, busy = sync_picture(days((0, 0, 0))), sync_picture(days((1, 2, 3), (0, 1, 0)))
    assert quiet.bands == []
    assert [str(band.name) for band in busy.bands] == ["Syncs done", "Syncs failed", "Devices changed"]
    lines = [band.line_y for band in busy.bands]
    tops = [min(column.figure_y for column in band.columns) for band in busy.bands]
    assert all(line < top - 12 for line, top in zip(lines, tops[1:], strict=False)), "no row reaches into another"
    assert all(band.name_y < top - 8 for band, top in zip(busy.bands, tops, strict=True)), "no figure on a name"
    assert busy.height > busy.months_y > busy.days_y > lines[-1]


def test_each_column_leads_to_the_syncs_of_its_day():
    done, failed, changed = [band.columns[0].link for band in sync_picture(days((1, 1, 1))).bands]
    assert done == "/syncs/?status=done&since=2026-02-25&until=2026-02-25"
    assert failed == "/syncs/?status=failed&since=2026-02-25&until=2026-02-25"
    assert changed == "/syncs/?since=2026-02-25&until=2026-02-25"


def test_months_are_named_where_they_begin_and_where_it_is_narrow_the_last_day_keeps_its_name():
    names = sync_picture(days(*[(1, 0, 0)] * 14)).days
    assert [(one.day, one.month) for one in names if one.month] == [("25", "Feb."), ("1", "March")]
    assert not names[-1].is_spare
    assert sum(one.is_spare for one in names) == 7


@pytest.mark.parametrize(
    ("count", "english", "french"),
    [
        (999, "999", "999"),
        (3_789, "3.8k", "3,8\u202fk"),
        (147_900, "148k", "148\u202fk"),
        (2_000_000, "2.0M", "2,0\u202fM"),
    ],
)
def test_figures_are_short(count, english, french):
    assert short_figure(count) == english
    with translation.override("fr"):
        assert short_figure(count) == french
