"""What a `.vpptoken` says, and what people upload instead of one."""

import base64
import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from enrollment.apple.content_token import (
    ContentTokenExpired,
    IsCertificateNotContent,
    IsProfileNotContent,
    IsServerToken,
    NotAContentToken,
    read_content_token,
)
from tests.cast import a_certificate

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SAID = {"token": "a secret", "expDate": "2027-11-08T22:33:22+0000", "orgName": "Orchard Ltd"}


def file(**changes):
    said = {key: value for key, value in {**SAID, **changes}.items() if value is not None}
    return base64.b64encode(json.dumps(said).encode())


def test_what_it_says():
    token = read_content_token(b"\n".join([file()[:20], file()[20:], b""]), now=NOW)
    assert token.text == file().decode(), "whitespace is no part of it"
    assert token.org_name == "Orchard Ltd"
    assert token.expires_at == datetime(2027, 11, 8, 22, 33, 22, tzinfo=UTC)
    assert "a secret" not in repr(token)
    assert token.text not in repr(token)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", NotAContentToken),
        (b"hello", NotAContentToken),
        (b"\xff\x00", NotAContentToken),
        (base64.b64encode(b"[1]"), NotAContentToken),
        (file(token=None), NotAContentToken),
        (file(token=5), NotAContentToken),
        (file(orgName=["x"]), NotAContentToken),
        (file(orgName="a\x00"), NotAContentToken),
        (file(orgName="a\ud800"), NotAContentToken),
        (file(expDate="soon"), NotAContentToken),
        (file(expDate=None), NotAContentToken),
        (file(orgName="x" * 100_000), NotAContentToken),
        (b"Content-Type: application/pkcs7-mime; name=smime.p7m\n\nMIAG", IsServerToken),
        (a_certificate().public_bytes(Encoding.PEM), IsCertificateNotContent),
        (b"<?xml version='1.0'?><plist/>", IsProfileNotContent),
        (file(expDate="2025-11-08T22:33:22+0000"), ContentTokenExpired),
    ],
)
def test_what_else_it_may_be_has_a_name(data, error):
    with pytest.raises(error) as refused:
        read_content_token(data, now=NOW)
    assert type(refused.value) is error
