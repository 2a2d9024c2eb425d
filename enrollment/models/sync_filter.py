from datetime import date
from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from enrollment.models.day_filter import day_filter, end_of, start_of
from enrollment.models.person import Person
from enrollment.models.sync_run import SyncKind, SyncRun, SyncRunQuerySet, SyncStatus
from enrollment.models.token import Token


class SyncFilter(django_filters.FilterSet):
    """The filters of the list of syncs, the same for page and program (API-3)."""

    token = django_filters.ModelChoiceFilter(queryset=Token.objects.none(), label=_("Token"))
    status = django_filters.ChoiceFilter(choices=SyncStatus.choices, label=_("Status"))
    kind = django_filters.ChoiceFilter(choices=SyncKind.choices, label=_("Kind"))
    since = day_filter("is_since", _("Ended since"))
    until = day_filter("is_until", _("Ended until"))

    class Meta:
        model = SyncRun
        fields: list[str] = []

    def __init__(self, data: Any = None, *, person: Person, **more: Any) -> None:
        super().__init__(data, queryset=SyncRun.objects.visible_to(person), **more)
        self.filters["token"].queryset = Token.objects.visible_to(person)
        self.filters["token"].extra["empty_label"] = _("All")
        for name in ("status", "kind"):
            self.filters[name].extra["empty_label"] = _("All")

    @property
    def runs(self) -> SyncRunQuerySet:
        """What matches. A filter that cannot be understood matches nothing."""
        return self.qs if self.is_valid() else SyncRun.objects.none()

    def is_since(self, runs: SyncRunQuerySet, _name: str, day: date) -> SyncRunQuerySet:
        return runs.filter(finished_at__gte=start_of(day))

    def is_until(self, runs: SyncRunQuerySet, _name: str, day: date) -> SyncRunQuerySet:
        return runs.filter(finished_at__lt=end_of(day))
