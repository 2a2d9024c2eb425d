import json

import pytest
import structlog

from config.hide_secrets import HIDDEN, hide_secrets
from enrollment.apple.token_file import make_key_pair
from enrollment.models.api_key import make_key

PEM = make_key_pair("x").private_key_pem.decode()
SECRETS = {
    "an API key": make_key(),
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


def test_what_is_no_secret_stays():
    event = {"event": "sync of CS101 done", "timestamp": "2026-11-25T08:00:00Z", "count": 3, "key": "Bearer of news"}
    assert hide_secrets(None, "info", dict(event)) == event


def test_the_log_is_written_through_it(settings):
    processors = settings.LOGGING["formatters"]["line"]["processors"]
    place = processors.index(hide_secrets)
    assert processors[place - 1] is structlog.processors.format_exc_info, "what an exception says is text by then"
    assert place == len(processors) - 2, "only drawing comes after it"
