"""Where a message may go, and what the answers mean. Names are the network's: they are played."""

import gzip
import socket
import ssl
import threading
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.utils import timezone

from enrollment.messengers import post as module
from enrollment.messengers.addresses import address_of, is_public, networks
from enrollment.messengers.errors import (
    Broken,
    CutOff,
    Gone,
    Moved,
    NameUnknown,
    NoAddress,
    NobodyAnswers,
    NotAllowed,
    NotDelivered,
    NotEncrypted,
    NotTrusted,
    Refused,
    TooMany,
    TooSlow,
)
from enrollment.messengers.post import post, target_of
from tests.receivers import Receiver

HERE = networks(["127.0.0.1/32"])
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def names(monkeypatch):
    """`names["hooks.example"] = ["127.0.0.1"]`: what the name service says; several lists, one after another."""
    real, said = socket.getaddrinfo, {}

    def getaddrinfo(host, *arguments, **more):
        answers = said.get(host)
        if answers is None:
            return real(host, *arguments, **more)
        addresses = answers.pop(0) if isinstance(answers[0], list) else answers
        return [place for one in addresses for place in real(one, *arguments, **more)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return said


@pytest.fixture
def open_receiver():
    with Receiver() as running:
        yield running


def test_it_arrives_with_body_headers_and_query(open_receiver):
    post(f"{open_receiver.url}/hook?a=b%20c&d=ü".replace("ü", "%C3%BC"), b'{"a":1}', JSON, allowed=HERE)
    (request,) = open_receiver.requests
    assert (request.path, request.body) == ("/hook?a=b%20c&d=%C3%BC", b'{"a":1}')
    assert request.headers["content-type"] == "application/json"
    assert request.headers["host"] == open_receiver.url.removeprefix("http://")


def test_a_receiver_that_answers_strangely_brings_its_address_into_no_log(open_receiver, caplog):
    caplog.set_level("DEBUG")
    open_receiver.ok = (200, {"X-Good": "yes\r\nthis is no header"}, b"ok")
    post(f"{open_receiver.url}/hooks/not-for-any-log", b"{}", JSON, allowed=HERE)
    assert len(open_receiver.requests) == 1
    assert "not-for-any-log" not in caplog.text


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 503 No\r\nX: ", b"HTTP/1.1 503 No\r\nContent-Length: 2000\r\n\r\n"])
def test_a_receiver_that_answers_byte_by_byte_holds_nobody_up(answer, monkeypatch):
    """Each byte comes in time; the whole never would."""
    monkeypatch.setattr(module, "LONGEST", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor() as drips:

        def drip():
            caller, _address = server.accept()
            with caller, suppress(OSError):
                caller.sendall(answer)
                for _byte in range(20):
                    time.sleep(0.25)
                    caller.sendall(b"H")

        drips.submit(drip)
        started = time.monotonic()
        with pytest.raises((TooSlow, Broken)):
            post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", JSON, allowed=HERE)
        assert time.monotonic() - started < 3


def test_name_and_password_in_an_address_are_sent_as_such(open_receiver):
    post(open_receiver.url.replace("//", "//pomona:p%40ss@"), b"{}", JSON, allowed=HERE)
    assert open_receiver.requests[0].headers["authorization"] == "Basic cG9tb25hOnBAc3M="


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1",
        "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:c0a8:101::", "fe80::1%eth0", "2001:db8::1",
        "fec0::1",
    ],
)  # fmt: skip
def test_what_is_not_on_the_internet_is_not_public(address):
    assert not is_public(address_of(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_what_is_on_the_internet_is(address):
    assert is_public(address_of(address))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "2130706433",
        "127.1",
        "0x7f.1",
        "inside.example",
    ],
)
def test_however_it_is_written_this_machine_is_not_reached(host, names, open_receiver):
    names["inside.example"] = ["127.0.0.1"]
    port = open_receiver.server_address[1]
    with pytest.raises(NotAllowed):
        post(f"https://{host}:{port}/", b"{}", JSON)
    assert open_receiver.requests == []


def test_a_name_that_means_another_address_a_moment_later_leads_nowhere_else(names):
    """Whoever owns the name answers with a harmless address first, and with an inner one when it is connected to."""
    with Receiver("127.0.0.1") as outside, Receiver("127.0.0.2", outside.server_address[1]) as inside:
        names["rebind.example"] = [["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2"]]
        url = f"http://rebind.example:{outside.server_address[1]}/"
        post(url, b"{}", JSON, allowed=HERE)
        assert (len(outside.requests), len(inside.requests)) == (1, 0)
        with pytest.raises(NotAllowed):
            post(url, b"{}", JSON, allowed=HERE)
        assert (len(outside.requests), len(inside.requests)) == (1, 0)


def test_of_the_addresses_of_a_name_only_those_are_asked_that_may_be(names, open_receiver):
    names["both.example"] = ["127.0.0.3", "127.0.0.1"]
    post(f"http://both.example:{open_receiver.server_address[1]}/", b"{}", JSON, allowed=HERE)
    assert open_receiver.requests[0].headers["host"].startswith("both.example:")


def test_the_next_address_of_a_name_is_asked_when_nobody_answers_at_the_first(names, open_receiver):
    names["two.example"] = ["127.0.0.9", "127.0.0.1"]
    url = f"http://two.example:{open_receiver.server_address[1]}/"
    post(url, b"{}", JSON, allowed=networks(["127.0.0.0/8"]))
    assert len(open_receiver.requests) == 1


def test_without_encryption_only_to_networks_that_are_allowed(names):
    names["public.example"] = ["8.8.8.8"]
    for allowed in ((), HERE):
        with pytest.raises(NotEncrypted):
            post("http://public.example/", b"{}", JSON, allowed=allowed)


@pytest.mark.parametrize(
    "url",
    ["", "hooks.example/x", "ftp://hooks.example/", "https://", "https:///path", "https://a b/", "https://x:99999/",
     "https://hooks.example/a b", "https://hooks.example/a\r\nHost: inside", "https://hooks.example/é", "https://[::1",
     "javascript:alert(1)", "https://" + "a" * 300 + ".example/"],
)  # fmt: skip
def test_what_is_no_address_is_said_before_anybody_is_asked(url):
    with pytest.raises(NoAddress):
        target_of(url)


def test_no_redirect_is_followed(open_receiver):
    open_receiver.answers = [(307, {"Location": f"{open_receiver.url}/elsewhere"}, b"")]
    with pytest.raises(Moved) as said:
        post(f"{open_receiver.url}/hook", b"{}", JSON, allowed=HERE)
    assert said.value.details["status"] == 307
    assert [request.path for request in open_receiver.requests] == ["/hook"]


@pytest.mark.parametrize("to", ["http://[broken", "http://\xff\xfe.example", "//[::1", "", "elsewhere"])
def test_a_redirect_to_no_address_is_a_redirect_all_the_same(open_receiver, to):
    open_receiver.answers = [(302, {"Location": to}, b"")]
    with pytest.raises(Moved):
        post(f"{open_receiver.url}/hook", b"{}", JSON, allowed=HERE)


def test_of_a_redirect_no_more_is_read_than_of_any_other_answer(open_receiver):
    """A small one may unpack to more than this machine has."""
    packed = gzip.compress(bytes(64 * 1024 * 1024))
    open_receiver.answers = [(302, {"Location": "/elsewhere", "Content-Encoding": "gzip"}, packed)]
    tracemalloc.start()
    try:
        with pytest.raises(Moved):
            post(f"{open_receiver.url}/hook", b"{}", JSON, allowed=HERE)
        assert tracemalloc.get_traced_memory()[1] < 4 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_no_proxy_and_no_netrc_of_the_environment_is_used(open_receiver, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login thief password stolen\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    post(f"{open_receiver.url}/", b"{}", JSON, allowed=HERE)
    assert "authorization" not in open_receiver.requests[0].headers


@pytest.mark.parametrize(
    ("status", "kind", "again"),
    [(400, Refused, True), (403, Refused, True), (404, Gone, False), (410, Gone, False), (429, TooMany, True),
     (500, Broken, True), (503, Broken, True), (301, Moved, False)],
)  # fmt: skip
def test_each_answer_has_its_meaning(status, kind, again, open_receiver):
    open_receiver.answers = [(status, {"Retry-After": "120"}, b"invalid_payload")]
    with pytest.raises(kind) as said:
        post(open_receiver.url, b"{}", JSON, allowed=HERE)
    error = said.value
    assert (error.try_again, error.retry_after, error.details["status"]) == (again, 120, status)
    assert error.details["said"] == "invalid_payload"
    assert error.sentence % error.details


def test_retry_after_may_be_a_time_of_day_and_is_never_more_than_a_day(open_receiver):
    at = (timezone.now() + timedelta(minutes=10)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    open_receiver.answers = [(503, {"Retry-After": at}, b""), (503, {"Retry-After": "999999999"}, b"")]
    with pytest.raises(Broken) as first:
        post(open_receiver.url, b"{}", JSON, allowed=HERE)
    assert 590 <= first.value.retry_after <= 600
    with pytest.raises(Broken) as second:
        post(open_receiver.url, b"{}", JSON, allowed=HERE)
    assert second.value.retry_after == 86_400


def test_of_a_long_answer_only_the_beginning_is_kept_and_nothing_that_may_be_a_secret(open_receiver):
    secret = "xoxb-this-is-a-very-long-token-of-somebody"
    open_receiver.answers = [(400, {}, f"No such hook {secret} at https://a.example/b {'x ' * 5_000_000}".encode())]
    with pytest.raises(Refused) as said:
        post(open_receiver.url, b"{}", JSON, allowed=HERE)
    assert str(said.value.details["said"]).startswith("No such hook … at … x x")
    assert len(str(said.value.details["said"])) == 160


def test_nobody_there_is_said(names):
    with pytest.raises(NobodyAnswers):
        post("http://127.0.0.1:9/", b"{}", JSON, allowed=HERE)
    with pytest.raises(NameUnknown):
        post("https://no-such-name.invalid/", b"{}", JSON)


def test_a_receiver_that_hangs_is_not_waited_for(open_receiver, monkeypatch):
    monkeypatch.setattr(module, "TIMEOUT", (0.5, 0.5))
    open_receiver.hang()
    with pytest.raises(TooSlow):
        post(open_receiver.url, b"{}", JSON, allowed=HERE)
    open_receiver.released.set()


def test_a_connection_that_breaks_off_is_not_tried_at_the_next_address(names):
    """It may have taken the message."""

    def hang_up(server):
        server.accept()[0].close()

    with socket.create_server(("127.0.0.1", 0)) as server, Receiver("127.0.0.2", server.getsockname()[1]) as second:
        threading.Thread(target=hang_up, args=[server], daemon=True).start()
        names["two.example"] = ["127.0.0.1", "127.0.0.2"]
        with pytest.raises(CutOff):
            post(f"http://two.example:{server.getsockname()[1]}/", b"{}", JSON, allowed=networks(["127.0.0.0/8"]))
        assert second.requests == []


def a_certificate(folder, name):
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = timezone.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    file.write_bytes(
        made.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return file


@pytest.fixture
def certificate(tmp_path):
    """For hooks.example, of an authority that nobody knows."""
    return a_certificate(tmp_path, "hooks.example")


@pytest.fixture
def tls_receiver(certificate, monkeypatch):
    """A receiver with that certificate, which this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with receiving(certificate) as running:
        yield running


@contextmanager
def receiving(certificate):
    with Receiver() as running:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        running.socket = context.wrap_socket(running.socket, server_side=True)
        yield running


def test_the_certificate_is_checked_for_the_name_though_the_address_is_connected_to(tls_receiver, names):
    names["hooks.example"] = names["other.example"] = ["127.0.0.1"]
    port = tls_receiver.server_address[1]
    post(f"https://hooks.example:{port}/", b"{}", JSON, allowed=HERE)
    assert tls_receiver.requests[0].headers["host"] == f"hooks.example:{port}"
    with pytest.raises(NotTrusted):
        post(f"https://other.example:{port}/", b"{}", JSON, allowed=HERE)
    assert len(tls_receiver.requests) == 1


def test_a_certificate_nobody_vouches_for_is_not_trusted(tls_receiver, names, monkeypatch):
    names["hooks.example"] = ["127.0.0.1"]
    monkeypatch.undo()
    with pytest.raises(NotDelivered):
        post(f"https://127.0.0.1:{tls_receiver.server_address[1]}/", b"{}", JSON, allowed=HERE)
    assert tls_receiver.requests == []


def test_an_authority_of_ones_own_vouches_when_the_environment_names_it(certificate, names, monkeypatch):
    names["hooks.example"] = names["other.example"] = ["127.0.0.1"]
    with receiving(certificate) as running:
        url = f"https://hooks.example:{running.server_address[1]}/"
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
        for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            monkeypatch.setenv(variable, str(certificate))
        with pytest.raises(NotTrusted):
            post(url, b"{}", JSON, allowed=HERE)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        post(url, b"{}", JSON, allowed=HERE)
        with pytest.raises(NotTrusted):
            post(url.replace("hooks", "other"), b"{}", JSON, allowed=HERE)
        assert len(running.requests) == 1


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_that_vouches_for_nobody_is_none(certificate, names, monkeypatch, tmp_path, content):
    names["hooks.example"] = ["127.0.0.1"]
    named = tmp_path / "authorities.pem"
    if content:
        named.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(named))
    with receiving(certificate) as running, pytest.raises(NotTrusted):
        post(f"https://hooks.example:{running.server_address[1]}/", b"{}", JSON, allowed=HERE)


def test_no_error_holds_the_address(open_receiver):
    """Neither in its words nor beneath: a log of it would tell the secret."""
    secret = "T0SECRET/B0SECRET/a-secret-path"
    open_receiver.answers = [(500, {}, f"cannot POST /{secret}".encode())]
    found = []
    for url in (f"{open_receiver.url}/{secret}", f"http://127.0.0.1:9/{secret}", f"https://no-such.invalid/{secret}"):
        with pytest.raises(NotDelivered) as said:
            post(url, b"{}", JSON, allowed=HERE)
        error = said.value
        found += [repr(error), str(error.details), repr(error.__cause__), repr(error.__context__)]
    assert "a-secret-path" not in " ".join(found)
