"""What expires on a line of twelve months, be it one thing or hundreds."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from enrollment.actions.dashboard.dashboard import AHEAD
from enrollment.actions.warnings.expiries import Expiry, ExpiryKind
from enrollment.models import ApiKey, Token, VppToken
from enrollment.web.pictures.time_line import EXPIRED_WIDTH, MOST_DOTS, left_in_words, time_line

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def ends(days, kind=ExpiryKind.TOKEN, name="Orchard"):
    about = {ExpiryKind.TOKEN: {"token": Token(pk=1)}, ExpiryKind.VPP_TOKEN: {"vpp_token": VppToken(pk=1)}}
    about[ExpiryKind.API_KEY] = {"api_key": ApiKey(pk=1)}
    return Expiry(kind=kind, key="one", name=name, expires_at=NOW + timedelta(days=days), **about[kind])


def number(percent):
    return float(percent.removesuffix("%"))


def test_today_is_at_the_left_and_a_year_ahead_at_the_right():
    (lane,) = time_line([ends(0.1), ends(182), ends(365)]).lanes
    first, middle, last = [number(dot.x) for dot in lane.dots]
    assert first < 2
    assert 49 < middle < 51
    assert last > 99


def test_what_has_expired_stands_left_of_today_and_takes_no_room_where_there_is_none():
    line = time_line([ends(-400), ends(-1), ends(30)])
    assert line.has_expired
    assert number(line.start) == EXPIRED_WIDTH
    dots = sorted(line.lanes[0].dots, key=lambda dot: dot.expiry.expires_at)
    assert [number(dot.x) < EXPIRED_WIDTH for dot in dots] == [True, True, False]
    assert not time_line([ends(30)]).has_expired
    assert number(time_line([ends(30)]).start) == 0


def test_several_of_one_week_stand_one_above_the_other():
    (lane,) = time_line([ends(50.1), ends(50.2), ends(50.3), ends(90)]).lanes
    assert len({dot.x for dot in lane.dots}) == 2
    assert len({(dot.x, dot.y) for dot in lane.dots}) == 4
    assert all(dot.y < lane.line_y for dot in lane.dots)


def test_each_kind_has_a_lane_of_its_own_below_the_one_before():
    line = time_line([ends(5, ExpiryKind.API_KEY), ends(6), ends(7, ExpiryKind.VPP_TOKEN)])
    assert [str(lane.name) for lane in line.lanes] == ["Enrollment program tokens", "VPP tokens", "API keys"]
    for above, below in pairwise(line.lanes):
        assert above.line_y < below.name_y - 8
    assert line.height > line.names_y > line.foot_y == line.lanes[-1].line_y


def test_more_than_can_stand_above_each_other_become_a_column_a_month():
    few = [ends(40 + n / 100) for n in range(MOST_DOTS)]
    assert time_line(few).lanes[0].dots
    (lane,) = time_line([*few, ends(40.5), ends(100), ends(-3)]).lanes
    assert lane.dots == []
    assert [column.figure for column in lane.columns] == ["1", "6", "1"]
    highest = max(lane.columns, key=lambda column: column.height)
    assert highest.figure == "6"
    assert all(round(column.y + column.height, 1) == lane.line_y for column in lane.columns)
    assert all(column.figure_y > lane.name_y for column in lane.columns)


def test_hundreds_are_all_there_and_no_column_covers_another():
    expiries = [ends(n * 365 / 600 - 4) for n in range(600)]
    (lane,) = time_line(expiries).lanes
    assert sum(int(column.words.rpartition(" ")[2]) for column in lane.columns) == 600
    edges = [(number(column.x), number(column.x) + number(column.width)) for column in lane.columns]
    assert all(end <= start for (_start, end), (start, _end) in pairwise(edges))
    assert edges[0][0] >= 0
    assert edges[-1][1] <= 100


def test_the_list_behind_a_column_has_the_days_of_its_month_alone():
    expiries = [ends(-3), *[ends(n) for n in range(365)], ends(364.9)]
    (lane,) = time_line(expiries).lanes
    found = Counter()
    for column in lane.columns:
        asked = {name: value for name, (value,) in parse_qs(urlsplit(column.link).query).items()}
        since = asked.get("expires_since", "0001-01-01")
        days = [f"{expiry.expires_at:%Y-%m-%d}" for expiry in expiries]
        listed = sum(since <= day <= asked["expires_until"] for day in days)
        assert column.words.endswith(f": {listed}")
        found["all"] += listed
    assert found["all"] == len(expiries)
    last = (NOW + AHEAD).date()
    assert f"expires_until={last}" in lane.columns[-1].link


def test_colours_go_with_how_soon_it_is():
    (lane,) = time_line([ends(-1), ends(6), ends(8), ends(59), ends(61)]).lanes
    tones = {dot.expiry.expires_at: dot.tone for dot in lane.dots}
    assert [tone for _at, tone in sorted(tones.items())] == ["error", "error", "warning", "warning", "success"]


def test_months_are_named_in_order_and_january_by_its_year():
    months = time_line([ends(30)]).months
    assert [month.name for month in months[:3]] == ["April", "May", "June"]
    assert [month.name for month in months][9] == "2027"
    assert [number(month.x) for month in months] == sorted(number(month.x) for month in months)
    assert not [month for month in months if month.name == "2027" and month.is_spare]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-3.5, "expired 3 days ago"),
        (-1.5, "expired 1 day ago"),
        (-0.5, "expired less than a day ago"),
        (0.5, "within a day"),
        (1.5, "in 1 day"),
        (12.5, "in 12 days"),
    ],
)
def test_what_is_left_is_told_in_whole_days(days, words):
    assert left_in_words(ends(days)) == words
