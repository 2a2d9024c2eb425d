"""WARN-1 about VPP tokens and licences: each condition just before its border and at it, and who is told what."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from enrollment.actions.warnings.conditions.licences import (
    LicencesGone,
    LicencesLow,
    LicencesUnread,
    VppTokenExpired,
    VppTokenExpiring,
    VppTokenRejected,
)
from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.actions.warnings.look import Look
from enrollment.actions.warnings.note_warnings import note_warnings
from enrollment.models import Alert, Delivery, Dropped, Severity, VppToken
from enrollment.models.licence_stock import COMPANY_PORTAL
from tests.cast import a_profile, a_token, a_vpp_token, some_licences
from tests.typeset import typeset

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
DAY, MOMENT = timedelta(days=1), timedelta(seconds=1)
CONDITIONS = (VppTokenExpiring, VppTokenExpired, VppTokenRejected, LicencesUnread, LicencesGone, LicencesLow)
OURS = {condition.id for condition in CONDITIONS}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def found(condition, person=None):
    return list(condition.find(Look(person, NOW)))


def told(person=None):
    return {one.condition.id for one in current_warnings(person)} & OURS


def chosen(token):
    """By a profile that installs the Company Portal with it."""
    return a_profile(a_token(), affinity="with", method="company_portal", company_portal_vpp=token.pk)


# --- Its year ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [60, 30, 14, 7, 1])
def test_the_steps_of_its_end(days):
    token = a_vpp_token(expires_at=NOW + days * DAY + MOMENT)
    earlier = [one.step for one in found(VppTokenExpiring())]
    VppToken.objects.update(expires_at=NOW + days * DAY)
    (warning,) = found(VppTokenExpiring())
    assert warning.step == str(days)
    assert warning.step not in earlier
    assert (warning.vpp_token, warning.token, warning.since) == (token, None, NOW)
    assert warning.severity == (Severity.UNHEALTHY if days <= 7 else Severity.WARNING)


def test_its_year_is_over():
    a_vpp_token(name="Caen", expires_at=NOW + MOMENT)
    assert found(VppTokenExpired()) == []
    VppToken.objects.update(expires_at=NOW)
    (warning,) = found(VppTokenExpired())
    assert (warning.severity, warning.since) == (Severity.UNHEALTHY, NOW)
    assert warning.sentence == "The VPP token “Caen” has expired."
    assert found(VppTokenExpiring()) == []


def test_apple_rejects_it_and_its_own_advice_is_the_remedy():
    token = a_vpp_token(name="Caen")
    assert found(VppTokenRejected()) == []
    VppToken.objects.update(rejected_at=NOW, trouble_sentence="It was revoked.", trouble_advice="Download it again.")
    (warning,) = found(VppTokenRejected())
    assert (warning.severity, warning.since, warning.vpp_token) == (Severity.UNHEALTHY, NOW, token)
    assert warning.remedy == "It was revoked. Download it again."
    VppToken.objects.update(trouble_sentence="", trouble_advice="")
    assert "renew it here" in found(VppTokenRejected())[0].remedy


# --- Not read ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", ["read_at", "created_at"])
def test_no_reading_succeeded_for_a_day(column):
    a_vpp_token(name="Caen")
    VppToken.objects.update(**{column: NOW - DAY + MOMENT})
    assert found(LicencesUnread()) == []
    VppToken.objects.update(**{column: NOW - DAY})
    (warning,) = found(LicencesUnread())
    assert (warning.severity, warning.since) == (Severity.WARNING, NOW)
    assert "“Caen” have not been read for a day" in warning.sentence
    assert warning.remedy


@pytest.mark.parametrize("cause", [{"rejected_at": NOW}, {"expires_at": NOW}])
def test_one_cause_one_warning(cause):
    a_vpp_token()
    VppToken.objects.update(read_at=NOW - 5 * DAY, **cause)
    assert "licences_unread" not in told()
    assert told() & {"vpp_token_rejected", "vpp_token_expired"}


# --- Few and none ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "free", "is_low"), [(500, 51, False), (500, 50, True), (40, 11, False), (40, 10, True)]
)
def test_few_licences_of_the_company_portal_are_a_warning_and_of_others_worth_knowing(total, free, is_low):
    token = a_vpp_token(name="Caen")
    some_licences(token, total=total, free=free, name="Company Portal")
    some_licences(token, total=total, free=free, adam_id="7", name="Notes")
    some_licences(token, total=total, free=free, adam_id="8", product_type="Book")
    warnings = found(LicencesLow())
    if not is_low:
        assert warnings == []
        return
    assert [(one.part, one.severity) for one in warnings] == [
        (COMPANY_PORTAL, Severity.WARNING),
        ("", Severity.NOTICE),
    ]
    assert warnings[1].sentence == f"“Caen” has {free} of {total} licences of “Notes” left."
    assert found(LicencesGone()) == []


def test_the_last_one_is_few_and_none_is_gone():
    token = a_vpp_token(name="Caen")
    row = some_licences(token, total=500, free=1, adam_id="7", name="Notes")
    assert (len(found(LicencesLow())), len(found(LicencesGone()))) == (1, 0)
    with translation.override("fr"):
        said = typeset("« Caen » a encore 1 licence sur 500 de « Notes ».")
        assert found(LicencesLow())[0].sentence == said
    row.available = 0
    row.save()
    assert found(LicencesLow()) == []
    (warning,) = found(LicencesGone())
    assert (warning.severity, warning.part) == (Severity.WARNING, "7")
    assert warning.sentence == "No licence of “Notes” is left in “Caen”."
    row.delete()
    some_licences(token, total=0, free=0, adam_id="7")
    assert found(LicencesGone()) == [], "of what is not owned any more nobody waits for one"


def test_apps_of_which_few_are_left_are_one_warning_of_their_token():
    """An app that is owned in ten copies has never more than few: such apps are many, and stay as they are."""
    token, other = a_vpp_token(name="Caen"), a_vpp_token(name="Lyon")
    some_licences(token, total=500, free=3, name="Company Portal")
    for number in range(1, 38):
        some_licences(token, total=number, free=min(number, 10), adam_id=str(number))
    some_licences(token, total=20, free=20, adam_id="100")
    some_licences(other, total=5, free=5, adam_id="1", name="Notes")
    warnings = {(one.vpp_token.name, one.part): one for one in found(LicencesLow())}
    assert set(warnings) == {("Caen", COMPANY_PORTAL), ("Caen", ""), ("Lyon", "")}
    many = warnings["Caen", ""]
    assert (many.key, many.severity) == (f"licences_low.vpptoken-{token.pk}", Severity.NOTICE)
    assert many.sentence == "37 apps have few licences left in “Caen”."
    assert many.link == f"/vpp-tokens/{token.pk}/?supply=low&kind=app#licences"
    assert "list" in many.remedy
    assert warnings["Lyon", ""].sentence == "“Lyon” has 5 of 5 licences of “Notes” left.", "of one, which it is"


def test_what_is_gone_of_few_is_one_warning_and_of_many_each_its_own():
    token = a_vpp_token(name="Caen")
    some_licences(token, total=500, free=500)
    for total in range(1, 11):
        some_licences(token, total=total, free=0, adam_id=str(total))
    some_licences(token, total=11, free=0, adam_id="11", name="Notes")
    warnings = {one.part: one for one in found(LicencesGone())}
    assert {part: one.severity for part, one in warnings.items()} == {"": Severity.WARNING, "11": Severity.WARNING}
    assert warnings["11"].sentence == "No licence of “Notes” is left in “Caen”."
    assert warnings[""].key == f"licences_gone.vpptoken-{token.pk}"
    assert warnings[""].sentence == "“Caen” has no licence left of 10 apps of which it owns 10 licences at most."
    assert warnings[""].link == f"/vpp-tokens/{token.pk}/?supply=gone&kind=app#licences"
    assert found(LicencesLow()) == []


def test_an_alert_of_each_app_from_before_ends_by_itself(alice):
    token = a_vpp_token()
    for number in range(1, 4):
        some_licences(token, total=5, free=5, adam_id=str(number))
        key = f"licences_low.vpptoken-{token.pk}.{number}"
        before = Alert.objects.create(key=key, condition="licences_low", vpp_token=token, since=NOW - DAY)
        Delivery.objects.create(alert=before, person=alice, created_at=NOW, due_at=NOW)
    note_warnings()
    assert [alert.key for alert in Alert.objects.standing().filter(vpp_token=token)] == [
        f"licences_low.vpptoken-{token.pk}"
    ]
    over = Alert.objects.filter(ended_at=NOW)
    assert over.count() == 3
    assert set(over.values_list("deliveries__dropped_because", flat=True)) == {Dropped.OVER}


def test_enrollment_is_blocked_where_a_profile_has_chosen_the_token():
    token, other = a_vpp_token(name="Caen"), a_vpp_token(name="Lyon")
    for one in (token, other):
        some_licences(one, total=500, free=0, name="Intune Company Portal")
        some_licences(one, total=50, free=0, adam_id="7", name="Notes")
    chosen(token)
    warnings = {(one.vpp_token.name, one.part): one for one in found(LicencesGone())}
    assert {key: one.severity for key, one in warnings.items()} == {
        ("Caen", COMPANY_PORTAL): Severity.UNHEALTHY,
        ("Caen", "7"): Severity.WARNING,
        ("Lyon", COMPANY_PORTAL): Severity.WARNING,
        ("Lyon", "7"): Severity.WARNING,
    }
    blocked = warnings["Caen", COMPANY_PORTAL]
    assert blocked.sentence == "No licence of “Intune Company Portal” is left in “Caen”: enrollment is blocked."
    assert "choose another VPP token" in blocked.remedy
    assert warnings["Lyon", COMPANY_PORTAL].sentence == "No licence of “Intune Company Portal” is left in “Lyon”."


def test_a_chosen_token_whose_location_has_no_company_portal_at_all_blocks_too():
    token = a_vpp_token(name="Caen")
    chosen(token)
    assert found(LicencesGone()) == [], "nothing has been read yet"
    some_licences(token, total=50, free=50, adam_id="7")
    (warning,) = found(LicencesGone())
    assert (warning.severity, warning.part) == (Severity.UNHEALTHY, COMPANY_PORTAL)
    assert warning.sentence == "“Caen” has no licence of “Company Portal”: enrollment is blocked."


def test_another_app_may_be_the_one_that_enrollment_needs(settings):
    settings.COMPANY_PORTAL_APP = "7"
    token = a_vpp_token(name="Caen")
    chosen(token)
    some_licences(token, total=500, free=0)
    some_licences(token, total=50, free=0, adam_id="7", name="Hub")
    assert {one.part: one.severity for one in found(LicencesGone())} == {
        "7": Severity.UNHEALTHY,
        COMPANY_PORTAL: Severity.WARNING,
    }


def test_an_app_at_two_prices_is_judged_as_one():
    token = a_vpp_token()
    some_licences(token, total=100, free=0)
    some_licences(token, total=20, free=20, pricing_param="PLUS")
    assert told() == set()


# --- Who, where, in which language -------------------------------------------------------------------------------


def everything_holds():
    for name, changes in (
        ("Ending", {"expires_at": NOW + 5 * DAY}),
        ("Over", {"expires_at": NOW}),
        ("No", {"rejected_at": NOW}),
    ):
        a_vpp_token(name=name, **changes)
    old = a_vpp_token(name="Old")
    some_licences(old, total=50, free=0)
    for number in ("7", "8"):
        some_licences(old, total=50, free=5, adam_id=number)
        some_licences(old, total=5, free=0, adam_id=f"1{number}")
    VppToken.objects.filter(pk=old.pk).update(read_at=NOW - DAY)


def test_all_of_them_have_words_in_both_languages_and_lead_to_the_token(as_alice):
    everything_holds()
    warnings = [one for one in current_warnings(None) if one.condition.id in OURS]
    assert {one.condition.id for one in warnings} == OURS
    for warning in warnings:
        assert warning.link.partition("?")[0] == f"/vpp-tokens/{warning.vpp_token.pk}/"
        said = {}
        for language in ("en", "fr"):
            with translation.override(language):
                said[language] = (warning.sentence, warning.remedy, str(warning.condition.label))
        for english, french in zip(said["en"], said["fr"], strict=True):
            assert english
            assert french != english


def test_only_who_sees_the_token_is_told(alice, bob, charlie):
    everything_holds()
    assert told(alice) == OURS
    assert told(bob) == OURS, "who may read"
    assert told(charlie) == set()
    VppToken.objects.get(name="Old").scope_tags.set(charlie.scope_tags.all())
    assert told(charlie) == {"licences_unread", "licences_gone", "licences_low"}


def test_who_sees_no_vpp_token_has_no_licences_read_for_them(charlie):
    some_licences(a_vpp_token(), total=50, free=0, adam_id="7")
    with CaptureQueriesContext(connection) as asked:
        assert found(LicencesLow(), charlie) == []
    assert [one["sql"] for one in asked.captured_queries if one["sql"].startswith('SELECT "enrollment_licences"')] == []


def test_many_ask_the_database_as_often_as_one(alice, django_assert_max_num_queries):
    def grow():
        token = a_vpp_token()
        chosen(token)
        some_licences(token, total=50, free=0)
        some_licences(token, total=50, free=5, adam_id="7")

    def look():
        return [*found(LicencesGone(), alice), *found(LicencesLow(), alice), *found(VppTokenExpiring(), alice)]

    grow()
    with CaptureQueriesContext(connection) as one:
        look()
    for _ in range(10):
        grow()
    with django_assert_max_num_queries(len(one)):
        assert len(look()) == 22


def test_a_profile_of_another_part_of_the_organisation_blocks_all_the_same(charlie):
    token = a_vpp_token()
    token.scope_tags.set(charlie.scope_tags.all())
    chosen(token)
    some_licences(token, total=50, free=0)
    assert [one.severity for one in found(LicencesGone(), charlie)] == [Severity.UNHEALTHY]
