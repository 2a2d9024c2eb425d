"""Each condition says the same to the database and to one device (DEV-6)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from enrollment.models import Device
from enrollment.models.rule_condition import (
    TEXT,
    TIME,
    WITHOUT_VALUE,
    RuleField,
    RuleTest,
    condition_holds,
    condition_in_words,
    fitting_tests,
    query_of,
    tidy,
    trouble_with,
)
from tests.cast import a_device, a_token

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)

# Few letters, so that values meet; with what LIKE takes for something else, and letters only some databases fold.
letters = st.text(alphabet="aAbBéÉßıİ%_\\ -'\"", max_size=6)
text_conditions = st.fixed_dictionaries(
    {
        "field": st.sampled_from([field.value for field in RuleField if field != RuleField.ASSIGNED_AT]),
        "test": st.sampled_from([test.value for test in TEXT]),
        "value": letters,
    }
)
days = st.dates(datetime(2026, 5, 25).date(), datetime(2026, 6, 3).date())
time_conditions = st.one_of(
    st.fixed_dictionaries(
        {
            "field": st.just("assigned_at"),
            "test": st.sampled_from(["since", "before"]),
            "value": days.map(lambda day: day.isoformat()),
        }
    ),
    st.fixed_dictionaries(
        {"field": st.just("assigned_at"), "test": st.just("last_days"), "value": st.integers(1, 8).map(str)}
    ),
    st.fixed_dictionaries(
        {"field": st.just("assigned_at"), "test": st.sampled_from(["empty", "not_empty"]), "value": st.just("")}
    ),
)
groups = st.lists(st.lists(st.one_of(text_conditions, time_conditions), max_size=3), max_size=3)
times = st.one_of(
    st.none(),
    st.datetimes(datetime(2026, 5, 24), datetime(2026, 6, 4), timezones=st.just(UTC)),
    days.map(lambda day: datetime(day.year, day.month, day.day, tzinfo=UTC)),
)


def a(field, test, value=""):
    return {"field": field, "test": test, "value": value}


@pytest.mark.django_db
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(has=letters, at=times, conditions=groups)
@example(has="100%", at=None, conditions=[[a("asset_tag", "contains", "0%")]])
@example(has="1000", at=None, conditions=[[a("asset_tag", "contains", "0%")]])
@example(has="a_b", at=None, conditions=[[a("model", "begins", "A_")]])
@example(has="axb", at=None, conditions=[[a("model", "begins", "a_")]])
@example(has="a\\b", at=None, conditions=[[a("model", "is", "A\\B")]])
@example(has="é", at=None, conditions=[[a("model", "is", "É")]])
@example(has="", at=None, conditions=[[a("model", "contains_not", "x")], [a("model", "is_not", "x")]])
@example(has="", at=NOW - timedelta(days=3), conditions=[[a("assigned_at", "last_days", "3")]])
def test_the_database_says_the_same_as_one_look(has, at, conditions):
    device = _the_device()
    texts = {field.value: has for field in RuleField if field not in (RuleField.ASSIGNED_AT, RuleField.SERIAL)}
    Device.objects.filter(pk=device.pk).update(serial=has or "-", assigned_at=at, **texts)
    device.refresh_from_db()
    query = query_of(conditions, NOW)
    in_database = query is not None and Device.objects.filter(query).exists()
    in_one_look = any(group and all(condition_holds(one, device, NOW) for one in group) for group in conditions)
    assert in_database == in_one_look


def _the_device() -> Device:
    return Device.objects.first() or a_device(a_token())


def test_a_rule_without_conditions_matches_nothing():
    assert query_of([], NOW) is None
    assert query_of([[]], NOW) is None


def test_upper_and_lower_case_are_alike(db):
    device = a_device(a_token(), model="iPad Air (M2)")
    assert Device.objects.filter(query_of([[a("model", "contains", "IPAD AIR")]], NOW)).get() == device


@pytest.mark.parametrize("field", RuleField)
def test_every_condition_has_words_in_both_languages(field):
    for test in fitting_tests(field):
        value = "" if test in WITHOUT_VALUE else "7" if test == RuleTest.LAST_DAYS else "2026-09-01"
        condition = a(field.value, test.value, value)
        assert trouble_with(condition) == ""
        words = condition_in_words(condition)
        assert str(field.label) in words
        with translation.override("fr"):
            assert condition_in_words(condition) != words


@pytest.mark.parametrize(
    ("condition", "trouble"),
    [
        (a("", "is", "x"), "Choose what to look at."),
        (a("profile", "is", "x"), "Choose what to look at."),
        (a("model", "since", "2026-01-01"), "Choose what must be so."),
        (a("assigned_at", "contains", "2026"), "Choose what must be so."),
        (a("model", "is", ""), "Say a value; for no value there is “is empty”."),
        (a("model", "is", "x" * 251), "At most 250 characters, all of them visible."),
        (a("model", "is", "a\x00b"), "At most 250 characters, all of them visible."),
        (a("assigned_at", "since", "1.9.2026"), "Write the date as year-month-day, such as 2026-09-01."),
        (a("assigned_at", "since", "2026-W10-1"), "Write the date as year-month-day, such as 2026-09-01."),
        (a("assigned_at", "before", "0001-01-01"), "Write the date as year-month-day, such as 2026-09-01."),
        (a("assigned_at", "last_days", "0"), "Write a number of days from 1 to 3650."),
        (a("assigned_at", "last_days", "²"), "Write a number of days from 1 to 3650."),
        (a("assigned_at", "last_days", "999999999999"), "Write a number of days from 1 to 3650."),
        (a("model", "empty"), ""),
        (a("assigned_at", "before", "2026-09-01"), ""),
    ],
)
def test_what_cannot_be_a_condition_is_told(condition, trouble):
    assert trouble_with(condition) == trouble


def test_what_means_nothing_is_not_stored():
    said = [[], [a("model", "empty", "left over"), a("model", "is", "  iPad ")]]
    assert tidy(said) == [[a("model", "empty"), a("model", "is", "iPad")]]


def test_dates_begin_at_midnight_here(db, settings):
    settings.TIME_ZONE = "Europe/Paris"
    timezone.get_default_timezone.cache_clear()
    try:
        device = a_device(a_token(), assigned_at=datetime(2026, 6, 1, 22, 30, tzinfo=UTC))  # the 2nd in Paris
        assert condition_holds(a("assigned_at", "since", "2026-06-02"), device, NOW)
        assert Device.objects.filter(query_of([[a("assigned_at", "since", "2026-06-02")]], NOW)).exists()
    finally:
        timezone.get_default_timezone.cache_clear()


def test_all_fitting_tests_time_and_text_have_a_name():
    assert {*TEXT, *TIME} == set(RuleTest)
