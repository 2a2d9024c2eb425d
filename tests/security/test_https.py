"""With an https BASE_URL: what a real installation says. Read by a process of its own, for settings are read once."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

SAY = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
plain = Client().get("/api/v1/docs/", headers={"host": "pomona.example"})
answer = Client().get("/api/v1/docs/", secure=True, headers={"host": "pomona.example"})
elsewhere = Client().get("/api/v1/docs/", secure=True, headers={"host": "evil.example"})
print(json.dumps({
    "plain": [plain.status_code, plain.headers.get("Location")],
    "elsewhere": elsewhere.status_code,
    "hsts": answer.headers["Strict-Transport-Security"],
    "cookies": {name: {**one} for name, one in answer.cookies.items()},
    "session": [settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_DOMAIN],
}))
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    environment |= {
        "BASE_URL": "https://pomona.example",
        "DATA_DIR": str(tmp_path_factory.mktemp("https")),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, "-W", "ignore", "-c", SAY]
    done = subprocess.run(
        command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_who_comes_without_tls_is_sent_to_it(said):
    assert said["plain"] == [301, "https://pomona.example/api/v1/docs/"]


def test_browsers_remember_to_come_with_tls(said):
    assert said["hsts"] == "max-age=31536000; includeSubDomains; preload"


def test_cookies_are_of_this_host_and_of_tls_alone(said):
    csrf = said["cookies"]["__Host-csrf"]
    assert csrf["secure"]
    assert csrf["httponly"]
    assert csrf["path"] == "/"
    assert not csrf["domain"]
    assert said["session"] == ["__Host-session", True, None]


def test_another_host_name_is_not_answered(said):
    assert said["elsewhere"] == 400
