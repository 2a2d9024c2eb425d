"""DASH-1 for programs: the figures of the home page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from enrollment.models import Licences, Permission, Role, Wish
from enrollment.models.licence_stock import COMPANY_PORTAL
from tests.cast import a_device, a_person, a_profile, a_run, a_synced_token, a_vpp_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def orchard(db):
    now = timezone.now()
    token = a_synced_token(now, name="Orchard", expires_at=now + timedelta(days=3, hours=1))
    profile = a_profile(token, apple_uuid="A" * 32)
    has_it = {"apple_profile_uuid": "A" * 32, "apple_profile_status": "pushed"}
    a_device(token, wish=Wish.PROFILE, profile=profile, **has_it)
    a_device(token, wish=Wish.PROFILE, profile=profile)
    a_device(token, released_at=now)
    a_run(token, status="done", started_at=now, finished_at=now, added=3)
    known = {"adam_id": COMPANY_PORTAL, "pricing_param": "STDQ", "total": 100, "assigned": 95, "available": 5}
    Licences.objects.create(vpp_token=a_vpp_token(days=400), **known)
    return token


def test_a_program_is_told_the_figures_of_the_page(orchard, bob, program):
    told = program(bob)("get", "dashboard/").json()
    assert told["tokens"] == {"total": 1, "by_health": {"healthy": 0, "warning": 0, "unhealthy": 1}}
    assert told["warnings"]["unhealthy"] == 1
    devices = told["devices"]
    assert (devices["total"], devices["released"]) == (2, 1)
    assert devices["by_status"] == {"empty": 1, "assigned": 0, "pushed": 1, "removed": 0}
    assert devices["by_state"]["confirmed"] == devices["by_state"]["waiting"] == 1
    assert sum(devices["by_state"].values()) == 2
    assert devices["by_profile"] == [{"profile": orchard.profiles.get().pk, "devices": 2}]
    assert [one["name"] for one in told["expiries"]][:1] == ["Orchard"]
    assert told["expiries"][0]["link"] == f"/tokens/{orchard.pk}/"
    assert told["syncs"][-1] == {"day": f"{timezone.localdate()}", "done": 1, "failed": 0, "changed": 3}
    assert len(told["syncs"]) == 14
    (licences,) = told["licences"]
    assert (licences["total"], licences["used"], licences["free"], licences["supply"]) == (100, 95, 5, "low")


def test_what_a_role_does_not_show_is_null(orchard, program):
    role = Role.objects.create(key="devices", permissions=[Permission.READ_DEVICE.value])
    told = program(a_person("dora", role.key))("get", "dashboard/").json()
    assert told["devices"]["total"] == 2
    assert told["devices"]["by_profile"] is None
    assert {told[name] for name in ("tokens", "syncs", "licences")} == {None}


def test_elsewhere_there_is_nothing(orchard, charlie, program):
    told = program(charlie)("get", "dashboard/").json()
    assert told["tokens"]["total"] == told["devices"]["total"] == 0
    assert told["licences"] == []
    assert "Orchard" not in str(told)


def test_only_what_is_asked_for_is_told(orchard, bob, program):
    assert set(program(bob)("get", "dashboard/?fields=tokens,at").json()) == {"at", "tokens"}
