"""The `.p7m` as Apple writes it, to the byte order of its BER (apple-protocols.md 1.2, recipe of section 10)."""

import base64
import os

from asn1crypto import cms, core
from cryptography import x509
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import Encoding

HEADERS = (
    b'Content-Type: application/pkcs7-mime; name="smime.p7m"; smime-type=enveloped-data\r\n'
    b"Content-Transfer-Encoding: base64\r\n"
    b'Content-Disposition: attachment; filename="smime.p7m"\r\n'
    b"Content-Description: S/MIME Encrypted Message\r\n\r\n"
)
_COLUMNS = 76


def write_token(credentials: str, certificate: x509.Certificate, *, markers: bool, triple_des: bool) -> bytes:
    """The encrypted token for the holder of the certificate (RSA). `markers` off gives the variant of 2014."""
    ber = _framed(_plaintext(credentials, markers=markers), certificate, triple_des=triple_des)
    encoded = base64.b64encode(ber)
    lines = (encoded[start : start + _COLUMNS] for start in range(0, len(encoded), _COLUMNS))
    return HEADERS + b"".join(line + b"\r\n" for line in lines)


def _plaintext(credentials: str, *, markers: bool) -> bytes:
    """CRLF in the headers, LF in the body: so it is in Apple's files."""
    headers = b"Content-Type: text/plain;charset=UTF-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
    if not markers:
        return headers + credentials.encode()
    return headers + b"-----BEGIN MESSAGE-----\n" + credentials.encode() + b"\n-----END MESSAGE-----\n"


def _framed(plain: bytes, certificate: x509.Certificate, *, triple_des: bool) -> bytes:
    key, iv, block, name = _cipher(triple_des=triple_des)
    padder = padding.PKCS7(block.block_size).padder()
    encryptor = Cipher(block, modes.CBC(iv)).encryptor()
    encrypted = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
    algorithm = cms.EncryptionAlgorithm({"algorithm": name, "parameters": core.OctetString(iv)})
    return _ber(_recipients(key, certificate), algorithm.dump(), encrypted)


def _cipher(*, triple_des: bool) -> tuple[bytes, bytes, algorithms.AES | TripleDES, str]:
    if triple_des:
        key = os.urandom(24)
        return key, os.urandom(8), TripleDES(key), "tripledes_3key"
    key = os.urandom(16)
    return key, os.urandom(16), algorithms.AES(key), "aes128_cbc"


def _recipients(key: bytes, certificate: x509.Certificate) -> bytes:
    public_key = certificate.public_key()
    if not isinstance(public_key, rsa.RSAPublicKey):
        raise TypeError("the portal takes RSA certificates")
    loaded = cms.Certificate.load(certificate.public_bytes(Encoding.DER))
    recipient = cms.KeyTransRecipientInfo(
        {
            "version": "v0",
            "rid": cms.RecipientIdentifier(
                "issuer_and_serial_number",
                cms.IssuerAndSerialNumber(
                    {"issuer": loaded.issuer, "serial_number": loaded["tbs_certificate"]["serial_number"]}
                ),
            ),
            "key_encryption_algorithm": cms.KeyEncryptionAlgorithm({"algorithm": "rsaes_pkcs1v15"}),
            "encrypted_key": public_key.encrypt(key, rsa_padding.PKCS1v15()),
        }
    )
    return bytes(cms.RecipientInfos([cms.RecipientInfo("ktri", recipient)]).dump())


def _ber(recipients: bytes, algorithm: bytes, encrypted: bytes) -> bytes:
    """Indefinite lengths everywhere but in the recipients; ten zero bytes close the five open levels."""
    enveloped = bytes(cms.ContentType("enveloped_data").dump())
    data = bytes(cms.ContentType("data").dump())
    return (
        b"\x30\x80" + enveloped + b"\xa0\x80"
        b"\x30\x80\x02\x01\x00" + recipients + b"\x30\x80" + data + algorithm + b"\xa0\x80"
        b"\x04" + _length(len(encrypted)) + encrypted + b"\x00\x00" * 5
    )


def _length(size: int) -> bytes:
    if size < 0x80:
        return bytes([size])
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets
