"""`manage.py health`: what is printed, and how it ends."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from enrollment.actions.warnings.snooze_warning import snooze_warning
from tests.cast import a_device, a_synced_token
from tests.typeset import typeset

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.django_db


def told(*arguments):
    """What it prints, and its exit code."""
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("health", *arguments, stdout=out)
    return out.getvalue().strip(), ended.value.code


def test_where_nothing_holds_all_is_healthy():
    assert told() == ("All is healthy.", 0)


def test_a_notice_is_told_and_leaves_all_healthy():
    a_device(a_synced_token(timezone.now()), released_at=timezone.now())
    said, code = told()
    assert said.startswith("notice: 1 released device of ")
    assert code == 0


def test_the_worst_decides_and_comes_first(alice):
    now = timezone.now()
    a_synced_token(now, name="Away", unreachable_since=now)
    assert told()[1] == 1
    a_synced_token(now, name="Refused", rejected_at=now)
    said, code = told()
    assert [line.partition(" (since")[0] for line in said.splitlines()] == [
        "unhealthy: Apple rejects the token “Refused”.",
        "warning: Apple cannot be reached for “Away”.",
    ]
    assert code == 2


def test_what_is_snoozed_is_neither_told_nor_counted_unless_asked_for(alice):
    now = timezone.now()
    token = a_synced_token(now, rejected_at=now)
    until = now + timedelta(days=2)
    snooze_warning(f"token_rejected.token-{token.pk}", until=until, reason="A new file is on its way.", by=alice)
    assert told() == ("All is healthy.", 0)
    said, code = told("--all")
    assert f"snoozed until {until:%Y-%m-%d %H:%M})" in said
    assert code == 0


def test_programs_read_the_same_as_json(settings):
    settings.BASE_URL = "https://pomona.example"
    now = timezone.now()
    token = a_synced_token(now, name="Boutiques", rejected_at=now)
    said, code = told("--json", "--language", "fr")
    found = json.loads(said)
    assert (found["health"], code) == ("unhealthy", 2)
    (warning,) = found["warnings"]
    assert warning["sentence"] == typeset("Apple rejette le jeton « Boutiques ».")
    assert warning["link"] == f"https://pomona.example/tokens/{token.pk}/"
    assert (warning["condition"], warning["since"]) == ("token_rejected", now.isoformat())


@pytest.mark.parametrize("database", ["postgres://pomona:a-secret@127.0.0.1:9/pomona", ""])
def test_a_database_that_cannot_be_asked_or_was_never_made_is_three(database, tmp_path):
    environment = {**os.environ, "DATA_DIR": str(tmp_path), "REDIS_URL": ""}
    environment |= {"DATABASE_URL": database} if database else {"DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3"}
    said = subprocess.run(
        [sys.executable, "manage.py", "health"], cwd=ROOT, env=environment, check=False, capture_output=True, text=True
    )
    assert said.returncode == 3
    assert "The database cannot be asked" in said.stderr
    assert "a-secret" not in said.stderr
