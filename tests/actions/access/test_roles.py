import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone, translation

from enrollment.actions.access.delete_role import delete_role
from enrollment.actions.access.make_api_key import make_api_key
from enrollment.actions.access.save_role import save_role
from enrollment.actions.access.what_may_be_given import AccessRefused
from enrollment.models import ApiKey, AuditEntry, Role
from tests.cast import a_person

pytestmark = pytest.mark.django_db


def test_a_role_of_ones_own(alice):
    role = save_role(None, name="  Front   desk ", permissions=["read_audit", "read_device", "nonsense"], by=alice)
    assert (role.key, role.name, role.permissions) == ("front-desk", "Front desk", ["read_device", "read_audit"])
    save_role(role, name="Front", permissions=["read_device"], by=alice)
    entry = AuditEntry.objects.get(action="role.changed")
    assert entry.before["permissions"] == ["read_device", "read_audit"]
    assert entry.after["permissions"] == ["read_device"]


def test_what_makes_no_role(alice):
    save_role(None, name="Front desk", permissions=["read_device"], by=alice)
    wrong = {
        "name": [("", ["read_device"]), ("front DESK", ["read_device"]), ("helpdesk", ["read_device"])],
        "permissions": [("Empty", []), ("Nonsense", ["nonsense"])],
    }
    for field, cases in wrong.items():
        for name, permissions in cases:
            with pytest.raises(AccessRefused) as refused:
                save_role(None, name=name, permissions=permissions, by=alice)
            assert refused.value.field == field
    with translation.override("fr"), pytest.raises(AccessRefused):
        save_role(None, name="Auditeur", permissions=["read_device"], by=alice)


def test_two_names_that_sound_alike_have_keys_of_their_own(alice):
    names = ["Lyon & co", "Lyon co", "日本"]
    assert [save_role(None, name=name, permissions=["read_device"], by=alice).key for name in names] == [
        "lyon-co",
        "lyon-co-2",
        "role",
    ]


def test_a_built_in_role_stays_as_it_is(alice):
    helpdesk = Role.objects.get(key="helpdesk")
    with pytest.raises(AccessRefused):
        save_role(helpdesk, name="Help", permissions=["read_device"], by=alice)
    with pytest.raises(AccessRefused):
        delete_role(helpdesk, by=alice)


def test_roles_belong_to_the_whole_organisation(lydia, bob):
    role = Role.objects.create(key="front", name="Front", permissions=["read_device"])
    for person in (lydia, bob):
        with pytest.raises(PermissionDenied):
            save_role(None, name="New", permissions=["read_device"], by=person)
        with pytest.raises(PermissionDenied):
            save_role(role, name="New", permissions=["read_device"], by=person)
        with pytest.raises(PermissionDenied):
            delete_role(role, by=person)


def test_nobody_makes_a_role_stronger_than_themselves(gatekeeper):
    with pytest.raises(AccessRefused):
        save_role(None, name="Strong", permissions=["read_device", "delete_token"], by=gatekeeper)
    own = gatekeeper.roles.get()
    with pytest.raises(AccessRefused):
        save_role(own, name="Gatekeeper", permissions=[*own.permissions, "delete_token"], by=gatekeeper)


def test_a_role_is_not_emptied_under_the_last_manager(gatekeeper):
    with pytest.raises(AccessRefused):
        save_role(gatekeeper.roles.get(), name="Gatekeeper", permissions=["read_device"], by=gatekeeper)
    a_person("amy", "administrator")
    save_role(gatekeeper.roles.get(), name="Gatekeeper", permissions=["read_device"], by=gatekeeper)


def test_a_role_somebody_has_is_not_deleted(alice, bob):
    role = save_role(None, name="Front desk", permissions=["read_device"], by=alice)
    bob.roles.add(role)
    with pytest.raises(AccessRefused):
        delete_role(role, by=alice)
    bob.roles.remove(role)
    make_api_key(alice, name="script", by=alice, role=role)
    with pytest.raises(AccessRefused):
        delete_role(role, by=alice)
    ApiKey.objects.update(revoked_at=timezone.now())
    delete_role(role, by=alice)
    assert not Role.objects.filter(key="front-desk").exists()
    assert AuditEntry.objects.get(action="role.deleted").before["permissions"] == ["read_device"]
