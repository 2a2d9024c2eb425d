"""WARN-3, the second half: one message with all that is due, never twice, and again when it did not arrive."""

import uuid
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from enrollment import limits
from enrollment.actions.warnings import send_warnings as module
from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.actions.warnings.note_warnings import note_warnings
from enrollment.actions.warnings.send_warnings import send_warnings
from enrollment.actions.warnings.snooze_warning import snooze_warning
from enrollment.actions.warnings.wake_warning import wake_warning
from enrollment.models import (
    Alert,
    Channel,
    Delivery,
    Dropped,
    Installation,
    Operation,
    OperationKind,
    OperationStatus,
    Person,
    ScopeTag,
    Token,
)
from tests.actions.warnings.conftest import WEDNESDAY
from tests.cast import a_channel, a_device, a_person, a_synced_token, a_token
from tests.typeset import typeset

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
pytestmark = pytest.mark.django_db


def an_ending_token(days=20, **changes):
    return a_synced_token(WEDNESDAY, expires_at=WEDNESDAY + timedelta(days=days), **changes)


def subjects(mailbox):
    return [mail["Subject"] for mail in mailbox.mails]


def text_of(mail, kind="plain"):
    return mail.get_body(preferencelist=(kind,)).get_content()


def test_a_person_gets_one_mail_with_all_that_is_due_the_worst_first(a_minute, alice, mailbox):
    an_ending_token(name="Later", days=50)
    an_ending_token(name="Soon", days=5)
    an_ending_token(name="Middle", days=20)
    assert a_minute() == 1
    (mail,) = mailbox.mails
    assert mail["Subject"] == "Unhealthy: The token “Soon” expires in 5 days (and 2 more)"
    assert mail["To"] == "alice@orchard.example"
    text = text_of(mail)
    assert text.index("“Soon”") < text.index("“Later”")
    assert "download a new server token" in text
    assert f"http://localhost:8000/tokens/{Token.objects.get(name='Soon').pk}/" in text
    assert "http://localhost:8000/account/" in text
    html = text_of(mail, "html")
    assert '<html lang="en">' in html
    assert "“Middle”" in html
    assert a_minute() == 0


def test_a_thousand_tokens_that_cannot_be_reached_are_one_mail(a_minute, alice, mailbox):
    """More than a mail has room for are counted, and stand on their page."""
    for number in range(60):
        a_token(name=f"T{number:02}", unreachable_since=WEDNESDAY - DAY, synced_at=WEDNESDAY)
    a_minute()
    (mail,) = mailbox.mails
    assert mail["Subject"] == "Warning: Apple cannot be reached for “T00” (and 59 more)"
    assert text_of(mail).count("/tokens/") == 50
    assert "and 10 more" in text_of(mail)
    assert "http://localhost:8000/warnings/" in text_of(mail)


def test_a_mail_speaks_the_persons_language(a_minute, alice, mailbox):
    Person.objects.update(language="fr")
    an_ending_token(name="Boutiques", days=5)
    a_minute()
    (mail,) = mailbox.mails
    assert mail["Subject"] == typeset("Non sain : Le jeton « Boutiques » expire dans 5 jours")
    assert "Depuis le" in text_of(mail)
    assert '<html lang="fr">' in text_of(mail, "html")


def test_a_channel_speaks_its_own_language_whoever_looks(a_minute, receiver):
    a_channel("slack", url=f"{receiver.url}/slack", language="fr")
    an_ending_token(name="Boutiques", days=5)
    a_minute()
    assert "expire dans 5 jours" in receiver.requests[0].json["text"]


def test_a_webhook_slack_and_teams_are_told_the_same(a_minute, receiver):
    for kind in ("webhook", "slack", "teams"):
        a_channel(kind, url=f"{receiver.url}/{kind}?key=1")
    token = an_ending_token(name="Shops", days=5)
    assert a_minute() == 3
    said = {request.path: request.json for request in receiver.requests}
    assert said["/webhook?key=1"]["data"]["warnings"][0]["about"] == {"type": "token", "id": token.pk, "name": "Shops"}
    assert "“Shops”" in said["/slack?key=1"]["text"]
    assert "“Shops”" in said["/teams?key=1"]["attachments"][0]["content"]["fallbackText"]
    assert {one.failing_since for one in Channel.objects.all()} == {None}
    assert {one.sent_at for one in Channel.objects.all()} == {WEDNESDAY}


def test_a_program_is_told_everything_in_as_many_messages_as_it_takes(a_minute, clock, receiver):
    """The worst first, each under a name of its own, and nothing twice when one of them has to come again."""
    for kind in ("webhook", "slack"):
        a_channel(kind, url=f"{receiver.url}/{kind}")
    for number in range(30):
        an_ending_token(name=f"T{number:02}", days=5 if number > 26 else 20)
    receiver.answers = [(500, {}, b"")]
    a_minute()
    clock.shift(2 * MINUTE)
    a_minute()
    refused, *taken = [one for one in receiver.requests if one.path == "/webhook"]
    assert sorted(len(one.json["data"]["warnings"]) for one in taken) == [5, 25]
    assert all(one.json["data"]["count"] == len(one.json["data"]["warnings"]) for one in taken)
    told = [warning["about"]["name"] for one in taken for warning in one.json["data"]["warnings"]]
    assert sorted(told) == [f"T{number:02}" for number in range(30)]
    assert [one["severity"] for one in refused.json["data"]["warnings"]][:4] == ["unhealthy"] * 3 + ["warning"]
    assert len({one.headers["webhook-id"] for one in taken}) == 2
    assert refused.headers["webhook-id"] in {one.headers["webhook-id"] for one in taken}
    assert sum(one.path == "/slack" for one in receiver.requests) == 1, "people are told how many more there are"
    assert a_minute() == 0


def test_a_message_that_failed_comes_again_later_under_the_same_name(a_minute, clock, receiver):
    channel = a_channel(url=f"{receiver.url}/hook")
    receiver.answers = [(503, {}, b"Not now"), (500, {}, b"Oops")]
    an_ending_token()
    assert a_minute() == 0
    channel.refresh_from_db()
    assert channel.failing_since == WEDNESDAY
    assert channel.trouble_details["status"] == 503
    assert [a_minute(), len(receiver.requests)] == [0, 1], "not at once"
    clock.shift(2 * MINUTE)
    a_minute()
    clock.shift(3 * MINUTE)
    assert [a_minute(), len(receiver.requests)] == [0, 2], "the pause grows"
    clock.shift(MINUTE)
    assert a_minute() == 1
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1
    channel.refresh_from_db()
    assert (channel.failing_since, channel.trouble_sentence) == (None, "")
    assert Delivery.objects.get().tries == 3


def test_what_is_new_meanwhile_has_a_name_of_its_own(a_minute, clock, receiver):
    """The receiver may have taken the first one, and would throw away whatever comes under its name."""
    a_channel(url=f"{receiver.url}/hook")
    receiver.answers = [(500, {}, b"")]
    an_ending_token(name="First")
    a_minute()
    an_ending_token(name="Second")
    clock.shift(2 * MINUTE)
    assert a_minute() == 2
    first, *later = receiver.requests
    told = {one.headers["webhook-id"]: [w["about"]["name"] for w in one.json["data"]["warnings"]] for one in later}
    assert told.pop(first.headers["webhook-id"]) == ["First"]
    assert [*told.values()] == [["Second"]]


def test_one_answer_a_minute_says_enough_about_a_channel_that_fails(a_minute, clock, receiver):
    a_channel(url=f"{receiver.url}/hook")
    receiver.ok = (500, {}, b"")
    for name in ("First", "Second", "Third"):
        an_ending_token(name=name)
        a_minute()
        clock.shift(10 * MINUTE)
    before = len(receiver.requests)
    clock.shift(timedelta(hours=2))
    a_minute()
    assert len(receiver.requests) == before + 1


def test_a_channel_says_when_it_wants_to_be_asked_again(a_minute, clock, receiver):
    a_channel("slack", url=f"{receiver.url}/slack")
    receiver.answers = [(429, {"Retry-After": "1800"}, b"")]
    an_ending_token()
    a_minute()
    clock.shift(29 * MINUTE)
    assert a_minute() == 0
    clock.shift(MINUTE)
    assert a_minute() == 1


def test_where_nobody_listens_any_more_it_is_tried_seldom_and_given_up_at_last(a_minute, clock, receiver):
    channel = a_channel(url=f"{receiver.url}/hook")
    receiver.ok = (410, {}, b"")
    an_ending_token(days=29)
    a_minute()
    clock.shift(timedelta(hours=5, minutes=59))
    a_minute()
    assert len(receiver.requests) == 1
    for _try in range(limits.DELIVERY_TRIES):
        clock.shift(timedelta(hours=6))
        Token.objects.update(synced_at=timezone.now())
        a_minute()
    told = Delivery.objects.get(channel=channel)
    assert (told.tries, told.dropped_because) == (limits.DELIVERY_TRIES, Dropped.GIVEN_UP)
    assert len(receiver.requests) == limits.DELIVERY_TRIES
    channel.refresh_from_db()
    assert channel.failing_since == WEDNESDAY


def test_a_mail_server_that_is_away_is_asked_once_for_all(a_minute, clock, alice, settings, mailbox):
    a_person("anna", "administrator")
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    an_ending_token()
    assert a_minute() == 0
    assert {one.trouble_details["said"] for one in Person.objects.all()} == {"[Errno 111] Connection refused"}
    assert [*Person.objects.values_list("failing_since", flat=True)] == [WEDNESDAY] * 2
    settings.EMAIL_PORT = port
    clock.shift(2 * MINUTE)
    assert a_minute() == 2
    assert [*Person.objects.values_list("failing_since", flat=True)] == [None] * 2
    first, second = mailbox.mails
    assert first["Message-ID"] != second["Message-ID"]


def test_a_mail_server_that_takes_mails_and_never_says_so_is_not_waited_for_by_everybody(
    a_minute, alice, settings, mailbox
):
    settings.EMAIL_TIMEOUT, mailbox.is_stalling = 0.3, True
    for number in range(4):
        a_person(f"p{number}", "administrator")
    an_ending_token()
    assert a_minute() == 0
    assert mailbox.stalled == 2
    assert Person.objects.filter(failing_since=WEDNESDAY).count() == 5


def test_a_mailbox_that_is_refused_keeps_nobody_elses_mail(a_minute, alice, mailbox):
    anna = a_person("anna", "administrator")
    mailbox.refused_addresses.add(alice.email)
    an_ending_token()
    assert a_minute() == 1
    assert mailbox.mails[0]["To"] == anna.email
    alice.refresh_from_db()
    assert alice.trouble_details == {"address": alice.email, "said": "550 No such mailbox"}


def test_of_a_channels_mailboxes_one_that_is_refused_does_not_repeat_the_others(a_minute, clock, mailbox):
    channel = a_channel("mail", addresses=["a@orchard.example", "b@orchard.example", "c@orchard.example"])
    mailbox.refused_addresses.add("b@orchard.example")
    an_ending_token()
    assert a_minute() == 1
    clock.shift(DAY)
    Token.objects.update(synced_at=timezone.now())
    a_minute()
    expiring = [mail["To"] for mail in mailbox.mails if "expires" in mail["Subject"]]
    assert expiring == ["a@orchard.example", "c@orchard.example"]
    channel.refresh_from_db()
    assert channel.trouble_details["address"] == "b@orchard.example", "that is told, and shown"


def to_whom(mailbox):
    return [mail["To"].partition("@")[0] for mail in mailbox.mails]


def test_only_mailboxes_that_were_not_reached_are_tried_again(a_minute, clock, mailbox):
    channel = a_channel("mail", addresses=["a@orchard.example", "b@orchard.example", "c@orchard.example"])
    mailbox.refused_addresses |= {"b@orchard.example", "c@orchard.example"}
    an_ending_token(name="Shops")
    assert a_minute() == 1, "it has arrived somewhere"
    assert (to_whom(mailbox), Delivery.objects.get().sent_at) == (["a"], None)
    assert [a_minute(), len(mailbox.mails)] == [0, 1], "not at once"
    mailbox.refused_addresses.remove("c@orchard.example")
    clock.shift(2 * MINUTE)
    assert [a_minute(), to_whom(mailbox)] == [1, ["a", "c"]]
    clock.shift(4 * MINUTE)
    assert [a_minute(), to_whom(mailbox)] == [0, ["a", "c"]]
    channel.refresh_from_db()
    assert channel.trouble_details["address"] == "b@orchard.example"
    mailbox.refused_addresses.clear()
    clock.shift(8 * MINUTE)
    assert [a_minute(), to_whom(mailbox)] == [1, ["a", "c", "b"]]
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 1
    delivery = Delivery.objects.get()
    assert (delivery.sent_at, delivery.tries, delivery.trouble_sentence) == (timezone.now(), 4, "")
    channel.refresh_from_db()
    assert (channel.failing_since, channel.trouble_sentence) == (None, "")
    clock.shift(timedelta(hours=7))
    assert [a_minute(), len(mailbox.mails)] == [0, 3]


def test_when_the_server_goes_away_in_between_the_rest_comes_later(a_minute, clock, mailbox, settings):
    a_channel("mail", addresses=["a@orchard.example", "b@orchard.example", "c@orchard.example"])
    mailbox.refused_addresses |= {"b@orchard.example", "c@orchard.example"}
    an_ending_token()
    a_minute()
    mailbox.refused_addresses.clear()
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    clock.shift(2 * MINUTE)
    assert a_minute() == 0
    settings.EMAIL_PORT = port
    clock.shift(4 * MINUTE)
    assert [a_minute(), to_whom(mailbox)] == [1, ["a", "b", "c"]]


def test_a_mailbox_that_is_none_of_the_channels_any_more_is_not_waited_for(a_minute, clock, mailbox):
    a_channel("mail", addresses=["a@orchard.example", "b@orchard.example"])
    mailbox.refused_addresses.add("b@orchard.example")
    an_ending_token()
    a_minute()
    Channel.objects.update(addresses=["a@orchard.example"])
    clock.shift(2 * MINUTE)
    a_minute()
    assert [to_whom(mailbox), Delivery.objects.get().sent_at] == [["a"], timezone.now()]


def test_a_mailbox_that_is_always_refused_delays_nothing_that_is_new(a_minute, clock, mailbox):
    """And is tried once a minute at most, whatever waits for it."""
    a_channel("mail", addresses=["a@orchard.example", "b@orchard.example"])
    mailbox.refused_addresses.add("b@orchard.example")
    for name in ("One", "Two"):
        an_ending_token(name=name)
        a_minute()
    clock.shift(2 * MINUTE)
    an_ending_token(name="Three")
    assert a_minute() == 1
    assert [name in mail["Subject"] for name, mail in zip(("One", "Two", "Three"), mailbox.mails, strict=True)] == [
        True
    ] * 3
    assert set(to_whom(mailbox)) == {"a"}
    assert sorted(Delivery.objects.values_list("tries", flat=True)) == [1, 1, 2]


def test_nobody_is_flooded_because_another_mailbox_is_refused(a_minute, clock, mailbox):
    a_channel("mail", addresses=["a@orchard.example", "b@orchard.example"])
    mailbox.refused_addresses.add("b@orchard.example")
    for number in range(limits.MESSAGES_PER_HOUR + 4):
        an_ending_token(name=f"T{number}")
        a_minute()
        clock.shift(MINUTE)
    assert to_whom(mailbox) == ["a"] * limits.MESSAGES_PER_HOUR


def test_a_mailbox_that_is_never_reached_is_given_up_and_who_has_it_is_remembered(a_minute, clock, mailbox):
    a_channel("mail", addresses=["a@orchard.example", "b@orchard.example"])
    mailbox.refused_addresses.add("b@orchard.example")
    an_ending_token(days=300, rejected_at=WEDNESDAY)
    for _again in range(limits.DELIVERY_TRIES + 5):
        Token.objects.update(synced_at=timezone.now())
        a_minute()
        clock.shift(timedelta(hours=7))
    delivery = Delivery.objects.get(alert__condition="token_rejected")
    assert (delivery.tries, delivery.dropped_because) == (limits.DELIVERY_TRIES, Dropped.GIVEN_UP)
    assert (delivery.sent_at, delivery.reached) == (None, ["a@orchard.example"])
    assert to_whom(mailbox) == ["a"]


def test_what_is_over_snoozed_or_not_theirs_any_more_is_not_told(a_minute, clock, alice, mailbox):
    """Each between the wish and its hour."""
    Person.objects.update(told_rhythm="daily")
    tokens = {name: an_ending_token(name=name) for name in ("over", "snoozed", "moved", "told")}
    a_minute()
    clock.move_to(datetime(2026, 6, 4, 7, 0, tzinfo=UTC))
    Token.objects.update(synced_at=timezone.now())
    Token.objects.filter(name="over").update(expires_at=WEDNESDAY + timedelta(days=300))
    key = Alert.objects.get(token=tokens["snoozed"]).key
    snooze_warning(key, until=timezone.now() + DAY, reason="It is ordered", by=alice)
    tag = ScopeTag.objects.create(name="Ours")
    alice.scope_tags.add(tag)
    for name in ("over", "snoozed", "told"):
        tokens[name].scope_tags.add(tag)
    assert a_minute() == 1
    assert subjects(mailbox) == ["Warning: The token “told” expires in 19 days"]
    why = dict(Delivery.objects.filter(sent_at=None).values_list("alert__token__name", "dropped_because"))
    assert why == {"over": Dropped.OVER, "snoozed": Dropped.SNOOZED, "moved": Dropped.NOT_THEIRS}


def test_what_was_not_told_because_of_a_snooze_is_told_after_it(a_minute, clock, alice, mailbox):
    an_ending_token(name="Shops")
    note_warnings()
    key = Alert.objects.get().key
    snooze_warning(key, until=WEDNESDAY + DAY, reason="It is ordered", by=alice)
    assert a_minute() == 0
    assert Delivery.objects.get().dropped_because == Dropped.SNOOZED
    clock.shift(DAY)
    Token.objects.update(synced_at=timezone.now())
    assert a_minute() == 1
    assert subjects(mailbox) == ["Warning: The token “Shops” expires in 19 days"]
    assert a_minute() == 0


@pytest.mark.parametrize("is_woken", [True, False], ids=["woken", "by itself"])
def test_after_a_snooze_nobody_gets_a_second_message_of_a_step_and_the_next_one_is_told(
    a_minute, clock, alice, mailbox, is_woken
):
    an_ending_token(name="Shops", days=16)
    assert a_minute() == 1
    key = Alert.objects.get().key
    snooze_warning(key, until=WEDNESDAY + DAY, reason="It is ordered", by=alice)
    if is_woken:
        wake_warning(key, by=alice)
    else:
        clock.shift(DAY)
        Token.objects.update(synced_at=timezone.now())
    assert [one.is_snoozed for one in current_warnings(alice) if one.key == key] == [False]
    assert a_minute() == 0
    clock.move_to(WEDNESDAY + 2 * DAY)
    Token.objects.update(synced_at=timezone.now())
    assert a_minute() == 1
    assert subjects(mailbox) == [f"Warning: The token “Shops” expires in {days} days" for days in (16, 14)]


def test_what_was_left_out_of_a_message_because_of_a_snooze_comes_later_under_another_name(
    a_minute, clock, alice, receiver
):
    """The receiver has taken the first without it, and would throw away whatever comes under its name."""
    a_channel(url=f"{receiver.url}/hook")
    receiver.answers = [(500, {}, b"")]
    for name in ("Late", "Soon"):
        an_ending_token(name=name)
    a_minute()
    key = Alert.objects.get(token__name="Late").key
    snooze_warning(key, until=WEDNESDAY + DAY, reason="It is ordered", by=alice)
    for hours in (1, 23):
        clock.shift(timedelta(hours=hours))
        Token.objects.update(synced_at=timezone.now())
        a_minute()
    told = [[one["about"]["name"] for one in request.json["data"]["warnings"]] for request in receiver.requests]
    assert told == [["Late", "Soon"], ["Soon"], ["Late"]]
    names = [request.headers["webhook-id"] for request in receiver.requests]
    assert names[0] == names[1] != names[2]


def test_an_older_step_that_is_still_on_its_way_is_not_told_beside_the_newer_one(a_minute, clock, receiver):
    a_channel(url=f"{receiver.url}/hook")
    receiver.ok = (500, {}, b"")
    an_ending_token(days=14.5)
    a_minute()
    receiver.ok = (200, {}, b"")
    clock.shift(DAY)
    Token.objects.update(synced_at=timezone.now())
    a_minute()
    assert [[one["step"] for one in request.json["data"]["warnings"]] for request in receiver.requests] == [
        ["30"],
        ["14"],
    ]


def test_a_weekly_digest_gathers_what_came_up_since_monday(a_minute, clock, receiver):
    a_channel(url=f"{receiver.url}/hook", rhythm="weekly")
    an_ending_token(name="Wednesday")
    a_minute()
    clock.shift(DAY)
    an_ending_token(name="Thursday", days=21)
    Token.objects.update(synced_at=timezone.now())
    a_minute()
    assert receiver.requests == []
    clock.move_to(datetime(2026, 6, 8, 7, 0, tzinfo=UTC))
    Token.objects.update(synced_at=timezone.now())
    assert a_minute() == 1
    (request,) = receiver.requests
    assert {one["about"]["name"] for one in request.json["data"]["warnings"]} == {"Thursday", "Wednesday"}


def test_what_becomes_worse_in_the_hour_of_a_digest_goes_with_it(a_minute, clock, receiver):
    a_channel(url=f"{receiver.url}/hook", rhythm="daily")
    an_ending_token(name="Shops", days=8)
    a_minute()
    clock.move_to(datetime(2026, 6, 4, 9, 30, tzinfo=UTC))  # a clock that was late: a week is left, and no more
    Token.objects.update(synced_at=timezone.now())
    assert a_minute() == 1
    (request,) = receiver.requests
    assert [one["step"] for one in request.json["data"]["warnings"]] == ["7"]
    clock.shift(DAY)
    Token.objects.update(synced_at=timezone.now())
    assert a_minute() == 0


def test_a_worker_killed_between_sending_and_marking_sends_again_under_the_same_name(a_minute, clock, receiver):
    a_channel(url=f"{receiver.url}/hook")
    an_ending_token()
    note_warnings()
    channel = Channel.objects.get()
    receiver.answers = [(200, {}, b"")]
    with pytest.MonkeyPatch.context() as patch:  # the machine loses its power in this moment
        patch.setattr(module, "_note_success", lambda *_a: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            send_warnings(channel)
    assert Delivery.objects.get().sent_at is None
    assert send_warnings(channel) == 0
    clock.shift(limits.DELIVERY_LEASE)
    assert a_minute() == 1
    first, again = receiver.requests
    assert first.headers["webhook-id"] == again.headers["webhook-id"]
    clock.shift(DAY)
    assert send_warnings(channel) == 0


def test_nobody_is_flooded(a_minute, clock, alice, mailbox):
    """After six messages within an hour the next one gathers what comes."""
    for number in range(limits.MESSAGES_PER_HOUR + 4):
        an_ending_token(name=f"T{number}")
        a_minute()
        clock.shift(MINUTE)
    assert len(mailbox.mails) == limits.MESSAGES_PER_HOUR
    clock.move_to(WEDNESDAY + timedelta(hours=1))
    assert a_minute() == 1
    assert subjects(mailbox)[-1].endswith("(and 3 more)")


def test_that_the_rules_brake_has_stopped_is_told_who_may_assign(a_minute, alice, bob, mailbox):
    a_person("paul", "profile_assigner")
    token = an_ending_token(name="Shops", days=300)
    stopped_rules(token)
    a_minute()
    told = [mail["To"] for mail in mailbox.mails if "The rules of “Shops” have stopped" in mail["Subject"]]
    assert sorted(told) == ["alice@orchard.example", "paul@orchard.example"]


def stopped_rules(token):
    a_device(token)
    Operation.objects.create(
        kind=OperationKind.ASSIGN,
        token=token,
        status=OperationStatus.PREVIEWED,
        is_stopped=True,
        counts={"gets": 1200},
        made_at=timezone.now(),
    )


def test_what_another_worker_took_a_moment_ago_is_not_told_twice(clock, alice, mailbox):
    """It looked when there was less to tell, and was quicker."""
    an_ending_token(name="Theirs", days=5)
    an_ending_token(name="Ours", days=20)
    note_warnings()
    theirs = Delivery.objects.get(step="7")

    def another_worker(execute, sql, params, many, context):
        if sql.startswith('UPDATE "enrollment_delivery"') and theirs.message is None:
            theirs.message, theirs.tries, theirs.due_at = uuid.uuid4(), 1, WEDNESDAY + 2 * MINUTE
            theirs.save()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(another_worker):
        assert send_warnings() == 1
    assert subjects(mailbox) == ["Warning: The token “Ours” expires in 20 days"]
    known = Delivery.objects.get(pk=theirs.pk)
    assert (known.sent_at, known.message, known.tries) == (None, theirs.message, 1)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_once(receiver):
    a_channel(url=f"{receiver.url}/hook")
    a_synced_token(timezone.now(), expires_at=timezone.now() + timedelta(days=20))
    Installation.note_clock(timezone.now())
    note_warnings()
    channel, start = Channel.objects.get(), Barrier(4)

    def work():
        try:
            start.wait()
            send_warnings(channel)
        finally:
            connection.close()

    workers = [Thread(target=work) for _number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(receiver.requests) == 1
    assert Delivery.objects.get().tries == 1
