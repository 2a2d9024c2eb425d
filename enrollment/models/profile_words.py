"""Settings as people read them: on the review, on the profile page, in comparisons."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from enrollment.apple.setup_panes import PANES
from enrollment.models.certificate import NotACertificate, stored_certificate
from enrollment.models.profile_field import Field, Section
from enrollment.models.profile_needs import is_shown
from enrollment.models.profile_settings import FIELDS
from enrollment.models.vpp_token import VppToken

NOTHING = "–"


@dataclass(frozen=True)
class Fact:
    """One setting in words."""

    one: Field
    word: str


@dataclass(frozen=True)
class Difference:
    """One setting that is not the same in two revisions; a word is NOTHING where the setting has no meaning."""

    one: Field
    before: str
    after: str


def in_words(settings: Mapping[str, Any]) -> list[tuple[str, list[Fact]]]:
    """The settings that mean something, by section."""
    found = []
    for section in Section:
        names = [name for name, one in FIELDS.items() if one.section == section and is_shown(name, settings)]
        if names:
            found.append((str(section.label), [Fact(FIELDS[name], word(name, settings.get(name))) for name in names]))
    return found


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Only what differs, in the order of the wizard."""
    found = []
    for name, one in FIELDS.items():
        if before.get(name, one.empty()) == after.get(name, one.empty()):
            continue
        if one.kind == "panes":
            found.append(_differing_panes(one, before.get(name) or [], after.get(name) or []))
        else:
            words = [word(name, said.get(name)) if is_shown(name, said) else NOTHING for said in (before, after)]
            found.append(Difference(one, *words))
    return found


def word(name: str, value: Any) -> str:
    """One value as a person reads it."""
    one = FIELDS[name]
    if one.kind == "bool":
        return _("yes") if value else _("no")
    if one.kind == "panes":
        return _("Hidden: %(screens)s") % {"screens": _panes(value)} if value else _("All screens are shown")
    if one.kind == "timeout":
        return _("after %(seconds)s seconds") % {"seconds": value} if value else _("never")
    if value in (None, "", []):
        return NOTHING
    if one.kind == "certificates":
        return ", ".join(_certificate(text) for text in value)
    if one.kind == "vpp":
        return _vpp_token(value)
    return str(dict(one.choices).get(value, value))


def _panes(keys: list[str]) -> str:
    language = get_language() or "en"
    return ", ".join(PANES[key].label(language) if key in PANES else key for key in keys)


def _differing_panes(one: Field, before: list[str], after: list[str]) -> Difference:
    """Screens that are hidden on both sides say nothing here."""
    only_before = [key for key in before if key not in after]
    only_after = [key for key in after if key not in before]
    hidden = [_("Hidden: %(screens)s") % {"screens": _panes(keys)} if keys else NOTHING for keys in (only_before, only_after)]
    return Difference(one, *hidden)


def _certificate(text: str) -> str:
    try:
        read = stored_certificate(text)
    except NotACertificate:
        return _("not a certificate")
    day = date_format(localtime(read.expires_at), "SHORT_DATE_FORMAT")
    return _("%(subject)s (until %(day)s)") % {"subject": read.subject, "day": day}


def _vpp_token(key: Any) -> str:
    token = VppToken.objects.filter(pk=key).first() if isinstance(key, int) else None
    if token is None:
        return _("a VPP token that is not here any more")
    day = date_format(localtime(token.expires_at), "SHORT_DATE_FORMAT")
    return _("%(subject)s (until %(day)s)") % {"subject": token.name, "day": day}
