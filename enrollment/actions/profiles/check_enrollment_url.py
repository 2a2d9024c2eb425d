import socket
import ssl
from enum import StrEnum
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_noop

from enrollment.messengers.addresses import address_of
from enrollment.models.token import is_pretend_address

SECONDS = 5.0
ADDRESSES = 3  # of one name


class TlsVerdict(StrEnum):
    """Whether devices would get through to an address, as a sentence."""

    ANSWERS = gettext_noop("It answers over TLS, with a certificate that is publicly trusted.")
    NOT_COMPLETE = gettext_noop("Enter a complete address that begins with https://.")
    NOT_ASKED = gettext_noop("This is an address of this server itself: no device would get through to it.")
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
        addresses = {str(place[4][0]) for place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (socket.gaierror, UnicodeError):
        return TlsVerdict.UNKNOWN_NAME
    if not all(_may_be_asked(address) for address in addresses):
        return TlsVerdict.NOT_ASKED
    # The addresses that were looked at, and no others that the name may mean a moment later.
    verdicts = (_hello(address, port, host) for address in sorted(addresses)[:ADDRESSES])
    return next((one for one in verdicts if one != TlsVerdict.NO_ANSWER), TlsVerdict.NO_ANSWER)


def _hello(address: str, port: int, host: str) -> TlsVerdict:
    try:
        with (
            socket.create_connection((address, port), timeout=SECONDS) as connection,
            ssl.create_default_context().wrap_socket(connection, server_hostname=host),
        ):
            return TlsVerdict.ANSWERS
    except ssl.SSLCertVerificationError:
        return TlsVerdict.NOT_TRUSTED
    except (OSError, ValueError):
        return TlsVerdict.NO_ANSWER


def _may_be_asked(address: str) -> bool:
    """Not this machine, nor what answers on its link alone, as the metadata of clouds does.

    An organisation's own network may: MDM servers stand there, too.
    """
    ip = address_of(address)
    if ip.is_loopback:
        return is_pretend_address(settings.APPLE_URL)
    return not (ip.is_link_local or ip.is_unspecified or ip.is_multicast or ip.is_reserved)
