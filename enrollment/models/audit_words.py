"""What an audit entry tells, as people read it: names, yes and no, local times, what was added and taken away."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from enrollment.models.audit_actions import noun_of
from enrollment.models.audit_entry import OPERATOR, AuditEntry
from enrollment.models.audit_labels import WORDS, label_of
from enrollment.models.labelled import labelled
from enrollment.models.person import Person
from enrollment.models.profile_settings import FIELDS
from enrollment.models.profile_words import NOTHING, word
from enrollment.models.role import Role
from enrollment.models.rule_condition import condition_in_words
from enrollment.models.vpp_token import VppToken

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)?")
IN_ORDER = ("order", "conditions")  # lists of which nothing is added or taken away, but all of it is said anew
LINES_SHOWN = 3
SAID_IN_ENGLISH = ("warning",)  # names of ours, which each reader reads in their language
NOT_SHOWN = ("reason_details",)
AN_OPERATOR, THE_CLOCK = gettext_noop("an operator"), gettext_noop("the clock")
NOT_SIGNED_IN = gettext_noop("somebody not signed in")
NOBODIES = (AN_OPERATOR, THE_CLOCK, NOT_SIGNED_IN)


@dataclass(frozen=True)
class Line:
    """One value: what it is called, what it was and what it is; of a list, what was added and taken away."""

    label: str
    before: str = ""
    after: str = ""
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Told:
    """An entry with its words, for a list of them."""

    entry: AuditEntry
    who: str
    lines: list[Line]

    @property
    def first(self) -> list[Line]:
        return self.lines[:LINES_SHOWN]

    @property
    def more(self) -> int:
        return len(self.lines) - LINES_SHOWN if len(self.lines) > LINES_SHOWN else 0


def told(entries: Iterable[AuditEntry], reader: Person) -> list[Told]:
    """Entries as a list shows them."""
    entries = list(entries)
    words = AuditWords(entries, reader)
    return [Told(entry, who_in_words(entry), words.lines(entry)) for entry in entries]


def who_in_words(entry: AuditEntry) -> str:
    """A person by their name at that time, or what stands for one."""
    return entry.who or _(nobody(entry))


def nobody(entry: AuditEntry) -> str:
    """Whoever did it without a name, untranslated."""
    if entry.origin.startswith(OPERATOR):
        return AN_OPERATOR
    return NOT_SIGNED_IN if entry.origin else THE_CLOCK


class AuditWords:
    """The words for some entries and one reader, who is not told the names of what they do not see."""

    def __init__(self, entries: Iterable[AuditEntry], reader: Person) -> None:
        told = [value for entry in entries for value in (entry.before, entry.after)]
        self._roles = self._role_names(told)
        self._vpp_tokens = self._vpp_names(told, reader)

    def lines(self, entry: AuditEntry) -> list[Line]:
        """What is new, and what was told besides; nothing of what stayed as it was."""
        names = dict.fromkeys([*entry.after, *entry.before])
        return [self._line(entry, name) for name in names if not _says_nothing(entry, name)]

    def _line(self, entry: AuditEntry, name: str) -> Line:
        noun = noun_of(entry.action)
        label = label_of(name, noun)
        before, after = entry.before.get(name), entry.after.get(name)
        if name == "reason":
            return Line(label, after=_(str(after)) % _Forgiving(entry.after.get("reason_details") or {}))
        if name in entry.before and name in entry.after and _are_sets(name, before, after):
            return Line(
                label,
                added=tuple(self._one(noun, name, one) for one in after if one not in before),
                removed=tuple(self._one(noun, name, one) for one in before if one not in after),
            )
        return Line(
            label,
            self.word(noun, name, before) if name in entry.before else "",
            self.word(noun, name, after) if name in entry.after else "",
        )

    def word(self, noun: str, name: str, value: Any) -> str:
        """One value of an action about that noun."""
        if name == "conditions" and isinstance(value, list):
            return _conditions(value)
        if noun in ("profile", "profile_draft") and name in FIELDS:
            return self._setting(name, value)
        if isinstance(value, list):
            return ", ".join(self._one(noun, name, one) for one in value) or NOTHING
        if isinstance(value, dict):
            return ", ".join(
                labelled(self._one(noun, name, key), self._one(noun, name, one)) for key, one in value.items()
            )
        return self._one(noun, name, value)

    def _one(self, noun: str, name: str, value: Any) -> str:
        words = WORDS.get(f"{noun}.{name}", WORDS.get(name, {}))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, int):
            return number_format(value, force_grouping=True)
        if name in ("role", "roles"):
            return self._roles.get(value, value) or NOTHING
        text = str(value if value is not None else "")
        if text in words:
            return str(words[text])
        if name in SAID_IN_ENGLISH:
            return _(text) if text else NOTHING
        return _moment(text) if _MOMENT.fullmatch(text) else text or NOTHING

    def _setting(self, name: str, value: Any) -> str:
        if FIELDS[name].kind == "vpp" and value not in (None, ""):
            return self._vpp_tokens.get(value, _("a VPP token"))
        return word(name, value, reader=None)

    def _role_names(self, told: list[dict[str, Any]]) -> dict[str, str]:
        if not any("role" in one or "roles" in one for one in told):
            return {}
        return {role.key: str(role) for role in Role.objects.all()}

    def _vpp_names(self, told: list[dict[str, Any]], reader: Person) -> dict[int, str]:
        names = [name for name, one in FIELDS.items() if one.kind == "vpp"]
        keys = {one[name] for one in told for name in names if isinstance(one.get(name), int)}
        return dict(VppToken.objects.visible_to(reader).filter(pk__in=keys).values_list("pk", "name")) if keys else {}


class _Forgiving(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


def _says_nothing(entry: AuditEntry, name: str) -> bool:
    is_same = name in entry.before and name in entry.after and entry.before[name] == entry.after[name]
    return is_same or name in NOT_SHOWN


def _are_sets(name: str, before: Any, after: Any) -> bool:
    return name not in (*IN_ORDER, *FIELDS) and isinstance(before, list) and isinstance(after, list)


def _conditions(groups: list[Any]) -> str:
    """As the rule's own page says them."""
    said = [[_condition(str(one)) for one in group] for group in groups if isinstance(group, list) and group]
    return _(", or ").join(_(" and ").join(group) for group in said) or NOTHING


def _condition(told: str) -> str:
    field, test, value = [*told.split(" ", 2), "", ""][:3]
    try:
        return condition_in_words({"field": field, "test": test, "value": value})
    except (ValueError, KeyError):
        return told  # of another version


def _moment(text: str) -> str:
    moment = datetime.fromisoformat(text)
    return date_format(localtime(moment if moment.tzinfo else moment.replace(tzinfo=UTC)), "SHORT_DATETIME_FORMAT")
