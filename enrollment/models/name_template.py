"""The device name template (PROF-22): text with variables that stand for what a device is."""

import re
from collections.abc import Mapping
from typing import Protocol

VARIABLES = ("DEVICETYPE", "SERIAL")

# What stands between double braces, well-formed or not: a brace that is never closed is found as well.
_BRACES = re.compile(r"\{\{(?P<name>[^{}]*)\}\}|\{\{|\}\}")


class Named(Protocol):
    """What a name is made for."""

    serial: str
    family: str


def unknown_variables(template: str) -> list[str]:
    """What stands in braces and is no variable, as written; [] when the template can be used."""
    return [found[0] for found in _BRACES.finditer(template) if found["name"] not in VARIABLES]


def device_name(template: str, device: Named) -> str:
    """The name a device gets."""
    values: Mapping[str, str] = {"DEVICETYPE": device.family, "SERIAL": device.serial}
    return _BRACES.sub(lambda found: values.get(found["name"] or "", found[0]), template)
