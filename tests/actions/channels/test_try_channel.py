"""A test message that arrives, or says why not."""

import socket
from contextlib import suppress
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from enrollment.actions.channels.try_channel import try_channel
from enrollment.actions.warnings.note_warnings import note_warnings
from enrollment.actions.warnings.send_warnings import send_warnings
from enrollment.messengers.errors import Gone, MailboxRefused, MailCutOff, MailServerAway, NotAllowed, NotDelivered
from enrollment.models import AuditEntry, AuditResult, Channel, Delivery, Dropped, Installation
from tests.cast import a_channel, a_synced_token

pytestmark = pytest.mark.django_db
SECRET_PATH = "services/T0123/B0123/very-secret-path"


@pytest.mark.parametrize("kind", ["webhook", "slack", "teams"])
def test_a_test_message_arrives_and_is_recorded(alice, receiver, kind):
    channel = a_channel(kind, url=f"{receiver.url}/{SECRET_PATH}")
    try_channel(channel, by=alice)
    assert "Test message from Pomona" in receiver.requests[0].body.decode()
    entry = AuditEntry.objects.get(action="channel.tested")
    assert (entry.who, entry.result) == ("alice", AuditResult.DONE)
    channel.refresh_from_db()
    assert channel.sent_at is not None


def test_so_does_one_to_every_mailbox(alice, mailbox):
    try_channel(a_channel("mail", addresses=["a@orchard.example", "b@orchard.example"]), by=alice)
    assert [mail["To"] for mail in mailbox.mails] == ["a@orchard.example", "b@orchard.example"]
    assert {mail["Subject"] for mail in mailbox.mails} == {"Test message from Pomona"}


def test_what_went_wrong_is_said_shown_and_recorded_without_the_address(alice, receiver):
    receiver.answers = [(404, {}, b"no_service")]
    channel = a_channel("slack", url=f"{receiver.url}/{SECRET_PATH}")
    with pytest.raises(Gone):
        try_channel(channel, by=alice)
    channel.refresh_from_db()
    assert channel.failing_since is not None
    assert "does not know this address any more (404)" in channel.trouble_sentence % channel.trouble_details
    entry = AuditEntry.objects.get(action="channel.tested")
    assert entry.result == AuditResult.REFUSED
    assert "very-secret-path" not in f"{entry.after} {channel.trouble_details}"


def test_an_address_inside_is_not_reached(alice, receiver, settings):
    settings.WEBHOOKS_MAY_REACH = ()
    with pytest.raises(NotAllowed):
        try_channel(a_channel(url=receiver.url.replace("http", "https")), by=alice)
    assert receiver.requests == []


def test_of_mailboxes_the_refused_one_is_named(alice, mailbox, settings):
    mailbox.refused_addresses.add("b@orchard.example")
    with pytest.raises(MailboxRefused) as said:
        try_channel(a_channel("mail", addresses=["a@orchard.example", "b@orchard.example"]), by=alice)
    assert said.value.details["address"] == "b@orchard.example"
    assert len(mailbox.mails) == 1
    settings.EMAIL_PORT = 9
    with pytest.raises(MailServerAway):
        try_channel(a_channel("mail"), by=alice)


def test_a_mail_server_that_says_nothing_is_waited_for_once(alice, settings):
    """Not once for each mailbox: whoever waits is one of few workers, or somebody who looks at the page."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    channel = a_channel("mail", addresses=[f"desk-{number}@orchard.example" for number in range(5)])
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = *server.getsockname(), 0.3
        with pytest.raises(MailServerAway):
            try_channel(channel, by=alice)
        server.settimeout(0.1)
        callers = 0
        with suppress(TimeoutError):
            while True:
                server.accept()[0].close()
                callers += 1
    assert callers == 1


def test_a_mail_server_that_takes_mails_and_never_says_so_is_not_waited_for_at_every_mailbox(alice, mailbox, settings):
    """Once may be for that mail; twice, and it is not well."""
    settings.EMAIL_TIMEOUT, mailbox.is_stalling = 0.3, True
    channel = a_channel("mail", addresses=[f"desk-{number}@orchard.example" for number in range(5)])
    with pytest.raises(MailCutOff):
        try_channel(channel, by=alice)
    assert mailbox.stalled == 2


def test_an_address_that_no_key_opens_is_said(alice, receiver):
    channel = a_channel(url=receiver.url, sealed_url=b"gAAAAbroken")
    with pytest.raises(NotDelivered) as said:
        try_channel(channel, by=alice)
    assert "FIELD_KEYS" in said.value.sentence


def test_when_it_arrives_what_waits_and_what_was_given_up_goes_out(alice, receiver):
    receiver.ok = (500, {}, b"")
    channel = a_channel(url=f"{receiver.url}/hook")
    for days in (20, 50):
        a_synced_token(timezone.now(), expires_at=timezone.now() + timedelta(days=days))
    Installation.note_clock(timezone.now())
    note_warnings()
    send_warnings(channel)
    first = Delivery.objects.filter(channel=channel)[:1].values("pk")
    Delivery.objects.filter(pk__in=[*first.values_list("pk", flat=True)]).update(
        dropped_at=timezone.now(), dropped_because=Dropped.GIVEN_UP, tries=10
    )
    receiver.ok = (200, {}, b"")
    assert send_warnings(channel) == 0
    try_channel(channel, by=alice)
    assert send_warnings(Channel.objects.get()) == 1
    assert receiver.requests[-1].json["data"]["count"] == 2
    assert not Delivery.objects.filter(channel=channel, sent_at=None).exists()


def test_when_it_arrives_what_another_worker_is_sending_just_now_stays_with_it(alice, receiver, monkeypatch):
    """It would go out twice."""
    receiver.answers = [(500, {}, b"")]
    channel = a_channel(url=f"{receiver.url}/hook")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        a_synced_token(timezone.now(), expires_at=timezone.now() + timedelta(days=20))
        Installation.note_clock(timezone.now())
        note_warnings()
        send_warnings(channel)
        clock.shift(timedelta(minutes=3))
        network, seen = socket.getaddrinfo, []

        def meanwhile(*asked, **more):
            if not seen:
                seen.append(asked)
                try_channel(channel, by=alice)
                assert send_warnings(channel) == 0
            return network(*asked, **more)

        monkeypatch.setattr(socket, "getaddrinfo", meanwhile)
        assert send_warnings(channel) == 1
    assert [request.json["type"] for request in receiver.requests] == [
        "pomona.warnings",
        "pomona.test",
        "pomona.warnings",
    ]


def test_a_test_that_fails_leaves_what_waits_as_it_is(alice, receiver):
    receiver.ok = (500, {}, b"")
    channel = a_channel(url=f"{receiver.url}/hook")
    a_synced_token(timezone.now(), expires_at=timezone.now() + timedelta(days=20))
    Installation.note_clock(timezone.now())
    note_warnings()
    send_warnings(channel)
    due = Delivery.objects.get(channel=channel).due_at
    with pytest.raises(NotDelivered):
        try_channel(channel, by=alice)
    assert Delivery.objects.get(channel=channel).due_at == due


def test_only_who_manages_all_of_it_may(bob, charlie, receiver):
    channel = a_channel(url=receiver.url)
    for person in (bob, charlie):
        with pytest.raises(PermissionDenied):
            try_channel(channel, by=person)
    assert receiver.requests == []
