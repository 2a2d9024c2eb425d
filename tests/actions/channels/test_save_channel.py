"""WARN-3: channels, whose addresses and secrets nobody reads again."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from enrollment.actions.access.delete_scope_tag import delete_scope_tag
from enrollment.actions.access.what_may_be_given import AccessRefused
from enrollment.actions.channels.delete_channel import delete_channel
from enrollment.actions.channels.make_signing_secret import make_signing_secret
from enrollment.actions.channels.save_channel import ChannelSaid, save_channel
from enrollment.actions.channels.try_channel import try_channel
from enrollment.encryption import decrypt
from enrollment.messengers.addresses import networks
from enrollment.messengers.webhook import signature
from enrollment.models import Alert, AuditEntry, Channel, Delivery, ScopeTag
from tests.actions.warnings.conftest import WEDNESDAY
from tests.cast import a_channel

pytestmark = pytest.mark.django_db
URL = "https://hooks.orchard.example/services/T0/B0/not-for-your-eyes"


def a_hook(**changes):
    return ChannelSaid(**{"name": "On call", "kind": "webhook", "url": URL, **changes})


def everything_told(entries):
    return " ".join(f"{one.before} {one.after} {one.object_name}" for one in entries)


def test_a_webhook_is_kept_sealed_and_its_secret_told_once(alice):
    saved = save_channel(None, a_hook(), by=alice)
    channel = Channel.objects.get()
    assert channel.host == "hooks.orchard.example"
    assert decrypt(bytes(channel.sealed_url)).decode() == URL
    assert decrypt(bytes(channel.sealed_secret)).decode() == saved.secret
    assert saved.secret.startswith("whsec_")
    assert "not-for-your-eyes" not in str(vars(channel))
    entry = AuditEntry.objects.get(action="channel.made")
    assert entry.after["host"] == "hooks.orchard.example"
    assert "not-for-your-eyes" not in everything_told([entry])
    assert saved.secret[6:] not in everything_told([entry])


def test_only_webhooks_are_signed(alice):
    for kind in ("slack", "teams"):
        assert save_channel(None, a_hook(name=kind, kind=kind), by=alice).secret == ""
    assert save_channel(None, ChannelSaid(name="Desk", kind="mail", addresses=["a@b.example"]), by=alice).secret == ""
    with pytest.raises(AccessRefused):
        make_signing_secret(Channel.objects.get(name="slack"), by=alice)


def test_changed_without_an_address_it_keeps_the_one_it_has(alice):
    channel = save_channel(None, a_hook(), by=alice).channel
    assert save_channel(channel, a_hook(url="", name="Night"), by=alice).secret == "", "and its secret"
    channel.refresh_from_db()
    assert decrypt(bytes(channel.sealed_url)).decode() == URL
    entry = AuditEntry.objects.get(action="channel.changed")
    assert (entry.before, entry.after) == ({"name": "On call"}, {"name": "Night"})


def test_that_the_address_is_another_one_is_recorded_and_not_which(alice):
    channel = save_channel(None, a_hook(), by=alice).channel
    save_channel(channel, a_hook(url=f"{URL}-either"), by=alice)
    assert AuditEntry.objects.get(action="channel.changed").after == {"new_address": True}


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"name": "  "}, "name", "Give the channel a name."),
        ({"name": "TAKEN"}, "name", "Another channel has this name already."),
        ({"url": ""}, "url", "Enter the address"),
        ({"url": "hooks.orchard.example/x"}, "url", "no complete address"),
        ({"url": "http://hooks.orchard.example/x"}, "url", "use https://"),
        ({"url": "https://127.0.0.1/x"}, "url", "WEBHOOKS_MAY_REACH"),
        ({"url": "https://[::ffff:10.0.0.1]/x"}, "url", "WEBHOOKS_MAY_REACH"),
        ({"url": "https://hooks.orchard.example/" + "x" * 2_000}, "url", "too long"),
        ({"kind": "mail"}, "addresses", "at least one e-mail address"),
        ({"kind": "mail", "addresses": [f"{n}@b.example" for n in range(21)]}, "addresses", "At most"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(alice, changes, field, sentence):
    a_channel(name="Taken")
    with pytest.raises(AccessRefused) as refused:
        save_channel(None, a_hook(**changes), by=alice)
    assert refused.value.field == field
    assert sentence in refused.value.sentence
    assert Channel.objects.count() == 1


def test_a_network_that_the_setting_names_may_be_an_address(alice, settings):
    settings.WEBHOOKS_MAY_REACH = networks(["10.0.0.0/8"])
    assert save_channel(None, a_hook(url="http://10.1.2.3:8080/hook"), by=alice).channel.host == "10.1.2.3"


def test_only_who_manages_all_of_it_may(bob, charlie):
    for person in (bob, charlie):
        with pytest.raises(PermissionDenied):
            save_channel(None, a_hook(), by=person)
        with pytest.raises(PermissionDenied):
            delete_channel(a_channel(), by=person)
        with pytest.raises(PermissionDenied):
            make_signing_secret(a_channel(), by=person)


def test_a_tag_that_narrows_a_channel_is_not_deleted(alice):
    """Without it the channel would be told of everything."""
    tag = ScopeTag.objects.create(name="Lyon")
    channel = save_channel(None, a_hook(scope_tags=[tag]), by=alice).channel
    with pytest.raises(AccessRefused):
        delete_scope_tag(tag, by=alice)
    delete_channel(channel, by=alice)
    delete_scope_tag(tag, by=alice)
    assert AuditEntry.objects.get(action="channel.deleted").before["scope_tags"] == ["Lyon"]


def test_what_happened_while_somebody_filled_in_the_form_stays(alice, receiver):
    """A message arrived or did not, and somebody made a new secret."""
    read = save_channel(None, a_hook(), by=alice).channel
    channel = Channel.objects.get()
    secret = make_signing_secret(channel, by=alice)
    Channel.objects.update(sent_at=WEDNESDAY, failing_since=WEDNESDAY, trouble_sentence="No")
    save_channel(read, a_hook(url="", name="Night"), by=alice)
    channel.refresh_from_db()
    assert (channel.name, channel.sent_at, channel.failing_since) == ("Night", WEDNESDAY, WEDNESDAY)
    assert channel.trouble_sentence == "No"
    assert decrypt(bytes(channel.sealed_secret)).decode() == secret


def test_what_was_deleted_while_somebody_filled_in_the_form_stays_deleted(alice):
    read = save_channel(None, a_hook(), by=alice).channel
    delete_channel(Channel.objects.get(), by=alice)
    with pytest.raises(AccessRefused, match="deleted meanwhile"):
        save_channel(read, a_hook(name="Night"), by=alice)
    assert not Channel.objects.exists()


def test_another_rhythm_holds_for_what_waits(alice):
    channel = save_channel(None, a_hook(rhythm="daily"), by=alice).channel
    with time_machine.travel(WEDNESDAY, tick=False):
        alert = an_alert()
        later = WEDNESDAY + timedelta(days=1)
        untried = Delivery.objects.create(alert=alert, channel=channel, created_at=WEDNESDAY, due_at=later)
        failed = Delivery.objects.create(
            alert=alert, step="1", channel=channel, created_at=WEDNESDAY, due_at=later, tries=2
        )
        save_channel(channel, a_hook(url="", rhythm="at_once"), by=alice)
        untried.refresh_from_db()
        failed.refresh_from_db()
        assert (untried.due_at, failed.due_at) == (WEDNESDAY, later)


def an_alert(key="clock_stopped.installation"):
    return Alert.objects.create(key=key, condition="clock_stopped", since=timezone.now())


def test_a_new_secret_signs_and_the_old_one_for_a_day_as_well(alice, receiver):
    with time_machine.travel(WEDNESDAY, tick=False) as clock:
        first = save_channel(None, a_hook(url=f"{receiver.url}/hook"), by=alice)
        second = make_signing_secret(first.channel, by=alice)
        assert second != first.secret
        for hours, secrets in ((0, [second, first.secret]), (23, [second, first.secret]), (25, [second])):
            clock.move_to(WEDNESDAY + timedelta(hours=hours))
            try_channel(Channel.objects.get(), by=alice)
            request = receiver.requests[-1]
            id_, at = request.headers["webhook-id"], int(request.headers["webhook-timestamp"])
            expected = [signature(secret, id_, at, request.body) for secret in secrets]
            assert request.headers["webhook-signature"].split(" ") == expected, hours
    told = everything_told(AuditEntry.objects.all())
    assert first.secret[6:] not in told
    assert second[6:] not in told
