import re
from datetime import date, timedelta
from typing import Any

import django_filters
from django.core.validators import RegexValidator
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enrollment.models.audit_actions import NOUNS, action_in_words, actions_about
from enrollment.models.audit_entry import AuditEntry, AuditEntryQuerySet, AuditResult
from enrollment.models.day_filter import day_filter, end_of, start_of
from enrollment.models.person import Person
from enrollment.models.token import Token
from enrollment.models.typed_key import typed_key

CLOCK = "clock"
PERSON = re.compile(rf"(?:{CLOCK}|[0-9]{{1,18}})\Z")
# Keys and times of entries grow together, but for clocks that differ: a day is found by the keys that surround it.
MARGIN = timedelta(hours=1)
# The names of models → what people call them.
OBJECTS: dict[str, str | Promise] = {
    "token": _("Token"),
    "tokendraft": _("Token setup"),
    "profile": _("Profile"),
    "profiledraft": _("Profile draft"),
    "device": _("Device"),
    "operation": _("Operation"),
    "assignmentrule": _("Assignment rule"),
    "seriallist": _("List of serial numbers"),
    "vpptoken": _("VPP token"),
    "activationlock": _("Activation Lock"),
    "alert": _("Warning"),
    "person": _("Person"),
    "role": _("Role"),
    "scopetag": _("Scope tag"),
    "apikey": _("API key"),
    "installation": _("This installation"),
    "auditentry": _("Audit log"),
}


def _actions() -> list[tuple[str, list[tuple[str, str]]]]:
    """In groups by what they are about; a noun alone means all of its actions."""
    return [
        (str(label), [(noun, all_of(label)), *((action, action_in_words(action)) for action in actions_about(noun))])
        for noun, label in NOUNS.items()
    ]


def all_of(label: str | Promise) -> str:
    return gettext("%(noun)s: all") % {"noun": label}


class AuditFilter(django_filters.FilterSet):
    """The filters of the audit log, the same for page, export and program (API-3)."""

    person = django_filters.CharFilter(method="by_person", label=_("Person"), validators=[RegexValidator(PERSON)])
    action = django_filters.ChoiceFilter(method="is_action", choices=_actions, label=_("What"))
    object_type = django_filters.ChoiceFilter(choices=list(OBJECTS.items()), label=_("Kind of object"))
    object_id = django_filters.NumberFilter(label=_("Object"), min_value=0, max_digits=18, decimal_places=0)
    object_name = django_filters.CharFilter(lookup_expr="icontains", label=_("Name of the object"))
    token = django_filters.ModelChoiceFilter(queryset=Token.objects.none(), label=_("Token"))
    result = django_filters.ChoiceFilter(choices=AuditResult.choices, label=_("Result"))
    since = day_filter("since_day", _("From"))
    until = day_filter("until_day", _("To"))

    def __init__(self, data: Any = None, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(data, AuditEntry.objects.visible_to(person), *args, **kwargs)
        self.reader = person
        self.filters["token"].queryset = Token.objects.visible_to(person)
        for one in self.filters.values():
            if isinstance(one, django_filters.ChoiceFilter):
                one.extra["empty_label"] = _("All")

    @property
    def entries(self) -> AuditEntryQuerySet:
        """What matches. A filter that cannot be understood matches nothing: never more than was meant."""
        return self.qs if self.is_valid() else AuditEntry.objects.none()

    def by_person(self, entries: AuditEntryQuerySet, _name: str, value: str) -> AuditEntryQuerySet:
        """By the key, which a new name leaves as it is; those of the clock have none."""
        if value == CLOCK:
            return entries.filter(person=None)
        return entries.filter(person=typed_key(value)) if typed_key(value) else entries.none()

    def is_action(self, entries: AuditEntryQuerySet, _name: str, value: str) -> AuditEntryQuerySet:
        return entries.filter(action__in=actions_about(value)) if value in NOUNS else entries.filter(action=value)

    def since_day(self, entries: AuditEntryQuerySet, _name: str, day: date) -> AuditEntryQuerySet:
        start = start_of(day)
        before = AuditEntry.objects.filter(at__lt=start - MARGIN).order_by("-at").values_list("pk", flat=True).first()
        return entries.filter(at__gte=start, pk__gt=before or 0)

    def until_day(self, entries: AuditEntryQuerySet, _name: str, day: date) -> AuditEntryQuerySet:
        end = end_of(day)
        after = AuditEntry.objects.filter(at__gte=end + MARGIN).order_by("at").values_list("pk", flat=True).first()
        entries = entries.filter(at__lt=end)
        return entries.filter(pk__lt=after) if after else entries
