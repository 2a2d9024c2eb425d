"""DASH-1: everybody sees what their roles show."""

from datetime import timedelta

import pytest
from django.utils import timezone

from enrollment.actions.dashboard.dashboard import dashboard
from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.models import Alert, Permission, Role
from tests.cast import a_device, a_person, a_token, a_vpp_token

pytestmark = pytest.mark.django_db
PARTS = ("tokens", "devices", "profiles", "syncs", "licences")


def seen_by(person):
    return dashboard(person, current_warnings(person))


@pytest.mark.parametrize(
    ("allowed", "parts"),
    [
        ([Permission.READ_TOKEN], {"tokens", "syncs", "licences"}),
        ([Permission.READ_DEVICE], {"devices"}),
        ([Permission.READ_DEVICE, Permission.READ_PROFILE], {"devices", "profiles"}),
        ([Permission.READ_PROFILE], set()),
        ([Permission.MANAGE_ACCESS], set()),
    ],
)
def test_each_part_needs_the_permission_to_read_what_it_is_about(allowed, parts):
    a_device(a_token())
    role = Role.objects.create(key="some", permissions=[one.value for one in allowed])
    seen = seen_by(a_person("dora", role.key))
    assert {name for name in PARTS if getattr(seen, name) is not None} == parts


def test_what_is_snoozed_needs_no_attention_and_makes_no_token_healthy(alice):
    now = timezone.now()
    token = a_token(expires_at=now - timedelta(days=1), synced_at=now)
    (warning,) = [one for one in seen_by(alice).warnings if one.condition.id == "token_expired"]
    snooze = {"snoozed_at": now, "snoozed_until": now + timedelta(days=1), "snooze_reason": "ordered"}
    Alert.objects.create(key=warning.key, condition="token_expired", token=token, since=now, **snooze)
    seen = seen_by(alice)
    assert "token_expired" not in [one.condition.id for one in seen.warnings]
    assert seen.tokens.by_health["unhealthy"] == 1


def test_what_expires_within_a_year_is_told_whatever_it_is(alice):
    now = timezone.now()
    for days in (-3, 10, 360, 400):
        a_token(name=f"In {days} days", expires_at=now + timedelta(days=days))
    a_vpp_token(days=20, name="Licences")
    assert [one.name for one in seen_by(alice).expiries] == ["In -3 days", "In 10 days", "Licences", "In 360 days"]
