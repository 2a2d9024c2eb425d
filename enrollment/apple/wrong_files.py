"""What people upload instead of a token, recognised and named (TOK-6)."""

import binascii
import json
import re

from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from enrollment.apple import token_file_errors as wrong
from enrollment.apple.envelope import Envelope, NotAnEnvelope, NotSupported
from enrollment.apple.errors import TokenFileError

LARGEST = 64 * 1024  # bytes

_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END", re.DOTALL)
_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]+")
_PUSH = ("com.apple.mgmt.", "APSP:")


def envelope_in(data: bytes) -> Envelope:
    """The encrypted envelope in an uploaded file, in any wrapping; a TokenFileError names what it is instead."""
    if len(data) > LARGEST:
        raise wrong.TooLarge(kilobytes=LARGEST // 1024)
    if not data.strip():
        raise wrong.EmptyFile
    _refuse_text(data)
    der = _der_in(data)
    try:
        return Envelope.load(der)
    except NotSupported:
        raise wrong.EncryptionNotSupported from None
    except NotAnEnvelope:
        _refuse_der(der)
        raise wrong.NotATokenFile from None


def _refuse_text(data: bytes) -> None:
    """What can be recognised before anything is decoded."""
    if b"PRIVATE KEY-----" in data:
        raise wrong.IsPrivateKey
    if b"<plist" in data or b"PayloadType" in data:
        raise wrong.IsConfigurationProfile
    pem = _PEM.search(data)
    if pem and pem[1] in (b"CERTIFICATE", b"TRUSTED CERTIFICATE", b"X509 CERTIFICATE"):
        _refuse_certificate(_decode(pem[2]))
    said = _json(data)
    if said is None and _BASE64.fullmatch(data.strip()):
        said = _json(_decode(data))
    if said is not None:
        raise wrong.IsPlainToken if "consumer_key" in said else _content_token_or_unknown(said)


def _content_token_or_unknown(said: dict[str, object]) -> TokenFileError:
    return wrong.IsContentToken() if {"token", "expDate"} <= said.keys() else wrong.NotATokenFile()


def _json(data: bytes) -> dict[str, object] | None:
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _der_in(data: bytes) -> bytes:
    """The bytes of the CMS: below MIME headers, between PEM lines, as bare base64, or as they are."""
    if data[:1] == b"\x30":
        return data
    if pem := _PEM.search(data):
        return _decode(pem[2])
    # Mail headers end at the first empty line; copies have lost their CRs, or the blank line's company.
    _head, blank, body = data.replace(b"\r\n", b"\n").lstrip(b"\n").partition(b"\n\n")
    return _decode(body if blank else data)


def _decode(encoded: bytes) -> bytes:
    try:
        return binascii.a2b_base64(b"".join(encoded.split()))
    except (binascii.Error, ValueError):
        return b""


def _refuse_der(der: bytes) -> None:
    """A bare certificate, or something signed."""
    _refuse_certificate(der, is_certain=False)
    try:
        content = cms.ContentInfo.load(der)
        if content["content_type"].native == "signed_data":
            inner = content["content"]["encap_content_info"]["content"].native
            if isinstance(inner, bytes) and b"<plist" in inner:
                raise wrong.IsConfigurationProfile
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError):
        return


def _refuse_certificate(der: bytes, *, is_certain: bool = True) -> None:
    try:
        certificate = x509.load_der_x509_certificate(der)
        names = [str(part.value) for part in certificate.subject]
        common = [str(part.value) for part in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
        fingerprint = certificate.fingerprint(hashes.SHA256()).hex(":").upper()
    except (ValueError, TypeError, x509.InvalidVersion):
        if is_certain:
            raise wrong.NotATokenFile from None
        return
    if any(name.startswith(_PUSH) for name in [*names, *common]):
        raise wrong.IsPushCertificate
    raise wrong.IsCertificate(fingerprint=fingerprint)
