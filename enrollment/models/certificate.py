"""Certificates an administrator uploads for a profile: read, shown, kept as Apple takes them."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils.translation import gettext as _

_PEM = b"-----BEGIN CERTIFICATE-----"


class NotACertificate(ValueError):
    """The file holds no certificate that can be read."""


@dataclass(frozen=True)
class Certificate:
    """A certificate in words. `base64` is its DER without line breaks, as `supervising_host_certs` wants it."""

    subject: str
    expires_at: datetime
    fingerprint: str  # SHA-256, pairs of hex digits
    base64: str


def read_certificate(content: bytes) -> Certificate:
    """A certificate from DER or PEM; NotACertificate. Of several in one PEM file, the first."""
    try:
        start = content.find(_PEM)
        read = (
            x509.load_pem_x509_certificate(content[start:]) if start >= 0 else x509.load_der_x509_certificate(content)
        )
        subject = read.subject.rfc4514_string()
    except ValueError as error:
        raise NotACertificate from error
    der = read.public_bytes(Encoding.DER)
    return Certificate(
        subject=_common_name(read) or subject,
        expires_at=read.not_valid_after_utc,
        fingerprint=read.fingerprint(hashes.SHA256()).hex(":").upper(),
        base64=base64.b64encode(der).decode(),
    )


def stored_certificate(text: str) -> Certificate:
    """A certificate as it is kept in the settings; NotACertificate."""
    try:
        return read_certificate(base64.b64decode(text, validate=True))
    except ValueError as error:
        raise NotACertificate from error


def _common_name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""


def add_certificates(kept: list[str], files: Iterable[tuple[str, bytes]], *, most: int) -> tuple[list[str], list[str]]:
    """The kept ones with those of the files, and a sentence for each file that was not taken, by its name (LIM-18)."""
    found, refused = list(kept), []
    for name, content in files:
        try:
            read = read_certificate(content)
        except NotACertificate:
            refused.append(_("“%(name)s” is not a certificate (DER or PEM).") % {"name": name})
            continue
        if read.base64 in found:
            refused.append(_("“%(name)s” is in the list already.") % {"name": name})
        elif len(found) >= most:
            refused.append(_("“%(name)s” was not added: %(most)d are the most.") % {"name": name, "most": most})
        else:
            found.append(read.base64)
    return found, refused
