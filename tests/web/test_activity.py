"""The audit log as people read it: filtered, in words, one entry with its place in the chain, as a file (AUD-1)."""

import csv
import io
import json
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from enrollment.actions.audit.export_audit import ExportFormat, export_audit
from enrollment.actions.audit.seal_audit import seal_audit
from enrollment.models import AuditEntry, AuditHead, AuditResult, Device, Person, Role, ScopeTag
from enrollment.models.audit_filter import AuditFilter
from tests.cast import a_browser_of, a_device, a_person, a_profile, a_rule, a_token, a_vpp_token

pytestmark = pytest.mark.django_db
URL = "/activity/"


@pytest.fixture
def entries(alice, bob):
    """Three days, two people and the clock, several objects."""
    token, other = a_token(name="Lyon"), a_token(name="Oslo")
    device = a_device(token, serial="C02AAAAAAAAA")
    now = timezone.now()
    told = [
        (3, "token.edited", token, alice, {"before": {"name": "Old"}, "name": "Lyon"}),
        (2, "device.refreshed", device, bob, {}),
        (2, "token.sync_asked", other, None, {"kind": "full", "trigger": "clock"}),
        (1, "token.renewal_refused", token, alice, {"result": AuditResult.REFUSED, "reason": "It is older."}),
        (0, "profile.created", a_profile(token, name="Kiosk"), bob, {"name": "Kiosk"}),
    ]
    found = {}
    for days, action, about, by, more in told:
        with time_machine.travel(now - timedelta(days=days), tick=False):
            found[action] = AuditEntry.record(action, about, by=by, **more)
    return found


def shown(browser, **query):
    """The actions of the entries of the page, the newest first."""
    return [one.entry.action for one in browser.get(URL, query).context["entries"]]


def day(days_ago):
    return f"{timezone.localdate() - timedelta(days=days_ago):%Y-%m-%d}"


def test_everything_the_newest_first(as_alice, entries):
    assert shown(as_alice) == list(entries)[::-1]


FILTERS = [
    (lambda e: {"person": e["token.edited"].person_id}, ["token.renewal_refused", "token.edited"]),
    (lambda e: {"person": "clock"}, ["token.sync_asked"]),
    (lambda e: {"person": "nonsense"}, []),
    (lambda e: {"action": "device.refreshed"}, ["device.refreshed"]),
    (lambda e: {"action": "token"}, ["token.renewal_refused", "token.sync_asked", "token.edited"]),
    (lambda e: {"action": "nothing.of_the_kind"}, []),
    (lambda e: {"object_type": "device"}, ["device.refreshed"]),
    (lambda e: {"object_name": "lyo"}, ["token.renewal_refused", "token.edited"]),
    (
        lambda e: {"object_type": "token", "object_id": e["token.edited"].object_id},
        ["token.renewal_refused", "token.edited"],
    ),
    (lambda e: {"token": e["token.sync_asked"].token_id}, ["token.sync_asked"]),
    (lambda e: {"token": 10**6}, []),
    (lambda e: {"result": "refused"}, ["token.renewal_refused"]),
    (lambda e: {"since": day(1)}, ["profile.created", "token.renewal_refused"]),
    (lambda e: {"until": day(2)}, ["token.sync_asked", "device.refreshed", "token.edited"]),
    (lambda e: {"since": day(2), "until": day(2)}, ["token.sync_asked", "device.refreshed"]),
    (lambda e: {"since": day(2), "person": "clock"}, ["token.sync_asked"]),
    (lambda e: {"since": "yesterday"}, []),
]


@pytest.mark.parametrize(("query", "expected"), FILTERS)
def test_each_filter(as_alice, entries, query, expected):
    assert shown(as_alice, **query(entries)) == expected


def test_a_filter_that_cannot_be_understood_says_so(as_alice, entries):
    page = as_alice.get(URL, {"since": "yesterday"}).content.decode()
    assert "Enter a valid date." in page
    assert "Nothing matches these filters" in page


def test_a_long_log_has_pages(as_alice, alice, entries):
    for _turn in range(60):
        AuditEntry.record("person.edited", alice, by=alice)
    first = as_alice.get(URL)
    assert len(first.context["entries"]) == 50
    second = as_alice.get(f"{URL}?{first.context['page'].next_query}")
    assert [one.entry.action for one in second.context["entries"]][-5:] == list(entries)[::-1]


def line(browser, entry):
    """Of an entry's page: the values it tells, as text."""
    told = browser.get(reverse("activity-entry", args=[entry.pk])).context["told"]
    return {one.label: one for one in told.lines}


def test_what_was_and_what_is(as_alice, entries):
    one = line(as_alice, entries["token.edited"])["Name"]
    assert (one.before, one.after) == ("Old", "Lyon")
    page = as_alice.get(URL).content.decode()
    assert '<span class="was">Old</span> → Lyon' in page


def test_what_stayed_as_it_was_is_not_said_again(as_alice, alice):
    entry = AuditEntry.record(
        "token.edited", a_token(), by=alice, before={"name": "A", "scope_tags": []}, name="B", scope_tags=[]
    )
    assert list(line(as_alice, entry)) == ["Name"]


def test_lists_tell_what_was_added_and_what_was_taken_away(as_alice, alice):
    entry = AuditEntry.record(
        "token.edited", a_token(), by=alice, before={"scope_tags": ["Lyon", "Oslo"]}, scope_tags=["Oslo", "Paris"]
    )
    one = line(as_alice, entry)["Scope tags"]
    assert (one.added, one.removed, one.before, one.after) == (("Paris",), ("Lyon",), "", "")


def test_codes_are_words_and_times_are_local(as_alice, alice, entries, settings):
    settings.TIME_ZONE = "Europe/Paris"
    lines = line(as_alice, entries["token.sync_asked"])
    assert (lines["Kind"].after, lines["Asked by"].after) == ("Full", "Automatic")
    profile = a_profile(a_token())
    entry = AuditEntry.record(
        "profile.revised",
        profile,
        by=alice,
        before={"is_locked": True},
        is_locked=False,
        affinity="with",
        revision=1200,
    )
    lines = line(as_alice, entry)
    assert (lines["Locked enrollment"].before, lines["Locked enrollment"].after) == ("yes", "no")
    assert lines["User affinity"].after == "Enroll with user affinity"
    assert lines["Revision"].after == "1,200"
    entry = AuditEntry.record("token.connected", a_token(), by=alice, expires="2026-07-01T10:00:00+00:00")
    timezone.activate("Europe/Paris")
    assert line(as_alice, entry)["Expires"].after == "07/01/2026 noon"
    timezone.deactivate()


def test_roles_and_permissions_have_their_names(as_alice, alice):
    Role.objects.create(key="desk", name="Front desk")
    entry = AuditEntry.record("person.edited", alice, by=alice, before={"roles": ["auditor"]}, roles=["desk"])
    one = line(as_alice, entry)["Roles"]
    assert (one.added, one.removed) == (("Front desk",), ("Auditor",))
    entry = AuditEntry.record("role.made", alice, by=alice, permissions=["read_device"])
    assert line(as_alice, entry)["Permissions"].after == "Read device"


def test_conditions_read_as_on_the_page_of_the_rule(as_alice, alice):
    said = [["family is iPad", "model contains Air (M2)"], ["asset_tag empty"], ["of_another version x"]]
    entry = AuditEntry.record("rule.made", a_token(), by=alice, conditions=said)
    words = "Family is “iPad” and Model contains “Air (M2)”, or Asset tag is empty, or of_another version x"
    assert line(as_alice, entry)["Conditions"].after == words


def test_why_something_was_refused_is_a_sentence_in_the_readers_language(as_alice, entries, alice):
    assert line(as_alice, entries["token.renewal_refused"])["Reason"].after == "It is older."
    sentence = "This token expires on %(day)s, earlier than the one in use."
    entry = AuditEntry.record(
        "token.renewal_refused", a_token(), by=alice, reason=sentence, reason_details={"day": "x"}
    )
    page = as_alice.get(reverse("activity-entry", args=[entry.pk]), headers={"Accept-Language": "fr"})
    assert "Ce jeton expire le x, plus tôt que celui en service." in page.content.decode()


def test_a_vpp_token_out_of_sight_has_no_name(alice, entries):
    tag, theirs = ScopeTag.objects.create(name="Lyon"), ScopeTag.objects.create(name="Oslo")
    vpp = a_vpp_token(name="Quince")
    vpp.scope_tags.set([theirs])
    token = a_token()
    token.scope_tags.set([tag])
    entry = AuditEntry.record("profile.revised", a_profile(token), by=alice, company_portal_vpp=vpp.pk)
    eve = a_person("eve", "auditor")
    eve.scope_tags.set([tag])
    page = a_browser_of(eve).get(reverse("activity-entry", args=[entry.pk])).content.decode()
    assert "Quince" not in page
    assert "a VPP token" in page


def test_one_entry_leads_to_its_object_and_its_person_while_they_exist(as_alice, alice, entries):
    entry = entries["device.refreshed"]
    url = reverse("activity-entry", args=[entry.pk])
    page = as_alice.get(url).content.decode()
    assert f'<a href="/devices/{entry.object_id}/">C02AAAAAAAAA</a>' in page
    assert reverse("person-detail", args=[entry.person_id]) in page
    Device.objects.all().delete()
    Person.objects.filter(username="bob").delete()
    page = as_alice.get(url).content.decode()
    assert f'href="/devices/{entry.object_id}/"' not in page
    assert "bob" in page


@pytest.mark.parametrize(("role", "leads"), [("profile_assigner", True), ("helpdesk", False)])
def test_one_entry_leads_only_where_its_reader_may_go(alice, role, leads):
    rule = a_rule(a_profile(a_token()))
    entry = AuditEntry.record("rule.made", rule, by=alice)
    dora = a_person("dora", role)
    dora.roles.add(Role.objects.get(key="auditor"))
    browser = a_browser_of(dora)

    page = browser.get(reverse("activity-entry", args=[entry.pk])).context

    assert (page["object_page"] != "") == leads
    assert not leads or browser.get(page["object_page"]).status_code == 200
    assert browser.get(page["person_page"]).status_code == 200


def test_one_entry_tells_its_place_in_the_chain(as_alice, entries):
    entry = entries["token.edited"]
    url = reverse("activity-entry", args=[entry.pk])
    assert "sealed within a minute" in as_alice.get(url).content.decode()
    seal_audit()
    entry.refresh_from_db()
    assert entry.chain_hash in as_alice.get(url).content.decode()


def test_where_the_chain_reaches_to_is_shown_to_those_who_see_everything(as_alice, as_charlie, entries):
    head = str(seal_audit())
    assert head in as_alice.get(URL).content.decode()
    assert head not in as_charlie.get(URL).content.decode()


def test_one_from_elsewhere_reads_what_is_his(as_charlie, charlie, entries):
    assert shown(as_charlie) == []
    assert as_charlie.get(reverse("activity-entry", args=[entries["token.edited"].pk])).status_code == 404
    mine = AuditEntry.record("person.signed_in", charlie, by=charlie)
    assert shown(as_charlie) == [mine.action]
    page = as_charlie.get(URL).content.decode()
    assert "alice" not in page
    assert shown(as_charlie, person=entries["token.edited"].person_id) == []


def test_a_page_of_many_asks_no_more_than_a_page_of_one(as_alice, alice, django_assert_max_num_queries):
    def one():
        vpp = a_vpp_token()
        about = a_profile(a_token())
        AuditEntry.record("profile.revised", about, by=a_person(f"p{vpp.pk}", "auditor"), company_portal_vpp=vpp.pk)
        AuditEntry.record("person.edited", alice, by=alice, roles=["auditor"])

    one()
    as_alice.get(URL)
    with django_assert_max_num_queries(100) as few:
        as_alice.get(URL)
    for _turn in range(10):
        one()
    with django_assert_max_num_queries(len(few)):
        as_alice.get(URL)


def rows(answer):
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"), newline="")))


def test_what_is_filtered_as_csv(as_alice, entries):
    answer = as_alice.get(f"{URL}export/csv/", {"action": "token.edited"})
    assert answer.streaming
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    headings, row = rows(answer)
    told = dict(zip(headings, row, strict=True))
    assert (told["Number"], told["Person"], told["What"], told["Action"]) == (
        "1",
        "alice",
        "Token edited",
        "token.edited",
    )
    assert (told["Kind of object"], told["Name of the object"], told["Token"]) == ("Token", "Lyon", "Lyon")
    assert (told["Before"], told["After"]) == ('{"name": "Old"}', '{"name": "Lyon"}')
    assert told["Chain hash"] == AuditEntry.objects.get(number=1).chain_hash


def test_what_is_filtered_as_json_lines(as_alice, entries):
    answer = as_alice.get(f"{URL}export/jsonl/", {"until": day(2)})
    told = [json.loads(one) for one in answer.getvalue().decode().splitlines()]
    assert [one["action"] for one in told] == ["token.sync_asked", "device.refreshed", "token.edited"]
    assert [one["number"] for one in told] == [3, 2, 1]
    assert told[2]["after"] == {"name": "Lyon"}


def test_an_export_is_itself_recorded_and_not_in_itself(as_alice, entries):
    answer = as_alice.get(f"{URL}export/csv/", {"person": "clock", "since": day(5)})
    assert len(rows(answer)) == 2
    entry = AuditEntry.objects.get(action="audit.exported")
    assert entry.after == {"format": "csv", "filter": f"person=clock, since={day(5)}"}
    assert "jsonl" not in as_alice.get(f"{URL}export/jsonl/").getvalue().decode()


def test_no_cell_is_a_formula(as_alice, alice):
    AuditEntry.record("token.edited", a_token(name="=HYPERLINK(1)"), by=alice)
    assert rows(as_alice.get(f"{URL}export/csv/"))[1][9] == "'=HYPERLINK(1)"


def test_a_file_is_read_in_portions(alice, django_assert_num_queries):
    for _turn in range(25):
        AuditEntry.record("person.edited", alice, by=alice)
    lines = export_audit(AuditFilter({}, person=alice), ExportFormat.JSON_LINES, by=alice, portion=10)
    with django_assert_num_queries(3):
        assert [text.count("\n") for text in lines] == [0, 10, 10, 5]


def test_a_broken_chain_keeps_nobody_from_the_file(as_alice, entries):
    AuditHead.objects.update(number=77)
    assert len(rows(as_alice.get(f"{URL}export/csv/"))) == 6


def test_another_kind_of_file_is_not_found(as_alice):
    assert as_alice.get(f"{URL}export/pdf/").status_code == 404


def test_a_token_tells_what_happened_to_it(as_alice, entries):
    token = entries["token.edited"].token_id
    page = as_alice.get(f"/tokens/{token}/activity/")
    assert [one.entry.action for one in page.context["entries"]] == [
        "profile.created",
        "token.renewal_refused",
        "device.refreshed",
        "token.edited",
    ]
    assert '<span class="was">Old</span>' in page.content.decode()
