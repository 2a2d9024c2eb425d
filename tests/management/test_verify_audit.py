"""`manage.py verify_audit`: says which entries, and leaves with 1 when there are any."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from enrollment.models import AuditEntry, AuditHead, Installation
from tests.actions.audit.tampering import tamper

pytestmark = pytest.mark.django_db


@pytest.fixture
def five(alice):
    for turn in range(5):
        AuditEntry.record("person.added", alice, by=alice, turn=turn)


def verify(*arguments):
    said, wrong = StringIO(), StringIO()
    code = 0
    try:
        call_command("verify_audit", *arguments, stdout=said, stderr=wrong)
    except SystemExit as end:
        code = end.code
    return code, said.getvalue() + wrong.getvalue()


def test_a_whole_log(five):
    code, said = verify()
    assert code == 0
    assert "5 entries looked at: all are as they were written." in said
    assert f"Head: 5:{AuditHead.objects.get().chain_hash}" in said, "what is not sealed yet is sealed first"


def test_which_entries_are_not_as_they_were(five):
    verify()
    tamper("UPDATE enrollment_auditentry SET who = 'bob' WHERE number = 2")
    tamper("DELETE FROM enrollment_auditentry WHERE number IN (3, 4)")
    code, said = verify()
    assert code == 1
    assert "number 2: changed after it was written" in said
    assert "numbers 3 to 4: missing" in said
    assert "3 entries looked at: 3 are not as they should be." in said


def test_for_programs(five):
    verify()
    tamper("DELETE FROM enrollment_auditentry WHERE number IN (3, 4)")
    code, said = verify("--json")
    found = json.loads(said)
    assert (code, found["whole"], found["checked"], found["fault_count"]) == (1, False, 3, 2)
    assert found["faults"] == [{"kind": "missing", "number": 3, "until": 4, "id": None}]


def test_what_was_noted_is_compared(five):
    verify()
    head = str(AuditHead.objects.get())
    assert verify("--head", head)[0] == 0
    code, said = verify("--head", "5:" + "0" * 64)
    assert code == 1
    assert "number 5: the chain does not contain what was noted" in said


def test_a_head_that_was_changed_or_a_key_that_is_lost_is_said(five):
    AuditHead.objects.update(number=3)
    code, said = verify()
    assert code == 1
    assert "the chain: the record of where the chain begins and ends is changed or missing" in said
    AuditHead.objects.all().delete()
    assert verify()[0] == 1
    Installation.objects.update(sealed_audit_key=b"lost")
    code, said = verify()
    assert code == 1
    assert "the chain: cannot be verified: none of the FIELD_KEYS reads its key" in said
