"""LIM-18, PROF-20: certificates are read from DER and PEM, shown, and refused by the name of their file."""

import base64

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from enrollment.models.certificate import NotACertificate, add_certificates, read_certificate, stored_certificate
from tests.cast import a_certificate, a_stored_certificate

DER, PEM = (a_certificate().public_bytes(encoding) for encoding in (Encoding.DER, Encoding.PEM))


@pytest.mark.parametrize("content", [DER, PEM, b"Bag Attributes\n    friendlyName: Mac\n" + PEM])
def test_der_and_pem_say_the_same(content):
    read = read_certificate(content)
    assert read.subject == "Orchard Configurator"
    assert read.expires_at == a_certificate().not_valid_after_utc
    assert len(read.fingerprint) == 32 * 3 - 1
    assert base64.b64decode(read.base64) == DER
    assert "\n" not in read.base64


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", DER[:-1]]
)
def test_what_is_no_certificate(content):
    with pytest.raises(NotACertificate):
        read_certificate(content)


def test_a_stored_text_that_is_no_base64():
    with pytest.raises(NotACertificate):
        stored_certificate("not base64!")


def test_the_good_ones_are_kept_and_the_others_refused_by_name():
    kept = [a_stored_certificate("First")]
    second = a_certificate("Second").public_bytes(Encoding.PEM)
    first_again = a_certificate("First").public_bytes(Encoding.DER)
    files = [("second.cer", second), ("first.cer", first_again), ("note.txt", b"hello")]
    found, refused = add_certificates(kept, files, most=10)
    assert found == [a_stored_certificate("First"), a_stored_certificate("Second")]
    assert refused == [
        "“first.cer” is in the list already.",
        "“note.txt” is not a certificate (DER or PEM).",
    ]


def test_lim_18_the_eleventh_is_refused_by_name():
    kept = [a_stored_certificate(f"Mac {n}") for n in range(10)]
    found, refused = add_certificates(kept, [("eleventh.cer", DER)], most=10)
    assert found == kept
    assert refused == ["“eleventh.cer” was not added: 10 are the most."]
