"""DASH-1: the home page shows at one glance what needs attention, and each of its pictures leads to its list."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enrollment.actions.access.make_api_key import make_api_key
from enrollment.models import Alert, ApiKey, AuditEntry, Licences, Permission, Role, ScopeTag, SyncStatus, Wish
from enrollment.models.licence_stock import COMPANY_PORTAL
from tests.cast import (
    a_browser_of,
    a_channel,
    a_device,
    a_person,
    a_profile,
    a_run,
    a_stored_certificate,
    a_synced_token,
    a_token,
    a_vpp_token,
    some_licences,
)

pytestmark = pytest.mark.django_db
LICENCES = "Licences of the Company Portal"
PICTURES = {"Devices", "Devices by profile", "Enrollment program tokens", "Syncs of the last 14 days", LICENCES}
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
HOME = "/"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def a_whole_token(days=300, **changes):
    """A token with devices of all kinds, profiles and syncs."""
    now = timezone.now()
    token = a_synced_token(now, expires_at=now + timedelta(days=days, hours=1), **changes)
    profile = a_profile(token, apple_uuid="A" * 32)
    has_it = {"apple_profile_uuid": "A" * 32, "apple_profile_status": "pushed"}
    for _n in range(3):
        a_device(token, wish=Wish.PROFILE, profile=profile, **has_it)
    a_device(token, wish=Wish.PROFILE, profile=profile)
    a_device(token, wish=Wish.NO_PROFILE, apple_profile_status="removed")
    a_device(token)
    a_device(token, wish=Wish.PROFILE, profile=profile, released_at=now, **has_it)
    for n, status in enumerate((SyncStatus.DONE, SyncStatus.DONE, SyncStatus.FAILED)):
        at = now - timedelta(days=n)
        a_run(token, status=status, asked_at=at, started_at=at, finished_at=at, added=n + 1)
    return token


@pytest.fixture
def orchard(db):
    tokens = [a_whole_token(name="Orchard"), a_whole_token(days=3, name="Lyon"), a_whole_token(days=-2, name="Paris")]
    known = {"adam_id": COMPANY_PORTAL, "pricing_param": "STDQ", "total": 100, "assigned": 95, "available": 5}
    Licences.objects.create(vpp_token=a_vpp_token(name="Licences"), **known)
    return tokens


def page_of(browser, **more):
    answer = browser.get(HOME, **more)
    assert answer.status_code == 200
    return answer.content.decode()


def part(page, heading):
    """The panel with this heading."""
    (found,) = [one for one in re.split(r"<section", page) if f">{heading}</h2>" in one]
    return found


def rows(panel):
    """Of each bar: what it is called, its figure, and where it leads."""
    found = re.findall(r'<th scope="row">(.*?)</th>.*?class="figure">([\d,]+)<', panel, re.S)
    for head, figure in found:
        link = re.search(r'href="([^"]*)"', head)
        yield re.sub(r"<.*?>", "", head).strip(), int(figure.replace(",", "")), unescape(link[1]) if link else ""


def listed(browser, link):
    """How many a list has."""
    context = browser.get(link).context
    return len(context["tokens"] if link.startswith("/tokens/") else context["page"].rows)


@pytest.mark.usefixtures("orchard")
@pytest.mark.parametrize("heading", ["Devices", "Devices by profile", "Enrollment program tokens"])
def test_every_bar_leads_to_a_list_of_as_many(heading, as_bob):
    told = list(rows(part(page_of(as_bob), heading)))
    assert sum(figure for _name, figure, _link in told) > 0
    for name, figure, link in told:
        assert listed(as_bob, link) == figure, name


@pytest.mark.usefixtures("orchard")
def test_every_column_of_syncs_leads_to_a_list_of_as_many(as_bob):
    columns = re.findall(
        r'<a href="([^"]*)" aria-label="(Syncs (?:done|failed)), [^"]*: (\d+)"',
        part(page_of(as_bob), "Syncs of the last 14 days"),
    )
    assert len(columns) == 3
    for link, _name, figure in columns:
        assert listed(as_bob, unescape(link)) == int(figure)


@pytest.fixture
def much_that_ends(alice):
    """Of each kind so much that it is drawn as columns, some of it over, and what is not told of besides."""
    made = NOW - timedelta(days=400)
    with time_machine.travel(made, tick=False):
        token = a_token(name="Orchard")
        for n in range(3):
            make_api_key(alice, name=f"Old {n}", by=alice, days=365)
        make_api_key(alice, name="Replaced", by=alice, days=365)
        for n, days in enumerate((390, 500, *[405] * 6)):
            certificate = a_stored_certificate(f"CA {n}", days=days)
            a_profile(token, name=f"P{n}", apple_uuid="A" * 32, anchor_certificates=[certificate])
        both = [a_stored_certificate("Before", days=300), a_stored_certificate("After", days=2000)]
        a_profile(token, name="Other", apple_uuid="B" * 32, anchor_certificates=both)
    for days in (0.1, 5.1, 5.2, 5.3, 5.4, 5.5, 5.6, 100):
        make_api_key(alice, name="Replaced", by=alice, days=30)
        ApiKey.objects.filter(pk=make_a_key(alice, f"K{days}")).update(expires_at=NOW + timedelta(days=days))
        a_vpp_token(name=f"V{days}", expires_at=NOW + timedelta(days=days))
        a_token(name=f"T{days}", expires_at=NOW + timedelta(days=days))
    ApiKey.objects.filter(pk=make_a_key(alice, "This morning")).update(expires_at=NOW - timedelta(hours=1))
    a_vpp_token(name="Over", expires_at=NOW - timedelta(days=20))
    revoked = make_a_key(alice, "Revoked")
    ApiKey.objects.filter(pk=revoked).update(expires_at=NOW + timedelta(days=5), revoked_at=NOW)


def make_a_key(person, name):
    make_api_key(person, name=name, by=person, days=30)
    return ApiKey.objects.get(name=name).pk


@pytest.mark.usefixtures("much_that_ends")
def test_every_column_of_what_expires_leads_to_a_list_of_as_many(as_alice):
    columns = re.findall(
        r'<a class="\w+" href="([^"]*)" aria-label="([^"]*), ([^"]*): (\d+)"', part(page_of(as_alice), EXPIRIES)
    )
    assert len(columns) > 9
    for link, kind, when, figure in columns:
        assert listed(as_alice, unescape(link)) == int(figure), (kind, when, link)
    over = [kind for _link, kind, when, _figure in columns if when == "Expired"]
    assert over == ["Enrollment program tokens", "VPP tokens", "Certificates", "API keys"]


@pytest.mark.usefixtures("orchard")
def test_every_link_of_the_page_leads_somewhere(as_alice):
    content = page_of(as_alice).partition("<main")[2]
    links = {unescape(link) for link in re.findall(r'href="(/[^"]*)"', content)}
    assert len(links) > 30
    for link in sorted(links):
        assert as_alice.get(link).status_code == 200, link


@pytest.mark.usefixtures("orchard")
def test_what_needs_attention_comes_first_and_the_rest_is_counted(as_alice):
    page = page_of(as_alice)
    attention = part(page, "Needs attention")
    assert page.index("Needs attention") < page.index(">Devices</h2>")
    assert attention.count('class="warning-says"') == 6
    assert attention.index("“Paris” has expired") < attention.index("“Lyon” expires in 3 days")
    assert re.search(r"All \d+ warnings", attention)
    assert "All is well" not in attention


def test_when_all_is_well_it_says_so(as_alice):
    a_synced_token(timezone.now())
    attention = part(page_of(as_alice), "Needs attention")
    assert "All is well." in attention
    assert reverse("warning-list") in attention


def test_a_notice_leaves_all_well_and_is_told(as_alice):
    token = a_synced_token(timezone.now())
    a_device(token, released_at=timezone.now())
    attention = part(page_of(as_alice), "Needs attention")
    assert "All is well." in attention
    assert "1 notice" in attention
    assert "released device" in attention


def test_what_is_snoozed_needs_no_attention(as_alice):
    now = timezone.now()
    token = a_synced_token(now, name="Orchard", expires_at=now + timedelta(days=5))
    assert "Orchard" in part(page_of(as_alice), "Needs attention")
    key = f"token_expiring.token-{token.pk}.{token.expires_at:%Y%m%d}"
    snooze = {"snoozed_at": now, "snoozed_until": now + timedelta(days=1), "snooze_reason": "ordered"}
    Alert.objects.create(key=key, condition="token_expiring", token=token, since=now, **snooze)
    page = page_of(as_alice)
    assert "All is well." in part(page, "Needs attention")
    assert ("Unhealthy", 1, "/tokens/?health=unhealthy") in list(rows(part(page, "Enrollment program tokens")))


def test_before_the_first_token_it_says_what_to_do(as_alice, as_bob):
    assert "Add a token" in page_of(as_alice)
    assert "Welcome to Pomona" in page_of(as_bob)
    assert "Add a token" not in page_of(as_bob)


def headings(page):
    return re.findall(r"<h2[^>]*>([^<]*)</h2>", page.partition("<main")[2])


EXPIRIES = "What expires in the next twelve months"


def test_who_only_manages_access_sees_what_needs_attention_and_what_expires(alice):
    role = Role.objects.create(key="access", permissions=[Permission.MANAGE_ACCESS.value])
    dora = a_person("dora", role.key)
    failing = timezone.now() - timedelta(hours=1)
    a_channel(name="Orchard chat", is_on=True, failing_since=failing)
    make_api_key(dora, name="Night job", by=dora, days=30)
    page = page_of(a_browser_of(dora))
    assert headings(page) == ["Welcome to Pomona", "Needs attention", EXPIRIES]
    assert "Your roles show no tokens" in page
    assert "Orchard chat" in part(page, "Needs attention")
    assert "Night job" in part(page, EXPIRIES)
    assert reverse("token-list") not in part(page, EXPIRIES)


def test_who_only_reads_profiles_sees_which_certificates_expire():
    role = Role.objects.create(key="profiles", permissions=[Permission.READ_PROFILE.value])
    host = {"pairing": "certificate", "host_certificates": [a_stored_certificate("Home CA")]}
    with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC), tick=False):
        a_profile(a_synced_token(NOW, expires_at=NOW + timedelta(days=500)), name="Kiosk", apple_uuid="A" * 32, **host)
    page = page_of(a_browser_of(a_person("dora", role.key)))
    assert EXPIRIES in headings(page)
    assert "Home CA" in part(page, EXPIRIES)
    assert "Needs attention" not in headings(page), "nothing does"


def test_before_the_first_token_a_vpp_token_is_told_of(as_alice):
    licences = a_vpp_token(name="Licences", days=-1, read_at=timezone.now())
    some_licences(licences, total=100, free=5)
    page = page_of(as_alice)
    assert headings(page) == ["Welcome to Pomona", "Needs attention", LICENCES, EXPIRIES]
    assert "Add a token" in page
    assert "The VPP token “Licences” has expired." in part(page, "Needs attention")
    assert "Licences</a>" in part(page, EXPIRIES)


def test_before_the_first_token_there_are_no_empty_pictures(as_alice):
    assert headings(page_of(as_alice)) == ["Welcome to Pomona"]


def test_who_only_reads_the_audit_log_sees_it(orchard):
    AuditEntry.record("token.edited", orchard[0], by=None)
    role = Role.objects.create(key="audit", permissions=[Permission.READ_AUDIT.value])
    assert headings(page_of(a_browser_of(a_person("dora", role.key)))) == ["Welcome to Pomona", "Activity"]


def test_without_devices_syncs_and_expiries_there_are_words_instead_of_pictures(as_bob):
    a_token(expires_at=timezone.now() + timedelta(days=700))
    page = page_of(as_bob)
    assert page.count("No device yet: they come with the first sync.") == 2
    assert "No sync ended in the last 14 days." in page
    assert "Nothing that you see expires in the next twelve months." in page
    assert "Licences of the Company Portal" not in page


@pytest.mark.parametrize(
    ("allowed", "headings"),
    [
        ([Permission.READ_DEVICE], {"Devices"}),
        ([Permission.READ_DEVICE, Permission.READ_PROFILE], {"Devices", "Devices by profile"}),
        ([Permission.READ_TOKEN], {"Enrollment program tokens", "Syncs of the last 14 days", LICENCES}),
        (list(Permission), {*PICTURES, "Activity"}),
    ],
)
def test_each_picture_is_for_who_may_read_what_it_shows(allowed, headings, orchard):
    AuditEntry.record("token.edited", orchard[0], by=None)
    role = Role.objects.create(key="some", permissions=[one.value for one in allowed])
    page = page_of(a_browser_of(a_person("dora", role.key))).partition("<main")[2]
    found = set(re.findall(r"<h2[^>]*>([^<]*)</h2>", page))
    assert found - {"Needs attention", "What expires in the next twelve months"} == headings


@pytest.mark.usefixtures("orchard")
def test_who_may_read_nothing_is_told_so():
    role = Role.objects.create(key="none", permissions=[])
    assert "Your roles show no tokens" in page_of(a_browser_of(a_person("dora", role.key)))


def test_nobody_sees_what_is_elsewhere(orchard, as_charlie):
    ours = a_whole_token(name="Quincewood")
    ours.scope_tags.set(ScopeTag.objects.filter(name="Elsewhere"))
    page = page_of(as_charlie)
    assert ("Pushed", 3, "/devices/?apple_status=pushed&released=false") in list(rows(part(page, "Devices")))
    assert "Quincewood" in page
    for name in ("Orchard", "Lyon", "Paris", "Licences</a>"):
        assert name not in page


def test_it_asks_as_much_for_eleven_tokens_as_for_one(as_alice):
    a_whole_token()
    page_of(as_alice)
    asked = []
    for count in (0, 10):
        for _n in range(count):
            a_whole_token()
        later = time_machine.travel(NOW + timedelta(minutes=2 + count), tick=False)
        with later, CaptureQueriesContext(connection) as captured:
            page_of(as_alice)
        asked.append(len(captured))
    assert asked[0] == asked[1]


@pytest.mark.usefixtures("orchard")
def test_pictures_are_drawn_without_styles_of_their_own_and_told_without_them(as_bob):
    main = page_of(as_bob).partition("<main")[2]
    assert "style=" not in main
    assert "<script" not in main
    for picture in re.findall(r"<svg class=\"(?:days|time-line)\".*?</svg>", main, re.S):
        (named,) = re.findall(r'aria-labelledby="([^"]*)"', picture)
        assert f'id="{named}"' in main
        assert picture.count("<a ") == picture.count("<title>") == picture.count("aria-label=") > 0
    assert main.count("<caption>") == 4 + 1, "bars are tables"
    assert main.count("As a table") == 2


@pytest.mark.usefixtures("orchard")
def test_it_speaks_french_and_its_drawings_have_no_decimal_commas(as_bob):
    page = page_of(as_bob, headers={"Accept-Language": "fr"})
    for words in (
        "À traiter d'abord",
        "Appareils par profil",
        "Synchronisations des 14 derniers jours",
        "\N{NO-BREAK SPACE}%",
    ):
        assert words in page
    drawn = re.findall(r' (?:x|y|cx|cy|x1|x2|y1|y2|width|height)="([^"]*)"', page.partition("<main")[2])
    assert len(drawn) > 50
    assert [number for number in drawn if not re.fullmatch(r"-?[\d.]+%?", number)] == []
