"""Whatever is sent, by whomever: an answer, and never a fault. Faults raise here, with their place."""

import json
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch
from django_filters import FilterSet

from enrollment.models.device_filter import DeviceFilter
from enrollment.models.keyset_place import place_said
from tests.who_may_what.api import OPERATIONS
from tests.who_may_what.asking import visit
from tests.who_may_what.pages import PAGES

pytestmark = pytest.mark.django_db

STRANGE = {
    "NUL": "a\x00b",
    "beyond bigint": "9" * 30,
    "more digits than Python reads": "9" * 5_000,
    "a place with half of a character": place_said("\ud800", 1),
}
DOOR = Path(settings.BASE_DIR) / "enrollment" / "web"
SAID = re.compile(r'(?:GET|POST)(?:\.get|\.getlist)?[\[(]"(\w+)"|"(\w+)" in request\.(?:GET|POST)')


def names() -> set[str]:
    """Every word that a page listens to."""
    text = "".join(path.read_text() for path in DOOR.rglob("*.py"))
    heard = {name for found in SAID.findall(text) for name in found if name}
    fields = {name for form in every(forms.BaseForm) for name in getattr(form, "base_fields", {})}
    return heard | fields | set(DeviceFilter.base_filters) | {"after", "before", "sort", "c-0-0-value", "c-0-0-field"}


def every(kind: type) -> set[type]:
    found = {one for below in kind.__subclasses__() for one in {below} | every(below)}
    return {one for one in found if one.__module__.startswith("enrollment.")}


@pytest.mark.parametrize("value", STRANGE.values(), ids=STRANGE)
@pytest.mark.parametrize("name", sorted({row.name for row in PAGES}))
def test_a_page_answers_whatever_is_sent(name, value, everything):
    rows = [row for row in PAGES if row.name == name]
    # Asked so, a page about Apple's copy would ask Apple, who is not there.
    all_at_once = dict.fromkeys(names() - {"ask"}, value)
    for method in ("get", "post"):
        assert visit(replace(rows[0], method=method, data=all_at_once), everything, everything.here[0]).status < 500
    for row in rows:
        # All else is as it should be: then no other word hides what this one does.
        for one in row.data:
            assert visit(replace(row, data={**row.data, one: value}), everything, everything.here[0]).status < 500


@pytest.mark.parametrize("value", list(STRANGE.values())[:3], ids=list(STRANGE)[:3])
@pytest.mark.parametrize("name", ["device-list", "token-list", "profile-list", "activity-list"])
def test_a_list_answers_whatever_one_filter_is(name, value, everything):
    row = next(row for row in PAGES if row.name == name)
    for one in sorted({name for filters in every(FilterSet) for name in filters.base_filters}):
        assert visit(replace(row, data={one: value}), everything, everything.here[0]).status < 500, one


@pytest.mark.parametrize("key", [0, 2**63, 10**30, int("9" * 4_000)])
@pytest.mark.parametrize("row", [row for row in PAGES if row.about], ids=str)
def test_a_key_of_nothing_is_not_found(row, key, everything):
    things = {name: SimpleNamespace(pk=key) for name in everything.things}
    own = {name: SimpleNamespace(pk=key) for name in everything.here[0].own}
    visitor = replace(everything.here[0], own=own)
    if not set(row.about) & {*things, *own}:
        pytest.skip("about nothing that has a key")
    try:
        assert visit(row, replace(everything, things=things, here=[visitor]), visitor).status == 404
    except NoReverseMatch:
        return  # no address of ours


BODIES = {
    "deep": "[" * 100_000,
    "deep in a value": '{"serials": ' + "[" * 50_000 + "]" * 50_000 + "}",
    "half of a character": '{"serials": ["\\ud800"], "name": "\\ud800", "settings": {"\\ud800": "\\ud800"}}',
    "NUL": '{"serials": ["\\u0000"], "name": "\\u0000", "text": "\\u0000"}',
    "no number": '{"serials": [NaN], "days": Infinity, "profile": -Infinity}',
    "beyond bigint": json.dumps({"serials": [10**40], "profile": 10**40, "token": 10**40, "days": 10**40}),
    "a number longer than Python reads": '{"profile": ' + "9" * 5_000 + "}",
    "a list": "[]",
    "nothing": "null",
    "no JSON": "{",
    "no text": b"\xff\xfe\x00",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("row", [row for row in OPERATIONS if row.method != "get"], ids=str)
def test_an_operation_answers_whatever_is_sent(row, body, everything):
    things = {**everything.things, **everything.here[0].own}
    path = row.name.format(**{name: thing.pk for name, thing in things.items()})
    key = {"Authorization": f"Bearer {everything.here[0].key}"}
    answer = Client().generic(row.method.upper(), f"/api/v1/{path}", body, "application/json", headers=key)
    assert answer.status_code < 500
    if answer.status_code >= 400:
        assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("value", STRANGE.values(), ids=STRANGE)
@pytest.mark.parametrize("row", [row for row in OPERATIONS if row.method == "get"], ids=str)
def test_a_list_for_programs_answers_whatever_is_asked(row, value, everything):
    filters = DeviceFilter.base_filters if row.name == "devices/" else ["token", "status", "q"]
    things = {**everything.things, **everything.here[0].own}
    path = row.name.format(**{name: thing.pk for name, thing in things.items()})
    key = {"Authorization": f"Bearer {everything.here[0].key}"}
    for one in (*filters, "page_size", "cursor", "ordering", "fields", "format"):
        assert Client().get(f"/api/v1/{path}", {one: value}, headers=key).status_code < 500, one


def test_the_address_itself_may_hold_anything(everything):
    browser = everything.here[0].browser
    for path in ("/%00", "/tokens/%ED%A0%80/", "/doctor/?serial=%ED%A0%80", "/devices/?%00=%00", f"/{'x' * 5_000}/"):
        assert browser.get(path).status_code < 500
