"""Of every condition there is, in a world in which each of them holds: words, ways, and who reads what."""

import re
from collections import Counter
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.urls import resolve, reverse
from django.utils.translation import override

from enrollment import limits
from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.actions.warnings.every_condition import CONDITIONS
from enrollment.models import (
    Alert,
    Answer,
    Delivery,
    Installation,
    Operation,
    OperationKind,
    Person,
    Profile,
    Role,
    ScopeTag,
    SyncStatus,
    Verdict,
    Wish,
)
from enrollment.models.alert import KEY_LENGTH
from enrollment.permissions import may
from tests.actions.warnings.conditions.holding import START, conditions
from tests.cast import (
    a_browser_of,
    a_channel,
    a_device,
    a_person,
    a_profile,
    a_run,
    a_synced_token,
    a_token,
    a_vpp_token,
    some_licences,
)

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
INSTALLATION = {"clock_stopped", "many_tokens", "channel_failing", "mails_failing"}


@pytest.fixture(autouse=True)
def world(monkeypatch, alice):
    """Each condition holds; the limits are small."""
    with time_machine.travel(START, tick=False):
        for name in ("PROFILES_PER_TOKEN", "DEVICES_PER_PROFILE", "DEVICES_PER_TOKEN"):
            monkeypatch.setattr(limits, name, 4)
        monkeypatch.setattr(limits, "TOKENS_PER_INSTALLATION", 9)
        Installation.note_clock(START - HOUR)
        tokens_in_trouble()
        devices_in_trouble()
        licences_in_trouble()
        a_channel(failing_since=START - HOUR)
        mails_in_trouble(alice)
        yield


def tokens_in_trouble():
    a_synced_token(START, expires_at=START)
    a_synced_token(START, expires_at=START + 20 * DAY)
    a_synced_token(START, rejected_at=START)
    a_synced_token(START, terms_since=START)
    a_synced_token(START, unreachable_since=START)
    a_synced_token(START - 2 * DAY)
    a_token(verified_at=None)


def devices_in_trouble():
    token = a_synced_token(START, name="Shops")
    profile = a_profile(token, apple_uuid="A" * 32)
    Profile.objects.bulk_create([Profile(token=token, name=f"Profile {number}") for number in range(3)])
    a_run(token, status=SyncStatus.FAILED, finished_at=START)
    Operation.objects.create(kind=OperationKind.ASSIGN, token=token, is_stopped=True, counts={Verdict.GETS: 9})
    for answer in (Answer.THROTTLED, Answer.FAILED, Answer.NOT_ACCESSIBLE, Answer.NONE):
        a_device(token, wish=Wish.PROFILE, profile=profile, answer=answer, next_try_at=START + HOUR)
    a_device(token, appeared_at=START - HOUR)
    a_device(token, released_at=START)


def licences_in_trouble():
    a_vpp_token(expires_at=START)
    a_vpp_token(expires_at=START + 20 * DAY)
    a_vpp_token(expires_at=START + 200 * DAY, rejected_at=START)
    unread = a_vpp_token(expires_at=START + 200 * DAY, read_at=START - 2 * DAY)
    some_licences(unread, free=0, total=9)
    some_licences(unread, free=2, total=90, adam_id="1")


def mails_in_trouble(person):
    Person.objects.filter(pk=person.pk).update(failing_since=START - HOUR)
    alert = Alert.objects.create(key="token_rejected.token-0", condition="token_rejected", since=START)
    Delivery.objects.create(alert=alert, person=person, created_at=START, due_at=START + HOUR, tries=2)


def test_all_of_them_hold_for_the_clock_and_for_who_sees_all(alice):
    assert set(conditions()) == {condition.id for condition in CONDITIONS}
    assert Counter(conditions(alice)) == Counter(conditions())


def test_each_has_a_name_of_its_own_that_an_address_and_a_row_can_hold():
    assert len({condition.id for condition in CONDITIONS}) == len(CONDITIONS)
    assert len({str(condition.label) for condition in CONDITIONS}) == len(CONDITIONS)
    for warning in current_warnings(None):
        assert len(warning.key) <= KEY_LENGTH
        assert len(warning.condition.id) <= 40
        assert "/" not in warning.key
    keys = [warning.key for warning in current_warnings(None)]
    assert len(set(keys)) == len(keys)


def test_each_says_what_it_is_since_when_and_what_to_do_in_both_languages():
    for warning in current_warnings(None):
        assert warning.since is not None
        english = (str(warning.condition.label), warning.sentence, warning.remedy)
        with override("fr"):
            french = (str(warning.condition.label), warning.sentence, warning.remedy)
        for ours, theirs in zip(english, french, strict=True):
            assert ours
            assert theirs
            assert ours != theirs, f"{warning.condition.id} has no French"
            assert "%(" not in ours + theirs


def test_each_leads_to_a_page_that_who_acts_may_open(alice):
    browser = a_browser_of(alice)
    for warning in current_warnings(alice):
        resolve(urlsplit(warning.link).path)
        assert browser.get(warning.link).status_code == 200, warning.link


def test_each_leads_to_a_page_that_whoever_reads_it_may_open():
    """What it counts is no secret for whoever may open the page that shows it."""
    for condition in CONDITIONS:
        Role.objects.create(key=condition.id, name=condition.id, permissions=[condition.needed])
        browser = a_browser_of(person := a_person(condition.id, condition.id))
        found = [warning for warning in current_warnings(person) if warning.condition is condition]
        links = {warning.link for warning in found}
        assert links
        page = browser.get(reverse("warning-detail", args=[found[0].key])).content.decode().partition("<main")[2]
        links |= {link for link in re.findall(r'href="(/[^"]+)"', page) if not link.startswith("/static/")}
        assert {link: browser.get(link).status_code for link in links} == dict.fromkeys(links, 200), condition.id


def test_who_may_not_read_what_it_is_about_reads_nothing(alice):
    for role in ("enrollment_manager", "profile_assigner", "helpdesk", "auditor"):
        person = a_person(role, role)
        told = set(conditions(person))
        assert told == {condition.id for condition in CONDITIONS if may(person, condition.needed)}
        assert "clock_stopped" not in told


def test_who_sees_another_part_reads_nothing_of_this_one(charlie):
    assert conditions(charlie) == []


def test_who_sees_a_part_reads_all_of_it_and_nothing_of_the_whole(charlie):
    elsewhere = ScopeTag.objects.get(name="Elsewhere")
    for warning in current_warnings(None):
        for thing in filter(None, (warning.token, warning.vpp_token)):
            thing.scope_tags.add(elsewhere)
    assert set(conditions(charlie)) == {condition.id for condition in CONDITIONS} - INSTALLATION
