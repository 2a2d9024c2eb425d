"""What is done at the machine itself is told as that, and not as the clock's."""

from io import StringIO

import pytest
from django.core.management import call_command

from enrollment.models import AuditEntry
from enrollment.models.audit_entry import origin
from enrollment.models.audit_words import who_in_words

pytestmark = pytest.mark.django_db


def test_a_command_tells_that_it_was_an_operator(alice):
    call_command("make_api_key", "alice", stdout=StringIO())
    entry = AuditEntry.objects.get(action="api_key.made")
    assert (entry.who, entry.origin) == ("", "manage.py make_api_key")
    assert who_in_words(entry) == "an operator"
    assert origin.get() == ""


def test_the_clock_is_the_clock(alice):
    assert who_in_words(AuditEntry.record("audit.purged", AuditEntry, by=None)) == "the clock"
