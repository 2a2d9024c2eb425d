"""WARN-1 and WARN-3 under a frozen clock: one mail per step and person, never twice."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail

from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.actions.warnings.send_notices import send_notices
from enrollment.models import Notice, ScopeTag
from tests.cast import a_person, a_token

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)


def test_a_year_in_the_life_of_a_token(alice, bob, charlie):
    with time_machine.travel(START, tick=False) as clock:
        token = a_token(name="Shops", expires_at=START + timedelta(days=365))
        told = []
        for day in range(370):
            clock.move_to(START + timedelta(days=day))
            mail.outbox.clear()
            send_notices()
            send_notices()
            told += [(day, message.to, message.subject) for message in mail.outbox]
    days = [365 - day for day, _to, _subject in told]
    assert days == [60, 30, 14, 7, 1, 0]
    assert {to for _day, (to,), _subject in told} == {alice.email}, "Bob may not renew it, Charlie does not see it"
    assert told[0][2] == "The token “Shops” expires soon"
    assert told[-1][2] == "The token “Shops” has expired"
    assert token.name in told[-1][2]


def test_a_renewed_token_starts_its_steps_anew(alice):
    with time_machine.travel(START, tick=False):
        token = a_token(expires_at=START + timedelta(days=5))
        assert send_notices() == 1
        token.expires_at = START + timedelta(days=25)
        token.save()
        assert send_notices() == 1


def test_mails_speak_the_persons_language(db):
    a_person("fleur", "administrator")
    from enrollment.models import Person

    Person.objects.update(language="fr")
    a_token(name="Boutiques", expires_at=datetime.now(UTC) + timedelta(days=5))
    send_notices()
    (message,) = mail.outbox
    assert message.subject == "Le jeton « Boutiques » expire bientôt"
    assert "Apple School Manager" in message.body
    assert "<html" in message.alternatives[0][0]


def test_a_mail_that_fails_is_tried_again_later_and_sent_once(alice, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 2
    with time_machine.travel(START, tick=False) as clock:
        a_token(expires_at=START + timedelta(days=5))
        assert send_notices() == 0
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        assert send_notices() == 0, "not at once"
        clock.shift(timedelta(minutes=2))
        assert send_notices() == 1
        clock.shift(timedelta(minutes=10))
        assert send_notices() == 0
    assert Notice.objects.get().tries == 2


def test_banners_are_about_the_persons_tokens_the_worst_first(alice, charlie):
    now = datetime.now(UTC)
    a_token(name="Soon", expires_at=now + timedelta(days=40))
    a_token(name="Refused", rejected_at=now, expires_at=now + timedelta(days=300))
    elsewhere = a_token(name="Elsewhere", terms_since=now, expires_at=now + timedelta(days=300))
    elsewhere.scope_tags.add(ScopeTag.objects.get(name="Elsewhere"))
    assert [w.token.name for w in current_warnings(alice)] == ["Refused", "Elsewhere", "Soon"]
    assert [w.token.name for w in current_warnings(charlie)] == ["Elsewhere"]


def test_who_has_lost_sight_of_a_token_is_told_nothing_more(alice):
    token = a_token(name="Shops", expires_at=datetime.now(UTC) + timedelta(days=5))
    Notice.objects.create(token=token, person=alice, days=7, expires_at=token.expires_at)
    alice.scope_tags.add(ScopeTag.objects.create(name="Elsewhere"))
    assert send_notices() == 0
    assert not mail.outbox
