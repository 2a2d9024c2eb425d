"""VPP tokens for programs: added, listed, not deleted while a profile has chosen them; never with their secret."""

import base64
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import MULTIPART_CONTENT
from django.utils import timezone

from enrollment.models import ScopeTag, VppToken
from enrollment.simulator.content_token import content_token
from tests.cast import a_profile, a_token, a_vpp_token

pytestmark = pytest.mark.django_db


def add(ask, data, **more):
    sent = {"name": "Lyon", "file": SimpleUploadedFile("lyon.vpptoken", data), **more}
    return ask("post", "vpp-tokens/", data=sent, content_type=MULTIPART_CONTENT)


def test_one_is_added_and_seen_without_its_secret(program, alice, bob, charlie):
    tag, file = ScopeTag.objects.create(name="South"), content_token("Orchard Ltd", timezone.now())
    assert add(program(bob), file).status_code == 403
    answer = add(program(alice), file, scope_tags=[tag.pk])
    assert answer.status_code == 201, answer.json()
    path = answer.headers["Location"].partition("/api/v1/")[2]
    shown = program(bob)("get", path)
    assert (shown.json()["org_name"], shown.json()["status"], shown.json()["scope_tags"]) == (
        "Orchard Ltd",
        "active",
        [tag.pk],
    )
    assert json.loads(base64.b64decode(file))["token"] not in shown.content.decode()
    assert program(charlie)("get", path).status_code == 404
    assert program(charlie)("get", "vpp-tokens/").json()["results"] == []


def test_a_wrong_file_and_a_taken_name_stand_at_their_fields(program, alice):
    ask = program(alice)
    add(ask, content_token("Orchard Ltd", timezone.now()))
    for data, more, field in (
        (b"hello", {}, "file"),
        (content_token("Other", timezone.now()), {}, "name"),
        (content_token("Other", timezone.now()), {"name": ""}, "name"),
        (content_token("Other", timezone.now()), {"scope_tags": [9]}, "scope_tags"),
    ):
        answer = add(ask, data, **more)
        assert (answer.status_code, set(answer.json()["errors"])) == (400, {field})
    assert VppToken.objects.count() == 1


def test_who_is_narrowed_has_to_give_one_of_their_tags(program, charlie):
    tag = ScopeTag.objects.get(name="Elsewhere")
    file = content_token("Orchard Ltd", timezone.now())
    assert set(add(program(charlie), file).json()["errors"]) == {"scope_tags"}
    assert add(program(charlie), file, scope_tags=[tag.pk]).status_code == 201


def test_one_that_is_chosen_says_by_whom_as_far_as_one_sees(program, alice, charlie):
    vpp, elsewhere = a_vpp_token(), ScopeTag.objects.get(name="Elsewhere")
    vpp.scope_tags.add(elsewhere)
    ours = a_token()
    profile = a_profile(ours, name="Staff", affinity="with", method="company_portal", company_portal_vpp=vpp.pk)
    path = f"vpp-tokens/{vpp.pk}/"
    answer = program(alice)("delete", path)
    assert (answer.status_code, "Staff" in answer.json()["detail"]) == (409, True)
    answer = program(charlie)("delete", path)
    assert (answer.status_code, "Staff" in answer.json()["detail"]) == (409, False)
    type(profile.current).objects.update(settings={**profile.current.settings, "company_portal_vpp": None})
    assert program(alice)("delete", path).status_code == 204
    assert not VppToken.objects.exists()
