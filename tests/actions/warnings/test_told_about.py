from datetime import timedelta

import pytest
from django.utils import timezone

from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.actions.warnings.keep_alert import keep_alert
from enrollment.actions.warnings.told_about import SHOWN, told_about
from enrollment.models import Channel, ChannelKind, Delivery, Person, ScopeTag
from tests.cast import a_person, a_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def alert(db):
    token = a_token(name="Lyon", rejected_at=timezone.now())
    token.scope_tags.add(ScopeTag.objects.get_or_create(name="Elsewhere")[0])
    (warning,) = current_warnings(None)
    return keep_alert(warning)


def a_delivery(alert, **changes):
    now = timezone.now()
    return Delivery.objects.create(**{"alert": alert, "created_at": now, "due_at": now, **changes})


@pytest.fixture
def deliveries(alert, alice, bob):
    channel = Channel.objects.create(name="Operations", kind=ChannelKind.MAIL)
    now = timezone.now()
    a_delivery(alert, person=alice, sent_at=now, step="30")
    a_delivery(alert, person=bob, tries=2, due_at=now + timedelta(hours=1), trouble_sentence="No answer of %(host)s.")
    a_delivery(alert, channel=channel, dropped_at=now, dropped_because="snoozed", trouble_sentence="Before that.")
    Delivery.objects.update(trouble_details={"host": "mail"})


def told(alert, reader):
    found = told_about(alert, reader)
    return (found.sent, found.waiting, found.dropped), {one.to: one.state.value for one in found.tellings}


def test_who_reads_who_may_what_reads_names(alert, deliveries, alice):
    names = {"alice": "told", "bob": "waiting", "Operations": "dropped"}
    assert told(alert, alice) == ((1, 1, 1), names)
    assert told(alert, a_person("ann", "auditor")) == ((1, 1, 1), names)


def test_of_several_mailboxes_it_is_told_how_many_have_it(alert, alice):
    channel = Channel.objects.create(name="Operations", kind=ChannelKind.MAIL)
    one = a_delivery(alert, channel=channel, reached=["a@orchard.example"], trouble_sentence="It is full.")
    (telling,) = told_about(alert, alice).tellings
    assert (telling.state, telling.reached, telling.trouble) == ("waiting", "1 mailbox has it.", "It is full.")
    one.reached = []
    one.save()
    assert told_about(alert, alice).tellings[0].reached == ""


def test_others_read_how_many_and_their_own(alert, deliveries, bob):
    assert told(alert, bob) == ((1, 1, 1), {"bob": "waiting"})
    assert told(alert, a_person("erin", "enrollment_manager")) == ((1, 1, 1), {})


def test_who_is_narrowed_reads_the_names_of_whom_they_see(alert, deliveries, charlie):
    member = a_person("dora", "administrator")
    member.scope_tags.set(charlie.scope_tags.all())
    a_delivery(alert, person=member)
    assert told(alert, charlie) == ((1, 2, 1), {"dora": "waiting"})


def test_when_and_why_not(alert, deliveries, alice):
    tellings = {one.to: one for one in told_about(alert, alice).tellings}
    assert tellings["bob"].at > timezone.now()
    assert tellings["bob"].trouble == "No answer of mail."
    assert tellings["Operations"].dropped_because == "Snoozed"
    assert (tellings["alice"].trouble, tellings["alice"].dropped_because, tellings["alice"].step) == ("", "", "30")


def test_of_very_many_the_newest_are_named(alert, alice):
    people = Person.objects.bulk_create([Person(username=f"p{number}") for number in range(SHOWN + 5)])
    for person in people:
        a_delivery(alert, person=person)
    found = told_about(alert, alice)
    assert (found.total, len(found.tellings)) == (SHOWN + 5, SHOWN)


def test_what_nobody_did_anything_about_was_told_nobody(alice, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert told_about(None, alice).total == 0
