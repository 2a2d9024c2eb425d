"""Every row of apple-protocols.md 1.3, and every wrong file of TOK-6, by name."""

import base64
import contextlib
import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID, ObjectIdentifier
from hypothesis import given, settings
from hypothesis import strategies as st

from enrollment.apple import token_file_errors as wrong
from enrollment.apple.errors import TokenFileError
from enrollment.apple.token_file import Credentials, make_key_pair, open_token
from enrollment.simulator.token_writer import write_token

PAIR = make_key_pair("Orchard")
CERTIFICATE = x509.load_pem_x509_certificate(PAIR.certificate_pem)
SECRETS = {
    "consumer_key": "CK_" + "ab" * 48,
    "consumer_secret": "CS_" + "cd" * 20,
    "access_token": "AT_O1O" + "ef" * 20 + "O1790000000000",
    "access_secret": "AS_" + "12" * 20,
    "access_token_expiry": (datetime.now(UTC) + timedelta(days=300)).strftime("%Y-%m-%dT%H:%M:%SZ"),
}
JSON = json.dumps(SECRETS)


def apples_file(**how):
    return write_token(JSON, CERTIFICATE, **{"markers": True, "triple_des": False, **how})


def opened(data):
    return open_token(data, [PAIR]).credentials


def test_apples_own_file_opens():
    found = opened(apples_file())
    assert found.consumer_key == SECRETS["consumer_key"]
    assert found.access_secret == SECRETS["access_secret"]
    assert found.tail == "abab"


def test_it_is_the_very_file_that_cryptography_alone_cannot_read():
    key = serialization.load_pem_private_key(PAIR.private_key_pem, None)
    with pytest.raises(ValueError, match="asn1"):
        pkcs7.pkcs7_decrypt_smime(apples_file(), CERTIFICATE, key, [])


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b"\r\n", b"\n"),
        lambda data: data.rstrip(),
        lambda data: data.partition(b"\r\n\r\n")[2],
        lambda data: base64.b64decode(data.partition(b"\r\n\r\n")[2]),
        lambda data: b"-----BEGIN PKCS7-----\n" + data.partition(b"\r\n\r\n")[2] + b"-----END PKCS7-----\n",
        lambda data: data.replace(b"application/pkcs7-mime", b"application/x-pkcs7-mime"),
    ],
    ids=["LF", "no last newline", "base64 alone", "bare BER", "PEM", "older type"],
)
def test_copies_that_lost_something_open_all_the_same(change):
    assert opened(change(apples_file())).consumer_key == SECRETS["consumer_key"]


def test_the_variant_of_2014_without_markers_and_triple_des_open():
    assert opened(apples_file(markers=False)).tail == "abab"
    assert opened(apples_file(triple_des=True)).tail == "abab"


@pytest.mark.parametrize("algorithm", [pkcs7.PKCS7Options.Binary])
def test_der_by_cryptography_opens(algorithm):
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(JSON.encode()).add_recipient(CERTIFICATE)
    assert opened(builder.encrypt(serialization.Encoding.DER, [algorithm])).tail == "abab"
    assert opened(builder.encrypt(serialization.Encoding.SMIME, [algorithm])).tail == "abab"


@pytest.fixture
def openssl(tmp_path):
    if shutil.which("openssl") is None:
        pytest.skip("openssl is NOT on this machine: files of other tools stay untested")
    (tmp_path / "cert.pem").write_bytes(PAIR.certificate_pem)
    (tmp_path / "key.pem").write_bytes(PAIR.private_key_pem)
    (tmp_path / "plain").write_text(JSON)

    def run(*arguments):
        return subprocess.run(["openssl", *arguments], cwd=tmp_path, check=True, capture_output=True).stdout

    run.folder = tmp_path
    return run


@pytest.mark.parametrize(
    "how",
    [
        ("-aes128",),
        ("-aes192",),
        ("-aes256",),
        ("-des3",),
        ("-aes128", "-stream", "-indef"),
        ("-aes128", "-keyopt", "rsa_padding_mode:oaep"),
        ("-aes256", "-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256"),
        ("-aes128", "-keyid"),
    ],
    ids=" ".join,
)
def test_files_of_openssl_open(openssl, how):
    """Every row of the table but AES-GCM."""
    # openssl wants what is about the recipient behind it, and the rest before.
    place = how.index("-keyopt") if "-keyopt" in how else len(how)
    before, behind = how[:place], how[place:]
    data = openssl("cms", "-encrypt", "-binary", "-in", "plain", *before, "-recip", "cert.pem", *behind)
    assert opened(data).tail == "abab"


def test_openssl_opens_what_the_pretend_apple_writes(openssl):
    (openssl.folder / "token.p7m").write_bytes(apples_file())
    plain = openssl("smime", "-decrypt", "-in", "token.p7m", "-inkey", "key.pem", "-recip", "cert.pem")
    assert SECRETS["consumer_key"].encode() in plain


def test_aes_gcm_is_named(openssl):
    data = openssl(
        "cms", "-encrypt", "-binary", "-in", "plain", "-aes-128-gcm", "-recip", "cert.pem", "-outform", "DER"
    )
    with pytest.raises(wrong.EncryptionNotSupported):
        opened(data)


def certificate(**names):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(getattr(NameOID, oid), value) for oid, value in names.items()])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    return built.sign(key, hashes.SHA256())


NAMED = certificate(COMMON_NAME="APSP:1234", USER_ID="com.apple.mgmt.External.1234")
VPP = base64.b64encode(json.dumps({"token": "x", "expDate": "2027-11-08T22:33:22+0000", "orgName": "O"}).encode())


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", wrong.EmptyFile),
        (b" \r\n", wrong.EmptyFile),
        (b"0" * 70_000, wrong.TooLarge),
        (PAIR.certificate_pem, wrong.IsCertificate),
        (CERTIFICATE.public_bytes(serialization.Encoding.DER), wrong.IsCertificate),
        (NAMED.public_bytes(serialization.Encoding.PEM), wrong.IsPushCertificate),
        (NAMED.public_bytes(serialization.Encoding.DER), wrong.IsPushCertificate),
        (PAIR.private_key_pem, wrong.IsPrivateKey),
        (VPP, wrong.IsContentToken),
        (base64.b64decode(VPP), wrong.IsContentToken),
        (b'<?xml version="1.0"?><plist version="1.0"><dict/></plist>', wrong.IsConfigurationProfile),
        (JSON.encode(), wrong.IsPlainToken),
        (b"hello", wrong.NotATokenFile),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", wrong.NotATokenFile),
    ],
)
def test_tok_6_a_wrong_upload_is_named(data, error):
    with pytest.raises(error) as caught:
        opened(data)
    assert type(caught.value) is error
    assert caught.value.advice % caught.value.details


def test_a_signed_configuration_profile_is_named():
    key = serialization.load_pem_private_key(PAIR.private_key_pem, None)
    builder = pkcs7.PKCS7SignatureBuilder().set_data(b"<plist></plist>").add_signer(CERTIFICATE, key, hashes.SHA256())
    with pytest.raises(wrong.IsConfigurationProfile):
        opened(builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary]))


def test_our_certificate_is_named_with_its_fingerprint():
    with pytest.raises(wrong.IsCertificate) as caught:
        opened(PAIR.certificate_pem)
    assert caught.value.details["fingerprint"] == PAIR.fingerprint


def test_a_token_for_another_certificate_is_refused():
    with pytest.raises(wrong.MadeForAnotherKey):
        open_token(apples_file(), [make_key_pair("Another")])


def test_of_several_pairs_the_one_it_was_made_for_opens_it():
    other = make_key_pair("Orchard")
    assert open_token(apples_file(), [other, PAIR]).key_pair is PAIR


def test_an_expired_token_is_refused_with_its_date():
    with pytest.raises(wrong.TokenFileExpired) as caught:
        open_token(apples_file(), [PAIR], now=datetime.now(UTC) + timedelta(days=301))
    assert caught.value.details["expired_on"] == SECRETS["access_token_expiry"][:10]


def test_secrets_do_not_show_in_what_is_printed():
    credentials = Credentials.from_json(JSON)
    for secret in ("consumer_secret", "access_token", "access_secret", "consumer_key"):
        assert SECRETS[secret] not in repr(credentials)
    assert "PRIVATE" not in repr(PAIR)


def test_the_certificate_is_what_the_portal_takes():
    assert CERTIFICATE.public_key().key_size == 2048
    assert CERTIFICATE.signature_hash_algorithm.name == "sha256"
    assert CERTIFICATE.not_valid_before_utc < datetime.now(UTC) - timedelta(hours=23)
    assert make_key_pair("Orchard").issuer_and_serial != PAIR.issuer_and_serial
    assert ObjectIdentifier("2.5.29.14") in {extension.oid for extension in CERTIFICATE.extensions}


def ends_well(data):
    with contextlib.suppress(TokenFileError):
        assert opened(data).consumer_key


@given(st.binary(max_size=2_000))
@settings(max_examples=300, deadline=None)
def test_no_bytes_whatever_end_in_anything_but_a_token_or_a_named_error(data):
    ends_well(data)
    ends_well(b"\x30" + data)
    ends_well(base64.b64encode(data))


WHOLE = apples_file()
BARE = base64.b64decode(WHOLE.partition(b"\r\n\r\n")[2])


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_no_damage_to_a_real_file_ends_in_anything_else(data):
    whole = data.draw(st.sampled_from([WHOLE, BARE]))
    start = data.draw(st.integers(0, len(whole) - 1))
    length = data.draw(st.integers(0, 40))
    ends_well(whole[:start] + data.draw(st.binary(max_size=40)) + whole[start + length :])
