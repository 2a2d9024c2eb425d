"""The door for operators: what is printed, and how commands end."""

import json
import os
import socket
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from enrollment.apple.client import Client
from enrollment.apple.session import MemorySessionStore
from enrollment.apple.token_file import Credentials
from enrollment.models import Person, SyncKind, Token, TokenDraft, TokenStatus

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.django_db(transaction=True)


def said(*command, **options):
    out = StringIO()
    call_command(*command, stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


@pytest.fixture
def server(world):
    return world.add_server("Shops")


@pytest.fixture
def file(settings, apple, server, tmp_path):
    """A token file for the certificate of the draft "Shops"."""
    settings.APPLE_URL = apple.url
    pem = said("token_certificate", "Shops")
    assert pem.startswith("-----BEGIN CERTIFICATE-----")
    assert pem.strip().endswith("-----END CERTIFICATE-----")
    server.upload_certificate(pem.encode())
    path = tmp_path / "token.p7m"
    path.write_bytes(server.download_token())
    return str(path)


def test_asking_twice_prints_the_same_certificate(settings):
    assert said("token_certificate", "Shops") == said("token_certificate", "Shops")
    assert TokenDraft.objects.count() == 1


def test_a_check_says_what_is_in_the_file_and_changes_nothing(file, server):
    found = json.loads(said("connect_token", "Shops", file, "--check-only"))
    assert found["consumer_key_end"] == server.consumer_key[-4:]
    text = json.dumps(found)
    assert all(secret not in text for secret in server.credentials().values() if secret.startswith(("CS", "AS", "AT")))
    assert not Token.objects.exists()
    assert TokenDraft.objects.get().file_name == ""


def test_connecting_and_syncing(file, world, server):
    world.add_devices(server, 7)
    answer = said("connect_token", "Shops", file, "--apple-id", "a@orchard.example", "--agree")
    assert "Connected to “Shops” of Orchard Foods" in answer
    token = Token.objects.get()
    assert token.status == TokenStatus.ACTIVE
    assert "7 added" in said("sync", "Shops")
    assert token.sync_runs.get().kind == SyncKind.FULL
    assert "0 added" in said("sync", "Shops")
    with pytest.raises(CommandError, match="15 minutes"):
        call_command("sync", "Shops")
    with pytest.raises(CommandError, match="once in 7 days"):
        call_command("sync", "Shops", "--full")


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--agree"], 2),
        (["--apple-id", "a@orchard.example"], 2),
        (["--apple-id", "nobody", "--agree"], 2),
    ],
)
def test_without_consent_or_apple_id_nothing_is_connected(file, arguments, status):
    with pytest.raises(CommandError) as refused:
        call_command("connect_token", "Shops", file, *arguments)
    assert refused.value.returncode == status
    assert not Token.objects.exists()


def test_a_wrong_file_is_refused_with_advice(file, tmp_path):
    wrong = tmp_path / "key.pem"
    wrong.write_text(said("token_certificate", "Shops"))
    with pytest.raises(CommandError, match="Upload it there") as refused:
        call_command("connect_token", "Shops", str(wrong), "--apple-id", "a@orchard.example", "--agree")
    assert refused.value.returncode == 1
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("connect_token", "Shops", str(tmp_path / "none"), "--check-only")


def test_people_and_keys(client):
    name, _slash, password = said("add_person", "dora", "--role", "helpdesk", "--scope", "Lyon").strip().split()
    person = Person.objects.get(username=name)
    assert person.check_password(password)
    assert [role.key for role in person.roles.all()] == ["helpdesk"]
    assert not person.sees_everything
    with pytest.raises(CommandError, match="already"):
        call_command("add_person", "dora", "--role", "helpdesk")
    key = said("make_api_key", "dora").strip()
    assert client.get("/api/v1/tokens/", headers={"Authorization": f"Bearer {key}"}).status_code == 200
    with pytest.raises(CommandError, match="no active person"):
        call_command("make_api_key", "nobody")


def a_simulator(*arguments):
    return subprocess.Popen(
        [sys.executable, "manage.py", "apple_simulator", *arguments],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_pretend_apple_alone_serves_any_client_and_keeps_its_state(tmp_path):
    state, tokens = tmp_path / "state.json", tmp_path / "tokens.json"
    arguments = ["--port", "0", "--devices", "30", "--state", str(state), "--tokens-out", str(tokens)]
    apple = a_simulator(*arguments)
    url = apple.stdout.readline().split()[3].rstrip(",")
    keys = json.loads(tokens.read_text())
    assert set(keys) == {"consumer_key", "consumer_secret", "access_token", "access_secret", "access_token_expiry"}
    assert tokens.stat().st_mode & 0o777 == 0o600
    with Client(url, Credentials.from_json(json.dumps(keys)), MemorySessionStore()) as client:
        first = [device.serial for device in client.fetch_devices().devices]
    apple.terminate()
    assert apple.wait(timeout=20) == 0
    assert len(first) == 30

    again = a_simulator(*arguments)
    url = again.stdout.readline().split()[3].rstrip(",")
    with Client(url, Credentials.from_json(json.dumps(keys)), MemorySessionStore()) as client:
        assert [device.serial for device in client.fetch_devices().devices] == first
    again.terminate()
    again.wait(timeout=20)


def test_a_taken_port_is_said_in_plain_words():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        apple = a_simulator("--port", str(port), "--devices", "1")
        assert apple.wait(timeout=30) == 1
        assert f"Port {port} cannot be used" in apple.stderr.read()
