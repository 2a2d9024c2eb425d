"""Entries are sealed by the clock, into one chain without gaps, whatever happens to who seals."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from enrollment.actions.audit.seal_audit import CannotSeal, seal_audit
from enrollment.actions.audit.verify_audit import verify_audit
from enrollment.models import AuditEntry, AuditHead
from enrollment.models.audit_head import audit_key

pytestmark = pytest.mark.django_db


def written(count, by):
    return [AuditEntry.record("person.added", by, by=by, turn=turn) for turn in range(count)]


def test_an_entry_waits_for_its_place_and_gets_it(alice):
    entry = written(1, alice)[0]
    assert (entry.number, entry.chain_hash) == (None, "")
    head = seal_audit()
    entry.refresh_from_db()
    assert (entry.number, entry.chain_hash) == (head.number, head.chain_hash) == (1, head.chain_hash)


def test_numbers_have_no_gap_and_each_hash_holds_the_one_before(alice):
    written(7, alice)
    seal_audit(portion=3)
    key, before = audit_key(), ""
    entries = list(AuditEntry.objects.sealed())
    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5, 6, 7]
    for entry in entries:
        assert entry.chain_hash == entry.link(key, before)
        before = entry.chain_hash


def test_sealed_twice_nothing_changes(alice):
    written(3, alice)
    first = seal_audit()
    seen = list(AuditEntry.objects.values())
    assert str(seal_audit()) == str(first)
    assert list(AuditEntry.objects.values()) == seen


@pytest.mark.django_db(transaction=True)
def test_one_that_is_committed_late_is_sealed_all_the_same(alice):
    if connection.vendor == "sqlite":
        pytest.skip("writers of SQLite come one after the other")
    has_written, may_commit = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            written(1, alice)
            has_written.set()
            may_commit.wait(10)
        connection.close()

    writer = threading.Thread(target=slow)
    writer.start()
    has_written.wait(10)
    later = written(1, alice)[0]
    assert seal_audit().number == 1
    may_commit.set()
    writer.join()
    assert seal_audit().number == 2
    first, second = AuditEntry.objects.sealed()
    assert (first, second.pk < first.pk) == (later, True)
    assert verify_audit().is_whole


def test_a_sealer_that_dies_has_done_whole_portions(alice, monkeypatch):
    written(5, alice)
    keep, turns = AuditHead.keep, iter([True, False])

    def dies(head, key):
        if not next(turns):
            raise KeyboardInterrupt
        keep(head, key)

    with monkeypatch.context() as patch:
        patch.setattr(AuditHead, "keep", dies)
        with pytest.raises(KeyboardInterrupt):
            seal_audit(portion=2)
    assert AuditHead.objects.get().number == AuditEntry.objects.sealed().count() == 2
    assert seal_audit().number == 5


def test_nothing_is_sealed_behind_a_head_that_somebody_changed(alice):
    written(2, alice)
    AuditHead.objects.update(number=40)
    with pytest.raises(CannotSeal):
        seal_audit()
    assert not AuditEntry.objects.sealed().exists()


def test_there_is_one_head():
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditHead.objects.create(pk=2)


def test_the_key_is_not_in_the_database_as_it_is(django_assert_num_queries):
    with django_assert_num_queries(1):
        key = audit_key()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_audit_key FROM enrollment_installation")
        stored = bytes(cursor.fetchone()[0])
    assert len(key) == 32
    assert key not in stored
