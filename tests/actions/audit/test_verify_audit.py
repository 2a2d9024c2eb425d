"""What somebody does to the log behind our back is found, and named by its number."""

import pytest
from django.db import connection

from enrollment.actions.audit.seal_audit import seal_audit
from enrollment.actions.audit.verify_audit import FaultKind, verify_audit
from enrollment.models import AuditEntry, AuditHead, Installation
from tests.actions.audit.tampering import tamper

pytestmark = pytest.mark.django_db

TABLE = "enrollment_auditentry"


@pytest.fixture
def ten(alice):
    """Ten sealed entries."""
    for turn in range(10):
        AuditEntry.record("person.added", alice, by=alice, turn=turn)
    return seal_audit()


def faults(noted=""):
    return [(one.kind.name, one.number, one.until) for one in verify_audit(noted).faults]


def test_an_untouched_log_is_whole(ten):
    found = verify_audit()
    assert (found.is_whole, found.checked, found.head) == (True, 10, f"10:{ten.chain_hash}")


def test_an_empty_log_is_whole():
    assert verify_audit().is_whole


@pytest.mark.parametrize(
    "change",
    [
        "who = 'bob'",
        "at = '2020-01-01 00:00:00'",
        "origin = 'elsewhere'",
        "action = 'person.seen'",
        "object_id = 99",
        "object_name = 'Somebody'",
        "person_id = NULL",
        "token_id = 7",
        "key_name = 'script'",
        """after = '{"turn": 40}'""",
        """before = '{"turn": 40}'""",
        "result = 'refused'",
        "mark = ''",
        "chain_hash = 'abc'",
    ],
)
@pytest.mark.parametrize("number", [1, 5, 10])
def test_a_changed_entry_is_named(ten, change, number):
    tamper(f"UPDATE {TABLE} SET {change} WHERE number = %s", number)
    assert faults() == [("CHANGED", number, None)]


def test_neighbours_that_were_changed_are_both_named(ten):
    tamper(f"UPDATE {TABLE} SET who = 'bob' WHERE number IN (5, 6, 9)")
    assert faults() == [("CHANGED", 5, None), ("CHANGED", 6, None), ("CHANGED", 9, None)]


@pytest.mark.parametrize(("first", "last"), [(1, 1), (4, 6), (10, 10), (8, 10), (1, 10)])
def test_missing_entries_are_named(ten, first, last):
    tamper(f"DELETE FROM {TABLE} WHERE number BETWEEN %s AND %s", first, last)
    assert faults() == [("MISSING", first, last)]
    assert verify_audit().count == last - first + 1


def test_behind_a_gap_a_changed_one_is_still_named(ten):
    tamper(f"DELETE FROM {TABLE} WHERE number = 4")
    tamper(f"UPDATE {TABLE} SET who = 'bob' WHERE number IN (5, 7)")
    assert faults() == [("MISSING", 4, 4), ("CHANGED", 5, None), ("CHANGED", 7, None)]


def test_a_gap_that_was_closed_up_is_found(ten):
    tamper(f"DELETE FROM {TABLE} WHERE number = 4")
    for number in range(5, 11):
        tamper(f"UPDATE {TABLE} SET number = number - 1 WHERE number = %s", number)
    assert faults() == [("MOVED", 4, None), ("MISSING", 10, 10)]


def test_entries_that_changed_places_are_found(ten):
    for old, new in ((3, 99), (7, 3), (99, 7)):
        tamper(f"UPDATE {TABLE} SET number = %s WHERE number = %s", new, old)
    assert {number for _kind, number, _until in faults()} >= {3, 7}
    assert {kind for kind, _number, _until in faults()} == {"MOVED"}


def copied(number, as_number):
    columns = "at, person_id, origin, key_name, action, object_type, object_id, object_name, token_id, before, after"
    told = f"{columns}, result, mark, chain_hash"
    tamper(
        f"INSERT INTO {TABLE} (who, number, {told}) SELECT 'mallory', %s, {told} FROM {TABLE} WHERE number = %s",
        as_number,
        number,
    )


def test_one_that_was_put_in_between_is_found(ten):
    for number in range(10, 4, -1):
        tamper(f"UPDATE {TABLE} SET number = number + 1 WHERE number = %s", number)
    copied(4, 5)
    assert faults() == [("INSERTED", 5, None), ("INSERTED", 11, None)], "and one more than the head knows"


def test_one_that_was_put_behind_the_end_is_found(ten):
    copied(10, 11)
    assert faults() == [("INSERTED", 11, None)]


def test_one_that_was_put_in_unsealed_is_found_before_and_after_it_is_sealed(ten):
    copied(10, None)
    [fault] = verify_audit().faults
    assert (fault.kind, fault.number, fault.pk) == (FaultKind.CHANGED, None, AuditEntry.objects.latest("pk").pk)
    assert seal_audit().number == 11
    assert faults() == [("CHANGED", 11, None)]


def test_an_entry_that_was_changed_before_it_was_sealed_is_found(ten, alice):
    entry = AuditEntry.record("person.added", alice, by=alice)
    tamper(f"UPDATE {TABLE} SET who = 'bob' WHERE id = %s", entry.pk)
    assert [fault.pk for fault in verify_audit().faults] == [entry.pk]
    seal_audit()
    assert faults() == [("CHANGED", 11, None)]


def test_a_head_that_was_set_back_is_found(ten):
    tamper(f"DELETE FROM {TABLE} WHERE number > 8")
    kept = AuditEntry.objects.get(number=8)
    AuditHead.objects.update(number=8, chain_hash=kept.chain_hash)
    assert faults() == [("HEAD", None, None)]


def test_a_head_that_was_put_back_with_all_it_had_is_found_by_what_was_noted(alice, ten):
    old = AuditHead.objects.values().get()
    AuditEntry.record("person.added", alice, by=alice)
    noted = str(seal_audit())
    tamper(f"DELETE FROM {TABLE} WHERE number = 11")
    AuditHead.objects.update(**old)
    assert verify_audit().is_whole, "nothing in the database tells it"
    assert faults(noted) == [("NOT_AS_NOTED", 11, None)]


def test_what_was_noted_is_still_contained(alice, ten):
    AuditEntry.record("person.added", alice, by=alice)
    seal_audit()
    assert faults(str(ten)) == []
    assert faults(f"9:{ten.chain_hash}") == [("NOT_AS_NOTED", 9, None)]
    assert faults("nonsense") == [("NOT_AS_NOTED", -1, None)]


def test_a_head_that_is_gone_is_found(ten):
    AuditHead.objects.all().delete()
    assert faults() == [("HEAD", None, None)]


def test_without_the_key_nobody_makes_it_fit_again(ten, settings):
    """Another installation's key, or a key of their own: no hash of ours comes out."""
    from enrollment.encryption import encrypt

    Installation.objects.update(sealed_audit_key=encrypt(b"x" * 32))
    assert {kind for kind, *_where in faults()} == {"HEAD", "CHANGED"}


def test_entries_from_before_the_chain_are_sealed_by_the_first_run(alice):
    values = AuditEntry.record("person.added", alice, by=alice)
    AuditEntry.record("person.added", alice, by=alice)
    tamper(f"UPDATE {TABLE} SET mark = ''")
    head = AuditHead.objects.get()
    head.unmarked_until = values.pk
    from enrollment.models.audit_head import audit_key

    head.keep(audit_key())
    assert seal_audit().number == 2
    assert faults() == [("CHANGED", 2, None)], "only what was there before may be without a mark"
    tamper(f"UPDATE {TABLE} SET who = 'bob' WHERE number = 1")
    assert faults() == [("CHANGED", 1, None), ("CHANGED", 2, None)]


def test_the_look_goes_over_many_portions(alice, monkeypatch):
    monkeypatch.setattr("enrollment.actions.audit.verify_audit.PORTION", 3)
    for turn in range(10):
        AuditEntry.record("person.added", alice, by=alice, turn=turn)
    seal_audit(portion=4)
    found = verify_audit()
    assert (found.is_whole, found.checked) == (True, 10)


def test_what_is_stored_reads_back_as_it_was_marked(alice):
    """Numbers, texts and lists that databases like to write their own way."""
    odd = [1.0, 1e22, 10**30, "é\x00\ud800", None, True, {"b": 1, "a": [2]}, ("x", "y"), 0.1]
    AuditEntry.record("person.added", alice, by=alice, odd=odd, ключ="\u2028")
    assert verify_audit().is_whole
    seal_audit()
    assert verify_audit().is_whole
    assert connection.is_usable()
