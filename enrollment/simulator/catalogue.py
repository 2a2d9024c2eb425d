"""Believable devices: what an organisation of today owns, in about these shares."""

import random
from dataclasses import dataclass

LETTERS = "0123456789CDFGHJKLMNPQRTVWXY"  # Apple leaves out what is read wrongly


@dataclass(frozen=True)
class Kind:
    """A model as Apple names it, with its family and how common it is."""

    model: str
    family: str
    os: str
    sizes: tuple[str, ...]
    colors: tuple[str, ...]
    share: int


KINDS = [
    Kind("iPhone 15", "iPhone", "iOS", ("128GB", "256GB"), ("BLACK", "BLUE", "PINK"), 18),
    Kind("iPhone 16", "iPhone", "iOS", ("128GB", "256GB"), ("BLACK", "WHITE", "TEAL"), 16),
    Kind("iPhone 16e", "iPhone", "iOS", ("128GB",), ("BLACK", "WHITE"), 10),
    Kind("iPhone SE (3rd generation)", "iPhone", "iOS", ("64GB", "128GB"), ("MIDNIGHT", "STARLIGHT"), 8),
    Kind("iPad (10th generation)", "iPad", "iPadOS", ("64GB", "256GB"), ("SILVER", "BLUE", "YELLOW"), 16),
    Kind("iPad (A16)", "iPad", "iPadOS", ("128GB", "256GB"), ("SILVER", "BLUE"), 10),
    Kind("iPad Air 11-inch (M2)", "iPad", "iPadOS", ("128GB", "256GB"), ("SPACE GRAY", "BLUE", "STARLIGHT"), 8),
    Kind("iPad mini (A17 Pro)", "iPad", "iPadOS", ("128GB",), ("SPACE GRAY", "PURPLE"), 5),
    Kind("iPad Pro 13-inch (M4)", "iPad", "iPadOS", ("256GB", "512GB"), ("SPACE BLACK", "SILVER"), 3),
    Kind("MacBook Air (13-inch, M3, 2024)", "Mac", "OSX", ("256GB", "512GB"), ("MIDNIGHT", "SILVER"), 4),
    Kind("Apple TV 4K (3rd generation)", "AppleTV", "tvOS", ("64GB", "128GB"), ("BLACK",), 2),
]
_SHARES = [kind.share for kind in KINDS]
ASSIGNERS = ("purchasing@orchard.example", "it@orchard.example", "reseller@fruitsellers.example")


def make_serial(chance: random.Random) -> str:
    """Ten random characters as Apple gives since 2021, or the twelve of before."""
    if chance.random() < 0.75:
        return "".join(chance.choices(LETTERS, k=10))
    plant = chance.choice(("DMP", "F9F", "GG7", "DLX", "C02"))
    return plant + "".join(chance.choices(LETTERS, k=9))


def make_facts(chance: random.Random, number: int) -> dict[str, str | list[str]]:
    """Everything about a device that never changes."""
    kind = chance.choices(KINDS, _SHARES)[0]
    size, color = chance.choice(kind.sizes), chance.choice(kind.colors)
    facts: dict[str, str | list[str]] = {
        "model": kind.model,
        "description": f"{kind.model.upper()} {size} {color}-{chance.choice(('FRD', 'USA', 'ZDD'))}",
        "color": color,
        "device_family": kind.family,
        "os": kind.os,
        "device_assigned_by": chance.choice(ASSIGNERS),
        "wifi_mac_address": _mac(chance),
        "bluetooth_mac_address": _mac(chance),
    }
    if chance.random() < 0.3:
        facts["asset_tag"] = f"ORC-{10_000 + number}"
    if kind.family == "iPhone":
        facts["imei"] = [" ".join(("35", str(chance.randrange(10**6, 10**7)), str(chance.randrange(10**5, 10**6))))]
        facts["eid"] = "8904" + str(chance.randrange(10**27, 10**28))
    return facts


def _mac(chance: random.Random) -> str:
    return ":".join(f"{chance.randrange(256):02x}" for _ in range(6))
