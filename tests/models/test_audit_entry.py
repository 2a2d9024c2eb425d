"""AUD-1: who, when, from where, what; never changed, never removed, and never a secret."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from enrollment.actions.audit.seal_audit import seal_audit
from enrollment.models import AuditEntry, AuditHead, Installation, Person
from enrollment.models.api_key import ApiKey, make_key
from enrollment.models.audit_entry import AuditIsAppendOnly, origin
from enrollment.models.audit_head import begin_the_chain
from enrollment.models.audit_values import HIDDEN, SecretInAudit
from tests.cast import a_person, a_token

pytestmark = pytest.mark.django_db

TABLE = "enrollment_auditentry"


@pytest.fixture
def entry(alice):
    return AuditEntry.record("person.added", alice, by=alice, before={"name": "a"}, name="b")


def test_it_tells_who_and_what_and_from_where(alice):
    before = origin.set("192.0.2.7")
    entry = AuditEntry.record("person.added", alice, by=alice, name="Alice")
    origin.reset(before)
    entry.refresh_from_db()
    assert (entry.who, entry.person_id, entry.origin, entry.key_name) == ("alice", alice.pk, "192.0.2.7", "")
    assert (entry.object_type, entry.object_id, entry.object_name) == ("person", alice.pk, "alice")
    assert (entry.result, entry.after) == ("done", {"name": "Alice"})


def test_what_was_done_with_a_key_names_the_key(alice):
    alice.key = ApiKey.objects.create(name="Nightly", person=alice, beginning="pomona_abcde", hashed_key="x")
    assert AuditEntry.record("person.added", alice, by=alice).key_name == "Nightly (pomona_abcde…)"


WAYS = {
    "update": lambda entry: AuditEntry.objects.filter(pk=entry.pk).update(who="nobody"),
    "delete": lambda entry: AuditEntry.objects.filter(pk=entry.pk).delete(),
    "update of all": lambda entry: AuditEntry._base_manager.update(who="nobody"),
    "delete of all": lambda entry: AuditEntry._base_manager.all().delete(),
    "save": lambda entry: entry.save(),
    "save of a field": lambda entry: entry.save(update_fields=["who"]),
    "save of another": lambda entry: AuditEntry(pk=entry.pk, who="nobody").save(),
    "delete of one": lambda entry: entry.delete(),
    "bulk update": lambda entry: AuditEntry.objects.bulk_update([entry], ["who"]),
    "bulk create": lambda entry: AuditEntry.objects.bulk_create([entry], update_conflicts=True),
    "update or create": lambda entry: AuditEntry.objects.update_or_create(pk=entry.pk, defaults={"who": "x"}),
    "get or create": lambda entry: AuditEntry.objects.get_or_create(who="nobody"),
    "create": lambda entry: AuditEntry.objects.create(who="nobody"),
    "without signals": lambda entry: AuditEntry.objects.all()._raw_delete("default"),
}


@pytest.mark.parametrize("way", WAYS)
def test_no_way_of_the_program_changes_or_removes_it(entry, way):
    seen = list(AuditEntry.objects.values())
    with pytest.raises(AuditIsAppendOnly):
        WAYS[way](entry)
    assert list(AuditEntry.objects.values()) == seen


STATEMENTS = [
    f"UPDATE {TABLE} SET who = 'nobody'",
    f"UPDATE {TABLE} SET number = 2, chain_hash = 'x', who = 'nobody' WHERE number IS NULL",
    f"UPDATE {TABLE} SET number = 2, chain_hash = 'x', after = '[7]' WHERE number IS NULL",
    f"UPDATE {TABLE} SET mark = 'x'",
    f"UPDATE {TABLE} SET chain_hash = 'x'",
    f"UPDATE {TABLE} SET number = 9, chain_hash = 'x' WHERE number = 1",
    f"UPDATE {TABLE} SET number = NULL WHERE number = 1",
    f"DELETE FROM {TABLE}",
    f"DELETE FROM {TABLE} WHERE number = 1",
    f"DELETE FROM {TABLE} WHERE number IS NULL",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_database_itself_refuses(alice, entry, statement):
    seal_audit()
    AuditEntry.record("person.added", alice, by=alice)
    seen = list(AuditEntry.objects.values())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert list(AuditEntry.objects.values()) == seen


def test_the_database_refuses_to_empty_it(entry):
    if connection.vendor != "postgresql":
        pytest.skip("TRUNCATE is PostgreSQL's")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {TABLE}")


def test_without_a_head_nothing_may_be_deleted(entry):
    AuditHead.objects.all().delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE}")


def test_an_entry_outlives_who_and_what_it_speaks_of(alice):
    token = a_token()
    AuditEntry.record("token.connected", token, by=alice)
    seen = list(AuditEntry.objects.values())
    token.delete()
    alice.delete()
    assert list(AuditEntry.objects.values()) == seen


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "new_password",
        "consumer_secret",
        "private_key",
        "sealed_token",
        "access_token",
        "bypass_code",
        "key",
    ],
)
def test_a_verb_that_tells_a_secret_is_stopped(alice, name):
    for told in ({"after": {name: "x"}}, {"before": {name: "x"}}, {"after": {"deep": [{name: "x"}]}}):
        with pytest.raises(SecretInAudit):
            AuditEntry.record("person.added", alice, by=alice, before=told.get("before"), **told.get("after", {}))


def test_a_secret_that_somebody_typed_elsewhere_is_hidden(alice):
    key = make_key()
    pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----"
    entry = AuditEntry.record("device.exported", Person, by=alice, filter=f"q={key}", note=pem, at="CS_" + "a" * 40)
    assert entry.after == {"filter": f"q={HIDDEN}", "note": HIDDEN, "at": HIDDEN}
    named = AuditEntry.record("person.added", a_person(key[:40], "helpdesk"), by=alice)
    assert named.object_name == HIDDEN


def test_bytes_are_nothing_to_tell(alice):
    with pytest.raises(SecretInAudit):
        AuditEntry.record("person.added", alice, by=alice, what=b"x")


def test_what_was_done_is_recorded_even_when_the_key_is_lost(alice):
    Installation.objects.update(sealed_audit_key=b"lost")
    assert AuditEntry.record("person.added", alice, by=alice).mark == ""


def test_a_key_or_a_head_that_was_taken_away_is_not_made_anew(entry):
    """Else whoever takes one away would have a chain that begins wherever they like."""
    app = apps.get_app_config("enrollment")
    seen = list(AuditHead.objects.values())
    Installation.objects.update(sealed_audit_key=b"")
    begin_the_chain(app, "default")
    assert bytes(Installation.objects.get().sealed_audit_key) == b""
    assert list(AuditHead.objects.values()) == seen
