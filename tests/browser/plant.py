"""Devices that do not enroll, each for its own reason, put into the database of a running demo."""

from datetime import timedelta

import django

django.setup()

from django.utils import timezone  # noqa: E402

from enrollment.models import Answer, Device, Token, Wish  # noqa: E402
from tests.cast import a_device, a_profile, a_token  # noqa: E402


def plant() -> None:
    now = timezone.now()
    # Nothing is due for them, so that the clock leaves them as they are.
    quiet = {"synced_at": now, "next_sync_at": now + timedelta(days=30), "next_probe_at": now + timedelta(days=30)}
    paris = a_token(name="Paris", **quiet)
    nantes = a_token(name="Nantes", **quiet)
    expired = a_token(name="Brest", **{**quiet, "expires_at": now - timedelta(days=1)})
    terms = a_token(name="Lille", **quiet, terms_since=now)
    Token.objects.filter(pk=terms.pk).update(
        trouble_sentence="Apple's new terms and conditions have not been accepted.",
        trouble_advice="Somebody who may must accept them in the portal.",
    )
    profile = a_profile(paris, apple_uuid="A" * 32, name="Counter")
    wanted = {"wish": Wish.PROFILE, "profile": profile, "wished_because": "person", "wished_at": now}
    has_it = {**wanted, "apple_profile_uuid": "A" * 32, "apple_profile_status": "pushed", "confirmed_at": now}
    given = {"given_uuid": "A" * 32, "given_at": timezone.now()}

    a_device(nantes, serial="PLANTOTHER01", released_at=now - timedelta(days=2))
    a_device(paris, serial="PLANTOTHER01", **has_it, **given)
    a_device(expired, serial="PLANTEXPIRED1")
    a_device(terms, serial="PLANTTERMS01")
    a_device(paris, serial="PLANTNOPROF1")
    late = {"answer": Answer.THROTTLED, "next_try_at": now + timedelta(days=1), "asked_for": "A" * 32}
    a_device(paris, serial="PLANTTHROTT1", **wanted, **late)
    a_device(paris, serial="PLANTOLDREV1", **has_it, given_uuid="0" * 32, given_at=now - timedelta(days=9))
    a_device(paris, serial="PLANTGONE001", released_at=now - timedelta(days=1))
    older = profile.current
    older.pk, older.number, older.apple_uuid = None, 0, "0" * 32
    older.save()


if __name__ == "__main__" and not Device.objects.filter(serial__startswith="PLANT").exists():
    plant()
