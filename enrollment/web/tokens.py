from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from enrollment import limits, tasks
from enrollment.actions.devices.request_sync import SyncRefused, next_full_sync, request_sync, sync_refusal
from enrollment.actions.profiles.apply_default_profile import waiting_for_a_default
from enrollment.actions.tokens.edit_token import edit_token
from enrollment.models import AppleProfileStatus, AuditEntry, Device, Permission, SyncKind, Token, TokenDraft
from enrollment.permissions import check, may
from enrollment.web.forms.tokens import EditForm, TokenFilterForm
from enrollment.web.profiles import device_counts
from enrollment.web.run_bars import picture_width, run_bars

TABS = ("overview", "profiles", "history", "activity")
RUNS_SHOWN = 30
ENTRIES_SHOWN = 50


def token_list(request: HttpRequest) -> HttpResponse:
    check(request.user, Permission.READ_TOKEN)
    form = TokenFilterForm(request.GET)
    tokens = _filtered(Token.objects.visible_to(request.user).with_status(), form)
    # Counted by subqueries of their own: two joins would multiply each other.
    tokens = list(tokens.prefetch_related("scope_tags"))
    _count_children(tokens)
    drafts = TokenDraft.objects.visible_to(request.user).select_related("owner")
    values = {
        "section": "token-list",
        "tokens": tokens,
        "drafts": drafts if may(request.user, Permission.CREATE_TOKEN) else [],
        "form": form,
        "may_create": may(request.user, Permission.CREATE_TOKEN),
    }
    return render(request, "enrollment/tokens/list.html", values)


def _filtered(tokens: QuerySet[Token], form: TokenFilterForm) -> QuerySet[Token]:
    if not form.is_valid():
        return tokens
    data = form.cleaned_data
    if words := data["q"].strip():
        tokens = tokens.filter(Q(name__icontains=words) | Q(apple_id__icontains=words) | Q(org_name__icontains=words))
    if data["status"]:
        tokens = tokens.filter(status_now=data["status"])
    return tokens.order_by(data["sort"] or "name")


def _count_children(tokens: list[Token]) -> None:
    keys = [token.pk for token in tokens]
    profiles = Token.objects.filter(pk__in=keys).values_list("pk").annotate(Count("profiles"))
    device_counts, profile_counts = Device.objects.filter(token__in=keys).present().counts_by("token"), dict(profiles)
    for token in tokens:
        token.device_count, token.profile_count = device_counts.get(token.pk, 0), profile_counts.get(token.pk, 0)


def detail(request: HttpRequest, pk: int, tab: str = "overview") -> HttpResponse:
    token = get_object_or_404(Token.objects.visible_to(request.user).select_related("default_profile"), pk=pk)
    check(request.user, Permission.READ_TOKEN)
    if tab not in TABS or (tab == "activity" and not may(request.user, Permission.READ_AUDIT)):
        raise Http404
    values = {**frame_of(request, token, tab), **_TAB_VALUES[tab](token)}
    return render(request, f"enrollment/tokens/detail_{tab}.html", values)


def frame_of(request: HttpRequest, token: Token, tab: str) -> dict[str, Any]:
    """What every tab of a token needs around its own content."""
    return {
        "section": "token-list",
        "token": token,
        "tab": tab,
        "may_sync": may(request.user, Permission.SYNC_DEVICE),
        "may_update": may(request.user, Permission.UPDATE_TOKEN),
        "may_delete": may(request.user, Permission.DELETE_TOKEN),
        "may_create_profile": may(request.user, Permission.CREATE_PROFILE),
        "may_assign": may(request.user, Permission.ASSIGN_PROFILE),
        "may_audit": may(request.user, Permission.READ_AUDIT),
    }


def _overview(token: Token) -> dict[str, Any]:
    # Every status is named for the index, which begins with it.
    devices = token.devices.present().filter(apple_profile_status__in=AppleProfileStatus.values)
    counts = devices.counts_by("apple_profile_status")
    total = sum(counts.values())
    order = ("pushed", "assigned", "empty", "removed")
    # Each share as a stretch of a bar of 1000, laid end to end.
    shares, start = [], 0.0
    for name in order:
        width = 1000 * counts.get(name, 0) / total if total else 0
        shares.append({"status": name, "count": counts.get(name, 0), "x": round(start, 2), "width": round(width, 2)})
        start += width
    return {
        "shares": shares,
        "device_count": total,
        "is_crowded": total > limits.DEVICES_PER_TOKEN,  # LIM-4
        "recommended": limits.DEVICES_PER_TOKEN,
        "released_count": token.devices.exclude(released_at=None).count(),
        "without_default": waiting_for_a_default(token).count() if token.default_profile else 0,
        **sync_values(token),
    }


def sync_values(token: Token) -> dict[str, Any]:
    """What the sync panel shows: the open or the last run, and why the button may be disabled."""
    run = token.sync_runs.open().first() or token.sync_runs.first()
    values: dict[str, Any] = {
        "token": token,
        "run": run,
        "refusal": sync_refusal(token),
        "next_full": next_full_sync(token),
    }
    if run and run.is_open and run.started_at:
        seconds = max((timezone.now() - run.started_at).total_seconds(), 1)
        values["per_second"] = round(run.received / seconds)
        if run.kind == SyncKind.FULL and run.expected:
            values["percent"] = min(99, round(100 * run.received / run.expected))
            values["minutes"] = max(1, round((run.expected - run.received) / limits.APPLE_DEVICES_PER_MINUTE))
    return values


def _profiles(token: Token) -> dict[str, Any]:
    profiles = list(token.profiles.select_related("current"))
    counts = device_counts(profiles)
    for profile in profiles:
        profile.device_count = counts.get(profile.pk, 0)
    return {
        "profiles": profiles,
        "foreign": token.foreign_profiles.all(),
    }


def _history(token: Token) -> dict[str, Any]:
    runs = list(token.sync_runs.select_related("asked_by")[:RUNS_SHOWN])
    bars = run_bars(runs)
    return {"runs": runs, "bars": bars, "picture_width": picture_width(bars)}


def _activity(token: Token) -> dict[str, Any]:
    return {"entries": AuditEntry.objects.filter(token=token)[:ENTRIES_SHOWN]}


_TAB_VALUES = {"overview": _overview, "profiles": _profiles, "history": _history, "activity": _activity}


def sync_panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The sync panel, or the command of the device list, alone; they ask for it again while a run is open (SYNC-4)."""
    token = get_object_or_404(Token.objects.visible_to(request.user), pk=pk)
    check(request.user, Permission.READ_TOKEN)
    values = {**sync_values(token), "may_sync": may(request.user, Permission.SYNC_DEVICE)}
    if request.GET.get("as") == "command":
        return render(request, "enrollment/tokens/_sync_command.html", values)
    answer = render(request, "enrollment/tokens/_sync.html", values)
    if request.GET.get("was") == "open" and not (values["run"] and values["run"].is_open):
        # The counts on the rest of the page have changed, too.
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
def sync(request: HttpRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(Token.objects.visible_to(request.user), pk=pk)
    check(request.user, Permission.SYNC_DEVICE)
    try:
        run = request_sync(token, by=request.user)
    except SyncRefused as refusal:
        messages.error(request, _(refusal.sentence) % refusal.details)
    else:
        tasks.enqueue(tasks.run_sync, run.pk)
    return redirect("token-detail", token.pk)


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(Token.objects.visible_to(request.user), pk=pk)
    check(request.user, Permission.UPDATE_TOKEN)
    initial = {"name": token.name, "scope_tags": token.scope_tags.all()}
    data = request.POST if request.method == "POST" else None
    form = EditForm(data, token=token, person=request.user, initial=initial)
    if data is not None and form.is_valid():
        edit_token(token, by=request.user, **form.cleaned_data)
        messages.success(request, _("The token is saved."))
        return redirect("token-detail", token.pk)
    return render(request, "enrollment/tokens/edit.html", {"section": "token-list", "token": token, "form": form})
