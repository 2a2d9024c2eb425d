"""The pages of VPP tokens: added, found, looked at, read, renewed, edited, deleted."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enrollment import tasks
from enrollment.actions.licences.read_licences import read_licences
from enrollment.models import AuditEntry, ScopeTag, VppToken, VppTokenStatus
from enrollment.models.licence_stock import COMPANY_PORTAL
from enrollment.models.vpp_token import APPS_AND_BOOKS
from enrollment.simulator.content_token import content_token
from tests.cast import a_profile, a_token, a_vpp_token, a_vpp_token_at, some_licences

pytestmark = pytest.mark.django_db
in_real_life = pytest.mark.django_db(transaction=True)  # Apple is asked outside transactions


@pytest.fixture
def location(world, apple, settings):
    """A location of the Apple that new tokens are of."""
    settings.APPLE_URL = apple.url
    return world.add_location("Caen")


@pytest.fixture
def licences(apple, location):
    """A VPP token of the location, read."""
    token = a_vpp_token_at(apple, location, name="Orchard licences")
    read_licences(token)
    token.refresh_from_db()
    return token


def add(browser, content, name="Lyon", **typed):
    file = SimpleUploadedFile("s.vpptoken", content)
    return browser.post(reverse("vpp-token-new"), {"name": name, "file": file, **typed}, follow=True)


def shown(browser, token, **query):
    return browser.get(reverse("vpp-token-detail", args=[token.pk]), query).content.decode()


# --- Adding ------------------------------------------------------------------------------------------------------


@in_real_life
def test_a_token_is_added_and_its_location_known_at_once(as_alice, location, apple):
    page = add(as_alice, location.download_token()).content.decode()
    assert "The VPP token “Lyon” is added. Its licences are being read." in page
    token = VppToken.objects.get()
    assert (token.name, token.location_name, token.apple_url) == ("Lyon", "Caen", f"{apple.url}/mdm/v2/")
    assert "under way" in page
    assert "hx-trigger" in page, "the page looks again by itself"
    tasks.run_read_licences(token.pk)
    answer = as_alice.get(reverse("vpp-token-detail", args=[token.pk]), headers={"HX-Request": "true"})
    assert answer.headers["HX-Refresh"] == "true", "all of the page has changed"
    page = shown(as_alice, token)
    assert "hx-trigger" not in page
    assert "of 500 licences free" in page


@in_real_life
def test_when_apple_says_no_it_is_kept_and_says_so(as_alice, location, world):
    world.faults.add("content_token_revoked")
    page = add(as_alice, location.download_token()).content.decode()
    assert "is kept, but it does not work yet: The content token has been revoked." in page
    token = VppToken.objects.get()
    assert token.status == VppTokenStatus.REJECTED
    assert "Download the content token" in page


@in_real_life
def test_when_apple_is_away_it_is_kept_too(as_alice, settings):
    settings.APPLE_URL = "http://127.0.0.1:9"
    page = add(as_alice, content_token("Orchard Ltd", timezone.now())).content.decode()
    assert "is kept, but it does not work yet: Apple cannot be reached." in page
    assert VppToken.objects.get().status == VppTokenStatus.UNREACHABLE


@pytest.mark.parametrize(
    ("content", "name", "field", "said"),
    [
        (b"hello", "Lyon", "id_file", "This is not a content token for apps and books (VPP)."),
        (b"<plist/>", "Lyon", "id_file", "This is a configuration profile (.mobileconfig), not a content token."),
        (b"x" * 70_000, "Lyon", "id_file", "This file is too large for a content token (at most 64 KB)."),
        (content_token("Orchard", timezone.now()), "Taken", "id_name", "Another VPP token has this name."),
    ],
)
def test_a_refusal_stands_at_its_field_and_the_name_stays(as_alice, content, name, field, said):
    a_vpp_token(name="Taken")
    page = add(as_alice, content, name).content.decode()
    at_the_field = page[page.index(f'id="{field}_error"') :]
    assert said in at_the_field[: at_the_field.index("</ul>")]
    assert f'value="{name}"' in page
    assert VppToken.objects.count() == 1


@in_real_life
def test_who_has_a_scope_has_to_give_one_of_his_tags(as_charlie, charlie, location):
    page = add(as_charlie, location.download_token()).content.decode()
    assert "Choose one of yours" in page
    tag = charlie.scope_tags.get()
    add(as_charlie, location.download_token(), scope_tags=[tag.pk])
    assert list(VppToken.objects.get().scope_tags.all()) == [tag]


# --- The list ----------------------------------------------------------------------------------------------------


def test_the_list_tells_what_is_left_and_what_is_not_known(as_alice):
    full, few, none, without, unread = (a_vpp_token(name=name) for name in ("Full", "Few", "None", "Without", "Unread"))
    some_licences(full, total=500, free=320)
    some_licences(few, total=500, free=50)
    some_licences(none, total=500, free=0)
    some_licences(without, total=5, free=5, adam_id="7")
    page = as_alice.get(reverse("vpp-token-list")).content.decode()
    rows = {row.split("</a>")[0].rpartition(">")[2]: row for row in page.split("<tr>")[2:]}
    assert "320 of 500 free" in rows["Full"]
    assert ("50 of 500 free" in rows["Few"], "Few left" in rows["Few"]) == (True, True)
    assert "None left" in rows["None"]
    assert "no licences" in rows["Without"]
    assert "not read yet" in rows["Unread"]
    assert "badge error" not in rows["Full"]
    assert unread.is_pretend
    assert "Pretend Apple" in rows["Unread"]


def test_french_counts_none_as_one(as_alice):
    token = a_vpp_token()
    some_licences(token, total=500, free=0)
    in_french = {"accept-language": "fr"}
    assert "0 libre sur 500" in as_alice.get(reverse("vpp-token-list"), headers=in_french).content.decode()
    page = as_alice.get(reverse("vpp-token-detail", args=[token.pk]), headers=in_french).content.decode()
    assert "<strong>0</strong> licence libre sur 500" in page


def test_the_list_is_searched_filtered_and_sorted(as_alice):
    soon = timezone.now() + timedelta(days=5)
    a_vpp_token(name="Lyon", location_name="Shops", expires_at=soon)
    a_vpp_token(name="Caen", rejected_at=timezone.now())

    def names(**query):
        page = as_alice.get(reverse("vpp-token-list"), query)
        return [token.name for token, _portal, _profiles in page.context["tokens"]]

    assert names() == ["Caen", "Lyon"]
    assert names(q="shop") == ["Lyon"]
    assert names(status="rejected") == ["Caen"]
    assert names(sort="expires_at") == ["Lyon", "Caen"]
    assert names(expires_until=f"{soon:%Y-%m-%d}") == names(expires_since=f"{soon:%Y-%m-%d}", q="Lyon") == ["Lyon"]
    assert names(expires_since=f"{soon + timedelta(days=1):%Y-%m-%d}") == ["Caen"]
    assert names(expires_since="soon") == names(status="what") == []
    assert "No VPP token matches" in as_alice.get(reverse("vpp-token-list"), {"q": "x"}).content.decode()


def test_an_empty_list_says_what_to_do(as_alice):
    assert "No VPP token yet" in as_alice.get(reverse("vpp-token-list")).content.decode()


def test_long_lists_have_pages(as_alice):
    for number in range(51):
        a_vpp_token(name=f"T{number:02}")
    page = as_alice.get(reverse("vpp-token-list"))
    assert len(page.context["tokens"]) == 50
    following = as_alice.get(f"{reverse('vpp-token-list')}?{page.context['page'].next_query}")
    assert [token.name for token, _portal, _profiles in following.context["tokens"]] == ["T50"]


def test_scope_tags_of_others_are_not_told(as_charlie, charlie):
    theirs, beyond = charlie.scope_tags.get(), ScopeTag.objects.create(name="Beyond")
    for one, address in ((a_vpp_token(), "vpp-token-detail"), (a_token(), "token-detail")):
        one.scope_tags.set([theirs, beyond])
        said = as_charlie.get(reverse(address, args=[one.pk])).content.decode()
        assert theirs.name in said
        assert beyond.name not in said


@pytest.mark.parametrize("page", ["vpp-token-list", "vpp-token-detail"])
def test_many_ask_the_database_as_often_as_one(as_alice, django_assert_max_num_queries, page):
    token = a_vpp_token()

    def grow(count):
        for _ in range(count):
            other = a_vpp_token() if page == "vpp-token-list" else token
            a_profile(a_token(), company_portal_vpp=other.pk)
            some_licences(other, total=50, free=50, adam_id=str(other.pk * 1000 + other.licences.count()))

    address = reverse(page, args=[token.pk] if page == "vpp-token-detail" else [])
    grow(1)
    with CaptureQueriesContext(connection) as one:
        as_alice.get(address)
    grow(10)
    with django_assert_max_num_queries(len(one)):
        as_alice.get(address)


# --- One ---------------------------------------------------------------------------------------------------------


@in_real_life
def test_the_company_portal_comes_first_and_what_is_short_is_said_in_words(as_alice, licences):
    page = shown(as_alice, licences)
    table = page[page.index('id="licences"') :]
    order = [table.index(name) for name in ("Intune Company Portal", "Microsoft Authenticator", "Microsoft Edge")]
    assert order == sorted(order)
    assert "None left" in table
    assert "Few left" in table
    assert "STDQ + PLUS" in table, "one app at two prices"
    assert 'aria-label="180 used, 320 free, 0 retired"' in page, "the bar is read without its colours"
    assert "Caen" in page


@in_real_life
@pytest.mark.parametrize(
    ("query", "first", "count"),
    [
        ({"q": "teams"}, "Microsoft Teams", 1),
        ({"q": "983156458"}, "Microsoft Authenticator", 1),
        ({"supply": "gone"}, "Microsoft Authenticator", 1),
        ({"supply": "low"}, "Microsoft Edge", 1),
        ({"kind": "book"}, "Welcome to the Orchard", 1),
        ({"sort": "free"}, "Intune Company Portal", 7),
        ({"sort": "-used"}, "Intune Company Portal", 7),
        ({"kind": "song"}, None, 0),
        ({"q": "nobody's"}, None, 0),
    ],
)
def test_licences_are_found_and_sorted(as_alice, licences, query, first, count):
    apps = as_alice.get(reverse("vpp-token-detail", args=[licences.pk]), query).context["apps"]
    assert len(apps) == count
    if first:
        assert apps[0].title == first
    if query == {"sort": "free"}:
        assert [one.free for one in apps[1:]] == sorted(one.free for one in apps[1:])
    if query == {"sort": "-used"}:
        assert apps[1].title == "Microsoft Edge"


def test_many_licences_have_pages(as_alice):
    token = a_vpp_token()
    for number in range(101):
        some_licences(token, total=50, free=50, adam_id=str(1000 + number), name=f"App {number:03}")
    page = shown(as_alice, token, q="App")
    assert "1 to 100 of 101" in page
    assert "?q=App&amp;page=2" in page
    assert "App 100" in shown(as_alice, token, q="App", page="2")
    assert "App 100" in shown(as_alice, token, page="77"), "beyond the last is the last"


def test_what_apple_says_no_with_is_told_once(as_alice):
    token = a_vpp_token(unreachable_since=timezone.now(), trouble_sentence="Apple cannot be reached.")
    assert shown(as_alice, token).count("Apple cannot be reached.") == 1
    VppToken.objects.update(
        unreachable_since=None,
        rejected_at=timezone.now(),
        trouble_sentence="The content token has been revoked.",
        trouble_advice="Download it again.",
    )
    page = shown(as_alice, token)
    assert page.count("The content token has been revoked.") == 1
    assert page.count("Download it again.") == 1


def test_another_product_that_manages_it_is_named(as_alice):
    assert "“Other MDM” says that it manages this location" in shown(as_alice, a_vpp_token(managed_by="Other MDM"))


def test_a_location_without_licences_and_one_that_was_not_read_say_so(as_alice):
    token = a_vpp_token()
    assert "Not read yet" in shown(as_alice, token)
    VppToken.objects.update(read_at=timezone.now())
    page = shown(as_alice, token)
    assert "This location owns no licences" in page
    assert "The location owns no licence of it." in page


def test_the_real_apple_wears_no_badge(as_alice, settings):
    settings.APPLE_URL = "https://mdmenrollment.apple.com"
    token = a_vpp_token(apple_url=APPS_AND_BOOKS)
    assert "Pretend Apple" not in shown(as_alice, token)
    VppToken.objects.update(apple_url="http://127.0.0.1:9/mdm/v2/")
    assert shown(as_alice, token).count("Pretend Apple") >= 2, "on the token, and above the page"


# --- Read now ----------------------------------------------------------------------------------------------------


@in_real_life
def test_read_now_reads_and_too_soon_says_when_again(as_alice, licences, location):
    location.leave_free(COMPANY_PORTAL, 4)
    as_alice.post(reverse("vpp-token-read", args=[licences.pk]))
    tasks.run_read_licences(licences.pk)
    assert licences.licences.get(adam_id=COMPANY_PORTAL).available == 4
    page = as_alice.post(reverse("vpp-token-read", args=[licences.pk]), follow=True).content.decode()
    assert "The licences of this VPP token were asked for a moment ago. Again at" in page


# --- Renewing ----------------------------------------------------------------------------------------------------


def renew(browser, token, content, **typed):
    file = SimpleUploadedFile("s.vpptoken", content)
    return browser.post(reverse("vpp-token-renew", args=[token.pk]), {"file": file, **typed}, follow=True)


@in_real_life
def test_a_newer_file_renews_it(as_alice, licences, location, world):
    now = timezone.now()
    world.clock = lambda: now + timedelta(days=1)
    page = renew(as_alice, licences, location.download_token()).content.decode()
    assert "The VPP token is renewed until" in page
    assert AuditEntry.objects.filter(action="vpp_token.renewed").count() == 1


@in_real_life
def test_another_location_is_refused_until_it_is_confirmed(as_alice, licences, world):
    file = world.add_location("Lyon", licences=[]).download_token()
    page = renew(as_alice, licences, file).content.decode()
    assert "is of another location (Lyon) than the one in use (Caen)" in page
    assert "Nothing was replaced." in page
    assert 'name="other_location"' in page
    page = renew(as_alice, licences, file, other_location="on").content.decode()
    assert "The VPP token is renewed until" in page


@in_real_life
def test_what_apple_says_no_to_stands_at_the_field(as_alice, licences, location, world):
    file = location.download_token()
    world.faults.add("content_unavailable")
    page = renew(as_alice, licences, file).content.decode()
    assert "Apple is temporarily unavailable." in page[page.index('id="id_file_error"') :]
    world.faults.clear()
    assert "Nothing was replaced." in renew(as_alice, licences, b"hello").content.decode()


# --- Editing and deleting ----------------------------------------------------------------------------------------


def test_its_name_is_edited_and_a_taken_one_refused(as_alice):
    token, _other = a_vpp_token(name="Old"), a_vpp_token(name="Taken")
    address = reverse("vpp-token-edit", args=[token.pk])
    page = as_alice.post(address, {"name": "Taken"}).content.decode()
    assert "Another VPP token has this name." in page
    assert "The VPP token is saved." in as_alice.post(address, {"name": " New "}, follow=True).content.decode()
    token.refresh_from_db()
    assert token.name == "New"


def test_one_that_is_chosen_says_by_whom_and_stays(as_alice):
    token = a_vpp_token()
    settings = {"affinity": "with", "method": "company_portal", "company_portal_vpp": token.pk}
    a_profile(a_token(), name="Staff", **settings)
    assert "Staff" in as_alice.get(reverse("vpp-token-list")).content.decode()
    page = as_alice.get(reverse("vpp-token-delete", args=[token.pk])).content.decode()
    assert "Staff" in page
    assert 'class="button danger"' not in page
    page = as_alice.post(reverse("vpp-token-delete", args=[token.pk]), follow=True).content.decode()
    assert "It is chosen by: Staff." in page
    assert VppToken.objects.exists()


def test_profiles_one_does_not_see_are_in_the_way_without_their_names(as_charlie, charlie):
    token = a_vpp_token()
    token.scope_tags.set(charlie.scope_tags.all())
    a_profile(a_token(), name="Staff", affinity="with", method="company_portal", company_portal_vpp=token.pk)
    page = as_charlie.get(reverse("vpp-token-delete", args=[token.pk])).content.decode()
    assert "It is chosen by profiles that you do not see." in page
    assert "Staff" not in page


def test_one_that_nobody_chose_goes(as_alice):
    token = a_vpp_token()
    some_licences(token, total=5, free=5)
    address = reverse("vpp-token-delete", args=[token.pk])
    assert 'class="button danger"' in as_alice.get(address).content.decode()
    as_alice.post(address)
    assert not VppToken.objects.exists()


def test_who_may_only_read_is_offered_nothing_else(as_bob):
    token = a_vpp_token()
    page = shown(as_bob, token)
    for name in ("read", "renew", "edit", "delete"):
        assert reverse(f"vpp-token-{name}", args=[token.pk]) not in page
