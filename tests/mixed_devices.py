"""Devices in all the states there are, and in many that should not be."""

import random
from datetime import timedelta
from typing import Any

from django.utils import timezone

from enrollment.models import Answer, Profile, ProfileRevision, Token, Wish
from enrollment.models.assignment import NO_PROFILE_ASKED
from tests.cast import a_device, a_profile

OLD, NOW = "0" * 32, timezone.now()


def a_profile_with_two_revisions(token: Token, letter: str, **second: Any) -> Profile:
    """Apple knows the first; of the second it knows what is said."""
    profile = a_profile(token, apple_uuid=letter * 32)
    first = profile.current
    values = {"number": 2, "settings": first.settings, "payload": first.payload}
    profile.current = ProfileRevision.objects.create(profile=profile, **values, **second)
    profile.save()
    return profile


def mixed_devices(token: Token, count: int = 600) -> None:
    """In every mixture of what is wanted, shown, asked, answered and given that there is."""
    dice = random.Random(11)
    profiles = [
        a_profile(token, apple_uuid="A" * 32),
        a_profile(token),
        a_profile_with_two_revisions(token, "B", apple_uuid="C" * 32, defined_at=NOW + timedelta(hours=1)),
        a_profile_with_two_revisions(token, "D", apple_uuid="D" * 32, defined_at=NOW - timedelta(days=1)),
        a_profile_with_two_revisions(token, "E", refusal_sentence="No."),
        Profile.objects.create(token=token, name="Without a revision"),
    ]
    uuids = ["", OLD, *(letter * 32 for letter in "ABCDE")]
    moments = [None, NOW - timedelta(hours=2), NOW + timedelta(hours=2)]
    for _number in range(count):
        wish = dice.choice(list(Wish))
        a_device(
            token,
            wish=wish,
            profile=dice.choice(profiles) if wish == Wish.PROFILE else None,
            apple_profile_uuid=dice.choice(uuids),
            apple_profile_status=dice.choice(["empty", "assigned", "pushed", "removed"]),
            asked_for=dice.choice([*uuids, NO_PROFILE_ASKED]),
            answer=dice.choice(list(Answer)),
            next_try_at=dice.choice(moments),
            confirmed_at=dice.choice(moments),
            given_uuid=dice.choice(uuids),
            given_at=dice.choice(moments),
            released_at=dice.choice([None, None, NOW]),
        )
