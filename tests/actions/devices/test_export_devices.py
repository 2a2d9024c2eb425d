"""DEV-1: what the device list is filtered to, as a CSV file. AUD-1: an export is recorded."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from enrollment.actions.devices.export_devices import export_devices
from enrollment.models import Answer, AppleProfileStatus, AuditEntry, ScopeTag, Wish
from enrollment.models.device_filter import DeviceFilter
from tests.cast import a_device, a_profile, a_token

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


def exported(person, query="", **more):
    return export_devices(DeviceFilter(QueryDict(query), person=person), by=person, **more)


def rows(lines, delimiter=","):
    """What a spreadsheet reads: a list of rows, headings first."""
    text = "".join(lines).removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def serials(lines):
    return [row[0] for row in rows(lines)[1:]]


def test_dev_1_every_column_of_a_device(alice):
    token = a_token(name="Orchard")
    profile = a_profile(token, apple_uuid="A" * 32, name="Kiosk")
    a_device(
        token,
        serial="C02000000001",
        asset_tag="ROOM-12",
        wish=Wish.PROFILE,
        profile=profile,
        answer=Answer.THROTTLED,
        next_try_at=datetime.now(UTC) + timedelta(hours=1),
        apple_profile_status=AppleProfileStatus.PUSHED,
        apple_profile_uuid="B" * 32,
        given_uuid="B" * 32,
        given_at=NOON,
        assigned_by="store@apple.example",
        assigned_at=NOON,
        profile_assigned_at=NOON + timedelta(hours=1),
        profile_pushed_at=NOON + timedelta(hours=2),
        imei=["350000000000001", "350000000000002"],
        meid=["A0000000000001"],
        wifi_mac="00:11:22:33:44:55",
        bluetooth_mac="00:11:22:33:44:56",
        ethernet_mac="00:11:22:33:44:57",
        eid="89049032000000000000000000000001",
    )
    headings, values = rows(exported(alice))
    device = dict(zip(headings, values, strict=True))
    assert device.pop("Next try").endswith("Z")
    assert device == {
        "Serial number": "C02000000001",
        "Model": "iPad Air (M2)",
        "Description": "IPAD AIR 11 WI-FI 128GB BLUE",
        "Colour": "BLUE",
        "Family": "iPad",
        "Operating system": "iPadOS",
        "Asset tag": "ROOM-12",
        "Token": "Orchard",
        "Wanted": "This profile",
        "Wanted profile": "Kiosk",
        "Assignment": "Throttled",
        "Apple's answer": "Throttled",
        "Status at Apple": "Pushed",
        "Profile at Apple": "B" * 32,
        "Needs wipe": "Yes",
        "Assigned by": "store@apple.example",
        "Assigned to the server": "2026-03-01T12:00:00Z",
        "Profile assigned": "2026-03-01T13:00:00Z",
        "Handed to the device": "2026-03-01T14:00:00Z",
        "Released": "",
        "IMEI": "350000000000001 350000000000002",
        "MEID": "A0000000000001",
        "Wi-Fi": "00:11:22:33:44:55",
        "Bluetooth": "00:11:22:33:44:56",
        "Ethernet": "00:11:22:33:44:57",
        "EID": "89049032000000000000000000000001",
    }


def test_words_are_in_the_language_it_was_asked_in_though_lines_are_read_later(alice):
    a_device(a_token(), wish=Wish.NO_PROFILE, apple_profile_status=AppleProfileStatus.REMOVED)
    with translation.override("fr"):
        lines = exported(alice)
    headings, values = rows(lines, delimiter=";")
    device = dict(zip(headings, values, strict=True))
    assert headings[:3] == ["Numéro de série", "Modèle", "Description"]
    assert device["Affectation"] == "Confirmé"
    assert device["À effacer"] == "Non"


def test_no_cell_breaks_in_two_where_a_spreadsheet_takes_files_apart_by_semicolons(alice):
    a_device(a_token(), asset_tag="x;=HYPERLINK(1)")
    with translation.override("fr"):
        headings, values = rows(exported(alice), delimiter=";")
    assert dict(zip(headings, values, strict=True))["Étiquette d'inventaire"] == "x;=HYPERLINK(1)"


def test_a_status_nobody_knows_is_told_as_it_is(alice):
    a_device(a_token(), apple_profile_status="odd")
    headings, values = rows(exported(alice))
    assert dict(zip(headings, values, strict=True))["Status at Apple"] == "odd"


def test_a_file_spreadsheets_open(alice):
    a_device(a_token())
    text = "".join(exported(alice))
    assert text.startswith("\ufeffSerial number,Model,")
    assert text.endswith("\r\n")
    assert text.count("\r\n") == text.count("\n") == 2


def test_quotes_commas_line_breaks_and_umlauts_come_back_as_they_were(alice):
    told = {"description": 'Grün, "ö"\nnext line', "asset_tag": "a;b,c", "model": "日本 🍏", "assigned_by": "x\r\ny"}
    a_device(a_token(name='Läden, "Süd"'), **told)
    headings, values = rows(exported(alice))
    device = dict(zip(headings, values, strict=True))
    assert device["Description"] == told["description"]
    assert device["Asset tag"] == told["asset_tag"]
    assert device["Model"] == told["model"]
    assert device["Assigned by"] == told["assigned_by"]
    assert device["Token"] == 'Läden, "Süd"'


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_is_a_formula(alice, sign):
    a_device(a_token(name=f"{sign}Token"), asset_tag=f'{sign}HYPERLINK("http://evil.example")', model=f"1{sign}1")
    headings, values = rows(exported(alice))
    device = dict(zip(headings, values, strict=True))
    assert device["Asset tag"] == f'\'{sign}HYPERLINK("http://evil.example")'
    assert device["Token"] == f"'{sign}Token"
    assert device["Model"] == f"1{sign}1"


def test_portions_follow_each_other_without_a_gap(alice):
    token = a_token()
    wanted = sorted(a_device(token).serial for _ in range(10))
    assert serials(exported(alice, portion=3)) == wanted
    assert serials(exported(alice, portion=5)) == wanted


def test_a_portion_asks_as_much_however_many_rows_it_has(alice):
    def questions(**more):
        lines = exported(alice, **more)
        with CaptureQueriesContext(connection) as captured:
            list(lines)
        return len(captured)

    def a_whole_row():
        token = a_token()
        a_device(token, wish=Wish.PROFILE, profile=a_profile(token, apple_uuid="A" * 32))

    a_whole_row()
    one = questions()
    for _ in range(8):
        a_whole_row()
    three = questions(portion=4)
    for _ in range(2):
        a_whole_row()
    assert questions() == one
    assert questions(portion=4) == three


def test_the_headings_come_before_any_row_is_read(alice):
    a_device(a_token())
    lines = exported(alice)
    with CaptureQueriesContext(connection) as captured:
        assert next(lines).startswith("\ufeffSerial number,")
    assert not captured


def test_filters_combine_within_what_the_person_sees(charlie):
    theirs, ours = a_token(), a_token()
    theirs.scope_tags.set([ScopeTag.objects.get(name="Elsewhere")])
    a_device(theirs, family="iPhone")
    pad = a_device(theirs, family="iPad")
    a_device(ours, family="iPad")
    assert serials(exported(charlie, "family=iPad")) == [pad.serial]
    assert serials(exported(charlie, f"family=iPad&token={ours.pk}")) == []


def test_what_matches_nothing_is_a_file_of_headings(alice):
    a_device(a_token())
    assert serials(exported(alice, "q=nothing")) == []
    assert len(rows(exported(alice, "q=nothing"))) == 1


@pytest.mark.parametrize("query", ["token=999", "state=odd", "q=%00"])
def test_a_filter_that_cannot_be_understood_exports_headings_only(alice, query):
    a_device(a_token())
    assert serials(exported(alice, query)) == []
    assert AuditEntry.objects.get(action="device.exported").after["filter"] == query


def test_aud_1_an_export_is_recorded_before_a_row_is_read(alice):
    token = a_token(name="Orchard")
    secret = a_device(token)
    exported(alice, f"q=C02&family=iPad&token={token.pk}&state=&size=50")
    entry = AuditEntry.objects.get(action="device.exported")
    assert (entry.who, entry.object_type, entry.object_id, entry.object_name) == ("alice", "device", None, "")
    assert entry.after == {"filter": "q=C02, token=Orchard, family=iPad"}
    assert entry.token == token
    assert secret.serial not in str(entry.after)


def test_aud_1_an_export_of_all_tokens_belongs_to_none(alice, charlie):
    exported(alice)
    entry = AuditEntry.objects.get()
    assert entry.token is None
    assert entry.after == {"filter": ""}
    assert not AuditEntry.objects.visible_to(charlie).exists()
