"""The switches of Setup Assistant as the wizard draws them, and what was sent of them."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language

from enrollment.apple.setup_panes import GROUPS, MAJORS, PANES, Pane, panes_for
from enrollment.models import ProfileDraft
from enrollment.models.typed_key import typed_key


def pane_page(draft: ProfileDraft, version: str = "") -> dict[str, Any]:
    """What wizard_setup_assistant.html wants. Of a chosen major version only its screens are drawn; all are sent."""
    majors = MAJORS[draft.platform]
    major = typed_key(version) if typed_key(version) in majors else None
    hidden = draft.settings.get("hidden_panes", [])
    return {
        "groups": _groups(draft, set(hidden), major),
        "versions": [(each, each == major) for each in sorted(majors, reverse=True)],
        "custom": ", ".join(key for key in hidden if key not in _known(draft)),
        "is_shared_ipad": bool(draft.settings.get("is_shared_ipad")),
    }


def sent_panes(draft: ProfileDraft, sent: QueryDict) -> list[str]:
    """The hidden screens: those whose switch is off, and the keys typed for screens this version does not know."""
    known = _known(draft)
    if sent.get("all") == "show":
        hidden = []
    elif sent.get("all") == "hide":
        hidden = known
    else:
        shown = set(sent.getlist("pane"))
        hidden = [key for key in known if key not in shown]
    custom = (key.strip() for key in sent.get("custom", "").replace("\x00", "").replace(";", ",").split(","))
    return list(dict.fromkeys([*hidden, *(key for key in custom if key)]))


def _known(draft: ProfileDraft) -> list[str]:
    return [pane.key for pane in panes_for(draft.platform)]


def _groups(draft: ProfileDraft, hidden: set[str], major: int | None) -> list[tuple[str, list[dict[str, Any]]]]:
    language = get_language() or "en"
    found = []
    for group, labels in GROUPS.items():
        panes = [pane for pane in PANES.values() if pane.group == group and draft.platform in pane.first]
        if panes:
            title = labels["fr" if language.startswith("fr") else "en"]
            found.append((title, [_row(pane, draft.platform, language, hidden, major) for pane in panes]))
    return found


def _row(pane: Pane, platform: str, language: str, hidden: set[str], major: int | None) -> dict[str, Any]:
    return {
        "key": pane.key,
        "label": pane.label(language),
        "about": pane.description(language),
        "note": pane.note(language),
        "first": pane.first[platform],
        "deprecated": pane.deprecated.get(platform, ""),
        "removed": pane.removed.get(platform, ""),
        "is_always_skippable": pane.is_always_skippable,
        "is_shown": pane.key not in hidden,
        "is_out": major is not None and not pane.is_in(platform, major),
        "versions": " ".join(str(each) for each in MAJORS[platform] if pane.is_in(platform, each)),
        "words": " ".join((pane.key, pane.label("en"), pane.label("fr"), *pane.also)),
    }
