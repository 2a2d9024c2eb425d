"""Settings as people read them: on the review, on the profile page, in comparisons."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from enrollment.apple.setup_panes import PANES
from enrollment.models.certificate import NotACertificate, stored_certificate
from enrollment.models.licence_stock import Stock, company_portal_stock
from enrollment.models.person import Person
from enrollment.models.profile_field import Field, Section
from enrollment.models.profile_needs import ANY, NEEDS, is_shown
from enrollment.models.profile_settings import FIELDS
from enrollment.models.vpp_token import VppToken, VppTokenStatus

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


def in_words(settings: Mapping[str, Any], *, reader: Person | None) -> list[tuple[str, list[Fact]]]:
    """The settings that mean something, by section, as far as the reader sees what they name."""
    found = []
    for section in Section:
        names = [name for name, one in FIELDS.items() if one.section == section and is_shown(name, settings)]
        if names:
            facts = [Fact(FIELDS[name], word(name, settings.get(name), reader=reader)) for name in names]
            found.append((str(section.label), facts))
    return found


def differences(before: Mapping[str, Any], after: Mapping[str, Any], *, reader: Person | None) -> list[Difference]:
    """Only what differs, in the order of the wizard."""
    found = []
    for name, one in FIELDS.items():
        if before.get(name, one.empty()) == after.get(name, one.empty()):
            continue
        if one.kind == "panes":
            found.append(_differing_panes(one, before.get(name) or [], after.get(name) or []))
        else:
            words = [
                word(name, said.get(name), reader=reader) if is_shown(name, said) else NOTHING
                for said in (before, after)
            ]
            found.append(Difference(one, *words))
    return found


def word(name: str, value: Any, *, reader: Person | None) -> str:
    """One value as a person reads it."""
    one = FIELDS[name]
    if one.kind == "vpp":
        return _vpp_token(value, reader)
    say = _WORDS.get(one.kind)
    if say is not None:
        return say(value)
    return NOTHING if value in (None, "", []) else str(dict(one.choices).get(value, value))


def _yes_or_no(value: Any) -> str:
    return _("yes") if value else _("no")


def _hidden(keys: list[str]) -> str:
    return _("Hidden: %(screens)s") % {"screens": _panes(keys)} if keys else _("All screens are shown")


def _timeout(value: Any) -> str:
    return _("after %(seconds)s seconds") % {"seconds": value} if value else _("never")


def _certificates(texts: list[str]) -> str:
    return ", ".join(_certificate(text) for text in texts) or NOTHING


def _panes(keys: list[str]) -> str:
    """In the order a person meets them; keys we do not know come last."""
    language = get_language() or "en"
    known = [pane.label(language) for key, pane in PANES.items() if key in keys]
    return ", ".join([*known, *(key for key in keys if key not in PANES)])


def _differing_panes(one: Field, before: list[str], after: list[str]) -> Difference:
    """Screens that are hidden on both sides say nothing here."""
    only_before = [key for key in before if key not in after]
    only_after = [key for key in after if key not in before]
    hidden = [
        _("Hidden: %(screens)s") % {"screens": _panes(keys)} if keys else NOTHING for keys in (only_before, only_after)
    ]
    return Difference(one, *hidden)


def _certificate(text: str) -> str:
    try:
        read = stored_certificate(text)
    except NotACertificate:
        return _("not a certificate")
    day = date_format(localtime(read.expires_at), "SHORT_DATE_FORMAT")
    return _("%(subject)s (until %(day)s)") % {"subject": read.subject, "day": day}


def _vpp_token(key: Any, reader: Person | None) -> str:
    return NOTHING if key in (None, "") else vpp_tokens_in_words([VppToken.objects.told_to(reader, key)])[0]


def vpp_tokens_in_words(tokens: Sequence[VppToken | None]) -> list[str]:
    """VPP tokens as one chooses among them: their ends, and what is left of the Company Portal (PROF-9)."""
    known = [token for token in tokens if token and not token.is_untold]
    stock = company_portal_stock(known) if known else {}
    return [_choice(token, stock.get(token.pk)) if token else _gone() for token in tokens]


def _gone() -> str:
    return _("a VPP token that is not here any more")


def _choice(token: VppToken, stock: Stock | None) -> str:
    """Of what a reader does not see no more than its end is told."""
    day = date_format(localtime(token.expires_at), "DATE_FORMAT")
    end = (_("expired on %(day)s") if token.has_expired else _("expires %(day)s")) % {"day": day}
    parts = [token.name, end] if token.is_untold else [token.name, _trouble(token), end, _left(token, stock)]
    return " · ".join(filter(None, parts))


def _trouble(token: VppToken) -> str:
    """What keeps it from being used, other than its end."""
    if token.status == VppTokenStatus.REJECTED:
        return _("rejected by Apple")
    return _("cannot be reached") if token.status == VppTokenStatus.UNREACHABLE else ""


def _left(token: VppToken, stock: Stock | None) -> str:
    if token.read_at is None:
        return _("licences not read yet")
    if stock is None:
        return _("no Company Portal licences")
    numbers = {
        name: number_format(n, force_grouping=True) for name, n in (("free", stock.free), ("total", stock.owned))
    }
    words = ngettext(
        "%(free)s of %(total)s Company Portal licences free",
        "%(free)s of %(total)s Company Portal licences free",
        stock.free,
    )
    return words % numbers


_WORDS: Mapping[str, Callable[[Any], str]] = {
    "bool": _yes_or_no,
    "panes": _hidden,
    "timeout": _timeout,
    "certificates": _certificates,
    "vpp": _vpp_token,
}


def when_in_words(name: str) -> str:
    """When a setting means something, as a sentence for those without a script and for the documentation."""
    alternatives = NEEDS.get(name)
    if alternatives is None:
        return ""
    parts = [_(" and ").join(_need(other, wanted) for other, wanted in needs.items()) for needs in alternatives]
    return _("Only with %(needs)s.") % {"needs": _(", or ").join(parts)}


def _need(name: str, wanted: Any) -> str:
    one = FIELDS[name]
    values = {"label": one.label, "value": _wanted(one, wanted)}
    return _("“%(label)s”: %(value)s") % values


def _wanted(one: Field, wanted: Any) -> str:
    if wanted is ANY:
        return _("one chosen")
    if isinstance(wanted, bool):
        return _yes_or_no(wanted)
    labels = dict(one.choices)
    return _(" or ").join(str(labels[value]) for value in (wanted if isinstance(wanted, tuple) else (wanted,)))
