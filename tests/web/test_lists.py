"""Lists ask as many questions for eleven rows as for one, and find what is searched for."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enrollment.models import Device, Wish, keyset
from tests.cast import a_device, a_person, a_profile, a_run, a_token

pytestmark = pytest.mark.django_db


def a_whole_row():
    """One of everything, each with its own relations."""
    token = a_token()
    profile = a_profile(token, apple_uuid="A" * 32)
    a_device(token, wish=Wish.PROFILE, profile=profile)
    a_run(token, status="done", finished_at=timezone.now(), started_at=timezone.now())
    return token


def queries(browser, url):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert browser.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", ["home", "device-list", "token-list", "profile-list", "activity-list"])
def test_a_list_asks_as_much_for_eleven_rows_as_for_one(name, as_alice):
    a_whole_row()
    as_alice.get(reverse(name))
    one = queries(as_alice, reverse(name))
    for _ in range(10):
        a_whole_row()
    assert queries(as_alice, reverse(name)) == one


def keys(answer):
    return [device.pk for device in answer.context["page"].rows]


def serials(answer):
    return [device.serial for device in answer.context["page"].rows]


def test_pages_follow_each_other_without_a_gap_and_back_again(as_alice):
    token = a_token()
    wanted = sorted(a_device(token).serial for _ in range(120))
    answer = as_alice.get(reverse("device-list"))
    first = serials(answer)
    seen = list(first)
    while answer.context["page"].next_query:
        answer = as_alice.get(f"{reverse('device-list')}?{answer.context['page'].next_query}")
        seen += serials(answer)
    assert seen == wanted
    while answer.context["page"].previous_query:
        answer = as_alice.get(f"{reverse('device-list')}?{answer.context['page'].previous_query}")
    assert serials(answer) == first


@pytest.mark.parametrize("sort", ["-serial", "model", "-model"])
def test_every_sort_shows_every_row_once(as_alice, sort):
    token = a_token()
    wanted = {a_device(token, model=f"Model {number % 3}").serial for number in range(110)}
    answer = as_alice.get(reverse("device-list"), {"sort": sort})
    seen = serials(answer)
    while answer.context["page"].next_query:
        answer = as_alice.get(f"{reverse('device-list')}?{answer.context['page'].next_query}")
        seen += serials(answer)
    assert len(seen) == len(set(seen))
    assert set(seen) == wanted


@pytest.mark.parametrize("sort", ["serial", "-serial", "model", "-model"])
def test_a_long_list_shows_every_row_once_in_its_order_and_back_again(as_alice, monkeypatch, sort):
    """Longer than what is counted exactly, it takes another way to its rows."""
    monkeypatch.setattr(keyset, "COUNTED_TO", 100)
    tokens = [a_token(), a_token()]
    for number in range(150):
        # Each serial number in two tokens.
        a_device(tokens[number % 2], serial=f"S{number // 2:03}", model=f"Model {number % 4}")
    everyone = Device.objects.order_by(sort, "-pk" if sort.startswith("-") else "pk")
    wanted = list(everyone.values_list("pk", flat=True))
    answer = as_alice.get(reverse("device-list"), {"sort": sort})
    assert answer.context["page"].count_text.startswith("more than")
    pages = [keys(answer)]
    while answer.context["page"].next_query:
        answer = as_alice.get(f"{reverse('device-list')}?{answer.context['page'].next_query}")
        pages.append(keys(answer))
    assert [key for page in pages for key in page] == wanted
    for before in reversed(pages[:-1]):
        answer = as_alice.get(f"{reverse('device-list')}?{answer.context['page'].previous_query}")
        assert keys(answer) == before


def test_profiles_are_shown_fifty_at_a_time(as_alice):
    token = a_token()
    wanted = sorted(a_profile(token, name=f"Profile {number:03}").name for number in range(60))
    answer = as_alice.get(reverse("profile-list"))
    names = [profile.name for profile in answer.context["profiles"]]
    assert (len(names), answer.context["page"].count_text) == (50, "60 rows")
    answer = as_alice.get(f"{reverse('profile-list')}?{answer.context['page'].next_query}")
    assert names + [profile.name for profile in answer.context["profiles"]] == wanted


@pytest.mark.parametrize(
    "place", ["after=garbage", "after=WzFd", "before=%00", "size=9999999", "sort=pk; drop", "token=x"]
)
def test_a_made_up_address_is_no_fault(as_alice, place):
    a_device(a_token())
    assert as_alice.get(f"{reverse('device-list')}?{place}").status_code == 200


def test_dev_1_search_and_filters(as_alice):
    token = a_token()
    profile = a_profile(token, apple_uuid="A" * 32)
    pad = a_device(token, serial="ABC123456789", asset_tag="ORC-77", family="iPad")
    phone = a_device(token, serial="XYZ987654321", family="iPhone", wish=Wish.PROFILE, profile=profile)
    gone = a_device(token, serial="GONE00000000", released_at=timezone.now())

    def found(**query):
        return set(serials(as_alice.get(reverse("device-list"), query)))

    assert found(q="c1234") == {pad.serial}
    assert found(q="orc-77") == {pad.serial}
    assert found(family="iPhone") == {phone.serial}
    assert found(state="waiting") == {phone.serial}
    assert found(profile=profile.pk) == {phone.serial}
    assert found(released="true") == {gone.serial}
    assert found(q="nothing") == set()


def test_a_whole_serial_leads_straight_to_the_device(as_bob):
    device = a_device(a_token(), serial="ABC123456789")
    answer = as_bob.get(reverse("device-search"), {"q": " abc123456789 "})
    assert answer.headers["Location"] == reverse("device-detail", args=[device.pk])


def test_htmx_gets_the_table_alone(as_alice):
    a_device(a_token())
    whole = as_alice.get(reverse("device-list")).content
    part = as_alice.get(reverse("device-list"), headers={"HX-Request": "true"}).content
    assert b"<html" in whole
    assert b"<html" not in part


def test_filters_offer_only_what_the_person_sees(as_charlie):
    token = a_token(name="Not for Charlie")
    a_device(token)
    answer = as_charlie.get(reverse("device-list"), {"token": token.pk})
    assert "Not for Charlie" not in answer.content.decode()
    assert serials(answer) == []


def test_french_is_spoken(client):
    a_person("fleur", "administrator")
    client.login(username="fleur", password="a long password")
    answer = client.get(reverse("token-list"), headers={"Accept-Language": "fr"})
    assert "Jetons du programme d" in answer.content.decode()
