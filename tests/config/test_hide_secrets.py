import json
from datetime import datetime, timedelta
from types import SimpleNamespace
from urllib.parse import quote

import pytest
import structlog
from gunicorn.config import Config

from config.access_log import AccessLog
from config.hide_secrets import HIDDEN, hide_secrets
from enrollment.apple.token_file import make_key_pair
from enrollment.management.program import parts
from enrollment.messengers import webhook
from enrollment.models.api_key import make_key
from enrollment.models.calendar_feed import make_address

PEM = make_key_pair("x").private_key_pem.decode()
SECRETS = {
    "an API key": make_key(),
    "the address of a calendar": make_address(),
    "a consumer secret": "CS_" + "a1" * 20,
    "an access secret": "AS_" + "b2" * 20,
    "a private key": PEM,
    "half a private key": PEM[:200],
    "a bearer": "eyJhbGciOi.JIUzI1NiIs.InR5cCI6",
}


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_a_secret_is_hidden_wherever_it_stands(secret):
    event = {"event": f"sent Authorization: Bearer {secret} and more", "exception": f"ValueError: Bearer {secret}"}
    said = json.dumps(hide_secrets(None, "info", event))
    assert HIDDEN in said
    assert secret.splitlines()[1 if "\n" in secret else 0] not in said


def encoded(secret, only=""):
    """As an address may write it: every character is its own number, or those of `only`."""
    return "".join(f"%{ord(one):02X}" if not only or one in only else one for one in secret)


@pytest.mark.parametrize(
    "write",
    [
        encoded,
        lambda secret: encoded(secret).lower(),
        lambda secret: encoded(secret, "_"),
        lambda secret: encoded(secret, "_-"),
        lambda secret: encoded(secret, secret[20:]),
        lambda secret: quote(encoded(secret, "_-")),
        lambda secret: quote(quote(encoded(secret))),
    ],
)
def test_so_is_one_that_an_address_writes_in_another_way(write):
    for secret in (make_address(), make_key()):
        written = write(secret)
        said = hide_secrets(None, "info", {"event": f"GET /calendar/{written}.ics?next=%2Fwarnings%2F HTTP/1.1"})[
            "event"
        ]
        assert said == f"GET /calendar/{HIDDEN}.ics?next=%2Fwarnings%2F HTTP/1.1"


@pytest.mark.parametrize(
    "secret",
    [
        webhook.new_secret(),
        "hooks.slack.com/services/T01ABCDEF/B01ABCDEF/abcdefghijklmnopqrstuvwx",
        "prod-1.logic.azure.com:443/workflows/1/triggers/manual/paths/invoke?api-version=1&sig=Abcdefgh-ijklmnop_qrstuv",
    ],
    ids=["a signing secret", "Slack's", "Teams'"],
)
def test_so_is_what_belongs_to_a_webhook(secret):
    said = hide_secrets(None, "info", {"event": f"posted to https://{secret} in vain"})["event"]
    assert HIDDEN in said
    assert secret[-16:] not in said


@pytest.mark.parametrize(
    "path", ["/devices/?q=%50omona", "/pomona%20and%20more%20of%20it", "/a%5Fb%5Fc%5Fd%5Fe%5Ff%5Fg%5F"]
)
def test_an_address_without_one_stays(path):
    assert hide_secrets(None, "info", {"event": path})["event"] == path


def test_what_is_no_secret_stays():
    event = {"event": "sync of CS101 done", "timestamp": "2026-11-25T08:00:00Z", "count": 3, "key": "Bearer of news"}
    assert hide_secrets(None, "info", dict(event)) == event


def test_the_log_is_written_through_it(settings):
    processors = settings.LOGGING["formatters"]["line"]["processors"]
    place = processors.index(hide_secrets)
    assert processors[place - 1] is structlog.processors.format_exc_info, "what an exception says is text by then"
    assert place == len(processors) - 2, "only drawing comes after it"


def test_the_web_servers_log_of_requests_is_written_without_them():
    secret, started = make_address(), datetime.now() - timedelta(seconds=1)
    log = AccessLog(Config())
    request = SimpleNamespace(headers=[("REFERER", f"https://pomona.example/calendar/{secret}.ics")])
    answer = SimpleNamespace(status="200 OK", sent=5, headers=[])
    path = f"/calendar/{secret}.ics"
    environ = {"REQUEST_METHOD": "GET", "RAW_URI": path, "PATH_INFO": path, "SERVER_PROTOCOL": "HTTP/1.1"}
    told = log.atoms(answer, request, environ, datetime.now() - started)
    assert told["r"].startswith("GET /calendar/[hidden].ics")
    assert told["s"] == "200"
    assert secret not in str(told)


def test_serve_uses_it(tmp_path):
    web = parts(host="127.0.0.1", port=8000, data=tmp_path)[0].command
    assert web[web.index("--logger-class") + 1] == "config.access_log.AccessLog"
