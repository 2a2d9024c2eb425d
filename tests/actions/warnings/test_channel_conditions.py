"""WARN-3: that messages do not arrive is a warning itself, told to all others."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from enrollment.actions.access.save_person import save_person
from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.messengers.errors import Gone, MailServerAway
from enrollment.models import Alert, Person, Severity
from tests.cast import a_channel, a_synced_token
from tests.typeset import typeset

pytestmark = pytest.mark.django_db
ALMOST, LONG = timedelta(minutes=10) - timedelta(seconds=1), timedelta(minutes=10)
TROUBLE = {"trouble_sentence": Gone.sentence, "trouble_details": {"host": "hooks.orchard.example", "status": 404}}
AWAY = {"trouble_sentence": MailServerAway.sentence, "trouble_details": {"said": "Connection refused"}}


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


def test_another_address_of_somebody_begins_anew(clock, alice):
    Person.objects.update(failing_since=timezone.now() - LONG, **AWAY)
    save_person(alice, by=None, username="alice", roles=alice.roles.all(), email="new@orchard.example")
    assert held(None, "mails_failing") == []
