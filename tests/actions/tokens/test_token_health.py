"""Section 2, Status: what Apple refuses a token with, for a whole day, and how it is active again by itself.

Every row of apple-protocols.md 2.4 and 1.4 that can befall a token, under a clock that is moved minute by minute.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape

from enrollment.actions.devices.reconcile import tokens_to_reconcile
from enrollment.actions.devices.sync_devices import sync_devices
from enrollment.actions.profiles.assign_profile import assign_profile
from enrollment.actions.tokens.note_refusal import note_refusal
from enrollment.actions.tokens.verify_token import verify_token
from enrollment.apple.errors import LONGEST_WAIT, AppleError, TermsNotSigned, TokenRejected, Unreachable
from enrollment.models import SyncStatus, Token, TokenStatus
from tests.actions.conftest import HOUR, MINUTE, NOON
from tests.cast import a_profile, a_run, a_token

pytestmark = pytest.mark.django_db(transaction=True)

S = TokenStatus
SOON = timedelta(minutes=5)


@dataclass(frozen=True)
class Refusal:
    """What Apple says, and what comes of it: the status, the remedy, when Apple is asked again, how often in a day."""

    kind: str
    status: TokenStatus
    remedy: str
    again: timedelta
    at_most: int
    how: dict[str, Any] = field(default_factory=dict)


RENEW, TERMS, NOTHING = "renew the token", "accepts them", "Nothing needs to be done"
# What a person mends is looked at once an hour, in two requests. What passes by itself is tried by the probe, more and
# more seldom, and by the waiting sync; a session that is refused is each time renewed once.
PERSON, PASSES = 24 * 2, 24 * 3
TABLE = [
    Refusal("oauth_not_understood", S.REJECTED, RENEW, HOUR, PERSON),
    Refusal("message_format_error", S.REJECTED, RENEW, HOUR, PERSON),
    Refusal("oauth_refused", S.REJECTED, RENEW, HOUR, PERSON),
    Refusal("token_rejected", S.REJECTED, RENEW, HOUR, PERSON),
    Refusal("token_expired", S.REJECTED, "Download a new token", HOUR, PERSON),
    Refusal("token_expired_forbidden", S.REJECTED, "Download a new token", HOUR, PERSON),
    Refusal("access_denied", S.REJECTED, "this MDM server still exists", HOUR, PERSON),
    Refusal("terms_before_session", S.TERMS_NOT_SIGNED, TERMS, HOUR, PERSON),
    Refusal("terms_after_session", S.TERMS_NOT_SIGNED, TERMS, HOUR, PERSON),
    Refusal("user_agent_missing", S.UNREACHABLE, "User-Agent", HOUR, PERSON),
    Refusal("user_agent_invalid", S.UNREACHABLE, "User-Agent", HOUR, PERSON),
    Refusal("session_expired", S.UNREACHABLE, RENEW, SOON, 3 * PASSES),
    Refusal("session_forbidden", S.UNREACHABLE, RENEW, SOON, 3 * PASSES),
    Refusal("method_refused", S.UNREACHABLE, "changes the answers", SOON, PASSES),
    Refusal("redirected", S.UNREACHABLE, "changes the answers", SOON, PASSES),
    Refusal("truncated_json", S.UNREACHABLE, "changes the answers", SOON, PASSES),
    Refusal("429", S.UNREACHABLE, NOTHING, SOON, PASSES),
    Refusal("429", S.UNREACHABLE, NOTHING, timedelta(hours=2), 24, {"retry_after": 7_200}),
    Refusal("500", S.UNREACHABLE, NOTHING, SOON, PASSES),
    Refusal("503", S.UNREACHABLE, NOTHING, SOON, PASSES, {"retry_after": 120}),
    Refusal("hang_up", S.UNREACHABLE, "firewall", SOON, PASSES),
]


def named(refusal):
    return f"{refusal.kind}{refusal.how or ''}"


def page_of(token, browser, language="en"):
    url = reverse("token-detail", args=[token.pk])
    return browser.get(url, headers={"Accept-Language": language}).content.decode()


@pytest.mark.parametrize("refusal", TABLE, ids=named)
def test_a_refusal_for_a_day(token, world, clock, hours_pass, as_alice, refusal):
    world.add_devices(world.servers[-1], 3)
    hours_pass(1)
    world.faults.add(refusal.kind, **refusal.how)
    assert verify_token(token) is False
    token.refresh_from_db()
    assert token.status == refusal.status
    assert token.next_probe_at - timezone.now() == refusal.again
    assert refusal.remedy in page_of(token, as_alice)
    with translation.override("fr"):
        advice = translation.gettext(token.trouble_advice)
    assert advice != token.trouble_advice
    assert str(escape(advice)) in page_of(token, as_alice, "fr")

    asked = len(world.calls)
    hours_pass(24)
    token.refresh_from_db()
    assert token.status == refusal.status
    assert len(world.calls) - asked <= refusal.at_most, "gently, not hammered"

    world.faults.clear()
    hours_pass(3)
    token.refresh_from_db()
    assert (token.status, token.trouble_sentence, token.next_probe_at) == (S.ACTIVE, "", None)
    assert token.sync_runs.first().status == SyncStatus.DONE


def refused(token, *errors):
    """What Apple says of it, one thing after the other."""
    for error in errors:
        note_refusal(token, error)
    return token


def test_what_apple_says_last_is_shown_with_its_own_remedy(clock, as_alice):
    token = refused(a_token(expires_at=NOON + timedelta(days=90)), TokenRejected(), TermsNotSigned())
    assert token.status == S.TERMS_NOT_SIGNED
    assert TERMS in page_of(token, as_alice)
    assert refused(token, TokenRejected()).status == S.REJECTED
    assert RENEW in page_of(token, as_alice)


def test_an_apple_that_is_away_does_not_hide_the_terms_that_wait(clock, as_alice):
    token = refused(a_token(expires_at=NOON + timedelta(days=90)), TermsNotSigned(), Unreachable())
    assert token.status == S.TERMS_NOT_SIGNED
    assert TERMS in page_of(token, as_alice)
    assert refused(token, TermsNotSigned()).unreachable_since is None, "it was reached"


def test_a_token_whose_year_is_over_says_so_whatever_else_is_wrong_and_is_not_asked_about(clock, as_alice, messages):
    token = refused(a_token(expires_at=NOON + timedelta(hours=1)), Unreachable())
    clock.shift(timedelta(hours=2))
    page = page_of(token, as_alice)
    assert "The token has expired." in page
    assert reverse("token-renew", args=[token.pk]) in page
    assert "firewall" not in page
    assert not Token.objects.to_probe(timezone.now()).exists(), "only a renewal helps"


def test_a_token_nobody_has_asked_about_yet_says_when_it_will_be(clock, as_alice):
    token = a_token(verified_at=None, expires_at=NOON + timedelta(days=90))
    assert "Apple is asked within a minute whether this token is good." in page_of(token, as_alice)
    assert "si ce jeton est bon" in page_of(token, as_alice, "fr")


def test_a_token_whose_year_is_over_before_it_was_verified_leads_to_its_renewal_and_promises_nothing(clock, as_alice):
    token = a_token(verified_at=None, expires_at=NOON)
    page = page_of(token, as_alice)
    assert "The token has expired." in page
    assert reverse("token-renew", args=[token.pk]) in page
    assert "Apple is asked within a minute" not in page


def test_a_token_that_was_never_verified_leads_to_its_renewal_when_apple_rejects_it(clock, as_alice):
    token = refused(a_token(verified_at=None, expires_at=NOON + timedelta(days=90)), TokenRejected())
    page = page_of(token, as_alice)
    assert (token.status, RENEW in page) == (S.NOT_VERIFIED, True)
    assert page.count(reverse("token-renew", args=[token.pk])) == 2, "the command, and the remedy"


def test_the_page_says_when_apple_is_asked_again(clock, as_alice):
    token = refused(a_token(expires_at=NOON + timedelta(days=90)), TermsNotSigned())
    assert "Apple is asked again at 13:00." in page_of(token, as_alice)
    assert "Apple est interrogé de nouveau à 13:00." in page_of(token, as_alice, "fr")


def test_a_cursor_or_a_profile_that_apple_refuses_says_nothing_about_the_token(clock):
    token = refused(a_token(expires_at=NOON + timedelta(days=90)), AppleError(status=400, body="SOMETHING_NEW"))
    assert (token.status, token.trouble_sentence) == (S.ACTIVE, "")


@pytest.mark.parametrize("said", ["9" * 400, "1e9", "-5", "١٢٠", "Wed, 21 Oct 2099 07:28:00 GMT"])
def test_whatever_retry_after_says_the_token_is_asked_about_within_a_day(token, world, clock, said):
    world.faults.add("503", retry_after=said.encode().decode("latin-1"))
    assert verify_token(token) is False
    token.refresh_from_db()
    assert token.next_probe_at <= timezone.now() + timedelta(seconds=LONGEST_WAIT)


def test_assignments_wait_for_the_probe_and_go_on_when_apple_answers(token, world, clock, alice):
    world.add_devices(world.servers[-1], 3, device_family="iPad", os="iPadOS")
    sync_devices(a_run(token))
    assign_profile(token.devices.all(), a_profile(token), by=alice)
    refused(token, Unreachable())
    clock.shift(SOON - MINUTE)
    assert token not in tokens_to_reconcile(timezone.now()), "not every minute"
    assert verify_token(token)
    assert token in tokens_to_reconcile(timezone.now())


def test_tok_8_a_sync_that_verifies_a_token_leaves_the_account_to_be_asked_for_at_once(token, world, clock):
    Token.objects.update(verified_at=None)
    world.add_devices(world.servers[-1], 3)
    refused(Token.objects.get(), Unreachable())
    sync_devices(a_run(Token.objects.get()))
    token.refresh_from_db()
    assert (token.status, token.org_name) == (S.ACTIVE, "")
    assert Token.objects.to_probe(timezone.now()).get() == token
    assert verify_token(token)
    assert token.org_name == "Orchard Foods"
    assert not Token.objects.to_probe(timezone.now() + timedelta(days=1)).exists()
