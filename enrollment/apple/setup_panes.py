"""The screens of Setup Assistant as data, read once from setup_panes.toml (apple-protocols.md 4.2)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

PLATFORMS = ("ios", "macos", "tvos", "visionos")


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


@dataclass(frozen=True, slots=True)
class Pane:
    """One screen. `key` goes to `skip_setup_items`; versions are texts such as "9.3.2", by platform."""

    key: str
    group: str
    labels: Mapping[str, str]
    descriptions: Mapping[str, str]
    notes: Mapping[str, str]
    first: Mapping[str, str]
    deprecated: Mapping[str, str] = field(default_factory=dict)
    removed: Mapping[str, str] = field(default_factory=dict)
    is_always_skippable: bool = True
    also: tuple[str, ...] = ()
    families: tuple[str, ...] = ()

    def label(self, language: str) -> str:
        return self.labels["fr" if language.startswith("fr") else "en"]

    def description(self, language: str) -> str:
        return self.descriptions["fr" if language.startswith("fr") else "en"]

    def note(self, language: str) -> str:
        return self.notes["fr" if language.startswith("fr") else "en"]

    def is_in(self, platform: str, major: int) -> bool:
        """Whether some device of this major version, such as 17, knows the screen."""
        first, removed = self.first.get(platform), self.removed.get(platform)
        if first is None or _parts(first)[0] > major:
            return False
        return removed is None or _parts(removed) > (major, 0)

    def is_met(self, platform: str, major: int) -> bool:
        """Whether devices of this major version still show it: known, and not deprecated by then."""
        deprecated = self.deprecated.get(platform)
        return self.is_in(platform, major) and (deprecated is None or _parts(deprecated)[0] > major)

    def is_on(self, family: str) -> bool:
        """Whether a device of this family, such as "iPhone", has what the screen is about."""
        return not self.families or family in self.families


def _pane(key: str, said: dict[str, Any]) -> Pane:
    return Pane(
        key=key,
        group=said["group"],
        labels={"en": said["en"], "fr": said["fr"]},
        descriptions={"en": said["about_en"], "fr": said["about_fr"]},
        notes={"en": said.get("note_en", ""), "fr": said.get("note_fr", "")},
        first=said["first"],
        deprecated=said.get("deprecated", {}),
        removed=said.get("removed", {}),
        is_always_skippable=said.get("skippable", True),
        also=tuple(said.get("also_fr", ())),
        families=tuple(said.get("families", ())),
    )


_DATA = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

PANES: Mapping[str, Pane] = MappingProxyType({key: _pane(key, said) for key, said in _DATA["panes"].items()})
# Each group with its label in both languages.
GROUPS: Mapping[str, Mapping[str, str]] = MappingProxyType(_DATA["groups"])


# The major versions a screen may be looked up by; Apple went from 18 to 26.
MAJORS: Mapping[str, tuple[int, ...]] = MappingProxyType({"ios": (*range(7, 19), 26, 27)})


def panes_for(platform: str) -> list[Pane]:
    """The screens a platform has ever had, in the order a person meets them."""
    return [pane for pane in PANES.values() if platform in pane.first]
