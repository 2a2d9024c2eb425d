import socket
import ssl
from enum import StrEnum
from urllib.parse import urlsplit

from django.utils.translation import gettext_noop

SECONDS = 5.0


class TlsVerdict(StrEnum):
    """Whether devices would get through to an address, as a sentence."""

    ANSWERS = gettext_noop("It answers over TLS, with a certificate that is publicly trusted.")
    NOT_COMPLETE = gettext_noop("Enter a complete address that begins with https://.")
    UNKNOWN_NAME = gettext_noop("Its name is not known to the name service.")
    NOT_TRUSTED = gettext_noop(
        "It answers, but its certificate is not publicly trusted: devices would refuse it without anchor certificates."
    )
    NO_ANSWER = gettext_noop("Nothing answers there. From outside this network that may be different.")


def check_enrollment_url(url: str) -> TlsVerdict:
    """Open a TLS connection as a device would, say no more than hello, and tell how far that came (PROF-28)."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or 443
    except ValueError:
        return TlsVerdict.NOT_COMPLETE
    if parts.scheme != "https" or not host:
        return TlsVerdict.NOT_COMPLETE
    try:
        with (
            socket.create_connection((host, port), timeout=SECONDS) as connection,
            ssl.create_default_context().wrap_socket(connection, server_hostname=host),
        ):
            return TlsVerdict.ANSWERS
    except (socket.gaierror, UnicodeError):
        return TlsVerdict.UNKNOWN_NAME
    except ssl.SSLCertVerificationError:
        return TlsVerdict.NOT_TRUSTED
    except OSError:
        return TlsVerdict.NO_ANSWER
