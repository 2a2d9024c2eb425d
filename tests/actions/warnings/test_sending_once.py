"""WARN-3, never the same message twice: not when it takes long, and not when a worker is killed in between."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.mail.backends.smtp import EmailBackend
from django.utils import timezone

from enrollment import limits
from enrollment.actions.warnings.note_warnings import note_warnings
from enrollment.actions.warnings.send_warnings import send_warnings
from enrollment.models import Channel, Delivery, Installation
from tests.actions.warnings.conftest import WEDNESDAY
from tests.cast import a_channel, a_person, a_synced_token

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
MAILBOXES = [f"{letter}@orchard.example" for letter in "abcdefghijklmnopqrst"]
pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The machine loses its power."""


class Way(EmailBackend):
    """To the mail server, and what happens on it before each mail is taken: `happens(address)`, not while it does."""

    @staticmethod
    def happens(address):
        pass

    def send_messages(self, mails):
        happens = Way.happens
        Way.happens = staticmethod(lambda _address: None)
        try:
            happens(mails[0].to[0])
        finally:
            Way.happens = staticmethod(happens)
        return super().send_messages(mails)


@pytest.fixture
def on_the_way(settings, mailbox, monkeypatch):
    """`on_the_way(happens)`: before each mail is taken."""
    settings.EMAIL_BACKEND = f"{__name__}.Way"
    return lambda happens: monkeypatch.setattr(Way, "happens", staticmethod(happens))


def due(*names):
    """Tokens that end soon, of which everybody is to be told."""
    for name in names or ("Shops",):
        a_synced_token(timezone.now(), name=name, expires_at=WEDNESDAY + timedelta(days=20))
    Installation.note_clock(timezone.now())
    note_warnings()


def arrived(mailbox):
    """Whom each token was told to, and how often."""
    return Counter((mail["Subject"].partition("“")[2].partition("”")[0], mail["To"]) for mail in mailbox.mails)


@pytest.mark.parametrize("each", [7 * SECOND, 100 * SECOND], ids=["7 s", "100 s"])
def test_a_slow_mail_server_is_not_told_twice_what_goes_to_many_mailboxes(clock, mailbox, on_the_way, each):
    """Another worker looks before each of them."""
    channel = a_channel("mail", addresses=MAILBOXES)
    due()

    def happens(_address):
        clock.shift(each)
        send_warnings(Channel.objects.get())

    on_the_way(happens)
    assert send_warnings(channel) == 1
    assert arrived(mailbox) == {("Shops", address): 1 for address in MAILBOXES}
    delivery = Delivery.objects.get()
    assert (delivery.tries, delivery.sent_at, delivery.reached) == (1, timezone.now(), [])


def test_mailboxes_that_are_refused_slowly_are_not_tried_twice_either(clock, mailbox, on_the_way):
    channel = a_channel("mail", addresses=MAILBOXES)
    mailbox.refused_addresses |= {*MAILBOXES[1:]}
    due()
    tried = []

    def happens(address):
        clock.shift(100 * SECOND)
        tried.append(address)
        send_warnings(Channel.objects.get())

    on_the_way(happens)
    assert send_warnings(channel) == 1
    assert tried == MAILBOXES
    delivery = Delivery.objects.get()
    assert (delivery.tries, delivery.reached) == (1, MAILBOXES[:1])
    assert delivery.reached_at == WEDNESDAY + 100 * SECOND
    assert delivery.due_at == timezone.now() + 2 * MINUTE, "the pause begins when it has failed"


def test_a_slow_mail_server_is_not_told_twice_what_goes_to_many_people(clock, mailbox, on_the_way):
    """Another worker looks at the last one, long after the round has begun."""
    people = [a_person(f"p{number}", "administrator").email for number in range(6)]
    due()

    def happens(address):
        clock.shift(50 * SECOND)
        if address == people[-1]:
            send_warnings()

    on_the_way(happens)
    assert send_warnings() == 6
    assert arrived(mailbox) == {("Shops", address): 1 for address in people}


def test_who_was_refused_late_in_a_round_is_not_tried_again_at_once(clock, alice, mailbox, on_the_way):
    mailbox.refused_addresses.add(alice.email)
    due()
    on_the_way(lambda _address: clock.shift(3 * MINUTE))
    assert send_warnings() == 0
    mailbox.refused_addresses.clear()
    assert send_warnings() == 0
    clock.shift(2 * MINUTE)
    assert send_warnings() == 1


def test_who_had_it_when_the_worker_was_killed_does_not_get_it_again(clock, mailbox, on_the_way):
    channel = a_channel("mail", addresses=MAILBOXES[:4])
    due()

    def happens(address):
        if address == MAILBOXES[2]:
            raise Killed

    on_the_way(happens)
    with pytest.raises(Killed):
        send_warnings(channel)
    on_the_way(lambda _address: None)
    clock.shift(limits.DELIVERY_LEASE - SECOND)
    assert send_warnings(channel) == 0, "nobody knows yet that it was killed"
    clock.shift(SECOND)
    assert send_warnings(channel) == 1
    assert arrived(mailbox) == {("Shops", address): 1 for address in MAILBOXES[:4]}
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 1


def test_who_was_reached_by_another_worker_meanwhile_does_not_get_it_again(a_minute, clock, mailbox, on_the_way):
    """It was read before that, and is due once more."""
    channel = a_channel("mail", addresses=MAILBOXES[:2])
    mailbox.refused_addresses |= {*MAILBOXES}
    due("First")
    a_minute()
    due("Second")
    a_minute()
    mailbox.refused_addresses.remove(MAILBOXES[0])
    clock.shift(2 * MINUTE)
    seen = []

    def happens(address):
        if not seen:
            seen.append(address)
            send_warnings(Channel.objects.get())
            clock.shift(5 * MINUTE)

    on_the_way(happens)
    send_warnings(channel)
    assert arrived(mailbox) == {(name, MAILBOXES[0]): 1 for name in ("First", "Second")}


def test_a_worker_that_was_taken_over_goes_no_further(clock, mailbox, on_the_way):
    """One mail took longer than anybody would wait for it."""
    channel = a_channel("mail", addresses=MAILBOXES[:4])
    due()
    seen = []

    def happens(address):
        if address == MAILBOXES[1] and not seen:
            seen.append(address)
            clock.shift(limits.DELIVERY_LEASE)
            assert send_warnings(Channel.objects.get()) == 1

    on_the_way(happens)
    assert send_warnings(channel) == 0
    assert arrived(mailbox) == {("Shops", address): 2 if address in seen else 1 for address in MAILBOXES[:4]}
    delivery = Delivery.objects.get()
    assert (delivery.tries, delivery.sent_at) == (2, timezone.now())
