"""ROLE-1 to ROLE-3 in one table: every page and every operation of the API, by role, in and out of scope.

The tables stand in who_may_what/: pages.py, accounts.py, api.py. A page or an operation without a row fails here.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator

from tests.who_may_what.accounts import ACCOUNTS
from tests.who_may_what.api import OPERATIONS
from tests.who_may_what.asking import Answer, call, visit
from tests.who_may_what.pages import PAGES
from tests.who_may_what.row import ROLES, Row
from tests.who_may_what.world import OURS, World, a_world

pytestmark = pytest.mark.django_db
ALL_PAGES = [*PAGES, *ACCOUNTS]
REFUSED = (401, 403, 404, 405)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Built once; every request is undone."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield a_world()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _as_in_the_demo(settings):
    settings.SHOW_MAILS = True


def in_words(statuses: tuple[int, ...]) -> str:
    return " ".join(str(status) for status in statuses)


def hold_against(row: Row, answers: dict[str, list[Answer]]) -> None:
    """Every visitor's answer is the one of the table; refused, nothing was written; elsewhere, nothing leaks."""
    found = {who: tuple(answer.status for answer in group) for who, group in answers.items()}
    wanted = {"here": row.here, "elsewhere": row.elsewhere, "inside": (row.inside,), "stranger": (row.stranger,)}
    assert {who: in_words(statuses) for who, statuses in found.items()} == {
        who: in_words(statuses) for who, statuses in wanted.items()
    }
    for who, group in answers.items():
        for answer in group:
            if answer.status in REFUSED:
                assert not answer.written, f"refused, {who} changed {answer.written}"
            if who in ("elsewhere", "stranger"):
                assert OURS.lower() not in answer.text.lower(), f"{who} reads a name"


@pytest.mark.parametrize("row", ALL_PAGES, ids=str)
def test_a_page_answers_each_visitor_as_the_table_says(row, world):
    stranger = visit(row, world, None)
    answers = {
        "here": [visit(row, world, visitor) for visitor in world.here],
        "elsewhere": [visit(row, world, visitor) for visitor in world.elsewhere],
        "inside": [visit(row, world, world.inside)],
        "stranger": [stranger],
    }
    hold_against(row, answers)
    if row in PAGES and stranger.status == 302:
        assert stranger.location.startswith("/accounts/login/")


@pytest.mark.parametrize("row", OPERATIONS, ids=str)
def test_an_operation_answers_each_visitor_as_the_table_says(row, world):
    answers = {
        "here": [call(row, world, visitor) for visitor in world.here],
        "elsewhere": [call(row, world, visitor) for visitor in world.elsewhere],
        "inside": [call(row, world, world.inside)],
        "stranger": [call(row, world, None)],
    }
    hold_against(row, answers)


def addresses(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[tuple[str, str]]:
    """Each address with its name."""
    for pattern in patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, address)
        else:
            yield address, pattern.name


def operations() -> set[str]:
    """Those the schema tells of, as "get /api/v1/tokens/{}/"."""
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    return {f"{method} {nameless(path)}" for path, methods in paths.items() for method in methods}


def test_every_page_stands_in_the_table():
    described = {said.partition(" ")[2] for said in operations()}
    pages = {name for address, name in addresses(get_resolver().url_patterns) if nameless(address) not in described}
    assert pages == {row.name for row in ALL_PAGES}


def test_every_operation_stands_in_the_table():
    assert operations() == {f"{row.method} /api/v1/{nameless(row.name.partition('?')[0])}" for row in OPERATIONS}


def nameless(path: str) -> str:
    """Without the names of its places, and what stands in them."""
    return re.sub(r"\{\w+\}|<[\w:]+>|(?<=/)\d+(?=/)", "{}", path)


@pytest.mark.parametrize("name", sorted({row.name for row in PAGES}))
def test_what_stands_in_no_row_does_nothing(name, world):
    """A page that is for reading changes nothing by POST; one that changes something does not do so by GET."""
    rows = [row for row in PAGES if row.name == name]
    for method in {"get", "post"} - {row.method for row in rows}:
        answer = visit(replace(rows[0], method=method), world, world.here[0])
        assert not answer.written, f"{method} changed {answer.written}"


def test_the_table_has_a_column_for_every_built_in_role(world):
    assert [visitor.person.roles.get().key for visitor in world.here] == list(ROLES)
