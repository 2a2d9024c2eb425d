"""Bars are as long as their figures are large, and seen where there is anything."""

from django.utils import translation

from enrollment.web.pictures.bar_rows import LEAST, Row, bar_rows, percents


def widths(*counts):
    return [one.width for one in bar_rows([Row("A name", count) for count in counts])]


def test_the_longest_takes_all_of_the_width():
    assert widths(50, 200, 100) == ["25%", "100%", "50%"]
    assert widths(1, 3) == ["33.33%", "100%"]


def test_what_there_is_is_seen_and_what_there_is_not_is_not_drawn():
    rows = bar_rows([Row("Many", 200_000), Row("One", 1), Row("None", 0)])
    assert rows[1].width == f"{LEAST:g}%"
    assert [one.is_drawn for one in rows] == [True, True, False]


def test_without_anything_nothing_is_drawn():
    assert [one.is_drawn for one in bar_rows([Row("None", 0)])] == [False]
    assert bar_rows([]) == []


def test_several_taken_together_make_no_single_one_short():
    one, others = bar_rows([Row("One", 10), Row("52 others", 9_000, is_several=True)])
    assert one.width == "100%"
    assert not others.is_drawn


def test_shares_never_say_nothing_of_something_nor_all_of_almost_all():
    def share(count, whole):
        return bar_rows([Row("A name", count, part_of=whole)])[0].share

    assert [share(1, 200_000), share(1, 100), share(1, 3), share(199_999, 200_000), share(3, 3)] == [
        "< 1%",
        "1%",
        "33%",
        "> 99%",
        "100%",
    ]
    assert share(0, 3) == share(3, 0) == ""
    with translation.override("fr"):
        assert share(1, 3) == "33\N{NO-BREAK SPACE}%"


def test_svg_gets_points_whatever_the_language():
    with translation.override("fr"):
        assert percents(33.3333) == "33.33%"
