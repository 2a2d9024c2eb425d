"""VPP-1, the part the wizard needs: kept encrypted, named once, not deleted while a profile has chosen it."""

import base64
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from enrollment.actions.licences.add_vpp_token import VppNameTaken, VppTokenKnown, add_vpp_token
from enrollment.actions.licences.delete_vpp_token import VppTokenInUse, delete_vpp_token
from enrollment.encryption import decrypt
from enrollment.models import AuditEntry, ScopeTag, VppToken, VppTokenStatus
from enrollment.simulator.content_token import content_token
from tests.cast import a_profile, a_token, a_vpp_token

pytestmark = pytest.mark.django_db


def test_it_is_kept_encrypted_and_its_secret_is_written_nowhere(alice):
    file = content_token("Orchard Ltd", timezone.now())
    tag = ScopeTag.objects.create(name="Lyon")
    token = add_vpp_token(file + b"\n", name="Lyon", scope_tags=[tag], by=alice)
    assert token.org_name == "Orchard Ltd"
    assert token.status is VppTokenStatus.ACTIVE
    assert decrypt(bytes(token.sealed_token)) == file, "as Apple gave it, without the line's end"
    secret = json.loads(base64.b64decode(file))["token"]
    entry = AuditEntry.objects.get(action="vpp_token.added")
    assert secret not in str(entry.after)
    assert secret.encode() not in bytes(token.sealed_token)


def test_the_same_file_twice_and_the_same_name_twice_are_refused(alice, charlie):
    file = content_token("Orchard Ltd", timezone.now())
    add_vpp_token(file, name="Lyon", scope_tags=[], by=alice)
    with pytest.raises(VppTokenKnown, match="as “Lyon”"):
        add_vpp_token(file, name="Other", scope_tags=[], by=alice)
    with pytest.raises(VppTokenKnown, match="as “…”"):
        add_vpp_token(file, name="Other", scope_tags=charlie.scope_tags.all(), by=charlie)
    with pytest.raises(VppNameTaken):
        add_vpp_token(content_token("Orchard", timezone.now()), name="Lyon", scope_tags=[], by=alice)
    assert VppToken.objects.count() == 1


def test_one_that_a_profile_has_chosen_is_not_deleted(alice):
    token = a_vpp_token()
    settings = {"affinity": "with", "method": "company_portal", "company_portal_vpp": token.pk}
    profile = a_profile(a_token(), name="Staff", **settings)
    with pytest.raises(VppTokenInUse) as refused:
        delete_vpp_token(token, by=alice)
    assert refused.value.names == ["Staff"]
    profile.current.settings["company_portal_vpp"] = None
    profile.current.save()
    delete_vpp_token(token, by=alice)
    assert not VppToken.objects.exists()


@pytest.mark.parametrize(("days", "status"), [(31, "active"), (29, "expires_soon"), (-1, "expired")])
def test_its_status_follows_its_end(days, status):
    assert a_vpp_token(expires_at=timezone.now() + timedelta(days=days)).status == status


def test_who_has_another_scope_does_not_see_it(alice, charlie):
    token = a_vpp_token()
    assert VppToken.objects.visible_to(alice).count() == 1
    assert VppToken.objects.visible_to(charlie).count() == 0
    token.scope_tags.set(charlie.scope_tags.all())
    assert VppToken.objects.visible_to(charlie).count() == 1
