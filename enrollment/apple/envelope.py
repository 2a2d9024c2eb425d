"""CMS EnvelopedData as Apple and others write it: parsed with asn1crypto, decrypted with cryptography's primitives.

cryptography's own reader cannot read Apple's BER encoding (apple-protocols.md 1.3).
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import load_pem_private_key

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


class NotAnEnvelope(Exception):
    """The bytes are no EnvelopedData."""


class NotSupported(Exception):
    """EnvelopedData whose recipients or algorithms are not those of a token."""


class NotDecrypted(Exception):
    """The key does not fit."""


def issuer_and_serial_of(certificate: x509.Certificate) -> str:
    """How a recipient is named: SHA-256 of the issuer's DER and the serial number in hex."""
    return _name(certificate.issuer.public_bytes(), certificate.serial_number)


def _name(issuer_der: bytes, serial: int) -> str:
    return f"{hashlib.sha256(issuer_der).hexdigest()}:{serial:x}"


@dataclass(frozen=True)
class Envelope:
    """An EnvelopedData. `recipient` names the first one: issuer and serial, or a key id."""

    _data: Any

    @classmethod
    def load(cls, data: bytes) -> "Envelope":
        """NotAnEnvelope for other bytes, NotSupported for kinds of envelope that tokens never are."""
        try:
            content = cms.ContentInfo.load(data)
            kind = content["content_type"].native
            if kind == "authenticated_enveloped_data":
                raise NotSupported
            if kind != "enveloped_data":
                raise NotAnEnvelope
            envelope = cls(content["content"])
            if not envelope._recipients():
                raise NotSupported
        except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError):
            raise NotAnEnvelope from None
        return envelope

    def _recipients(self) -> list[tuple[str, Any]]:
        named = []
        for info in self._data["recipient_infos"]:
            if info.name != "ktri":
                continue
            rid = info.chosen["rid"]
            if rid.name == "issuer_and_serial_number":
                named.append((_name(rid.chosen["issuer"].dump(), rid.chosen["serial_number"].native), info.chosen))
            else:
                named.append((rid.chosen.native.hex(), info.chosen))
        return named

    @property
    def recipient(self) -> str:
        return self._recipients()[0][0]

    def is_for(self, issuer_and_serial: str, subject_key_id: str) -> bool:
        """Whether one of the recipients is the holder of this certificate."""
        return any(name in (issuer_and_serial, subject_key_id) for name, _info in self._recipients())

    def decrypt(self, private_key_pem: bytes) -> bytes:
        """The content. NotDecrypted when the key fits no recipient, or the algorithms are unknown."""
        key = load_pem_private_key(private_key_pem, None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise NotDecrypted
        for _name, info in self._recipients():
            try:
                return self._content(_unwrap(key, info))
            except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
                continue
        raise NotDecrypted

    def _content(self, content_key: bytes) -> bytes:
        encrypted = self._data["encrypted_content_info"]
        algorithm = encrypted["content_encryption_algorithm"]
        cipher = algorithm.encryption_cipher
        if algorithm.encryption_mode != "cbc" or cipher not in ("aes", "tripledes"):
            raise ValueError(cipher)
        block = algorithms.AES(content_key) if cipher == "aes" else TripleDES(content_key)
        decryptor = Cipher(block, modes.CBC(algorithm.encryption_iv)).decryptor()
        padded = decryptor.update(encrypted["encrypted_content"].native) + decryptor.finalize()
        unpadder = padding.PKCS7(block.block_size).unpadder()
        return bytes(unpadder.update(padded) + unpadder.finalize())


def _unwrap(key: rsa.RSAPrivateKey, info: Any) -> bytes:
    """The content key, by RSA PKCS#1 v1.5 as Apple does, or by OAEP."""
    algorithm = info["key_encryption_algorithm"]
    wrapped = info["encrypted_key"].native
    name = algorithm["algorithm"].native
    if name in ("rsaes_pkcs1v15", "rsa"):
        return key.decrypt(wrapped, rsa_padding.PKCS1v15())
    if name == "rsaes_oaep":
        said = algorithm["parameters"]
        digest = _HASHES[said["hash_algorithm"]["algorithm"].native]
        mask = _HASHES[said["mask_gen_algorithm"]["parameters"]["algorithm"].native]
        return key.decrypt(wrapped, rsa_padding.OAEP(mgf=rsa_padding.MGF1(mask), algorithm=digest, label=None))
    raise ValueError(name)
