"""A fleet for the benches of pages: tokens, profiles, and devices in every state, as installations have them."""

import hashlib
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils import timezone

from enrollment.models import Device, ForeignProfile
from tests.cast import a_profile, a_token

if TYPE_CHECKING:
    from enrollment.models import Profile, Token

PROFILES = 5
OLD = "0" * 32  # a profile's uuid at Apple that is nobody's current one
# Family, os, models with their share of a thousand; serial numbers tell nothing about them.
KINDS = [
    (600, "iPad", "iPadOS", ["iPad Air (M2)", "iPad mini (A17 Pro)", "iPad (10th generation)"]),
    (300, "iPhone", "iOS", ["iPhone 16", "iPhone SE (3rd generation)"]),
    (80, "Mac", "OSX", ["MacBook Air (M3)", "Mac mini (M4)"]),
    (19, "AppleTV", "tvOS", ["Apple TV 4K"]),
    (1, "Vision", "visionOS", ["Apple Vision Pro"]),
]
COLORS = ["BLUE", "SPACE GRAY", "STARLIGHT", "PURPLE"]
SIZES = ["128GB", "256GB", "512GB", "1TB"]
# What has become of the wish, in shares of ten thousand; the rest is confirmed.
TROUBLES = [
    (1_000, "nothing said"),
    (100, "no profile"),
    (10, "waiting"),
    (10, "sent"),
    (5, "throttled"),
    (2, "failed"),
    (1, "not accessible"),
    (1, "drifted"),
    (50, "asked to be removed"),
]
COLUMNS = [column.attname for column in Device._meta.concrete_fields if not column.primary_key]
_DEFAULTS = {
    column.attname: column.get_default() if column.has_default() else ("" if column.empty_strings_allowed else None)
    for column in Device._meta.concrete_fields
}


def fill(devices: int, tokens: int) -> None:
    """So many devices, evenly over the tokens, past the ORM; then the statistics that autovacuum would keep.

    SQLite has none: nobody asks it to make them.
    """
    made = [a_token(name=f"Token {number:03}") for number in range(1, tokens + 1)]
    for number, token in enumerate(made):
        share = devices // tokens + (number < devices % tokens)
        profiles = [a_profile(token, apple_uuid=_hash("profile", number, n)[:32]) for n in range(PROFILES)]
        ForeignProfile.objects.create(token=token, apple_uuid=OLD, name="Another tool")  # on what has drifted
        _load(_rows(token, profiles, share, number))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _load(rows: Iterator[list[Any]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY enrollment_device ({', '.join(COLUMNS)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(COLUMNS))
            statement = f"INSERT INTO enrollment_device ({', '.join(COLUMNS)}) VALUES ({places})"
            cursor.execute("BEGIN")
            cursor.executemany(statement, ([_plain(value) for value in row] for row in rows))
            cursor.execute("COMMIT")


def _plain(value: Any) -> Any:
    return value.replace(tzinfo=None).isoformat(" ") if isinstance(value, datetime) else value


def _rows(token: "Token", profiles: list["Profile"], count: int, seed: int) -> Iterator[list[Any]]:
    dice, now = random.Random(seed), timezone.now()
    for number in range(count):
        device = {**_DEFAULTS, **_facts(dice, seed, number, now), **_wanted(dice, profiles, now)}
        device |= {"token_id": token.pk, "imei": "[]", "meid": "[]"}
        yield [device[name] for name in COLUMNS]


def _facts(dice: random.Random, seed: int, number: int, now: datetime) -> dict[str, Any]:
    _share, family, os, models = dice.choices(KINDS, [kind[0] for kind in KINDS])[0]
    model, color, size = dice.choice(models), dice.choice(COLORS), dice.choice(SIZES)
    return {
        "serial": _hash("serial", seed, number)[:10],
        "model": model,
        "description": f"{model.upper()} {size} {color}",
        "color": color,
        "asset_tag": f"ROOM-{dice.randrange(5_000):04}" if dice.random() < 0.3 else "",
        "family": family,
        "os": os,
        "assigned_by": f"buyer{dice.randrange(20):02}@orchard.example",
        "assigned_at": now - timedelta(seconds=dice.randrange(900 * 86_400)),
        "appeared_at": now - timedelta(seconds=dice.randrange(900 * 86_400)),
        "released_at": now - timedelta(days=dice.randrange(40)) if dice.random() < 0.01 else None,
    }


def _wanted(dice: random.Random, profiles: list["Profile"], now: datetime) -> dict[str, Any]:
    profile = dice.choice(profiles)
    uuid, old, soon = profile.current.apple_uuid, OLD, now + timedelta(hours=dice.randrange(1, 24))
    is_pushed, is_outdated = dice.random() < 0.75, dice.random() < 0.05
    pushed_at = now - timedelta(seconds=dice.randrange(900 * 86_400))
    given = {"given_uuid": old if is_outdated else uuid, "given_at": now, "profile_pushed_at": pushed_at}
    wanted = {"wish": "profile", "profile_id": profile.pk, "wished_because": "person", "wished_at": now}
    has = {
        "apple_profile_uuid": uuid,
        "apple_profile_status": "pushed" if is_pushed else "assigned",
        "profile_assigned_at": now,
    }
    asked = {"asked_for": uuid, "asked_at": now, "answer": "success"}
    settled = {**wanted, **has, **asked, **(given if is_pushed else {}), "confirmed_at": now}
    fates = {
        "nothing said": {"apple_profile_status": "empty"},
        "no profile": {"wish": "none", "apple_profile_status": "empty"},
        "asked to be removed": {"wish": "none", "apple_profile_status": "removed"},
        "waiting": {**wanted, "apple_profile_status": "empty"},
        "sent": {**wanted, **asked, "apple_profile_status": "empty", "next_try_at": now},
        "drifted": {**settled, "apple_profile_uuid": old},
        **{
            said.replace("_", " "): {**wanted, **asked, "apple_profile_status": "empty", "answer": said}
            | {"next_try_at": soon, "tries": 1}
            for said in ("throttled", "failed", "not_accessible")
        },
    }
    shares = [share for share, _name in TROUBLES]
    names = [name for _share, name in TROUBLES]
    (fate,) = dice.choices([*names, ""], [*shares, 10_000 - sum(shares)])
    return fates.get(fate, settled)


def _hash(*parts: object) -> str:
    return hashlib.md5(repr(parts).encode(), usedforsecurity=False).hexdigest().upper()
