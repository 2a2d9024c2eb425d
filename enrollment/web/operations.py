from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from enrollment import tasks
from enrollment.actions.devices.confirm_operation import ChangedMeanwhile, confirm_operation
from enrollment.actions.devices.discard_operation import discard_operation
from enrollment.actions.devices.export_operation import export_operation
from enrollment.actions.devices.preview_again import preview_again
from enrollment.actions.devices.retry_failed import retry_failed
from enrollment.actions.devices.start_operation import Choice, start_operation
from enrollment.actions.profiles.wish_for import TooManyDevices
from enrollment.models import AssignmentRule, Device, Operation, OperationKind, Permission, Profile, Token, Verdict
from enrollment.models.device import DeviceQuerySet
from enrollment.models.device_filter import DeviceFilter
from enrollment.models.keyset import counted
from enrollment.models.operation import ASKS_APPLE, NEEDED
from enrollment.models.operation_progress import WISHES, WORDS, devices_of, outcome_of, progress, with_outcome
from enrollment.models.typed_key import typed_key
from enrollment.models.typed_words import are_typed, words_to_type
from enrollment.permissions import check, may
from enrollment.web.keyset import keyset_page

SIZE = 50


def operation_list(request: HttpRequest) -> HttpResponse:
    """What was done to many devices at once, the newest first."""
    check(request.user, Permission.READ_DEVICE)
    operations = Operation.objects.visible_to(request.user).select_related("by", "token")
    page = keyset_page(operations, request.GET, order="-pk", size=SIZE)
    return render(request, "enrollment/operations/list.html", {"section": "operation-list", "page": page})


@require_POST
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """For the chosen devices: choose a profile where one is needed, then see what would happen (DEV-2)."""
    if kind not in OperationKind.values:
        raise Http404
    check(request.user, NEEDED[OperationKind(kind)])
    devices = _chosen(request)
    if kind != OperationKind.ASSIGN and devices.exists():
        return _start(request, OperationKind(kind), Choice(devices))
    profiles = _profiles_for(request, devices)
    if key := typed_key(request.POST.get("profile", "")):
        profile = get_object_or_404(profiles, pk=key)
        return _start(request, OperationKind.ASSIGN, Choice(devices, profile))
    values = {
        "section": "device-list",
        "count": devices.count(),
        "profiles": profiles,
        "kind": OperationKind(kind),
        "chosen": request.POST.getlist("device"),
        "all_matching": request.POST.get("all_matching", ""),
        "query": request.POST.get("query", ""),
        "back": _back(request),
    }
    return render(request, "enrollment/operations/choose.html", values)


def _chosen(request: HttpRequest) -> DeviceQuerySet:
    """The rows that were ticked, or all that match the list's filters."""
    if request.POST.get("all_matching"):
        return DeviceFilter(QueryDict(request.POST.get("query", "")), person=request.user).devices
    keys = [typed_key(key) for key in request.POST.getlist("device")]
    return Device.objects.visible_to(request.user).filter(pk__in=keys)


def _profiles_for(request: HttpRequest, devices: DeviceQuerySet) -> Any:
    tokens = Token.objects.filter(pk__in=devices.order_by().values("token_id"))
    return Profile.objects.visible_to(request.user).filter(token__in=tokens).select_related("token", "current")


def _start(request: HttpRequest, kind: OperationKind, choice: Choice) -> HttpResponse:
    operation = start_operation(kind, [choice], by=request.user, chosen_by=_back(request))
    return redirect("operation-detail", operation.pk)


def _back(request: HttpRequest) -> str:
    query = request.POST.get("query", "").replace("\x00", "")
    return f"{reverse('device-list')}?{query}" if query else reverse("device-list")


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What would happen, or how far it has come; asks for itself again while devices are under way."""
    operation = _operation(request, pk)
    check(request.user, Permission.READ_DEVICE)
    values = {
        "section": "operation-list",
        "operation": operation,
        "profiles": _profiles_of(operation),
        "may_confirm": may(request.user, operation.needed),
        "asks_apple": operation.kind in ASKS_APPLE,
        "typed": words_to_type(operation),
        "gets_in_words": operation.in_words(Verdict.GETS),
        "reasons": [(verdict, verdict.label, count) for verdict, count in operation.cannot.items()],
        **(_far(operation) if not operation.is_previewed else {}),
        **_rows(request, operation),
        "address": request.get_full_path(),
    }
    template = "_live" if request.htmx and not request.htmx.boosted else "detail"
    return render(request, f"enrollment/operations/{template}.html", values)


def _operation(request: HttpRequest, pk: int) -> Operation:
    found = Operation.objects.wholly_visible_to(request.user).select_related("by", "confirmed_by", "token")
    return get_object_or_404(found, pk=pk)


def _profiles_of(operation: Operation) -> list[Profile]:
    keys = operation.devices.filter(profile__isnull=False).order_by().values_list("profile", flat=True).distinct()
    return list(Profile.objects.filter(pk__in=list(keys)).select_related("token"))


def _far(operation: Operation) -> dict[str, Any]:
    far = progress(operation)
    outcomes = [(outcome, WORDS[outcome], far.counts[outcome]) for outcome in WORDS if far.counts.get(outcome)]
    if far.other:
        outcomes.append(("other", WORDS["other"], far.other))
    return {"far": far, "outcomes": outcomes, "is_wish": operation.kind in WISHES}


def _rows(request: HttpRequest, operation: Operation) -> dict[str, Any]:
    show = request.GET.get("show", "")
    if show not in WORDS and show not in Verdict.values:
        show = ""
    rows = with_outcome(operation, show)
    page = keyset_page(rows, request.GET, order="serial", size=SIZE, count=counted(rows))
    devices = devices_of(page.rows)
    rules = AssignmentRule.objects.in_bulk([row.rule_id for row in page.rows if row.rule_id])
    profiles = Profile.objects.in_bulk([row.profile_id for row in page.rows if row.rule_id])
    for row in page.rows:
        row.now = devices.get(row.device_id)
        row.outcome = outcome_of(operation, row, row.now)
        row.by_rule, row.gets_profile = rules.get(row.rule_id), profiles.get(row.profile_id)
        row.in_words = WORDS.get(row.outcome) if row.outcome else operation.in_words(row.verdict)
    shown_as = "" if not show else WORDS[show] if show in WORDS else operation.in_words(show)
    return {"page": page, "show": show, "shown_as": shown_as}


@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    operation = _operation(request, pk)
    check(request.user, operation.needed)
    words = words_to_type(operation)
    if words and not are_typed(words, request.POST.get("typed", "")):
        messages.error(request, _("Type %(words)s to confirm.") % {"words": words})
        return redirect("operation-detail", pk)
    try:
        message = request.POST.get("lost_message", "").replace("\x00", "").strip()
        confirm_operation(operation, by=request.user, lost_message=message[:250])
    except ChangedMeanwhile as changed:
        newer = preview_again(operation, by=request.user)
        text = ngettext(
            "%(count)d device has changed since you looked. Nothing was done: this is what would happen now.",
            "%(count)d devices have changed since you looked. Nothing was done: this is what would happen now.",
            changed.count,
        )
        messages.warning(request, text % {"count": changed.count})
        return redirect("operation-detail", newer.pk)
    except TooManyDevices as error:
        messages.error(request, _(error.sentence) % error.details)
        return redirect("operation-detail", pk)
    tasks.hand_out(operation)
    return redirect("operation-detail", pk)


@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Only what failed."""
    operation = _operation(request, pk)
    check(request.user, operation.needed)
    count = retry_failed(operation, by=request.user)
    if count:
        tasks.hand_out(operation)
        text = ngettext("%(count)d device is tried again.", "%(count)d devices are tried again.", count)
        messages.success(request, text % {"count": count})
    else:
        messages.info(request, _("There is nothing that could be tried again now."))
    return redirect("operation-detail", pk)


@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    operation = _operation(request, pk)
    check(request.user, operation.needed)
    back = operation.chosen_by or reverse("device-list")
    discard_operation(operation, by=request.user)
    return redirect(back)


@require_GET
def export(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Device by device, for spreadsheets."""
    operation = _operation(request, pk)
    check(request.user, Permission.READ_DEVICE)
    headers = {"Content-Disposition": f'attachment; filename="operation-{pk}.csv"'}
    lines = export_operation(operation, by=request.user)
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)
