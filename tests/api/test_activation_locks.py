"""Activation Locks for programs: who may lock reads the code that opens them, and that is recorded."""

import pytest

from enrollment.apple.bypass_code import as_typed, new_bypass_code
from enrollment.encryption import encrypt
from enrollment.models import ActivationLock, AuditEntry
from tests.cast import a_person, a_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def code():
    return new_bypass_code()


@pytest.fixture
def lock(db, code):
    return ActivationLock.objects.create(token=a_token(), serial="ABC123456789", sealed_bypass_code=encrypt(code))


def test_three_visitors(program, lock, alice, bob, charlie):
    manager = a_person("dora", "enrollment_manager")
    for method, path in (("get", f"activation-locks/{lock.pk}/"), ("post", f"activation-locks/{lock.pk}/code/")):
        assert program(alice)(method, path).status_code == 200
        assert program(bob)(method, path).status_code == 403
        assert program(manager)(method, path).status_code == 403
        assert program(charlie)(method, path).status_code == 404
    assert program(bob)("get", "activation-locks/").status_code == 403
    assert program(charlie)("get", "activation-locks/").json()["results"] == []
    assert AuditEntry.objects.filter(action="device.bypass_code_read").count() == 1


def test_reading_the_code_is_recorded_and_kept_by_nobody_on_the_way(program, lock, code, alice):
    answer = program(alice)("post", f"activation-locks/{lock.pk}/code/")
    assert answer.json() == {"code": as_typed(code)}
    assert "no-store" in answer.headers["Cache-Control"]
    entry = AuditEntry.objects.get(action="device.bypass_code_read")
    assert (entry.person, entry.object_id) == (alice, lock.pk)
    assert as_typed(code) not in str(vars(entry))
    assert program(alice)("get", f"activation-locks/{lock.pk}/code/").status_code == 405


def test_lists_tell_no_code(program, lock, code, alice):
    ask = program(alice)
    assert [one["id"] for one in ask("get", "activation-locks/?serial=abc-123456789").json()["results"]] == [lock.pk]
    assert ask("get", "activation-locks/?serial=OTHER").json()["results"] == []
    assert ask("get", "activation-locks/?serial=%00").status_code == 400
    text = ask("get", "activation-locks/").content.decode()
    assert as_typed(code) not in text
    assert "sealed" not in text
