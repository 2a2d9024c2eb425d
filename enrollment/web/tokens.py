from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from enrollment import limits, tasks
from enrollment.actions.devices.request_sync import SyncRefused, request_sync
from enrollment.actions.devices.sync_state import sync_state
from enrollment.actions.profiles.apply_default_profile import waiting_for_a_default
from enrollment.actions.tokens.edit_token import TokenNameTaken, edit_token
from enrollment.actions.warnings.token_health import health_by_token
from enrollment.models import AuditEntry, Health, Permission, Token, TokenDraft
from enrollment.models.audit_words import told
from enrollment.models.listed_counts import count_children, device_counts, status_counts
from enrollment.models.token_filter import TokenFilter
from enrollment.permissions import check, may
from enrollment.web.dashboard_rows import status_rows
from enrollment.web.forms.tokens import EditForm
from enrollment.web.object_warnings import of_sync, of_token
from enrollment.web.run_bars import picture_width, run_bars
from enrollment.web.standing import standing_warnings

TABS = ("overview", "profiles", "history", "activity")
RUNS_SHOWN = 30
ENTRIES_SHOWN = 50


def token_list(request: HttpRequest) -> HttpResponse:
    check(request.user, Permission.READ_TOKEN)
    health_of = partial(_healths, request)
    filters = TokenFilter(request.GET, person=request.user, health_of=health_of)
    tokens = filters.order.read(filters.tokens.prefetch_related("scope_tags"), limits.TOKENS_PER_INSTALLATION)
    count_children(tokens)
    healths = health_of()
    for token in tokens:
        token.health = healths.get(token.pk, Health.HEALTHY)
    drafts = TokenDraft.objects.visible_to(request.user).select_related("owner")
    values = {
        "section": "token-list",
        "tokens": tokens,
        "drafts": drafts if may(request.user, Permission.CREATE_TOKEN) else [],
        "form": filters.form,
        "fields": [filters.form[name] for name in ("health", "expires_since", "expires_until")],
        "is_filtered": any(request.GET.get(name) for name in filters.filters if name != "sort"),
        "may_create": may(request.user, Permission.CREATE_TOKEN),
    }
    return render(request, "enrollment/tokens/list.html", values)


def _healths(request: HttpRequest) -> dict[int, Health]:
    return health_by_token(standing_warnings(request))


def detail(request: HttpRequest, pk: int, tab: str = "overview") -> HttpResponse:
    tokens = Token.objects.visible_to(request.user).select_related("default_profile")
    tags = Prefetch("scope_tags", request.user.scope)  # those they see
    token = get_object_or_404(tokens.prefetch_related(tags), pk=pk)
    check(request.user, Permission.READ_TOKEN)
    if tab not in TABS or (tab == "activity" and not may(request.user, Permission.READ_AUDIT)):
        raise Http404
    values = {**frame_of(request, token, tab), **_TAB_VALUES[tab](token)}
    if tab == "overview":
        failed = of_sync(request, token, values["run"])
        values |= {"failed": failed, "warnings": [one for one in values["warnings"] if one is not failed]}
    elif tab == "activity":
        values["entries"] = told(values["entries"], request.user)
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
        **of_token(request, token),
    }


def _overview(token: Token) -> dict[str, Any]:
    counts = status_counts(token)
    return {
        "by_status": status_rows(counts, token),
        "device_count": sum(counts.values()),
        "released_count": token.devices.exclude(released_at=None).count(),
        "without_default": waiting_for_a_default(token).count() if token.default_profile else 0,
        **sync_values(token),
    }


def sync_values(token: Token) -> dict[str, Any]:
    """What the sync panel shows: the open or the last run, and why the button may be disabled."""
    state = sync_state(token)
    return {"token": token, **vars(state)}


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
    values["failed"] = of_sync(request, token, values["run"])
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
    form = EditForm(data, person=request.user, initial=initial)
    if data is not None and form.is_valid():
        try:
            edit_token(token, by=request.user, **form.cleaned_data)
        except TokenNameTaken as error:
            form.add_error("name", _(error.sentence))
        else:
            messages.success(request, _("The token is saved."))
            return redirect("token-detail", token.pk)
    return render(request, "enrollment/tokens/edit.html", {"section": "token-list", "token": token, "form": form})
