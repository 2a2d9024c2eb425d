"""PROF-28: does the address answer over TLS? Against real servers on this machine."""

import socket
import ssl
import threading

import pytest

from enrollment.actions.profiles.check_enrollment_url import TlsVerdict, check_enrollment_url
from enrollment.apple.token_file import make_key_pair


@pytest.fixture
def tls_port(tmp_path):
    """A server with a certificate of its own making."""
    pair = make_key_pair("localhost")
    (tmp_path / "cert.pem").write_bytes(pair.certificate_pem + pair.private_key_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem")
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            try:
                connection, _address = server.accept()
                context.wrap_socket(connection, server_side=True).close()
            except OSError:
                return

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1], tmp_path / "cert.pem"


def test_a_certificate_of_ones_own_is_not_trusted(tls_port):
    assert check_enrollment_url(f"https://localhost:{tls_port[0]}/ade") == TlsVerdict.NOT_TRUSTED


def test_nothing_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        assert check_enrollment_url(f"https://127.0.0.1:{free.getsockname()[1]}/") == TlsVerdict.NO_ANSWER


@pytest.mark.parametrize("url", ["", "http://mdm.example/", "https://", "https://[", "nonsense"])
def test_what_is_no_https_address(url):
    assert check_enrollment_url(url) == TlsVerdict.NOT_COMPLETE


def test_a_name_nobody_knows():
    assert check_enrollment_url("https://mdm.invalid/") == TlsVerdict.UNKNOWN_NAME


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"],
)
def test_this_machine_is_asked_only_where_apple_is_pretended(host, tls_port, settings):
    settings.APPLE_URL = "https://mdmenrollment.apple.com"
    assert check_enrollment_url(f"https://{host}:{tls_port[0]}/") == TlsVerdict.NOT_ASKED


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]", "224.0.0.1", "[64:ff9b::a9fe:a9fe]"]
)
def test_the_metadata_of_a_cloud_is_never_asked(host):
    assert check_enrollment_url(f"https://{host}/latest/") == TlsVerdict.NOT_ASKED


def test_a_name_that_means_such_an_address_is_not_asked_either(monkeypatch):
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: answer)
    assert check_enrollment_url("https://mdm.example/") == TlsVerdict.NOT_ASKED
