"""A whole run of the real program with everything logged that can be logged: no secret gets out of it anywhere."""

import base64
import json
import os
import re
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from django.conf import settings

from tests.demo import Demo, a_folder, a_free_port

PASSWORD, MISTYPED = "orchard-admin", "orchard-adnim-mistyped"
OIDC_SECRET = "oidc-0f6c1d5e-client-secret"  # also what a settings dump would show
FORM_SECRET = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Person:
    """A browser without a window. Every answer is remembered, by what was asked."""

    def __init__(self, base):
        self.base, self.session, self.answers = base, requests.Session(), []

    def get(self, path, **more):
        return self._remember(self.session.get(f"{self.base}{path}", timeout=60, **more))

    def post(self, path, data=None, page=None, **more):
        """Sends the form of the page, which stands at the same address unless said otherwise."""
        secret = FORM_SECRET.search(self.session.get(f"{self.base}{page or path}", timeout=60).text)[1]
        said = {"csrfmiddlewaretoken": secret, **(data or {})}
        return self._remember(self.session.post(f"{self.base}{path}", said, timeout=60, **more))

    def _remember(self, answer):
        self.answers.append(answer)
        return answer


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """All of it, once; what it left behind and what it knows."""
    environment = {
        "LOG_LEVEL": "DEBUG",
        "OIDC_URL": "http://127.0.0.1:9",
        "OIDC_CLIENT_ID": "pomona",
        "OIDC_CLIENT_SECRET": OIDC_SECRET,
        "WEBHOOKS_MAY_REACH": "127.0.0.1/32",
    }
    demo = Demo(a_folder(tmp_path_factory), a_free_port(), **environment)
    try:
        demo.wait_for("Ready:")
        found = everything_that_is_secret_is_used(demo)
        assert demo.stop() == 0
    finally:
        demo.process.kill()
    # The pretend Apple's own log is not ours.
    logs = {file.name: file.read_text() for file in (demo.folder / "logs").iterdir() if file.name != "apple.log"}
    # That of its sample people the demo tells whoever tries it.
    terminal = re.sub(r".*admin / orchard-admin\n", "", demo.said)
    return {**found, "logs": {**logs, "terminal": terminal}, "folder": demo.folder}


def everything_that_is_secret_is_used(demo):
    base, apple = f"http://localhost:{demo.port}", f"http://127.0.0.1:{(demo.folder / 'apple-port').read_text()}"
    person = Person(base)
    person.post("/accounts/login/", {"login": "admin", "password": MISTYPED})
    person.post("/accounts/oidc/sso/login/", page="/accounts/login/")
    stolen = [one.value for one in person.session.cookies]
    signed_in = person.post("/accounts/login/", {"login": "admin", "password": PASSWORD})
    assert signed_in.url == f"{base}/"
    connect(person, apple)
    code = lock_a_device(person, demo)
    tell_a_webhook(person, apple)
    key = make_a_key(person)
    program = Person(base)
    program.session.headers["Authorization"] = f"Bearer {key}"
    for path in ("tokens/", "devices/", "profiles/", "audit/", "me/", "channels/", "nowhere/"):
        program.get(f"/api/v1/{path}")
    program.get("/metrics")
    program.get("/api/v1/tokens/", headers={"Authorization": f"Bearer {key}x"})
    address = read_a_calendar(person, base)
    secret = {name: value for name, value in json.loads(inside(demo)).items() if len(value) > 8}
    inside(demo, "break")
    failed = person.post(code.request.path_url, page="/devices/")
    assert failed.status_code == 500
    stolen += [one.value for one in person.session.cookies if one.name in ("sessionid", "csrftoken")]
    secret |= {"password": PASSWORD, "mistyped": MISTYPED, "OIDC": OIDC_SECRET, "API key": key, "calendar": address}
    secret |= {"bypass code": re.search(r"<code[^>]*>([^<]+)</code>", code.text)[1].strip()}
    return {"secret": secret, "cookies": stolen, "program": program.answers, "failed": failed}


def connect(person, apple):
    """Through the wizard and the portal, then renewed, synced, and with a content token."""
    draft = re.search(r"/drafts/\d+/", person.post("/tokens/new/", page="/tokens/").url)[0]
    person.post(f"/tokens{draft}basics/", {"consents": "on"})
    certificate = person.post(f"/tokens{draft}certificate/", {"consents": "on"}, page=f"/tokens{draft}basics/").content
    requests.post(f"{apple}/portal/servers", {"name": "Logged"}, timeout=30)
    server = re.findall(r"/portal/servers/[0-9A-F]{32}", requests.get(f"{apple}/portal", timeout=30).text)[-1]
    requests.post(f"{apple}{server}/certificate", files={"certificate": ("key.pem", certificate)}, timeout=30)
    file = requests.post(f"{apple}{server}/token", timeout=30).content
    said = {"name": "Logged", "apple_id": "logged@orchard.example"}
    person.post(f"/tokens{draft}token/", said, files={"file": ("token.p7m", file)})
    person.post(f"/tokens{draft}scope/")
    made = person.post(f"/tokens{draft}create/", page=f"/tokens{draft}review/")
    token = re.search(r"/tokens/\d+/", made.url)[0]
    file = requests.post(f"{apple}{server}/token", timeout=30).content
    renewed = person.post(f"{token}renew/", {"apple_id": said["apple_id"]}, files={"file": ("token.p7m", file)})
    assert renewed.url.endswith(token), renewed.text
    person.post(f"{token}sync/", page=token)
    licences = requests.post(f"{apple}/portal/content-token", timeout=30).content
    person.post("/vpp-tokens/new/", {"name": "Logged"}, files={"file": ("licences.vpptoken", licences)})


def tell_a_webhook(person, apple):
    """It is asked, and says no: its address and its signature went out."""
    said = {"name": "Logged", "kind": "webhook", "url": f"{apple}/hooks/B0/not-for-any-log-of-ours", "is_on": "on"}
    made = person.post(
        "/warnings/channels/new/", {**said, "least_severity": "notice", "rhythm": "at_once", "language": "en"}
    )
    assert "whsec_" in made.text, re.sub(r"<[^>]+>|\s+", " ", made.text.partition("<main")[2])
    channel = re.findall(r"/warnings/channels/\d+/", made.text)[-1]
    assert "127.0.0.1 refuses the message" in person.post(f"{channel}test/", page=channel).text
    person.post(f"{channel}secret/")


def lock_a_device(person, demo):
    """The page that shows a code; what comes after it may ask for the same again."""
    device = re.search(r'name="device" value="(\d+)"', person.get("/devices/?family=iPad").text)[1]
    operation = person.post("/devices/do/lock/", {"device": device}, page="/devices/")
    typed = re.search(r'data-confirm-text="([^"]+)"', operation.text)[1]
    path = operation.request.path_url
    person.post(f"{path}confirm/", {"typed": typed}, page=path)
    deadline = time.monotonic() + 60
    while not (found := re.search(r"/activation-locks/\d+/code/", person.get(f"/devices/{device}/").text)):
        assert time.monotonic() < deadline, re.sub(r"<[^>]+>|\s+", " ", person.get(path).text.partition("<main")[2])
        time.sleep(0.5)
    return person.post(found[0], page=f"/devices/{device}/")


def make_a_key(person):
    answer = person.post("/access/keys/new/", {"name": "Logged", "days": "30"})
    return re.search(r"pomona_[\w-]{43}", answer.text)[0]


def read_a_calendar(person, base):
    """The page shows the address once; another program reads there, and guesses."""
    made = person.post("/warnings/calendar/make/", page="/warnings/calendar/").text
    address = re.search(r"pomona_calendar_[\w-]{43}", made)[0]
    calendar = Person(base)
    found = [calendar.get(f"/calendar/{one}.ics").status_code for one in (address, f"{address}x")]
    assert found == [200, 404]
    return address


def inside(demo, *what):
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    environment |= {"DATA_DIR": str(demo.folder), "DJANGO_SETTINGS_MODULE": "config.settings", "LOG_LEVEL": "WARNING"}
    command = [sys.executable, "-m", "tests.security.secrets_inside", *what]
    done = subprocess.run(
        command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def forms_of(secret):
    """As it is, and as it might be written elsewhere."""
    whole = secret.encode()
    return {secret, quote(secret, safe=""), base64.b64encode(whole).decode(), whole.hex(), json.dumps(secret)[1:-1]}


def told(texts, secrets):
    """Where which secret stands."""
    return [
        (name, where)
        for name, secret in secrets.items()
        for where, text in texts.items()
        if any(form in text for form in forms_of(secret))
    ]


def test_the_run_was_whole(run):
    """It can only find what was there to be found."""
    kept = " ".join(run["secret"])
    own = ("sealed_credentials", "sealed_session", "sealed_private_key", "sealed_token", "sealed_bypass_code")
    for name in (*own, "sealed_url", "sealed_secret", "sealed_secret_before"):
        assert name in kept
    assert "[debug" in run["logs"]["web.log"]
    assert "[debug" in run["logs"]["worker-long.log"]
    assert "Traceback" in run["logs"]["web.log"]
    assert "the sign-in provider did not answer" in run["logs"]["web.log"]
    assert [answer.status_code for answer in run["program"]] == [200, 200, 200, 200, 200, 200, 404, 200, 401]


def test_no_log_tells_a_secret(run):
    assert told(run["logs"], run["secret"]) == []


def test_nothing_had_to_be_hidden_in_the_last_moment(run):
    assert [name for name, text in run["logs"].items() if "[hidden]" in text] == []


def test_no_log_tells_a_cookie(run):
    cookies = {f"cookie {place}": value for place, value in enumerate(run["cookies"])}
    assert len(cookies) > 2
    assert told(run["logs"], cookies) == []


def test_no_answer_to_programs_and_no_page_of_a_fault_tells_one(run):
    answers = {answer.url: answer.text + str(answer.headers) for answer in (*run["program"], run["failed"])}
    assert told(answers, run["secret"]) == []


def test_no_mail_and_no_message_in_the_queue_tells_one(run):
    folders = [run["folder"] / name for name in ("mails", "queue")]
    files = [file for folder in folders for file in Path(folder).rglob("*") if file.is_file()]
    assert told({file.name: file.read_text(errors="replace") for file in files}, run["secret"]) == []


def test_the_database_has_them_sealed_or_hashed(run):
    """The audit log is a part of it."""
    with sqlite3.connect(run["folder"] / "pomona.sqlite3") as database:
        dump = "\n".join(database.iterdump())
    assert "auditentry" in dump
    assert told({"database": dump}, run["secret"]) == []
    # Sealed columns are bytes, which a dump writes as figures.
    raw = (run["folder"] / "pomona.sqlite3").read_bytes()
    assert [name for name, secret in run["secret"].items() if secret.encode() in raw] == []
