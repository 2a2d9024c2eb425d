"""WARN-2: an object's page shows the warnings that concern it, once; a token's health stands in its list."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enrollment.models import Answer, Role, SyncStatus, Wish
from tests.cast import a_device, a_profile, a_rule, a_run, a_token, a_vpp_token, some_licences

pytestmark = pytest.mark.django_db
REJECTS = "Apple rejects the token “Lyon”."
EXPIRES = "The token “Lyon” expires in"


def main(browser, name, *arguments):
    """What a page says besides its frame, where the bell says it all."""
    answer = browser.get(reverse(name, args=arguments))
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode().partition("<main")[2])


@pytest.fixture
def rejected(db):
    return a_token(
        name="Lyon",
        rejected_at=timezone.now() - timedelta(days=2),
        expires_at=timezone.now() + timedelta(days=12),
        trouble_sentence="Apple does not accept this token.",
        trouble_advice="Renew it with a new file.",
    )


def test_a_tokens_status_says_it_once_and_leads_to_its_warning(as_alice, rejected):
    page = main(as_alice, "token-detail", rejected.pk)
    assert page.count("Apple does not accept this token.") == 1
    assert REJECTS not in page.replace(f'reader-only">: {REJECTS}', "")
    assert reverse("warning-detail", args=[f"token_rejected.token-{rejected.pk}"]) in page
    assert page.count("Renew it with a new file.") == 1


def test_what_its_status_does_not_say_stands_below(as_alice):
    now = timezone.now()
    away = a_token(name="Lyon", unreachable_since=now, expires_at=now + timedelta(days=20))
    assert EXPIRES in main(as_alice, "token-detail", away.pk)
    assert EXPIRES not in main(as_alice, "token-tab", away.pk, "history"), "the overview alone"


def test_that_a_rejected_one_expires_is_not_said_besides(as_alice, rejected):
    assert EXPIRES not in main(as_alice, "token-detail", rejected.pk)


def test_before_its_status_speaks_of_it_the_list_does(as_alice):
    soon = a_token(name="Lyon", expires_at=timezone.now() + timedelta(days=40))
    assert EXPIRES in main(as_alice, "token-detail", soon.pk)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"terms_since": timezone.now(), "trouble_sentence": "Terms."}, "terms_not_signed.token-"),
        ({"unreachable_since": timezone.now(), "trouble_sentence": "Away."}, "token_unreachable.token-"),
        ({"expires_at": timezone.now() - timedelta(days=1)}, "token_expired.token-"),
        ({"expires_at": timezone.now() + timedelta(days=20)}, "token_expiring.token-"),
    ],
)
def test_every_status_leads_to_its_warning(as_alice, changes, key):
    token = a_token(name="Lyon", **changes)
    page = main(as_alice, "token-detail", token.pk)
    assert page.count(f"/warnings/{key}{token.pk}") == 1
    assert "warnings-panel" not in page


def test_a_token_without_warnings_has_no_empty_panel(as_alice):
    assert "warnings-panel" not in main(as_alice, "token-detail", a_token().pk)


def test_a_profile_says_what_keeps_it_from_being_assigned(as_alice, rejected):
    page = main(as_alice, "profile-detail", a_profile(rejected, apple_uuid="A" * 32).pk)
    assert REJECTS in page
    assert EXPIRES not in page


def test_a_profile_says_what_is_the_matter_with_its_vpp_token(as_alice):
    token, licences, other = a_token(), a_vpp_token(name="Orchard", days=3), a_vpp_token(name="Other", days=3)
    profile = a_profile(token, affinity="with", method="company_portal", company_portal_vpp=licences.pk)
    page = main(as_alice, "profile-detail", profile.pk).partition("warnings-panel")[2].partition("</section>")[0]
    assert "“Orchard”" in page
    assert other.name not in page


def test_a_profile_tells_of_licences_of_the_company_portal_and_of_no_other_app(as_alice):
    licences = a_vpp_token(name="Orchard", read_at=timezone.now())
    some_licences(licences, total=100, free=2, name="Company Portal")
    some_licences(licences, adam_id="1288723196", total=100, free=0, name="Microsoft Edge")
    profile = a_profile(a_token(), affinity="with", method="company_portal", company_portal_vpp=licences.pk)
    panel = main(as_alice, "profile-detail", profile.pk).partition("warnings-panel")[2].partition("</section>")[0]
    assert "“Orchard” has 2 of 100 licences of “Company Portal” left." in panel
    assert "Edge" not in panel


@pytest.mark.parametrize(
    ("vpp_token", "free", "rule", "key"),
    [
        ({"expires_at": timezone.now() - timedelta(days=1)}, 90, "vpp-token-expired", "vpp_token_expired"),
        ({"rejected_at": timezone.now()}, 90, "vpp-token-rejected", "vpp_token_rejected"),
        ({"expires_at": timezone.now() + timedelta(days=3)}, 90, "vpp-token-expires-soon", "vpp_token_expiring"),
        ({}, 0, "company-portal-licences-gone", "licences_gone"),
        ({}, 2, "company-portal-licences-low", "licences_low"),
    ],
)
def test_a_profile_tells_one_cause_once(as_alice, vpp_token, free, rule, key):
    licences = a_vpp_token(name="Orchard", read_at=timezone.now(), **vpp_token)
    some_licences(licences, total=100, free=free, name="Company Portal")
    profile = a_profile(a_token(), affinity="with", method="company_portal", company_portal_vpp=licences.pk)
    page = main(as_alice, "profile-detail", profile.pk)
    assert f"/warnings/{key}.vpptoken-{licences.pk}" in page
    assert f'data-rule="{rule}"' not in page
    assert 'data-rule="passcode-screen-shown"' in page, "what no warning tells"


def test_what_no_warning_tells_the_linter_does(as_bob, bob):
    """Who may read profiles and no tokens reads no warnings about VPP tokens."""
    bob.roles.set([Role.objects.create(key="profiles", name="Profiles", permissions=["read_profile"])])
    licences = a_vpp_token(name="Orchard", days=3)
    profile = a_profile(a_token(), affinity="with", method="company_portal", company_portal_vpp=licences.pk)
    page = main(as_bob, "profile-detail", profile.pk)
    assert "warnings-panel" not in page
    assert 'data-rule="vpp-token-expires-soon"' in page


def test_a_device_says_what_keeps_its_token_from_assigning(as_alice, rejected):
    device = a_device(rejected)
    assert REJECTS in main(as_alice, "device-detail", device.pk)
    device.released_at = timezone.now()
    device.save()
    assert REJECTS not in main(as_alice, "device-detail", device.pk)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"answer": Answer.THROTTLED}, "Apple asks to wait until"),
        ({"answer": Answer.FAILED}, "Apple said it failed"),
        ({"answer": Answer.NOT_ACCESSIBLE}, "Apple says it is not on this server"),
    ],
)
def test_a_device_says_once_why_it_does_not_get_its_profile_and_when_it_is_tried_again(as_alice, changes, says):
    token = a_token()
    profile = a_profile(token, apple_uuid="A" * 32)
    later = timezone.now() + timedelta(hours=1)
    asked = {"asked_at": timezone.now(), "asked_for": "A" * 32, "next_try_at": later, "tries": 1}
    device = a_device(token, wish=Wish.PROFILE, profile=profile, **asked, **changes)
    page = main(as_alice, "device-detail", device.pk)
    assert page.count(says) == 1
    assert "This device does not have the profile that is wanted." in page
    assert timezone.localtime(later).strftime("%m/%d/%Y") in page.partition(says)[2][:200]


@pytest.mark.parametrize(
    ("answer", "condition"),
    [
        (Answer.THROTTLED, "devices_throttled"),
        (Answer.FAILED, "devices_failing"),
        (Answer.NOT_ACCESSIBLE, "devices_not_accessible"),
    ],
)
def test_what_a_device_is_stuck_with_leads_to_the_warning_about_all_like_it(as_alice, answer, condition):
    token = a_token(name="Lyon")
    asked = {"asked_at": timezone.now(), "asked_for": "A" * 32, "next_try_at": timezone.now() + timedelta(hours=1)}
    profile = a_profile(token, apple_uuid="A" * 32)
    device = a_device(token, wish=Wish.PROFILE, profile=profile, answer=answer, **asked)
    page = main(as_alice, "device-detail", device.pk)
    assert page.count(reverse("warning-detail", args=[f"{condition}.token-{token.pk}"])) == 1
    assert "warnings-panel" not in page


NO_PROFILE = "This device has no profile: turned on, it would not enroll."


@pytest.mark.parametrize(
    ("changes", "lacks_it"),
    [
        ({}, True),
        ({"apple_profile_status": "removed"}, True),
        ({"appeared_at": timezone.now()}, False),
        ({"apple_profile_status": "assigned"}, False),
        ({"wish": Wish.NO_PROFILE}, False),
        ({"released_at": timezone.now()}, False),
    ],
)
def test_a_device_without_a_profile_says_so_once_when_its_token_counts_it(as_alice, changes, lacks_it):
    token = a_token(name="Lyon")
    device = a_device(token, **{"appeared_at": timezone.now() - timedelta(hours=2), **changes})
    page = main(as_alice, "device-detail", device.pk)
    assert page.count(NO_PROFILE) == lacks_it
    assert page.count(f"/warnings/devices_without_profile.token-{token.pk}") == lacks_it
    assert page.count("“Lyon” has no profile: turned on, it would not enroll.") == lacks_it


def a_device_with_vpp(vpp_token):
    profile = a_profile(a_token(), affinity="with", method="company_portal", company_portal_vpp=vpp_token.pk)
    return a_device(profile.token, wish=Wish.PROFILE, profile=profile)


@pytest.mark.parametrize(
    ("vpp_token", "free", "key"),
    [
        ({"expires_at": timezone.now() - timedelta(days=1)}, 90, "vpp_token_expired"),
        ({"rejected_at": timezone.now()}, 90, "vpp_token_rejected"),
        ({}, 0, "licences_gone"),
        ({"expires_at": timezone.now() + timedelta(days=3)}, 90, None),
        ({}, 2, None),
        ({}, 90, None),
    ],
)
def test_a_device_tells_that_the_vpp_token_of_its_profile_blocks_it(as_alice, vpp_token, free, key):
    licences = a_vpp_token(name="Orchard", read_at=timezone.now(), **vpp_token)
    some_licences(licences, total=100, free=free, name="Company Portal")
    some_licences(licences, adam_id="1288723196", total=100, free=0, name="Microsoft Edge")
    device, other = a_device_with_vpp(licences), a_device(a_token())
    page = main(as_alice, "device-detail", device.pk)
    assert re.findall(r'class="warning-meta".*?/warnings/(\w+)\.vpptoken-', page) == ([key] if key else [])
    assert "Edge" not in page
    assert "vpptoken-" not in main(as_alice, "device-detail", other.pk)


@pytest.mark.parametrize(
    ("allowed", "is_told"), [(["read_token", "read_profile"], True), (["read_token"], False), (["read_profile"], False)]
)
def test_who_may_not_read_profiles_or_tokens_is_not_told_of_their_vpp_tokens(as_bob, bob, allowed, is_told):
    bob.roles.set([Role.objects.create(key="some", name="Some", permissions=["read_device", *allowed])])
    device = a_device_with_vpp(a_vpp_token(name="Orchard", rejected_at=timezone.now()))
    assert ("Orchard" in main(as_bob, "device-detail", device.pk)) == is_told


def test_a_vpp_token_that_one_does_not_see_is_not_told_on_a_device(as_charlie, charlie):
    device = a_device_with_vpp(a_vpp_token(name="Orchard", rejected_at=timezone.now()))
    device.token.scope_tags.set(charlie.scope_tags.all())
    assert "Orchard" not in main(as_charlie, "device-detail", device.pk)


def test_a_device_tells_that_its_token_is_not_synced(as_alice):
    token = a_token(name="Lyon", synced_at=timezone.now() - timedelta(days=2))
    assert main(as_alice, "device-detail", a_device(token).pk).count(f"/warnings/no_sync.token-{token.pk}") == 1


def a_failed_run(token):
    now = timezone.now()
    return a_run(token, status=SyncStatus.FAILED, finished_at=now, trouble_sentence="Apple choked.")


def test_a_failed_sync_stands_once_with_the_way_to_its_warning(as_alice):
    token = a_token(name="Lyon")
    a_failed_run(token)
    for page in (main(as_alice, "token-detail", token.pk), fragment(as_alice, token)):
        assert page.count("<strong>Apple choked.</strong>") == 1
        assert page.count(f"/warnings/sync_failed.token-{token.pk}") == 1
        assert "Warning: </span>" in page
        assert "warnings-panel" not in page


def fragment(browser, token):
    return re.sub(r"\s+", " ", browser.get(reverse("token-sync-panel", args=[token.pk])).content.decode())


@pytest.mark.parametrize("status", [SyncStatus.QUEUED, SyncStatus.WAITING, SyncStatus.RUNNING])
def test_while_another_sync_is_open_the_failure_of_the_last_one_stands_among_the_warnings(as_alice, status):
    token = a_token(name="Lyon")
    a_failed_run(token)
    a_run(token, status=status, wait_until=timezone.now(), lease_until=timezone.now(), started_at=timezone.now())
    page = main(as_alice, "token-detail", token.pk)
    assert page.count(f"/warnings/sync_failed.token-{token.pk}") == 1
    assert "The last sync of “Lyon” failed. Apple choked." in page.partition("warnings-panel")[2]
    assert "sync_failed" not in fragment(as_alice, token)


def test_a_failed_sync_that_another_warning_explains_is_told_by_its_run_alone(as_alice, rejected):
    a_failed_run(rejected)
    page = main(as_alice, "token-detail", rejected.pk)
    assert "<strong>Apple choked.</strong>" in page
    assert "sync_failed" not in page


def test_the_list_of_tokens_tells_the_health_of_each(as_alice, as_bob, rejected):
    a_token(name="Paris")
    for browser in (as_alice, as_bob):
        rows = re.findall(r"<th scope=\"row\">.*?</tr>", main(browser, "token-list"))
        health = [re.search(r"(Healthy|Unhealthy|Warning)</span>", row)[1] for row in rows]
        assert health == ["Unhealthy", "Healthy"]


@pytest.mark.parametrize("name", ["token-detail", "token-list", "device-detail"])
def test_pages_ask_as_much_for_eleven_warnings_as_for_one(as_alice, rejected, name):
    device = a_device(rejected)
    about = {"token-detail": [rejected.pk], "token-list": [], "device-detail": [device.pk]}
    address = reverse(name, args=about[name])
    profile = a_profile(rejected, apple_uuid="A" * 32)

    def another(number):
        a_token(name=f"Shop {number}", rejected_at=timezone.now())
        a_rule(profile)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert as_alice.get(address).status_code == 200
        return len(captured)

    another(0)
    as_alice.get(address)
    one = queries()
    for number in range(1, 11):
        another(number)
    assert queries() == one
