"""DEV-1: the device list sorts by its headings, has columns of one's own, saved views, addresses that can be sent."""

import random
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enrollment import limits
from enrollment.actions.devices.export_devices import export_devices
from enrollment.models import Device, ForeignProfile, Wish, keyset
from enrollment.models.device_filter import DeviceFilter
from enrollment.models.device_list import COLUMNS, SERIAL
from tests.cast import a_device, a_profile, a_token

pytestmark = pytest.mark.django_db
LIST = "/devices/"
SORTABLE = [column.sorts_by for column in (SERIAL, *COLUMNS.values()) if column.sorts_by]
ALL = list(COLUMNS)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def shown(answer):
    return [device.serial for device in answer.context["page"].rows]


def keys(answer):
    return [device.pk for device in answer.context["page"].rows]


def headings(answer):
    return [heading.column.name for heading in answer.context["headings"]]


def many_devices(count=70):
    """Many equals in every column, and no time at all in some."""
    dice, token = random.Random(5), a_token()
    for number in range(count):
        times = [None, *(NOON + timedelta(days=day, microseconds=day) for day in range(3))]
        a_device(
            token,
            serial=f"S{number:03}",
            **{name: dice.choice(["", "A", "B", "C"]) for name in SORTABLE if name in TEXTS},
            **{name: dice.choice(times) for name in SORTABLE if name not in (*TEXTS, "serial", "appeared_at")},
            appeared_at=dice.choice(times[1:]),
        )


TEXTS = {"model", "description", "color", "family", "os", "asset_tag", "apple_profile_status", "assigned_by"}


@pytest.mark.parametrize("counted_to", [10_000, 20], ids=["short", "long"])
@pytest.mark.parametrize("way", ["", "-"], ids=["up", "down"])
@pytest.mark.parametrize("column", SORTABLE)
def test_every_sort_goes_over_all_pages_and_back(as_alice, monkeypatch, column, way, counted_to):
    monkeypatch.setattr(keyset, "COUNTED_TO", counted_to)
    many_devices()

    def place(device):
        value = getattr(device, column)
        return (value is not None, value, device.pk) if value is not None else (False, device.pk)

    wanted = [device.pk for device in sorted(Device.objects.all(), key=place, reverse=bool(way))]
    answer = as_alice.get(LIST, {"sort": f"{way}{column}"})
    pages = [keys(answer)]
    while answer.context["page"].next_query:
        answer = as_alice.get(f"{LIST}?{answer.context['page'].next_query}")
        pages.append(keys(answer))
    assert [key for page in pages for key in page] == wanted
    assert len(pages) == 2
    answer = as_alice.get(f"{LIST}?{answer.context['page'].previous_query}")
    assert keys(answer) == pages[0]


def test_a_heading_sorts_and_says_how_it_is_sorted(as_alice):
    a_device(a_token(), family="iPad")
    answer = as_alice.get(LIST, {"family": "iPad"})
    (link,) = re.findall(r'<th scope="col"><a href="[^?]*\?([^"]*)">Model<', answer.content.decode())
    assert parse_qs(link.replace("&amp;", "&")) == {"family": ["iPad"], "sort": ["model"]}
    answer = as_alice.get(LIST, {"family": "iPad", "sort": "model"})
    ((way, link),) = re.findall(
        r'<th scope="col" aria-sort="(\w+)"><a href="[^?]*\?([^"]*)">Model<', answer.content.decode()
    )
    assert way == "ascending"
    assert parse_qs(link.replace("&amp;", "&"))["sort"] == ["-model"]
    answer = as_alice.get(LIST, {"sort": "-model"})
    assert 'aria-sort="descending"' in answer.content.decode()


@pytest.mark.parametrize(
    "place", ["WyIyMDI2IiwgMV0", "W251bGwsIDFd", "WyIwMDAxLTAxLTAxVDAwOjAwKzAwOjAwIiwgMV0", "W1tbW1tb" * 400]
)
def test_a_made_up_place_in_a_list_of_times_is_no_fault(as_alice, place):
    a_device(a_token())
    assert as_alice.get(LIST, {"sort": "assigned_at", "after": place}).status_code == 200


def test_a_list_asks_as_much_for_eleven_rows_as_for_one_with_every_column(as_alice, alice):
    alice.device_columns = ALL
    alice.save()

    def a_whole_row():
        token = a_token()
        profile = a_profile(token, apple_uuid="A" * 32)
        had = {"apple_profile_status": "assigned", "apple_profile_uuid": "A" * 32}
        a_device(token, wish=Wish.PROFILE, profile=profile, **had)
        ForeignProfile.objects.create(token=token, apple_uuid="F" * 32, name="Other tool")
        a_device(token, **{**had, "apple_profile_uuid": "F" * 32})

    def questions():
        with CaptureQueriesContext(connection) as captured:
            answer = as_alice.get(LIST)
        assert headings(answer) == ["serial", *ALL]
        return len(captured)

    a_whole_row()
    questions()
    one = questions()
    for _ in range(10):
        a_whole_row()
    assert questions() == one


def test_columns_are_chosen_and_remembered(as_alice, as_bob, alice):
    a_device(a_token(), description="MACBOOK AIR", assigned_by="ann@orchard.example")
    usual = ["serial", "model", "wanted", "state", "apple_status", "token", "assigned_at"]
    assert headings(as_alice.get(LIST)) == usual
    chosen = {"column": ["assigned_by", "description", "no such"], "query": "family=iPad"}
    answer = as_alice.post(reverse("device-columns"), chosen)
    assert answer.headers["Location"] == f"{LIST}?family=iPad"
    page = as_alice.get(LIST)
    assert headings(page) == ["serial", "description", "assigned_by"]
    assert "ann@orchard.example" in page.content.decode()
    assert headings(as_bob.get(LIST)) == usual
    as_alice.post(reverse("device-columns"), {"column": ["color"], "usual": "1"})
    alice.refresh_from_db()
    assert alice.device_columns == []
    assert headings(as_alice.get(LIST)) == usual


def test_a_column_that_is_no_more_is_passed_over(as_alice, alice):
    alice.device_columns = ["gone", "os", {"odd": 1}]
    alice.save()
    assert headings(as_alice.get(LIST)) == ["serial", "os"]


def test_the_profile_at_apple_is_named_whosever_it_is(as_alice, alice):
    alice.device_columns = ["apple_profile"]
    alice.save()
    token, other = a_token(), a_token()
    profile = a_profile(token, apple_uuid="A" * 32, name="Kiosk")
    ForeignProfile.objects.create(token=token, apple_uuid="F" * 32, name="Old tool's")
    for number, (uuid, status) in enumerate(
        [("A" * 32, "pushed"), ("F" * 32, "assigned"), ("9" * 32, "assigned"), ("A" * 32, "removed")]
    ):
        a_device(token, serial=f"S{number}", apple_profile_uuid=uuid, apple_profile_status=status)
    a_device(other, serial="S4", apple_profile_uuid="A" * 32, apple_profile_status="pushed")
    page = as_alice.get(LIST).content.decode()
    cells = re.findall(r'data-label="Profile at Apple"><span>(.*?)</span></td>', page, re.DOTALL)
    told = [re.sub(r"<[^>]*>", " ", cell).split() for cell in cells]
    assert told == [
        ["Kiosk"],
        ["Old", "tool&#x27;s", "of", "another", "tool"],
        ["9" * 32, "of", "another", "tool"],
        ["–"],
        ["A" * 32, "of", "another", "tool"],
    ]
    assert reverse("profile-detail", args=[profile.pk]) in cells[0]


def test_what_a_form_sends_empty_does_not_stay_in_the_address(as_alice):
    a_device(a_token())
    said = {"q": "", "token": "", "family": "iPad", "model": "", "sort": "-model", "unknown": "x"}
    answer = as_alice.get(LIST, said, headers={"HX-Request": "true"})
    assert answer.headers["HX-Push-Url"] == f"{LIST}?family=iPad&sort=-model"
    assert answer.context["query"] == "family=iPad&sort=-model"


def test_each_filter_that_is_set_can_be_taken_away(as_alice):
    token = a_token(name="Orchard")
    a_device(token)
    said = {"q": "C02", "token": token.pk, "needs_wipe": "false", "assigned_since": "2026-02-01", "sort": "model"}
    chips = as_alice.get(LIST, said).context["chips"]
    assert [(str(chip.label), chip.value) for chip in chips] == [
        ("Search", "C02"),
        ("Token", "Orchard"),
        ("Needs wipe", "no"),
        ("Assigned to the server since", "02/01/2026"),
    ]
    for chip, name in zip(chips, said, strict=False):
        assert parse_qs(chip.query) == {key: [str(value)] for key, value in said.items() if key != name}
    assert as_alice.get(LIST).context["chips"] == []


def test_more_filters_are_open_when_one_of_them_is_set(as_alice):
    a_device(a_token())
    assert " data-folds>" in as_alice.get(LIST, {"state": "waiting"}).content.decode()
    assert " data-folds open>" in as_alice.get(LIST, {"color": "blue"}).content.decode()


def test_the_models_there_are_are_suggested_to_who_sees_them_all(as_alice, as_charlie):
    a_device(a_token(), model="iPad mini")
    assert '<option value="iPad mini">' in as_alice.get(LIST).content.decode()
    assert "iPad mini" not in as_charlie.get(LIST).content.decode()


def saved(browser, name="Failed iPads", query="family=iPad&sort=-model&after=x&size=200&token=&junk=1", **more):
    return browser.post(reverse("device-view-save"), {"name": name, "query": query, **more})


def test_a_view_is_saved_shown_and_deleted(as_alice, alice):
    a_device(a_token())
    assert saved(as_alice, name="  Failed   iPads ").headers["Location"] == f"{LIST}?family=iPad&sort=-model"
    view = alice.saved_views.get()
    assert (view.name, view.query) == ("Failed iPads", "family=iPad&sort=-model")
    page = as_alice.get(LIST, {"family": "iPad", "sort": "-model"}).content.decode()
    assert f'<a href="{LIST}?family=iPad&amp;sort=-model" aria-current="true">Failed iPads</a>' in page
    answer = as_alice.post(reverse("device-view-delete", args=[view.pk]), {"query": "family=iPad"})
    assert answer.headers["Location"] == f"{LIST}?family=iPad"
    assert not alice.saved_views.exists()


def test_the_same_name_replaces_a_view_after_saying_so(as_alice, alice):
    saved(as_alice)
    asked = saved(as_alice, query="family=Mac")
    assert "Replace it, or choose another name" in asked.content.decode()
    assert alice.saved_views.get().query == "family=iPad&sort=-model"
    assert saved(as_alice, query="family=Mac", replace="1").status_code == 302
    assert alice.saved_views.get().query == "family=Mac"


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\x00b"])
def test_a_name_that_is_none_gets_a_sentence_at_its_field(as_alice, alice, name):
    answer = saved(as_alice, name=name)
    assert answer.status_code == 200
    assert 'id="view-name-error"' in answer.content.decode()
    assert not alice.saved_views.exists()


def test_filters_too_long_to_remember_are_refused(as_alice, alice):
    assert "too long" in saved(as_alice, query=f"q={'x' * 2_001}").content.decode()
    assert not alice.saved_views.exists()


def test_there_are_so_many_views_of_a_person_and_no_more(as_alice, alice, as_bob, monkeypatch):
    monkeypatch.setattr(limits, "SAVED_VIEWS_PER_PERSON", 2)
    for number in range(2):
        assert saved(as_alice, name=f"View {number}").status_code == 302
    assert "You have 2 views already" in saved(as_alice, name="One more").content.decode()
    assert saved(as_alice, name="View 1", replace="1").status_code == 302
    assert saved(as_bob).status_code == 302
    assert alice.saved_views.count() == 2


def test_a_view_is_its_persons_alone(as_alice, as_bob, alice):
    a_device(a_token())
    saved(as_alice, name="Only mine")
    assert "Only mine" not in as_bob.get(LIST).content.decode()
    assert as_bob.post(reverse("device-view-delete", args=[alice.saved_views.get().pk])).status_code == 404
    assert alice.saved_views.exists()


def found(browser, words):
    return browser.get(reverse("device-search"), {"q": words}).headers["Location"]


def test_a_serial_in_several_tokens_leads_to_the_only_device_that_is_still_there(as_bob):
    gone = a_device(a_token(), serial="ABC123456789", released_at=timezone.now())
    assert found(as_bob, "abc123456789") == reverse("device-detail", args=[gone.pk])
    here = a_device(a_token(), serial="ABC123456789")
    assert found(as_bob, "abc123456789") == reverse("device-detail", args=[here.pk])
    a_device(a_token(), serial="ABC123456789")
    assert found(as_bob, "abc123456789") == f"{LIST}?q=abc123456789"


@pytest.mark.parametrize("words", [" abc1 2345 6789 ", "SABC123456789", "sabc-1234-56789", "“ABC123456789”"])
def test_a_serial_as_people_paste_and_scan_it_leads_to_its_device(as_bob, words):
    device = a_device(a_token(), serial="ABC123456789")
    assert found(as_bob, words) == reverse("device-detail", args=[device.pk])


def test_a_serial_that_begins_with_an_s_is_itself_before_it_is_a_scan(as_bob):
    device = a_device(a_token(), serial="SABC12345678")
    a_device(a_token(), serial="ABC12345678")
    assert found(as_bob, "sabc12345678") == reverse("device-detail", args=[device.pk])


@pytest.mark.parametrize("words", ["", "\x00", "S", "é" * 40])
def test_words_that_are_no_serial_lead_to_the_list(as_bob, words):
    a_device(a_token(), serial="S")
    assert found(as_bob, words).startswith(LIST)


def test_a_part_of_a_serial_leads_to_the_list_though_one_device_has_it(as_bob):
    a_device(a_token(), serial="ABC123456789")
    assert found(as_bob, "ABC1234") == f"{LIST}?q=ABC1234"


def test_a_serial_somebody_else_has_leads_to_an_empty_list(as_charlie):
    a_device(a_token(), serial="ABC123456789")
    assert found(as_charlie, "ABC123456789") == f"{LIST}?q=ABC123456789"
    assert shown(as_charlie.get(found(as_charlie, "ABC123456789"))) == []


@pytest.mark.parametrize("sort", ["-serial", "-model", "color", "-assigned_at"])
def test_an_export_is_sorted_as_its_list(as_alice, alice, sort):
    many_devices(30)
    lines = export_devices(DeviceFilter(QueryDict(f"sort={sort}"), person=alice), by=alice, portion=7)
    assert [line.split(",")[0] for line in "".join(lines).splitlines()[1:]] == shown(as_alice.get(LIST, {"sort": sort}))


def test_a_long_export_is_not_sorted_anew_for_each_portion(alice, monkeypatch):
    monkeypatch.setattr(keyset, "COUNTED_TO", 20)
    many_devices(30)
    lines = export_devices(DeviceFilter(QueryDict("sort=-color"), person=alice), by=alice, portion=7)
    assert [line.split(",")[0] for line in "".join(lines).splitlines()[1:]] == [f"S{number:03}" for number in range(30)]


def test_where_nothing_is_found_the_serial_doctor_is_asked(as_bob):
    shown_page = as_bob.get(LIST, {"q": "c02 & co"}).content.decode()
    assert 'href="/doctor/?serial=c02%20%26%20co"' in shown_page
    assert "/doctor/?serial" not in as_bob.get(LIST, {"family": "Vision"}).content.decode()


def test_going_back_in_the_browser_brings_the_whole_page(as_alice):
    a_device(a_token())
    answer = as_alice.get(LIST, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert b"<html" in answer.content
