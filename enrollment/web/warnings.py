"""What should surprise nobody: all that stands, and each warning by itself."""

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from enrollment.actions.warnings.find_warning import EndedWarning, NoSuchWarning, WarningOver, find_warning
from enrollment.actions.warnings.snooze_warning import SnoozeRefused, check_snooze, snooze_warning
from enrollment.actions.warnings.told_about import told_about
from enrollment.actions.warnings.wake_warning import wake_warning
from enrollment.actions.warnings.warning import StandingWarning
from enrollment.actions.warnings.warning_filter import WarningFilter, watched_for
from enrollment.models import Permission, Person, Severity
from enrollment.permissions import may
from enrollment.web.forms.warnings import SnoozeForm
from enrollment.web.numbered_pages import numbered_page
from enrollment.web.standing import standing_warnings

SIZE = 50
SNOOZED = "snoozed"
# The parts of the list, in their order.
PARTS = {
    Severity.UNHEALTHY.value: Severity.UNHEALTHY.label,
    Severity.WARNING.value: gettext_lazy("Warnings"),
    Severity.NOTICE.value: gettext_lazy("Notices"),
    SNOOZED: gettext_lazy("Snoozed"),
}


@dataclass(frozen=True)
class Part:
    """Those of one severity, or those that are snoozed, as far as they stand on this page; `count` is of all pages."""

    name: str
    label: str
    count: int
    warnings: list[StandingWarning]


@require_GET
def warning_list(request: HttpRequest) -> HttpResponse:
    """All that stands: the worst first, and what is snoozed after it."""
    standing = standing_warnings(request)
    filters = WarningFilter(request.GET, person=request.user)
    found = sorted(filters.matching(standing), key=lambda warning: warning.is_snoozed)
    page = numbered_page(found, request.GET, size=SIZE)
    counts = Counter(_part_of(warning) for warning in found)
    values = {
        "section": "warning-list",
        "page": page,
        "parts": [
            Part(name, str(PARTS[name]), counts[name], list(warnings))
            for name, warnings in groupby(page.rows, key=_part_of)
        ],
        "is_all_well": not standing,
        "is_filtered": _is_filtered(request.GET, filters),
        "filters": filters,
        "watched": watched_for(request.user),
    }
    return render(request, "enrollment/warnings/list.html", values)


def _part_of(warning: StandingWarning) -> str:
    return SNOOZED if warning.is_snoozed else warning.severity.value


def _is_filtered(query: QueryDict, filters: WarningFilter) -> bool:
    return any(query.get(name) for name in filters.fields)


@require_GET
def detail(request: HttpRequest, key: str) -> HttpResponse:
    """One warning: what it is about, who snoozed it, and whom it was told; after its end, when that was."""
    warning = _found(request, key)
    values = {
        "section": "warning-list",
        "warning": warning,
        "told": told_about(warning.alert, request.user),
        "may_read_tokens": may(request.user, Permission.READ_TOKEN),
    }
    if isinstance(warning, EndedWarning):
        return render(request, "enrollment/warnings/ended.html", values)
    values |= {"may_act": _may_act(request.user, warning), "outgrew": _outgrew(warning)}
    return render(request, "enrollment/warnings/detail.html", values)


def _outgrew(warning: StandingWarning) -> bool:
    """Whether its snooze has ended before its time: it has become worse."""
    until = warning.alert.snoozed_until if warning.alert else None
    return until is not None and until > timezone.now() and not warning.is_snoozed


def _found(request: HttpRequest, key: str) -> StandingWarning | EndedWarning:
    try:
        return find_warning(key, request.user, standing_warnings(request))
    except NoSuchWarning:
        raise Http404 from None


def _may_act(person: Person, warning: StandingWarning) -> bool:
    try:
        check_snooze(warning, person)
    except PermissionDenied:
        return False
    return True


def snooze(request: HttpRequest, key: str) -> HttpResponse:
    """Nobody is to be told for a while."""
    warning = _found(request, key)
    if isinstance(warning, EndedWarning):
        return _over(request, key)
    check_snooze(warning, request.user)
    form = SnoozeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            snooze_warning(key, until=form.until, reason=form.cleaned_data["reason"], by=request.user)
        except SnoozeRefused as refused:
            form.show(refused)
        except WarningOver:
            return _over(request, key)
        else:
            messages.success(request, _("The warning is snoozed."))
            return redirect("warning-detail", key)
    values: dict[str, Any] = {"section": "warning-list", "warning": warning, "form": form}
    return render(request, "enrollment/warnings/snooze.html", values)


@require_POST
def wake(request: HttpRequest, key: str) -> HttpResponse:
    try:
        wake_warning(key, by=request.user)
    except NoSuchWarning:
        raise Http404 from None
    except WarningOver:
        return _over(request, key)
    messages.success(
        request,
        _(
            "The snooze is over: the bell counts the warning again. Whoever has had a message about it gets another "
            "one only when it comes to its next step."
        ),
    )
    return redirect("warning-detail", key)


def _over(request: HttpRequest, key: str) -> HttpResponse:
    messages.info(request, _(WarningOver.sentence))
    return redirect("warning-detail", key)
