"""DEV-10: guidance in both languages, opened where it is needed, with the facts of section 13 and our figures."""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from enrollment import limits
from enrollment.actions.profiles.start_profile import start_profile
from enrollment.web.guidance import BESIDE, GROUPS, PAGES
from tests.cast import a_token

pytestmark = pytest.mark.django_db
TEMPLATES = Path(settings.BASE_DIR) / "templates"
TEXTS = TEMPLATES / "enrollment" / "guidance" / "pages"
BLOCK = re.compile(r"<(p|li|dt|dd|h2|th|td)\b[^>]*>(.*?)</\1>", re.DOTALL)


def page(browser, slug, language="en"):
    """A page as it is sent."""
    with override(language):  # so that the language of this request does not stay behind
        answer = browser.get(reverse("guidance-page", args=[slug]), headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def article(browser, slug, language="en"):
    return re.search(r"<article.*?</article>", page(browser, slug, language), re.DOTALL)[0]


def words(markup):
    return " ".join(unescape(re.sub(r"<[^>]+>", "", markup)).split())


def read(browser, slug, language="en"):
    """What a page says."""
    return words(article(browser, slug, language))


def blocks(markup):
    return [words(inner) for _tag, inner in BLOCK.findall(markup)]


def links(markup, place):
    """Where the links lead whose tag has `place` in it."""
    return [re.search(r'href="([^"]+)"', tag)[1] for tag in re.findall(r"<a\b[^>]*>", markup) if place in tag]


def test_every_page_has_a_text_and_every_text_a_page():
    assert {path.stem for path in TEXTS.glob("*.html")} == set(PAGES)


def test_a_page_that_is_not_there_is_not_found(as_bob):
    assert as_bob.get(reverse("guidance-page", args=["nothing"])).status_code == 404


def test_the_index_names_every_page_under_its_heading(as_bob):
    text = words(as_bob.get(reverse("guidance")).content.decode())
    for name, pages in GROUPS:
        assert str(name) in text
        for one in pages:
            assert str(one.title) in text
            assert str(one.summary) in text


@pytest.mark.parametrize("slug", PAGES)
def test_no_paragraph_was_left_in_english(slug, as_bob):
    english, french = blocks(article(as_bob, slug)), blocks(article(as_bob, slug, "fr"))
    assert len(english) == len(french) > 3
    assert [one for one, other in zip(english, french, strict=True) if one == other and one] == []


@pytest.mark.parametrize("slug", PAGES)
def test_titles_and_summaries_are_french_too(slug):
    one = PAGES[slug]
    with override("en"):
        english = str(one.title), str(one.summary)
    with override("fr"):
        assert str(one.title) != english[0]
        assert str(one.summary) != english[1]


@pytest.mark.parametrize("slug", PAGES)
def test_the_page_in_hand_is_marked_in_the_list(slug, as_bob):
    listed = re.search(r'<nav class="guide-list".*?</nav>', page(as_bob, slug), re.DOTALL)[0]
    assert links(listed, "aria-current") == [f"/guidance/{slug}/"]


def test_one_reads_from_the_first_page_to_the_last(as_bob):
    here, read_so_far = [reverse("guidance-page", args=[next(iter(PAGES))])], []
    while here:
        read_so_far += here
        here = links(as_bob.get(here[0]).content.decode(), 'rel="next"')
    assert read_so_far == [reverse("guidance-page", args=[slug]) for slug in PAGES]


@pytest.mark.parametrize("slug", PAGES)
def test_no_link_between_pages_is_dead(slug, as_bob):
    found = links(page(as_bob, slug), "/guidance/")
    assert set(found) >= {reverse("guidance-page", args=[other]) for other in PAGES}
    assert [one for one in set(found) if as_bob.get(one).status_code != 200] == []


@pytest.mark.parametrize("slug", PAGES)
def test_a_page_ends_with_those_that_go_on(slug, as_bob):
    assert links(article(as_bob, slug), "read-more") == [
        reverse("guidance-page", args=[other]) for other in PAGES[slug].see
    ]
    assert slug not in PAGES[slug].see


def offered() -> set[str]:
    """The pages that other templates lead to, and those beside the sections of the profile wizard."""
    others = [path.read_text() for path in TEMPLATES.rglob("*.html") if "guidance" not in path.parts]
    named = {slug for text in others for slug in re.findall(r'read_more\.html" with about="([\w-]+)"', text)}
    return named | {slug for slugs in BESIDE.values() for slug in slugs}


def test_every_page_is_offered_where_it_is_needed_and_no_other():
    assert offered() == set(PAGES)


def test_a_way_out_of_a_form_never_costs_what_was_typed():
    """In wizards and beside typed confirmations the page opens in a tab of its own."""
    for path in TEMPLATES.rglob("*.html"):
        if re.match(r"wizard_|renew|delete|sections|new\.", path.name):
            for use in re.findall(r'{% include "parts/read_more\.html"[^%]*%}', path.read_text()):
                assert "new_tab=True" in use, path


def test_the_profile_wizard_offers_the_pages_beside_its_sections(as_alice, alice):
    draft = start_profile(a_token(), by=alice)
    sent = as_alice.get(reverse("profile-wizard", args=[draft.pk, "management"])).content.decode()
    assert links(sent, "read-more") == links(sent, 'target="_blank"')
    assert links(sent, "read-more") == [
        f"{reverse('guidance-page', args=[slug])}#{section}" for section, slugs in BESIDE.items() for slug in slugs
    ]


@pytest.mark.parametrize("section", BESIDE)
def test_the_place_for_a_section_of_the_wizard_is_in_a_page_beside_it(section, as_bob):
    assert any(f'<h2 id="{section}">' in article(as_bob, slug) for slug in BESIDE[section])


# A limit, another figure for it, how pages say it, and the pages that do.
FIGURES = [
    ("PROFILES_PER_TOKEN", 1_234, "1,234. One more", ["limits"]),
    ("DEVICES_PER_PROFILE", 123_456, "123,456. An assignment", ["limits"]),
    ("TOKENS_PER_INSTALLATION", 2_345, "2,345 in one installation", ["limits"]),
    ("DEVICES_PER_TOKEN", 150_000, "150,000", ["limits", "sync-and-release"]),
    ("DEVICES_PER_TOKEN", 150_000, "about 50 minutes", ["limits", "sync-and-release"]),
    ("APPLE_DEVICES_PER_MINUTE", 4_321, "bout 4,321 devices", ["limits", "sync-and-release"]),
    ("DEVICE_NAME_TEMPLATE_LENGTH", 61, "61 characters", ["limits", "settings"]),
    ("CACHED_USERS", (2, 17), "From 2 to 17", ["limits"]),
    ("CACHED_USERS", (2, 17), "Up to 17", ["supervision"]),
    ("SESSION_TIMEOUT_SECONDS", 31, "At least 31 seconds", ["limits"]),
    ("PASSCODE_GRACE_SECONDS", (7, 77), "7, 77 seconds", ["limits"]),
    ("FULL_SYNC_EVERY", timedelta(days=8), "8 days", ["limits", "sync-and-release"]),
    ("DELTA_SYNC_EVERY", timedelta(hours=11), "11 hours", ["limits", "sync-and-release"]),
    ("MANUAL_SYNC_EVERY", timedelta(minutes=16), "nce in 16 minutes", ["limits", "sync-and-release"]),
    ("SYNC_RUN_TIME", timedelta(minutes=14), "14 minutes. Then", ["limits"]),
    ("RELEASED_KEPT_DAYS", (31, 44), "31 to 44 days", ["limits"]),
    ("TOKEN_VALIDITY", timedelta(days=366), "366 days", ["limits", "renew"]),
    ("CONFIGURATOR_CERTIFICATES", 9, "9 files", ["limits"]),
    ("CONFIGURATOR_CERTIFICATES", 9, "Up to 9 certificates", ["settings"]),
    ("SERIALS_PER_CALL", 999, "at most 999 in one call", ["limits"]),
]


@pytest.mark.parametrize(("name", "figure", "said", "slugs"), FIGURES)
def test_figures_come_from_limits(name, figure, said, slugs, as_bob, monkeypatch):
    assert all(said not in read(as_bob, slug) for slug in slugs)
    monkeypatch.setattr(limits, name, figure)
    assert all(said in read(as_bob, slug) for slug in slugs)


def test_how_long_released_devices_stay_is_what_was_set(as_bob, settings):
    settings.RELEASED_KEPT_DAYS = 33
    assert "up to 33 days" in read(as_bob, "sync-and-release")
    assert "Listed for 33 days" in read(as_bob, "limits")


# What section 13 of the requirements wants said: in which page, and in which words.
FACTS = [
    # What ADE is for.
    ("before-you-begin", "Supervised mode"),
    ("before-you-begin", "belong to the organisation, new or erased: one of them or many"),
    ("before-you-begin", "of one user, of no user (kiosks and other dedicated devices), or in shared mode"),
    ("before-you-begin", "Personal devices: for those, app management or user enrollment"),
    ("before-you-begin", "under another MDM: they have to leave it first"),
    ("before-you-begin", "device enrollment manager (DEM): they are not supported"),
    # Before you begin.
    ("before-you-begin", "Access to Apple Business Manager or Apple School Manager"),
    ("before-you-begin", "An active token"),
    ("before-you-begin", "MDM push certificate"),
    (
        "before-you-begin",
        "same Apple account it was made with; with another one, every device has to be",
    ),
    ("before-you-begin", "another Apple ID: devices that are enrolled are not touched"),
    ("before-you-begin", "A decision on the method of authentication"),
    # Methods.
    ("authentication", "Company Portal In the app, after the device is set up. Yes: a second factor"),
    ("authentication", "modern authentication On a web page, while the device is set up. Recommended; needs 13.0. Yes"),
    ("authentication", "and a new password when it is due"),
    ("authentication", "older than 13.0 that gets a profile with modern authentication uses the legacy method"),
    ("authentication", "just-in-time registration removes the need for the Company Portal"),
    ("authentication", "Its policy has to exist before the profile"),
    ("authentication", "No: no second factor (MFA)"),
    (
        "authentication",
        "conditional access or company apps are used, the Company Portal must be installed and signed",
    ),
    # User affinity.
    ("authentication", "belongs to one user, who uses the Company Portal for services such as installing apps"),
    ("authentication", "no single user, and no local user data: a kiosk, a point of sale, a shared utility"),
    ("authentication", "Front-line workers sign in"),
    ("supervision", "front-line workers sign in and out of one device in turn. Locked enrollment is recommended"),
    ("authentication", "IntuneUDAUserlessDevice: the first who signs in becomes the primary user, and stays it"),
    # Company Portal.
    ("company-portal", "Not from the App Store: that one is not compatible"),
    ("company-portal", "does not update by itself"),
    ("company-portal", "required app of Apps and Books (VPP), with a device licence and automatic updates on"),
    ("company-portal", "modern authentication and “Install Company Portal”, its configuration is sent by itself"),
    ("company-portal", "by hand as well: users would be asked to download a profile that they already have"),
    (
        "company-portal",
        "without user affinity becomes one with user affinity when the Company Portal is deployed",
    ),
    ("company-portal", "a configuration policy that targets only such devices"),
    ("company-portal", "has expired or has no licence left, enrollment is blocked"),
    # Single App Mode.
    ("company-portal", "No second factor (MFA) can be asked for on the locked device: it must be on another one"),
    # Supervision.
    ("supervision", "More of the device can be managed, and Activation Lock is off by default"),
    ("supervision", "This iPhone is supervised and managed by"),
    ("supervision", "enrolled without it can be supervised later only with Apple Configurator over USB"),
    # Locked enrollment.
    ("supervision", "hides the button that removes management"),
    ("supervision", "added by Apple Configurator show that button for 30 days"),
    ("supervision", "nothing to do with Remove and Reset in the Company Portal"),
    ("supervision", "these stay unavailable"),
    # Shared iPad.
    ("supervision", "a Managed Apple ID, a federated account, a temporary session: a guest, whose data is erased"),
    (
        "supervision",
        "Up to 24 on an iPad with 32 or 64 GB. With few, users wait for their data; with many, the disk",
    ),
    ("supervision", "iPads from 13.4. An iPhone or an older iPad cannot: one that got such a profile must be erased"),
    ("supervision", "Going back needs a full reset of the device and a new profile"),
    # Sync with computers.
    ("settings", "charging only: iTunes and Apple Configurator 2 are blocked"),
    ("settings", "Keep a local copy of each: an uploaded one can be taken out, not changed"),
    ("settings", "Only Macs that carry the same certificate"),
    # Await final configuration.
    ("settings", "a locked screen just before the home screen, once per enrollment"),
    ("settings", "configuration policies are installed; apps are not"),
    ("settings", "no limit of time. Most devices are released within 15 minutes"),
    ("settings", "Tell a partner who provisions devices"),
    # Name template, cellular plan, department.
    ("settings", "at enrollment and at every check-in: a name that was given by hand goes back to it"),
    ("settings", "eSIM, from 13.0. The carrier must have provisioned them first"),
    ("settings", "Department Users find it under “About Configuration”"),
    ("settings", "Department phone They find it under “Need help”"),
    # Default profile.
    ("default-profile", "as early as possible"),
    ("default-profile", "turned on without a profile does not enroll"),
    ("default-profile", "“Invalid profile”. Then look for a platform restriction that blocks iOS/iPadOS for all users"),
    ("default-profile", "Block only personally owned devices"),
    ("default-profile", "enrolled by a device enrollment program, or whose identifier was entered"),
    # Distribute.
    ("distribute", "with user affinity Each user has a licence"),
    ("distribute", "without user affinity The device has a device licence, unless a licensed user uses it"),
    ("distribute", "activated before must be erased first"),
    ("distribute", "Between erase and activation a profile may still be assigned"),
    # SCEP.
    ("scep", "The SCEP server returned an invalid response."),
    ("scep", "Within 15 minutes Download management again"),
    ("scep", "After that Reset the device to its factory settings"),
    ("scep", "lives 15 minutes, for security"),
    # Enroll again.
    ("re-enroll", "Erase it from the console"),
    (
        "re-enroll",
        "retire it in the console, and then reset it in its Settings, with Apple Configurator 2, or with",
    ),
    ("re-enroll", "Turn it on and follow Setup Assistant"),
    # Renew.
    ("renew", "Every year"),
    ("renew", "the password of the Apple ID it was made with changes"),
    ("renew", "the owner of that Apple ID leaves"),
    ("renew", "ends the current one at once. If you did so, finish now"),
    # Groups.
    ("groups", "name of its profile as enrollmentProfileName. A dynamic group"),
    ("groups", "Membership may take a while after enrollment"),
    ("groups", "the user should be in the group beforehand"),
    # Sync.
    ("sync-and-release", "still assigned to the server in the portal comes back with the next full sync. Unassign it"),
    ("sync-and-release", "shown as released, and can stay listed up to 45 days"),
    # Setup Assistant.
    ("setup-assistant", "stays reachable in Settings"),
    ("setup-assistant", "should ask for a passcode. The exception is one whose access is restricted in another way"),
    ("setup-assistant", "From 14.5 the screens Passcode and Touch ID and Face ID do not work"),
    ("setup-assistant", "by a policy"),
]


@pytest.mark.parametrize(("slug", "said"), FACTS)
def test_a_fact_of_section_13_is_said(slug, said, as_bob):
    assert said in read(as_bob, slug)
