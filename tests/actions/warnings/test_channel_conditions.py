"""WARN-3: that messages do not arrive is a warning itself, told to all others."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from enrollment.actions.access.save_person import save_person
from enrollment.actions.channels.save_channel import ChannelSaid, save_channel
from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.messengers.errors import Gone, MailServerAway
from enrollment.models import Alert, Channel, Delivery, Dropped, Person, Severity
from tests.actions.warnings.conftest import WEDNESDAY
from tests.cast import a_channel, a_synced_token
from tests.typeset import typeset

pytestmark = pytest.mark.django_db
ALMOST, LONG = timedelta(minutes=10) - timedelta(seconds=1), timedelta(minutes=10)
TROUBLE = {"trouble_sentence": Gone.sentence, "trouble_details": {"host": "hooks.orchard.example", "status": 404}}
AWAY = {"trouble_sentence": MailServerAway.sentence, "trouble_details": {"said": "Connection refused"}}


def waits(person, token=None, **changes):
    """Something that could not be mailed to them, and is tried again."""
    key, now = f"token_rejected.token-{token.pk if token else 0}", timezone.now()
    alert, _new = Alert.objects.get_or_create(key=key, ended_at=None, defaults={"condition": "x", "since": now})
    common = {"created_at": now, "due_at": now + timedelta(hours=1), "tries": 3, **AWAY}
    return Delivery.objects.create(alert=alert, person=person, **{**common, **changes})


def held(person, condition):
    return [one for one in current_warnings(person) if one.condition.id == condition]


def test_a_channel_that_fails_for_ten_minutes_is_a_warning(clock, alice):
    channel = a_channel(name="On call", failing_since=timezone.now() - ALMOST, **TROUBLE)
    assert held(alice, "channel_failing") == []
    clock.shift(timedelta(seconds=1))
    (warning,) = held(alice, "channel_failing")
    assert (warning.severity, warning.since) == (Severity.WARNING, channel.failing_since)
    assert warning.sentence == "Messages do not reach the channel “On call”."
    assert "hooks.orchard.example does not know this address any more (404)" in warning.remedy
    assert warning.link == f"/warnings/channels/{channel.pk}/"
    with translation.override("fr"):
        assert warning.sentence == typeset("Les messages ne parviennent pas au canal « On call ».")
    channel.is_on = False
    channel.save()
    assert held(alice, "channel_failing") == []


def test_mails_that_do_not_leave_for_ten_minutes_are_one(clock, alice, bob):
    since = timezone.now() - ALMOST
    Person.objects.update(failing_since=since, **AWAY)
    for person in (alice, bob):
        waits(person)
    assert held(alice, "mails_failing") == []
    clock.shift(timedelta(seconds=1))
    (warning,) = held(alice, "mails_failing")
    assert warning.sentence == "Mails about warnings do not reach 2 people, alice among them."
    assert "The mail server does not answer (Connection refused). Check EMAIL_URL" in warning.remedy
    assert warning.since == since
    Person.objects.filter(pk=bob.pk).update(told_from="nothing")
    (warning,) = held(alice, "mails_failing")
    assert warning.sentence == "Mails about warnings do not reach alice."
    Person.objects.filter(pk=alice.pk).update(is_active=False)
    assert held(None, "mails_failing") == []


@pytest.mark.parametrize("condition", ["channel_failing", "mails_failing"])
def test_who_does_not_manage_all_of_it_is_not_told(clock, bob, charlie, condition):
    a_channel(failing_since=timezone.now() - LONG, **TROUBLE)
    Person.objects.update(failing_since=timezone.now() - LONG, **AWAY)
    waits(charlie)
    assert len(held(None, condition)) == 1
    assert held(bob, condition) == []
    assert held(charlie, condition) == []


def test_from_the_first_failure_to_the_others_and_back(a_minute, clock, alice, receiver, mailbox):
    a_channel(name="On call", url=f"{receiver.url}/hook")
    receiver.ok = (500, {}, b"")
    a_synced_token(timezone.now(), expires_at=timezone.now() + timedelta(days=20))
    a_minute()
    clock.shift(timedelta(minutes=11))
    a_minute()
    assert [mail["Subject"] for mail in mailbox.mails][1:] == ["Warning: Messages do not reach the channel “On call”"]
    receiver.ok = (200, {}, b"")
    clock.shift(timedelta(hours=6))
    a_minute()
    assert held(alice, "channel_failing") == []
    a_minute()
    assert Alert.objects.get(condition="channel_failing").ended_at == timezone.now()


@pytest.mark.parametrize(
    ("changes", "holds"),
    [
        ({}, True),
        ({"tries": 1}, True),
        ({"tries": 2, "trouble_sentence": "", "trouble_details": {}}, True),
        ({"tries": 1, "trouble_sentence": "", "trouble_details": {}}, False),
        ({"tries": 0, "trouble_sentence": "", "trouble_details": {}}, False),
        ({"sent_at": WEDNESDAY}, False),
        ({"dropped_at": WEDNESDAY, "dropped_because": Dropped.OVER}, False),
        ({"dropped_at": WEDNESDAY, "dropped_because": Dropped.GIVEN_UP}, True),
    ],
    ids=["tried", "once", "tried again just now", "tried just now", "untried", "sent", "over", "given up"],
)
def test_mails_that_do_not_leave_are_a_warning_as_long_as_there_is_something_to_tell(clock, alice, changes, holds):
    Person.objects.update(failing_since=timezone.now() - LONG, **AWAY)
    waits(alice, **changes)
    assert bool(held(None, "mails_failing")) is holds


def test_what_was_given_up_and_is_over_is_nothing_to_tell(clock, alice):
    Person.objects.update(failing_since=timezone.now() - LONG, **AWAY)
    waits(alice, dropped_at=WEDNESDAY, dropped_because=Dropped.GIVEN_UP)
    Alert.objects.update(ended_at=WEDNESDAY)
    assert held(None, "mails_failing") == []


def test_mails_that_did_not_leave_are_no_warning_any_more_when_what_they_told_is_over(
    a_minute, clock, alice, mailbox, settings
):
    """Though none of them ever arrived: and the warning about mails is itself told by mails that do not."""
    settings.EMAIL_PORT = 9
    token = a_synced_token(timezone.now(), expires_at=timezone.now() + timedelta(days=300), rejected_at=WEDNESDAY)
    for _minute in range(15):
        a_minute()
        clock.shift(timedelta(minutes=1))
    assert len(held(alice, "mails_failing")) == 1
    assert Delivery.objects.waiting().filter(alert__condition="mails_failing", person=alice).exists()
    token.rejected_at = None
    token.save()
    for _minute in range(2):
        a_minute()
        clock.shift(timedelta(minutes=1))
    assert held(alice, "mails_failing") == []
    assert not Delivery.objects.waiting().exists()


def test_another_address_of_somebody_begins_anew(clock, alice):
    Person.objects.update(failing_since=timezone.now() - LONG, **AWAY)
    waits(alice)
    assert len(held(None, "mails_failing")) == 1
    save_person(alice, by=None, username="alice", roles=alice.roles.all(), email="new@orchard.example")
    assert held(None, "mails_failing") == []


HOOK = {"kind": "webhook", "name": "On call"}
DESK = {"kind": "mail", "name": "On call", "addresses": ["a@orchard.example", "b@orchard.example"]}


@pytest.mark.parametrize(
    ("was", "said", "begins_anew"),
    [
        (HOOK, {"url": "https://hooks.orchard.example/another"}, True),
        (HOOK, {"least_severity": "unhealthy"}, False),
        (HOOK, {"is_on": False}, False),
        ({**HOOK, "is_on": False}, {"is_on": True}, True),
        (DESK, {"addresses": ["a@orchard.example"]}, True),
        (DESK, {"addresses": DESK["addresses"], "language": "fr"}, False),
    ],
    ids=["address", "severity", "turned off", "turned on", "mailboxes", "language"],
)
def test_a_channel_that_leads_elsewhere_or_is_turned_on_again_begins_anew(clock, alice, was, said, begins_anew):
    """What went wrong at the same address is still the last that is known of it, even when nothing waits."""
    channel = a_channel(failing_since=timezone.now() - LONG, **TROUBLE, **was)
    save_channel(channel, ChannelSaid(**{"name": "On call", **said}), by=alice)
    channel = Channel.objects.get()
    assert (channel.failing_since is None) is begins_anew
    assert (channel.trouble_sentence == "", channel.trouble_details == {}) == (begins_anew, begins_anew)
