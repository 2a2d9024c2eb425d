"""Export and import: round trips to the same payload, faults by line and key."""

import contextlib
import json

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from enrollment.models import VppToken
from enrollment.models.profile_cleaning import clean_settings
from enrollment.models.profile_file import NotAProfileFile, read_profile, write_profile
from enrollment.models.profile_from_payload import settings_from_payload
from enrollment.models.profile_payload import payload
from enrollment.models.profile_settings import default_settings
from tests.cast import a_profile, a_stored_certificate, a_token, a_vpp_token
from tests.models.test_profile_settings import COMBINATIONS, EVERYTHING

URL = "https://mdm.orchard.example/ade"


def read(text):
    return read_profile(text.encode(), vpp_tokens=VppToken.objects.all())


def complaints(text):
    with pytest.raises(NotAProfileFile) as refused:
        read(text)
    return [(one.line, one.key, one.sentence) for one in refused.value.complaints]


@pytest.mark.django_db
@pytest.mark.parametrize("as_yaml", [False, True])
@pytest.mark.parametrize("affinity", ["with", "without", "entra_shared"])
def test_a_round_trip_makes_the_same_payload(as_yaml, affinity):
    token = a_vpp_token()
    typed = {**EVERYTHING, "affinity": affinity, "method": "modern", "company_portal_vpp": token.pk}
    typed |= {"pairing": "certificate", "host_certificates": [a_stored_certificate()]}
    stored, errors = clean_settings(typed)
    assert errors == {}
    profile = a_profile(a_token(), name="Kiosk · été", **stored)
    profile.device_name_template = stored["name_template"]
    text = write_profile(profile, as_yaml=as_yaml, reader=None)
    assert "été" in text

    again = read(text)
    assert (again.name, again.left_out) == ("Kiosk · été", [])
    cleaned, errors = clean_settings(again.settings)
    assert errors == {}
    assert cleaned == stored
    said = payload(cleaned, profile_name=again.name, org_magic="m")
    assert said == payload(stored, profile_name=profile.name, org_magic="m")


@pytest.mark.parametrize(("affinity", "method", "supervised", "shared", "temporary", "pairing"), COMBINATIONS[::7])
def test_apples_own_json_makes_the_same_payload(affinity, method, supervised, shared, temporary, pairing):
    typed = {
        **EVERYTHING,
        "affinity": affinity,
        "method": method,
        "is_supervised": supervised,
        "is_shared_ipad": shared,
        "temporary_only": temporary,
        "pairing": pairing,
        "host_certificates": [a_stored_certificate()],
    }
    sent = payload(clean_settings(typed)[0], profile_name="Kiosk", org_magic="m")
    settings = settings_from_payload(sent)
    if not settings["affinity"]:
        # Apple is not told it: the person who imports chooses.
        settings |= {"affinity": "without"}
    cleaned, errors = clean_settings(settings)
    assert errors == {}
    again = payload(cleaned, profile_name="Kiosk", org_magic="m")
    assert again == sent


def test_an_apple_profile_of_another_tool_becomes_settings_and_says_what_was_left_out():
    said = {
        "profile_name": "From elsewhere",
        "url": URL,
        "configuration_web_url": "https://signin.orchard.example/",
        "is_supervised": True,
        "is_mdm_removable": False,
        "allow_pairing": False,
        "auto_advance_setup": True,
        "language": "fr",
        "org_magic": "other",
        "devices": ["C02"],
        "skip_setup_items": ["Siri", "BrandNew"],
    }
    found = read(json.dumps(said))
    assert found.name == "From elsewhere"
    assert found.left_out == ["auto_advance_setup", "language"]
    assert found.settings["affinity"] == "with"
    assert found.settings["method"] == "modern"
    assert found.settings["is_locked"] is True
    assert found.settings["pairing"] == "deny"
    assert found.settings["hidden_panes"] == ["Siri", "BrandNew"]
    assert found.settings["await_configured"] is False, "PROF-21: no for imported ones"


WHOLE = {"format": "pomona-profile", "version": 1, "name": "Kiosk", "settings": {"affinity": "without"}}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", [(0, "", "The file holds no keys and values.")]),
        ("[1, 2]", [(0, "", "The file holds no keys and values.")]),
        ("hello: there", [(0, "", "This is neither a profile of ours nor one of Apple's.")]),
        ('{"name": "x",\n "settings": {', [(2, "", "The JSON breaks off or is malformed here.")]),
        ('{\n"settings": {"affinity": "with",\n"affinity": "without"}}', [(2, "affinity", "This key stands twice.")]),
        (
            "settings:\n  affinity: with\n  affinity: without\n",
            [(2, "", "The YAML cannot be read here: a key stands twice.")],
        ),
        (
            "name: &a Kiosk\nsettings: {department: *a}\n",
            [(2, "", "The YAML cannot be read here: aliases are not taken.")],
        ),
        ("format: other\nsettings: {}\n", [(1, "format", "This format is not known.")]),
        (
            "format: pomona-profile\nversion: 2\nsettings: {}\n",
            [(2, "version", "This version is not known; this one reads version 1.")],
        ),
        ("name: [1]\nsettings: {}\n", [(1, "name", "This has to be a text.")]),
        ("name: x\nsettings: [1]\n", [(2, "settings", "This has to hold keys and values.")]),
        ("nmae: x\nsettings: {}\n", [(1, "nmae", "This key is not known.")]),
        ("platform: windows\nsettings: {}\n", [(1, "platform", "This platform is not known.")]),
        (
            "name: x\nsettings:\n  afinity: with\n  is_locked: maybe\n",
            [(3, "afinity", "This setting is not known."), (4, "is_locked", "Say true or false.")],
        ),
        (
            "settings:\n  affinity: without\n  is_shared_ipad: true\n  cached_users: 99\n",
            [(4, "cached_users", "Enter a number from 1 to 24.")],
        ),
        ("settings:\n  department: [IT]\n", [(2, "department", "This has to be a text.")]),
        (
            "settings:\n  affinity: with\n  method: company_portal\n  company_portal_vpp: Elsewhere\n",
            [
                (
                    4,
                    "company_portal_vpp",
                    "There is no VPP token of this name here. Add it first, or leave the key out.",
                )
            ],
        ),
        ('{"url": 5}', [(1, "url", "Apple expects another kind of value here.")]),
        (
            f'{{"url": "{URL}",\n"supervising_host_certs": ["MIIB"], "allow_pairing": false}}',
            [(2, "supervising_host_certs", "One of these is not a certificate.")],
        ),
    ],
)
def test_a_fault_is_told_with_its_line_and_its_key(text, said):
    assert complaints(text) == said


def test_a_file_that_is_no_text_or_too_large():
    with pytest.raises(NotAProfileFile, match="UTF-8"):
        read_profile(b"\xff\xfe\x00", vpp_tokens=VppToken.objects.none())
    with pytest.raises(NotAProfileFile, match="larger than 512 KB"):
        read_profile(b"a" * 600_000, vpp_tokens=VppToken.objects.none())


@pytest.mark.parametrize("sign", ["\\u0000", "\\ud800"])
@pytest.mark.parametrize(
    "text", ['{"settings": {}, "name": "a%s"}', '{"url": "https://m.example/%s"}', '{"%s": 1, "url": ""}']
)
def test_signs_no_database_takes_are_refused(text, sign):
    assert complaints(text % sign) == [(0, "", "Characters without a sign cannot be used.")]


def test_a_date_stays_the_text_it_was():
    assert read("settings: {department: 2024-01-01}").settings["department"] == "2024-01-01"


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_whatever_is_in_a_file_it_is_read_or_refused(text):
    with contextlib.suppress(NotAProfileFile):
        read_profile(text.encode("utf-8", "replace"), vpp_tokens=VppToken.objects.none())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9), lambda inner: st.lists(inner, max_size=3)
)


@given(st.dictionaries(st.sampled_from(sorted(default_settings())), JSON, max_size=6))
@settings(max_examples=300, deadline=None)
def test_whatever_stands_in_settings_it_is_read_or_refused(said):
    said.pop("company_portal_vpp", None)
    text = yaml.safe_dump({**WHOLE, "settings": said}, allow_unicode=True)
    try:
        found = read_profile(text.encode(), vpp_tokens=VppToken.objects.none())
    except NotAProfileFile:
        return
    assert found.settings.keys() == default_settings().keys()
