"""WARN-3 for programs: an address and a secret go in, and never come out again."""

import pytest
from django.utils import timezone

from enrollment.encryption import decrypt
from enrollment.models import Alert, Channel, Delivery, ScopeTag
from tests.cast import a_channel

pytestmark = pytest.mark.django_db
HOOK = "https://hooks.orchard.example/services/T0/B0/a-path-that-is-a-secret"


def test_a_webhook_is_made_and_its_secret_told_once(program, alice):
    ask = program(alice)
    answer = ask("post", "channels/", data={"name": "On call", "kind": "webhook", "url": HOOK, "rhythm": "daily"})
    assert answer.status_code == 201
    made = answer.json()
    assert answer.headers["Location"].endswith(f"/api/v1/channels/{made['id']}/")
    assert answer.headers["Cache-Control"] == "no-store"
    assert made["secret"].startswith("whsec_")
    assert (made["host"], made["rhythm"], made["trouble"]) == ("hooks.orchard.example", "daily", "")
    for path in ("channels/", f"channels/{made['id']}/", f"channels/{made['id']}/deliveries/"):
        told = ask("get", path).content.decode()
        assert made["secret"] not in told
        assert "a-path-that-is-a-secret" not in told


def test_what_is_wrong_is_said_at_its_field(program, alice):
    ask = program(alice)
    a_channel(name="Taken")
    for said, field in (
        ({"name": "taken", "kind": "webhook", "url": HOOK}, "name"),
        ({"name": "New", "kind": "slack"}, "url"),
        ({"name": "New", "kind": "slack", "url": "https://192.168.1.1/x"}, "url"),
        ({"name": "New", "kind": "mail"}, "addresses"),
        ({"name": "New", "kind": "mail", "addresses": ["nonsense"]}, "addresses"),
        ({"name": "New", "kind": "pigeon"}, "kind"),
        ({"name": "New", "kind": "mail", "addresses": ["a@b.example"], "secret": "mine"}, "secret"),
    ):
        answer = ask("post", "channels/", data=said)
        assert answer.status_code == 400, said
        assert list(answer.json()["errors"]) == [field]


def test_what_is_not_said_stays(program, alice):
    tag = ScopeTag.objects.create(name="Lyon")
    channel = a_channel(url=HOOK, least_severity="unhealthy")
    channel.scope_tags.add(tag)
    answer = program(alice)("patch", f"channels/{channel.pk}/", data={"is_on": False}).json()
    assert (answer["is_on"], answer["least_severity"], answer["scope_tags"]) == (False, "unhealthy", [tag.pk])
    channel.refresh_from_db()
    assert decrypt(bytes(channel.sealed_url)).decode() == HOOK
    assert list(program(alice)("patch", f"channels/{channel.pk}/", data={"kind": "slack"}).json()["errors"]) == ["kind"]


def test_a_test_that_fails_says_why_in_the_language_asked_for(program, alice, receiver):
    channel = a_channel("slack", url=f"{receiver.url}/x")
    ask = program(alice)
    assert ask("post", f"channels/{channel.pk}/test/").json()["sent_at"]
    receiver.answers = [(404, {}, b"no_service")]
    answer = ask("post", f"channels/{channel.pk}/test/", headers={"Accept-Language": "fr"})
    assert answer.status_code == 409
    assert answer.json()["detail"].startswith("127.0.0.1 ne connaît plus cette adresse (404).")
    told = ask("get", f"channels/{channel.pk}/").json()
    assert told["failing_since"]
    assert told["trouble"].startswith("127.0.0.1 does not know this address any more")


def test_a_secret_is_made_anew_for_webhooks_alone(program, alice):
    ask, channel = program(alice), a_channel()
    made = ask("post", f"channels/{channel.pk}/secret/")
    assert made.headers["Cache-Control"] == "no-store"
    assert decrypt(bytes(Channel.objects.get().sealed_secret)).decode() == made.json()["secret"]
    assert ask("post", f"channels/{a_channel('teams').pk}/secret/").status_code == 409


def test_what_was_told_is_listed_the_newest_first(program, alice):
    channel, now = a_channel(), timezone.now()
    alert = Alert.objects.create(key="clock_stopped.installation", condition="clock_stopped", since=now)
    for step, reached in (("1", []), ("2", ["a@orchard.example"])):
        Delivery.objects.create(alert=alert, channel=channel, step=step, reached=reached, created_at=now, due_at=now)
    Delivery.objects.create(alert=alert, channel=a_channel(), step="3", created_at=now, due_at=now)
    rows = program(alice)("get", f"channels/{channel.pk}/deliveries/").json()["results"]
    assert [(one["step"], one["warning"]) for one in rows] == [("2", alert.key), ("1", alert.key)]
    assert [one["reached"] for one in rows] == [["a@orchard.example"], []]
    assert program(alice)("get", "channels/999/deliveries/").status_code == 404


def test_a_channel_is_deleted(program, alice):
    channel = a_channel()
    assert program(alice)("delete", f"channels/{channel.pk}/").status_code == 204
    assert not Channel.objects.exists()


def test_which_warnings_are_mailed_is_everybodys_own_choice(program, bob):
    ask = program(bob)
    me = ask("get", "me/").json()
    assert (me["told_from"], me["told_rhythm"]) == ("", "at_once")
    me = ask("patch", "me/", data={"told_from": "unhealthy"}).json()
    assert (me["told_from"], me["told_rhythm"]) == ("unhealthy", "at_once")
    assert list(ask("patch", "me/", data={"told_rhythm": "hourly"}).json()["errors"]) == ["told_rhythm"]
