"""The key pair for the portal, and what the portal gives back (apple-protocols.md 1.1 to 1.3)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from enrollment.apple.envelope import Envelope, NotDecrypted, issuer_and_serial_of
from enrollment.apple.messages import text, time
from enrollment.apple.token_file_errors import (
    MadeForAnotherKey,
    NotATokenFile,
    TokenFileExpired,
)
from enrollment.apple.wrong_files import envelope_in

CERTIFICATE_LIVES = timedelta(days=365)
BACK_DATED = timedelta(days=1)  # against clock skew


@dataclass(frozen=True)
class KeyPair:
    """A certificate for the portal and its private key (PEM). The fingerprint is SHA-256 in upper-case hex pairs."""

    certificate_pem: bytes
    private_key_pem: bytes = field(repr=False)
    fingerprint: str
    issuer_and_serial: str
    subject_key_id: str


@dataclass(frozen=True)
class Credentials:
    """What is in a server token: four secrets and when Apple stops accepting them (UTC)."""

    consumer_key: str = field(repr=False)
    consumer_secret: str = field(repr=False)
    access_token: str = field(repr=False)
    access_secret: str = field(repr=False)
    expires_at: datetime

    @property
    def tail(self) -> str:
        """The last four characters of the consumer key: enough to recognise a server by."""
        return self.consumer_key[-4:]

    def to_json(self) -> str:
        """The five keys as Apple writes them; to be stored encrypted."""
        return json.dumps(
            {
                "consumer_key": self.consumer_key,
                "consumer_secret": self.consumer_secret,
                "access_token": self.access_token,
                "access_secret": self.access_secret,
                "access_token_expiry": self.expires_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
        )

    @classmethod
    def from_json(cls, said: str | bytes) -> "Credentials":
        """ValueError when one of the five keys is missing or empty."""
        values = json.loads(said)
        if not isinstance(values, dict):
            raise ValueError("not an object")
        key, secret, token, access = (
            text(values.get(name)) for name in ("consumer_key", "consumer_secret", "access_token", "access_secret")
        )
        expires_at = time(values.get("access_token_expiry"))
        if not (key and secret and token and access) or expires_at is None:
            raise ValueError("a key is missing")
        return cls(key, secret, token, access, expires_at)


@dataclass(frozen=True)
class Opened:
    """A token file's content, and the key pair it was made for."""

    credentials: Credentials
    key_pair: KeyPair


def make_key_pair(common_name: str, *, now: datetime | None = None) -> KeyPair:
    """A fresh RSA-2048 pair with a self-signed certificate valid for a year; its random serial tells pairs apart."""
    now = now or datetime.now(UTC)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64] or "Pomona")])
    subject_key_id = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    usage = x509.KeyUsage(
        digital_signature=True,
        key_encipherment=True,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACK_DATED)
        .not_valid_after(now + CERTIFICATE_LIVES)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(subject_key_id, critical=False)
        .sign(key, hashes.SHA256())
    )
    return KeyPair(
        certificate_pem=certificate.public_bytes(serialization.Encoding.PEM),
        private_key_pem=key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
        fingerprint=fingerprint_of(certificate),
        issuer_and_serial=issuer_and_serial_of(certificate),
        subject_key_id=subject_key_id.digest.hex(),
    )


def fingerprint_of(certificate: x509.Certificate) -> str:
    """SHA-256 as the portal and openssl show it."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def open_token(data: bytes, key_pairs: Sequence[KeyPair], *, now: datetime | None = None) -> Opened:
    """What is in a `.p7m`. Whatever the bytes are, the answer is an Opened or a TokenFileError with advice.

    The recipient in the file chooses the key pair, so a file made for an earlier certificate of ours opens too.
    """
    envelope = envelope_in(data)
    pair = next((pair for pair in key_pairs if envelope.is_for(pair.issuer_and_serial, pair.subject_key_id)), None)
    if pair is None:
        raise MadeForAnotherKey(recipient=envelope.recipient, fingerprint="")
    credentials = _read(_decrypt(envelope, pair))
    if credentials.expires_at <= (now or datetime.now(UTC)):
        raise TokenFileExpired(expired_on=credentials.expires_at.date().isoformat())
    return Opened(credentials, pair)


def _decrypt(envelope: Envelope, pair: KeyPair) -> bytes:
    try:
        return envelope.decrypt(pair.private_key_pem)
    except NotDecrypted:
        # With the wrong key RSA gives random bytes and only what follows fails (apple-protocols.md 1.3).
        raise MadeForAnotherKey(recipient=envelope.recipient, fingerprint=pair.fingerprint) from None


def _read(plain: bytes) -> Credentials:
    """The JSON between the first and the last brace, with or without the MESSAGE lines around it."""
    start, end = plain.find(b"{"), plain.rfind(b"}")
    try:
        return Credentials.from_json(plain[start : end + 1])
    except (ValueError, RecursionError):
        raise NotATokenFile from None
