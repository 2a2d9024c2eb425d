"""WARN-3: the pages of channels, and what everybody chooses for themselves."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from enrollment.actions.warnings.snooze_warning import snooze_warning
from enrollment.encryption import decrypt
from enrollment.models import Alert, Channel, Delivery, Dropped, ScopeTag
from tests.cast import a_channel, a_profile, a_token, a_vpp_token, some_licences

pytestmark = pytest.mark.django_db
HOOK = "https://hooks.orchard.example/services/T0/B0/a-path-that-is-a-secret"
SAID = {
    "name": "On call",
    "kind": "webhook",
    "url": HOOK,
    "least_severity": "warning",
    "rhythm": "at_once",
    "language": "en",
}


def text(answer):
    return answer.content.decode()


def test_a_webhook_is_added_and_its_secret_shown_once(as_alice):
    answer = as_alice.post(reverse("channel-new"), {**SAID, "is_on": "on"})
    secret = re.search(r"whsec_[A-Za-z0-9+/]{43}=", text(answer))[0]
    assert "no-store" in answer.headers["Cache-Control"]
    channel = Channel.objects.get()
    assert decrypt(bytes(channel.sealed_secret)).decode() == secret
    assert channel.is_on
    for name in ("channel-detail", "channel-edit", "channel-secret", "channel-delete"):
        page = text(as_alice.get(reverse(name, args=[channel.pk])))
        assert secret not in page
        assert "a-path-that-is-a-secret" not in page
    assert "hooks.orchard.example" in text(as_alice.get(reverse("channel-list")))


def test_what_is_wrong_is_said_at_the_field_and_only_the_secret_is_lost(as_alice):
    a_channel(name="Taken")
    page = text(as_alice.post(reverse("channel-new"), {**SAID, "name": "taken", "rhythm": "weekly"}))
    assert "Another channel has this name already." in page
    assert 'value="taken"' in page
    assert re.search(r'value="weekly"[^>]*checked', page)
    assert "Enter the address once more" in page
    assert "a-path-that-is-a-secret" not in page
    page = text(as_alice.post(reverse("channel-new"), {**SAID, "url": "https://10.0.0.1/x"}))
    assert "WEBHOOKS_MAY_REACH" in page
    assert "Enter the address once more" not in page
    page = text(as_alice.post(reverse("channel-new"), {**SAID, "kind": "mail", "addresses": "a@b.example, nonsense"}))
    assert "“nonsense” is no e-mail address." in page
    assert "a@b.example, nonsense" in page
    assert Channel.objects.count() == 1


def test_mailboxes_are_typed_as_people_type_them(as_alice):
    said = {**SAID, "kind": "mail", "url": "", "addresses": "a@b.example, c@d.example;e@f.example\n\na@b.example"}
    as_alice.post(reverse("channel-new"), said)
    assert Channel.objects.get().addresses == ["a@b.example", "c@d.example", "e@f.example"]
    assert not Channel.objects.get().is_on, "the switch was off"


def test_a_channel_is_changed_without_its_address(as_alice):
    tag = ScopeTag.objects.create(name="Lyon")
    channel = a_channel(url=HOOK)
    page = text(as_alice.get(reverse("channel-edit", args=[channel.pk])))
    assert "Left empty, it stays the one at hooks.orchard.example." in page
    assert 'name="kind"' not in page
    said = {**SAID, "url": "", "name": "Lyon's", "scope_tags": tag.pk}
    answer = as_alice.post(reverse("channel-edit", args=[channel.pk]), said)
    assert answer.status_code == 302
    channel.refresh_from_db()
    assert (channel.name, [*channel.scope_tags.all()]) == ("Lyon's", [tag])
    assert decrypt(bytes(channel.sealed_url)).decode() == HOOK
    page = text(as_alice.get(reverse("scope-tag-detail", args=[tag.pk])))
    assert "Lyon&#x27;s" in page


def test_a_test_message_says_what_came_of_it(as_alice, receiver):
    channel = a_channel("slack", name="Chat", url=f"{receiver.url}/x")
    address = reverse("channel-test", args=[channel.pk])
    assert "The test message has arrived at “Chat”." in text(as_alice.post(address, follow=True))
    receiver.answers = [(410, {}, b"")]
    page = text(as_alice.post(address, follow=True))
    assert page.count("127.0.0.1 does not know this address any more (410).") == 2, "as a message, and on the page"
    assert "Failing" in page


def test_a_channel_that_fails_for_long_leads_to_its_warning_and_says_that_it_is_snoozed(as_alice, alice):
    channel = a_channel(failing_since=timezone.now() - timedelta(minutes=5), trouble_sentence="It is broken.")
    a_channel(name="Another", failing_since=timezone.now() - timedelta(hours=1), trouble_sentence="No")
    address, key = reverse("channel-detail", args=[channel.pk]), f"channel_failing.channel-{channel.pk}"
    page = text(as_alice.get(address))
    assert "It is broken." in page
    assert "warning-meta" not in page.partition("<main")[2], "it is none yet"
    Channel.objects.filter(pk=channel.pk).update(failing_since=timezone.now() - timedelta(minutes=11))
    cache.clear()
    assert reverse("warning-detail", args=[key]) in text(as_alice.get(address)).partition("<main")[2]
    snooze_warning(key, until=timezone.now() + timedelta(days=1), reason="It is being moved", by=alice)
    cache.clear()
    assert "It is being moved" in text(as_alice.get(address))


def test_a_new_signing_secret_is_shown_once(as_alice):
    channel = a_channel()
    before = decrypt(bytes(channel.sealed_secret)).decode()
    secret = re.search(r"whsec_\S{43}=", text(as_alice.post(reverse("channel-secret", args=[channel.pk]))))[0]
    assert secret != before
    chat = a_channel("slack")
    page = text(as_alice.post(reverse("channel-secret", args=[chat.pk]), follow=True))
    assert "Only messages of webhooks are signed." in page


def test_what_was_told_is_listed_with_what_became_of_it(as_alice):
    channel, now = a_channel(), timezone.now()
    alert = Alert.objects.create(key="token_rejected.token-1", condition="token_rejected", token=a_token(), since=now)
    common = {"alert": alert, "channel": channel, "created_at": now, "due_at": now}
    Delivery.objects.create(step="a", sent_at=now, **common)
    Delivery.objects.create(step="b", **common)
    Delivery.objects.create(step="d", reached=["a@orchard.example", "c@orchard.example"], **common)
    Delivery.objects.create(step="c", dropped_at=now, dropped_because=Dropped.GIVEN_UP, **common)
    page = text(as_alice.get(reverse("channel-detail", args=[channel.pk])))
    for word in ("Token rejected", "Sent", "To be sent", "Given up", "2 mailboxes have it."):
        assert word in page


def told_of(browser, channel):
    """What stands in the column About of each message, the newest first."""
    page = text(browser.get(reverse("channel-detail", args=[channel.pk])))
    return [
        " ".join(re.sub(r"<[^>]+>", "", cell).split())
        for cell in re.findall(r'<td data-label="About">(.*?)</td>', page)
    ]


def test_two_warnings_of_one_kind_say_what_each_is_about(as_alice):
    channel, token = a_channel(), a_token(name="Lyon")
    licences = a_vpp_token(name="Orchard")
    some_licences(licences, free=2, total=100, name="Company Portal")
    some_licences(licences, free=2, total=100, adam_id="1288723196", name="Microsoft Edge")
    some_licences(licences, free=2, total=100, adam_id="42", name="")
    front, back = (a_profile(token, name=name) for name in ("Front", "Back"))
    about = [
        ("licences_low", "719171358", {"vpp_token": licences}),
        ("licences_low", "1288723196", {"vpp_token": licences}),
        ("licences_gone", "42", {"vpp_token": licences}),
        ("many_devices_of_a_profile", f"profile-{front.pk}", {"token": token}),
        ("many_devices_of_a_profile", f"profile-{back.pk}", {"token": token}),
        ("many_devices_of_a_profile", "profile-0", {"token": token}),
        ("token_expiring", "20270101", {"token": token}),
        ("token_rejected", "", {"token": token}),
        ("of_a_version_that_was", "x.y", {}),
    ]
    now = timezone.now()
    for condition, part, whose in about:
        ((name, row),) = whose.items() or [("installation", None)]
        key = ".".join(filter(None, (condition, f"{name.replace('_', '')}-{row.pk}" if row else name, part)))
        alert = Alert.objects.create(key=key, condition=condition, since=now, **whose)
        Delivery.objects.create(alert=alert, channel=channel, created_at=now, due_at=now)
    assert told_of(as_alice, channel) == [
        "–",
        "Lyon",
        "Lyon",
        "Lyon",
        "Lyon Back",
        "Lyon Front",
        "Orchard App 42",
        "Orchard Microsoft Edge",
        "Orchard Company Portal",
    ]


def test_the_messages_ask_no_more_for_many(as_alice, django_assert_max_num_queries):
    channel, now = a_channel(), timezone.now()

    def ask():
        cache.clear()
        with django_assert_max_num_queries(60) as found:
            as_alice.get(reverse("channel-detail", args=[channel.pk]))
        return len(found.captured_queries)

    def another(number):
        licences = a_vpp_token()
        some_licences(licences, free=2, total=100, adam_id=str(number))
        key = f"licences_low.vpptoken-{licences.pk}.{number}"
        alert = Alert.objects.create(key=key, condition="licences_low", since=now, vpp_token=licences)
        Delivery.objects.create(alert=alert, channel=channel, created_at=now, due_at=now)

    another(1)
    one = ask()
    for number in range(2, 12):
        another(number)
    assert ask() == one


def test_it_is_deleted_with_all_it_knew(as_alice):
    channel = a_channel()
    as_alice.post(reverse("channel-delete", args=[channel.pk]))
    assert not Channel.objects.exists()


def test_the_list_asks_no_more_for_many_channels(as_alice, django_assert_max_num_queries):
    tag = ScopeTag.objects.create(name="Lyon")

    def ask():
        cache.clear()
        with django_assert_max_num_queries(60) as found:
            as_alice.get(reverse("channel-list"))
        return len(found.captured_queries)

    a_channel().scope_tags.add(tag)
    one = ask()
    for _number in range(10):
        a_channel().scope_tags.add(ScopeTag.objects.create(name=f"Tag {_number}"))
    assert ask() == one


def test_who_manages_all_of_it_is_led_there(as_alice, as_bob, as_charlie):
    for browser, is_led in ((as_alice, True), (as_bob, False), (as_charlie, False)):
        assert (reverse("channel-list") in text(browser.get("/account/"))) is is_led


def test_everybody_chooses_what_is_mailed_to_them(as_bob, bob):
    page = text(as_bob.get(reverse("account")))
    assert re.search(r'<option value="warning" selected', page)
    as_bob.post(reverse("account-warnings"), {"told_from": "nothing", "told_rhythm": "weekly"})
    bob.refresh_from_db()
    assert (bob.told_from, bob.told_rhythm) == ("nothing", "weekly")
    as_bob.post(reverse("account-warnings"), {"told_from": "everything", "told_rhythm": "hourly"})
    bob.refresh_from_db()
    assert (bob.told_from, bob.told_rhythm) == ("nothing", "weekly")


def test_who_cannot_be_mailed_is_told_so(as_bob, bob):
    bob.failing_since, bob.trouble_sentence = timezone.now(), "The mail server refuses the mail: %(said)s"
    bob.trouble_details = {"said": "550 No"}
    bob.save()
    assert "The mail server refuses the mail: 550 No" in text(as_bob.get(reverse("account")))
    bob.email = ""
    bob.save()
    assert "You have no e-mail address here" in text(as_bob.get(reverse("account")))


def test_whoever_is_not_reached_is_named_as_long_as_there_is_something_to_tell_them(as_alice, bob):
    bob.failing_since, bob.trouble_sentence = timezone.now(), "The mail server refuses the mail: %(said)s"
    bob.trouble_details = {"said": "550 No"}
    bob.save()
    alert = Alert.objects.create(key="token_rejected.token-0", condition="token_rejected", since=timezone.now())
    Delivery.objects.create(alert=alert, person=bob, created_at=alert.since, due_at=alert.since, tries=2)
    page = text(as_alice.get(reverse("channel-list")))
    assert "Mails have not reached bob since" in page
    assert "The mail server refuses the mail: 550 No" in page
    Alert.objects.update(ended_at=timezone.now())
    assert "Mails have not reached" not in text(as_alice.get(reverse("channel-list")))
