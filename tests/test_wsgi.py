"""The door of the web server: who stops listening gives its thread back."""

import gc
import socket

import pytest
from django.test import RequestFactory

from config.wsgi import PATIENCE, application

pytestmark = pytest.mark.django_db


def answered(**more):
    said = []
    environ = {**RequestFactory().get("/static/css/tokens.css").environ, **more}
    application(environ, lambda status, _headers: said.append(status)).close()
    return said


def test_a_client_that_takes_nothing_is_given_up():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert answered(**{"gunicorn.socket": ours}) == ["200 OK"]
        assert ours.gettimeout() == PATIENCE


def test_other_servers_serve_it_too():
    assert answered() == ["200 OK"]


def test_what_is_loaded_is_not_looked_through_by_every_full_collection():
    assert gc.get_freeze_count() > 50_000
