"""Probes of balancers: without sign-in, cookies or https, by whatever name the node is called."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from enrollment.web.health import PROBES

ROOT = Path(__file__).resolve().parent.parent.parent


def test_live_asks_nothing_of_the_database():
    """Nor of anything else: without the database's fixture a question to it fails this test."""
    browser = Client()
    browser.cookies["sessionid"] = "one-that-would-be-looked-up"
    answer = browser.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"live": True})


@pytest.mark.django_db
def test_ready_names_its_checks_and_nothing_else():
    answer = Client().get("/health/ready")
    assert answer.status_code == 200
    checks = {"database": True, "migrations": True, "cache": True}
    assert answer.json() == {"ready": True, "checks": checks, "clock": False}


@pytest.mark.django_db
@pytest.mark.parametrize("probe", PROBES)
def test_a_probe_is_answered_past_everything_that_is_for_people(probe, settings):
    settings.SECURE_SSL_REDIRECT = True
    answer = Client().get(probe, headers={"Host": "10.1.2.3:8000"})
    assert answer.status_code == 200, "neither sent to https nor refused for a host's name"
    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
@pytest.mark.parametrize("probe", PROBES)
def test_a_probe_reads_and_does_no_more(probe):
    head = Client().head(probe)
    assert (head.status_code, head.content) == (200, b"")
    for method in ("post", "put", "delete", "options"):
        assert getattr(Client(), method)(probe).status_code == 405


@pytest.mark.django_db
def test_all_else_is_still_sent_to_https(settings):
    settings.SECURE_SSL_REDIRECT = True
    for path in ("/health/readyx", "/health/live/", "/"):
        assert Client().get(path).status_code == 301


def test_a_database_that_is_away_is_named_and_the_process_lives(tmp_path):
    """In a process of its own, for this one has a database."""
    ask = (
        "import django, json; django.setup()\n"
        "from django.test import Client\n"
        "answers = [Client().get(path) for path in ('/health/live', '/health/ready')]\n"
        "print(json.dumps([[one.status_code, one.json()] for one in answers]))"
    )
    away = {"DATABASE_URL": "postgres://pomona:a-secret@127.0.0.1:9/pomona", "REDIS_URL": "", "DATA_DIR": str(tmp_path)}
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **away}
    said = subprocess.run(
        [sys.executable, "-c", ask], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    live, ready = json.loads(said.stdout.splitlines()[-1])
    assert live == [200, {"live": True}]
    checks = {"database": False, "migrations": False, "cache": True}
    assert ready == [503, {"ready": False, "checks": checks, "clock": False}]
    assert "a-secret" not in said.stdout + said.stderr
