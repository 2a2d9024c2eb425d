"""PB-4: revisions are compared in words, only what differs; and what a setting needs is said in words, too."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.utils.translation import override

from enrollment.models import VppToken
from enrollment.models.profile_needs import NEEDS
from enrollment.models.profile_settings import default_settings
from enrollment.models.profile_words import NOTHING, differences, in_words, vpp_tokens_in_words, when_in_words
from tests.cast import a_stored_certificate, a_vpp_token, some_licences
from tests.typeset import typeset

pytestmark = pytest.mark.django_db
KIOSK = {**default_settings(), "affinity": "without", "enrollment_url": "https://mdm.orchard.example/ade"}


def said(before, after):
    return [(str(one.one.label), one.before, one.after) for one in differences(before, after, reader=None)]


def test_equal_settings_have_no_differences():
    assert said(KIOSK, dict(KIOSK)) == []


def test_only_what_differs_is_told_in_words():
    after = {**KIOSK, "is_locked": True, "department": "IT", "hidden_panes": ["Siri"]}
    assert said({**KIOSK, "hidden_panes": ["Zoom"]}, after) == [
        ("Department", NOTHING, "IT"),
        ("Locked enrollment", "no", "yes"),
        ("Setup Assistant screens", "Hidden: Zoom", "Hidden: Siri"),
    ]


def test_what_has_no_meaning_on_one_side_is_a_dash_there():
    after = {**KIOSK, "is_shared_ipad": True, "cached_users": 5, "await_configured": False}
    assert ("Maximum cached users", NOTHING, "5") in said(KIOSK, after)
    assert ("Await final configuration", "yes", NOTHING) in said(KIOSK, after)


def test_a_vpp_token_and_a_certificate_are_told_by_name_and_end():
    token = a_vpp_token(name="Licences of Lyon")
    settings = {
        **KIOSK,
        "affinity": "with",
        "method": "company_portal",
        "company_portal_vpp": token.pk,
        "pairing": "certificate",
        "host_certificates": [a_stored_certificate()],
    }
    words = {str(fact.one.label): fact.word for _section, facts in in_words(settings, reader=None) for fact in facts}
    assert words["Install Company Portal with VPP"].startswith("Licences of Lyon · expires ")
    assert words["Apple Configurator certificates"].startswith("Orchard Configurator (until ")
    token.delete()
    words = {str(fact.one.label): fact.word for _section, facts in in_words(settings, reader=None) for fact in facts}
    assert words["Install Company Portal with VPP"] == "a VPP token that is not here any more"


def test_prof_9_a_vpp_token_is_chosen_by_its_end_and_what_is_left(charlie):
    end = datetime(2027, 5, 12, 12, tzinfo=UTC)
    with time_machine.travel(datetime(2026, 6, 1, tzinfo=UTC), tick=False) as clock:
        token = a_vpp_token(name="Orchard licences", expires_at=end)
        assert vpp_tokens_in_words([token]) == ["Orchard licences · expires May 12, 2027 · licences not read yet"]
        some_licences(token, total=5, free=5, adam_id="7")
        token.refresh_from_db()
        assert vpp_tokens_in_words([token]) == ["Orchard licences · expires May 12, 2027 · no Company Portal licences"]
        some_licences(token, total=1500, free=1320)
        words = "Orchard licences · expires May 12, 2027 · 1,320 of 1,500 Company Portal licences free"
        assert vpp_tokens_in_words([token, None]) == [words, "a VPP token that is not here any more"]
        with override("fr"):
            (said,) = vpp_tokens_in_words([token])
        assert said.startswith("Orchard licences · expire le 12 mai 2027 · ")
        assert "licences du portail d'entreprise" in said
        token.licences.update(available=0)
        with override("fr"):
            assert vpp_tokens_in_words([token])[0].endswith(
                " · 0 licence du portail d'entreprise libre sur 1\N{NO-BREAK SPACE}500"
            )
        unseen = VppToken.objects.told_to(charlie, token.pk)
        assert vpp_tokens_in_words([unseen]) == ["… · expires May 12, 2027"], "how many are left is not told"
        clock.move_to(end)
        assert "expired on May 12, 2027" in vpp_tokens_in_words([token])[0]


def test_prof_9_a_vpp_token_that_apple_does_not_take_says_so(charlie):
    end = datetime(2027, 5, 12, 12, tzinfo=UTC)
    with time_machine.travel(datetime(2026, 6, 1, tzinfo=UTC), tick=False) as clock:
        token = a_vpp_token(name="Orchard", expires_at=end, rejected_at=datetime(2026, 5, 30, tzinfo=UTC))
        some_licences(token, total=500, free=320)
        token.refresh_from_db()
        words = "Orchard · rejected by Apple · expires May 12, 2027 · 320 of 500 Company Portal licences free"
        assert vpp_tokens_in_words([token]) == [words]
        with override("fr"):
            assert vpp_tokens_in_words([token])[0].startswith("Orchard · rejeté par Apple · expire le 12 mai 2027 · ")
        unseen = VppToken.objects.told_to(charlie, token.pk)
        assert vpp_tokens_in_words([unseen]) == ["… · expires May 12, 2027"], "how it is, is not told"
        token.rejected_at, token.unreachable_since = None, datetime(2026, 5, 30, tzinfo=UTC)
        assert " · cannot be reached · expires " in vpp_tokens_in_words([token])[0]
        clock.move_to(end)
        assert vpp_tokens_in_words([token])[0].startswith("Orchard · expired on May 12, 2027 · ")


def test_many_vpp_tokens_are_told_with_one_question(django_assert_num_queries):
    tokens = [a_vpp_token() for _ in range(11)]
    with django_assert_num_queries(1):
        vpp_tokens_in_words(tokens)


def test_a_screen_is_told_in_the_readers_language_and_an_unknown_one_by_its_key():
    with override("fr"):
        words = dict(in_words({**KIOSK, "hidden_panes": ["Passcode", "BrandNew"]}, reader=None))[
            "Assistant Configuration"
        ]
    assert words[0].word == typeset("Masqués : Code secret, BrandNew")


@pytest.mark.parametrize("name", NEEDS)
def test_every_dependency_can_be_said(name):
    assert when_in_words(name).startswith("Only with “")


def test_a_dependency_in_words():
    assert when_in_words("install_company_portal") == (
        "Only with “Authentication method”: Setup Assistant (legacy) or Setup Assistant with modern authentication."
    )
    assert when_in_words("is_shared_ipad") == (
        "Only with “User affinity”: Enroll without user affinity and “Supervised”: yes."
    )
    assert when_in_words("department") == ""
