"""Section 8: roles, permissions, scope, keys, and the audit log that cannot be changed."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from enrollment.actions.access.add_person import add_person
from enrollment.actions.access.make_api_key import make_api_key
from enrollment.encryption import KeyMissing, decrypt, encrypt, rotate
from enrollment.models import ApiKey, AuditEntry, Device, Permission, Person, Role, ScopeTag, Token
from enrollment.models.audit_entry import AuditIsAppendOnly
from enrollment.models.role import BUILT_IN
from enrollment.permissions import check, may
from tests.cast import a_device, a_token

pytestmark = pytest.mark.django_db


def test_role_2_the_built_in_roles_are_what_the_table_says():
    found = {role.key: set(role.permissions) for role in Role.objects.filter(is_built_in=True)}
    assert found == {key: {p.value for p in permissions} for key, permissions in BUILT_IN.items()}


def test_helpdesk_reads_and_changes_nothing(bob):
    assert {p for p in Permission if may(bob, p)} == {
        Permission.READ_TOKEN,
        Permission.READ_PROFILE,
        Permission.READ_DEVICE,
    }
    with pytest.raises(PermissionDenied):
        check(bob, Permission.ASSIGN_PROFILE)


def test_the_clock_may_and_a_closed_account_may_not(alice):
    check(None, Permission.DELETE_DEVICE)
    alice.is_active = False
    assert not may(alice, Permission.READ_DEVICE)


def test_role_3_a_person_with_tags_sees_objects_with_one_of_them_once(alice):
    one, two = ScopeTag.objects.create(name="One"), ScopeTag.objects.create(name="Two")
    ours, other = a_token(), a_token()
    ours.scope_tags.set([one, two])
    other.scope_tags.set([two])
    device, _hidden = a_device(ours), a_device(other)
    narrowed = Person.objects.get(pk=alice.pk)
    narrowed.scope_tags.set([one])
    assert list(Token.objects.visible_to(narrowed)) == [ours]
    assert list(Device.objects.visible_to(narrowed)) == [device]
    both = Person.objects.get(pk=alice.pk)
    both.scope_tags.set([one, two])
    assert Token.objects.visible_to(both).count() == 2


def test_who_may_do_something_is_found(alice, bob):
    assert list(Person.objects.who_may(Permission.UPDATE_TOKEN)) == [alice]


def test_aud_1_what_is_recorded_stays(alice):
    entry = AuditEntry.record("person.added", alice, by=alice)
    with pytest.raises(AuditIsAppendOnly):
        AuditEntry.objects.filter(pk=entry.pk).update(who="nobody")
    with pytest.raises(AuditIsAppendOnly):
        AuditEntry.objects.all().delete()


def test_an_entry_outlives_who_and_what_it_speaks_of(alice):
    token = a_token()
    AuditEntry.record("token.connected", token, by=alice)
    token.delete()
    alice.delete()
    entry = AuditEntry.objects.get()
    assert (entry.who, entry.object_name) == ("alice", token.name)


def test_api_2_a_key_is_shown_once_and_stored_as_a_hash(alice):
    key = make_api_key(alice, name="script", by=alice, days=1)
    stored = ApiKey.objects.get()
    assert key not in (stored.hashed_key, stored.beginning)
    assert ApiKey.objects.find(key, timezone.now()) == stored
    assert ApiKey.objects.find(key + "x", timezone.now()) is None
    assert ApiKey.objects.find(key, timezone.now() + timedelta(days=2)) is None
    stored.revoked_at = timezone.now()
    stored.save()
    assert ApiKey.objects.find(key, timezone.now()) is None
    assert key not in str(list(AuditEntry.objects.values()))


def test_a_person_is_added_with_roles_and_scope(alice):
    tag = ScopeTag.objects.create(name="Lyon")
    role = Role.objects.get(key="auditor")
    person = add_person("dora", password="a long password", roles=[role], by=alice, scope_tags=[tag])
    assert not person.sees_everything
    assert may(person, Permission.READ_AUDIT)
    assert "a long password" not in str(list(AuditEntry.objects.values()))


def test_the_key_ring_rotates(settings):
    from cryptography.fernet import Fernet

    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_KEYS = [old]
    sealed = encrypt(b"secret")
    settings.FIELD_KEYS = [new, old]
    turned = rotate(sealed)
    settings.FIELD_KEYS = [new]
    assert decrypt(turned) == b"secret"
    with pytest.raises(KeyMissing):
        decrypt(sealed)
