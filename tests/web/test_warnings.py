"""WARN-2 on pages: the bell, all that stands, one by one, and snoozing."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.actions.warnings.every_condition import CONDITIONS
from enrollment.actions.warnings.keep_alert import keep_alert
from enrollment.actions.warnings.snooze_warning import snooze_warning
from enrollment.models import Alert, Delivery, Role, ScopeTag
from tests.cast import a_browser_of, a_person, a_token, a_vpp_token

pytestmark = pytest.mark.django_db
LIST = reverse("warning-list")
WHY = "Jeanne renews it on Monday"


def text(answer):
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def bell(browser):
    """What the bell says to who cannot see it, and what it shows."""
    page = text(browser.get(reverse("guidance")))
    button = re.search(r'<button class="bar-button bell".*?</button>', page)[0]
    shown = re.search(r'<span class="bell-count[^>]*>([^<]+)<', button)
    return re.search(r'aria-label="([^"]+)"', button)[1], shown and shown[1]


def a_rejected_token(**changes):
    return a_token(rejected_at=timezone.now() - timedelta(days=2), **changes)


def the_key(condition="token_rejected"):
    return next(one.key for one in current_warnings(None) if one.condition.id == condition)


def a_snooze(alice, **changes):
    values = {"until": timezone.now() + timedelta(days=3), "reason": WHY, "by": alice, **changes}
    return snooze_warning(the_key(), **values)


def test_the_bell_says_how_many_and_how_bad(as_alice):
    assert bell(as_alice) == ("No warnings", None)
    a_rejected_token()
    assert bell(as_alice) == ("1 warning, 1 unhealthy", "1")
    a_token(expires_at=timezone.now() + timedelta(days=40))
    a_token(expires_at=timezone.now() + timedelta(days=40))
    assert bell(as_alice) == ("3 warnings, 1 unhealthy", "3")


def test_the_bell_counts_no_snoozed_ones(as_alice, alice):
    a_rejected_token()
    a_snooze(alice)
    assert bell(as_alice) == ("No warnings", None)


def test_the_bell_tells_what_somebody_sees(as_charlie):
    a_rejected_token(name="Lyon")
    assert bell(as_charlie) == ("No warnings", None)
    assert "Lyon" not in text(as_charlie.get(LIST))


def test_the_bell_lists_the_first_eight_and_how_many_more_there_are(as_alice):
    for number in range(10):
        a_rejected_token(name=f"Shop {number}")
    menu = text(as_alice.get(reverse("guidance"))).partition('id="bell"')[2].partition('id="person"')[0]
    assert menu.count("Apple rejects the token") == 8
    assert "2 more" in menu
    assert LIST in menu


def test_what_shows_no_frame_looks_for_no_warnings(as_alice):
    token = a_rejected_token()
    address = reverse("token-sync-panel", args=[token.pk])
    with CaptureQueriesContext(connection) as captured:
        assert as_alice.get(address, headers={"HX-Request": "true"}).status_code == 200
    assert not [query for query in captured.captured_queries if "enrollment_alert" in query["sql"]]


def test_bell_and_page_look_once_for_both(as_alice):
    a_rejected_token()
    with CaptureQueriesContext(connection) as captured:
        as_alice.get(LIST)
    assert len([query for query in captured.captured_queries if 'FROM "enrollment_alert"' in query["sql"]]) == 1


def headings(browser, **query):
    return re.findall(r"<h2>(\w+) <span class=\"soft\">([\d,]+)</span></h2>", text(browser.get(LIST, query)))


def test_the_list_has_a_part_for_each_severity_and_one_for_what_is_snoozed(as_alice, alice):
    a_rejected_token(name="Lyon")
    a_token(name="Paris", expires_at=timezone.now() + timedelta(days=40))
    a_token(name="Nice", terms_since=timezone.now())
    a_snooze(alice)
    assert headings(as_alice) == [("Unhealthy", "1"), ("Warnings", "1"), ("Snoozed", "1")]
    page = text(as_alice.get(LIST))
    assert "by alice: “Jeanne renews it on Monday”" in page
    assert "An administrator signs in to Apple Business Manager" in page, "the remedy"
    assert headings(as_alice, severity="warning") == [("Warnings", "1")]
    assert headings(as_alice, snoozed="true") == [("Snoozed", "1")]
    assert headings(as_alice, condition="terms_not_signed") == [("Unhealthy", "1")]


def test_what_is_about_a_vpp_token_is_found_by_it(as_alice):
    a_rejected_token(name="Lyon")
    app = a_vpp_token(name="Orchard", rejected_at=timezone.now())
    page = text(as_alice.get(LIST, {"vpp_token": app.pk}))
    assert "Apple rejects the VPP token “Orchard”." in page.partition("<main")[2]
    assert "Apple rejects the token “Lyon”." not in page.partition("<main")[2]
    assert "Clear filters" in page


def test_filters_that_match_nothing_say_so(as_alice):
    a_rejected_token()
    for query in ({"severity": "notice"}, {"severity": "dire"}, {"token": "x"}):
        assert "No warning matches these filters" in text(as_alice.get(LIST, query))


def test_more_than_fifty_come_in_pages_and_each_once(as_alice):
    wanted = {a_rejected_token(name=f"Shop {number:02}").name for number in range(60)}
    address, seen, pages = LIST, [], 0
    while address:
        answer = as_alice.get(address)
        seen += [one.token.name for one in answer.context["page"].rows]
        pages += 1
        assert headings(as_alice, page=pages) == [("Unhealthy", "60")], "a heading counts all"
        address = answer.context["page"].next_query and f"{LIST}?{answer.context['page'].next_query}"
    assert (pages, len(seen), set(seen)) == (2, 60, wanted)


@pytest.mark.parametrize("page", ["0", "-1", "9999999999999999999999", "x", "\x00"])
def test_a_made_up_page_is_no_fault(as_alice, page):
    a_rejected_token()
    assert as_alice.get(LIST, {"page": page}).context["page"].rows


def test_when_all_is_well_it_says_what_is_watched(as_alice):
    page = text(as_alice.get(LIST))
    assert "All is well" in page
    for condition in CONDITIONS:
        assert f"<b>{escape(str(condition.label))}</b>" in page
        assert escape(str(condition.watches)) in page


def test_who_may_read_nothing_is_not_told_that_all_is_well(db):
    person = a_person("nora", "auditor")
    person.roles.set([Role.objects.create(key="none", name="None", permissions=[])])
    page = text(a_browser_of(person).get(LIST))
    assert "All is well" not in page
    assert "No warnings for you" in page


def test_a_list_asks_as_much_for_eleven_warnings_as_for_one(as_alice, alice):
    def another():
        token = a_rejected_token()
        token.scope_tags.add(ScopeTag.objects.create(name=token.name))
        warning = next(one for one in current_warnings(None) if one.token == token)
        snooze_warning(warning.key, until=timezone.now() + timedelta(days=3), reason=WHY, by=alice)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert as_alice.get(LIST).status_code == 200
        return len(captured)

    another()
    as_alice.get(LIST)
    one = queries()
    for _ in range(10):
        another()
    assert queries() == one


def detail(key):
    return reverse("warning-detail", args=[key])


def test_a_warnings_page_says_all_there_is(as_alice, alice):
    a_rejected_token(name="Lyon")
    alert = a_snooze(alice)
    Delivery.objects.create(alert=alert, person=alice, created_at=timezone.now(), due_at=timezone.now())
    page = text(as_alice.get(detail(alert.key)))
    for said in ("Apple rejects the token “Lyon”.", "Unhealthy", "2 days ago", WHY, "1 still to be sent", "To be sent"):
        assert said in page, said


def test_only_who_can_act_is_offered_to_snooze(as_alice, as_bob):
    a_rejected_token()
    snoozing = reverse("warning-snooze", args=[the_key()])
    assert snoozing in text(as_alice.get(detail(the_key())))
    assert snoozing not in text(as_bob.get(detail(the_key())))
    assert as_bob.get(snoozing).status_code == 403


def test_after_its_end_the_page_says_when_that_was(as_alice, as_charlie):
    token = a_rejected_token(name="Lyon")
    (warning,) = current_warnings(None)
    alert = keep_alert(warning)
    token.rejected_at = None
    token.save()
    assert "This warning is over" in text(as_alice.get(detail(alert.key))), "before the clock has noticed"
    Alert.objects.update(ended_at=timezone.now() - timedelta(hours=3))
    page = text(as_alice.get(detail(alert.key)))
    assert "Token rejected" in page
    assert "3 hours ago" in page
    assert as_charlie.get(detail(alert.key)).status_code == 404


def test_snoozed_with_a_reason_it_says_until_when_by_whom_and_why(as_alice):
    a_rejected_token()
    answer = as_alice.post(
        reverse("warning-snooze", args=[the_key()]), {"span": "30", "date": "", "reason": WHY}, follow=True
    )
    assert "by alice: “Jeanne renews it on Monday”" in text(answer)
    alert = Alert.objects.get()
    assert timedelta(days=29) < alert.snoozed_until - timezone.now() <= timedelta(days=30)


def test_until_a_date_means_until_its_morning(as_alice):
    a_rejected_token()
    day = timezone.localdate() + timedelta(days=20)
    as_alice.post(reverse("warning-snooze", args=[the_key()]), {"span": "date", "date": day.isoformat(), "reason": WHY})
    morning = timezone.localtime(Alert.objects.get().snoozed_until)
    assert (morning.date(), morning.hour, morning.minute) == (day, 0, 0)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"span": "7", "reason": "  "}, "This field is required."),
        ({"span": "date", "reason": WHY}, "Choose a day."),
        ({"span": "date", "date": "2020-01-01", "reason": WHY}, "Choose a time that is still to come."),
        ({"span": "date", "date": "9999-12-31", "reason": WHY}, "At most 365 days."),
        ({"span": "date", "date": "12/31/2030", "reason": WHY}, "Enter a valid date."),
        ({"span": "400", "reason": WHY}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_is_said_at_the_field_and_nothing_typed_is_lost(as_alice, said, error):
    a_rejected_token()
    page = text(as_alice.post(reverse("warning-snooze", args=[the_key()]), said))
    assert error in page
    assert said["reason"].strip() in page
    assert not Alert.objects.exists()


def test_woken_it_is_told_again(as_alice, alice):
    a_rejected_token()
    a_snooze(alice)
    page = text(as_alice.post(reverse("warning-wake", args=[the_key()]), follow=True))
    assert "The snooze is over" in page
    assert bell(as_alice)[1] == "1"


def test_what_has_outgrown_its_snooze_says_so(as_alice, alice):
    a_rejected_token()
    a_snooze(alice)
    Alert.objects.update(snoozed_severity="warning")
    page = text(as_alice.get(detail(the_key())))
    assert "It was snoozed, and has become worse since" in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_comes_too_late_to_snooze_is_told_kindly(as_alice, method):
    token = a_rejected_token()
    keep_alert(current_warnings(None)[0])
    key = the_key()
    token.rejected_at = None
    token.save()
    said = {"span": "7", "reason": WHY}
    answer = getattr(as_alice, method)(reverse("warning-snooze", args=[key]), said, follow=True)
    assert "This warning is over: what it was about is in order again." in text(answer)
    answer = as_alice.post(reverse("warning-wake", args=[key]), follow=True)
    assert "This warning is over: what it was about is in order again." in text(answer)


def test_french_is_spoken(as_alice, alice):
    a_rejected_token(name="Lyon")
    alice.language = "fr"
    alice.save()
    as_alice.post("/i18n/setlang/", {"language": "fr", "next": "/"})
    page = text(as_alice.get(LIST))
    assert "Non sain" in page
    assert "1 avertissement, dont 1 non sain" in page
    assert "Apple rejette le jeton « Lyon »." in page
