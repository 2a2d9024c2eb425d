from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from enrollment import limits
from enrollment.models import ChangeKind, Device, Permission, SyncPhase, SyncRun
from enrollment.models.device_words import differences_in_words
from enrollment.models.sync_filter import SyncFilter
from enrollment.permissions import check, may
from enrollment.web.keyset import keyset_page

SIZE = 50
OPEN_CHANGES = 10  # of each kind; the rest is folded
# The colours of the bar; what is left of the duration is waiting.
_TONES = {
    SyncPhase.ASKING: "info",
    SyncPhase.STORING: "success",
    SyncPhase.PAUSING: "neutral",
    SyncPhase.CLOSING: "warning",
}


@dataclass(frozen=True)
class Share:
    """A phase as a stretch of a bar of 1000."""

    label: str
    tone: str
    seconds: float
    x: float
    width: float


@require_GET
def sync_list(request: HttpRequest) -> HttpResponse:
    """The syncs of all tokens, the newest first."""
    check(request.user, Permission.READ_TOKEN)
    filters = SyncFilter(request.GET, person=request.user)
    values = {
        "section": "token-list",
        "page": keyset_page(filters.runs.select_related("token", "asked_by"), request.GET, order="-pk", size=SIZE),
        "form": filters.form,
        "is_filtered": any(request.GET.get(name) for name in filters.filters),
    }
    return render(request, "enrollment/tokens/runs.html", values)


def sync_run(request: HttpRequest, pk: int) -> HttpResponse:
    """One run, whole: what it did, where its time went, and the first changes of each kind (SYNC-10)."""
    runs = SyncRun.objects.visible_to(request.user).select_related("token", "asked_by", "continues")
    run = get_object_or_404(runs, pk=pk)
    check(request.user, Permission.READ_TOKEN)
    values = {
        "section": "token-list",
        "run": run,
        "token": run.token,
        "follower": run.continued_by.first(),
        "shares": phase_shares(run),
        "changes": _changes(run) if may(request.user, Permission.READ_DEVICE) else [],
        "at_most": limits.CHANGES_TOLD,
    }
    return render(request, "enrollment/tokens/run.html", values)


def phase_shares(run: SyncRun) -> list[Share]:
    """Where the time of a run went, laid end to end."""
    if run.started_at is None:
        return []
    spent = [(str(phase.label), _TONES[phase], float(run.phases.get(phase, 0.0))) for phase in SyncPhase]
    lasted = ((run.finished_at or timezone.now()) - run.started_at).total_seconds()
    waited = lasted - sum(seconds for _label, _tone, seconds in spent)
    spent.append((_("Waiting, and all else"), "waiting", max(0.0, waited)))
    whole = sum(seconds for _label, _tone, seconds in spent) or 1.0
    shares, x = [], 0.0
    for label, tone, seconds in spent:
        width = 1000 * seconds / whole
        shares.append(Share(label, tone, seconds, round(x, 2), round(width, 2)))
        x += width
    return shares


def _changes(run: SyncRun) -> list[dict[str, Any]]:
    """By kind: how many there were, and those told by name: a few that are shown, and the rest to fold."""
    told = _told(run)
    return [
        {
            "label": kind.label,
            "total": getattr(run, kind.value),
            "first": told[kind][:OPEN_CHANGES],
            "rest": told[kind][OPEN_CHANGES:],
        }
        for kind in ChangeKind
        if getattr(run, kind.value)
    ]


def _told(run: SyncRun) -> dict[str, list[dict[str, Any]]]:
    """Kind → serial number, key while it is listed here, and what changed in words."""
    changes = list(run.changes.all())
    found = Device.objects.filter(token=run.token_id, serial__in=[change.serial for change in changes])
    keys = dict(found.values_list("serial", "pk"))
    told: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in changes:
        differences = differences_in_words(one.differences)
        told[one.kind].append({"serial": one.serial, "pk": keys.get(one.serial), "differences": differences})
    return told
