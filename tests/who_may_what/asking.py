"""One request of one visitor, of which nothing remains."""

import copy
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from tests.who_may_what.row import Row
from tests.who_may_what.world import Visitor, World

_WRITES = re.compile(r"(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM) \"enrollment_(\w+)\"", re.IGNORECASE)
# That somebody was refused is written down, too.
_NOT_A_CHANGE = {"auditentry"}


class Answer:
    """The status, what stands in the answer, and which tables it wrote to."""

    def __init__(self, response: HttpResponseBase, written: set[str]) -> None:
        self.status = response.status_code
        self.location = response.headers.get("Location", "")
        self.text = b"".join(response).decode(errors="replace")  # also of what is streamed
        self.written = written - _NOT_A_CHANGE


def visit(row: Row, world: World, visitor: Visitor | None) -> Answer:
    """A page, with the visitor's browser; a stranger's when it is None."""
    things = _things(world, visitor)
    arguments = [things[word].pk if word in things else word for word in row.about]
    browser = visitor.browser if visitor else Client()
    return _ask(browser, row.method, reverse(row.name, args=arguments), _said(row.data, things))


def call(row: Row, world: World, visitor: Visitor | None) -> Answer:
    """An operation of the API, with the visitor's key; without one when it is None."""
    things = _things(world, visitor)
    path = row.name.format(**{name: thing.pk for name, thing in things.items()})
    headers = {"Authorization": f"Bearer {visitor.key}"} if visitor else {}
    said = {"data": _said(row.data, things), "content_type": "application/json"} if row.method != "get" else {}
    return _ask(Client(), row.method, f"/api/v1/{path}", said.pop("data", {}), headers=headers, **said)


def _things(world: World, visitor: Visitor | None) -> dict[str, Any]:
    return {**world.here[0].own, **world.things, **(visitor.own if visitor else {})}


def _said(data: Any, things: dict[str, Any]) -> Any:
    """What is sent; "@token" is the key of a thing."""
    if isinstance(data, dict):
        return {name: _said(value, things) for name, value in data.items()}
    if isinstance(data, list):
        return [_said(value, things) for value in data]
    return things[data[1:]].pk if isinstance(data, str) and data.startswith("@") else data


def _ask(browser: Client, method: str, address: str, data: Any, **more: Any) -> Answer:
    cookies = copy.deepcopy(browser.cookies)
    cache.clear()
    try:
        with transaction.atomic(), _writing() as written:
            answer = Answer(getattr(browser, method)(address, data, **more), written)
            transaction.set_rollback(True)
        return answer
    finally:
        browser.cookies = cookies


@contextmanager
def _writing() -> Iterator[set[str]]:
    """The tables of ours that are written to."""
    tables: set[str] = set()

    def watch(execute: Any, sql: str, *arguments: Any) -> Any:
        tables.update(_WRITES.findall(sql))
        return execute(sql, *arguments)

    with connection.execute_wrapper(watch):
        yield tables
