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

    def label(self, language: str) -> str:
        return self.labels["fr" if language.startswith("fr") else "en"]

    def description(self, language: str) -> str:
        return self.descriptions["fr" if language.startswith("fr") else "en"]

    def note(self, language: str) -> str:
        return self.notes["fr" if language.startswith("fr") else "en"]

    def is_available(self, platform: str, version: str) -> bool:
        """Whether devices of this version know the screen."""
        first, removed = self.first.get(platform), self.removed.get(platform)
        if first is None or _parts(version) < _parts(first):
            return False
        return removed is None or _parts(version) < _parts(removed)


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
    )


_DATA = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

PANES: Mapping[str, Pane] = MappingProxyType({key: _pane(key, said) for key, said in _DATA["panes"].items()})
# Each group with its label in both languages.
GROUPS: Mapping[str, Mapping[str, str]] = MappingProxyType(_DATA["groups"])


def panes_for(platform: str) -> list[Pane]:
    """The screens a platform has ever had, in the order a person meets them."""
    return [pane for pane in PANES.values() if platform in pane.first]
