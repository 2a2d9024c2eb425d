from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from enrollment import limits
from enrollment.actions.serials.assign_serials import assign_serials, rows_without_a_profile
from enrollment.actions.serials.delete_serial_list import delete_serial_list
from enrollment.actions.serials.export_serials import export_serials
from enrollment.actions.serials.read_serials import read_serials
from enrollment.models import Permission, Person, Profile, SerialList, SerialRow, SerialVerdict
from enrollment.models.listed_devices import listed_devices, named_profiles
from enrollment.models.serial_answers import counts_by_token, rows_answered, tell_devices
from enrollment.models.serial_list_file import ListRefused
from enrollment.models.token import Token
from enrollment.models.typed_key import typed_key
from enrollment.permissions import check, may
from enrollment.web.forms.serial_lists import SerialListForm
from enrollment.web.keyset import keyset_page
from enrollment.web.request_size import takes_up_to

SIZE = 100
# What is told of rows that are not simply found.
TONES = {
    SerialVerdict.FOUND: "success",
    SerialVerdict.SEVERAL: "warning",
    SerialVerdict.DUPLICATE: "neutral",
}


def serial_lists(request: HttpRequest) -> HttpResponse:
    check(request.user, Permission.READ_DEVICE)
    page = keyset_page(SerialList.objects.visible_to(request.user), request.GET, order="-pk", size=SIZE)
    values = {"section": "serial-lists", "page": page, "kept_days": limits.SERIAL_LISTS_KEPT_DAYS}
    return render(request, "enrollment/serial_lists/list.html", values)


@takes_up_to(limits.SERIAL_LIST_BYTES)
def new(request: HttpRequest) -> HttpResponse:
    """Paste or upload (DEV-3). A list that cannot be read is told why, beside what was pasted."""
    check(request.user, Permission.READ_DEVICE)
    form = SerialListForm(request.POST, request.FILES) if request.method == "POST" else SerialListForm()
    if request.method == "POST" and form.is_valid() and (kept := _read(request, form)):
        return redirect("serial-list", kept.pk)
    return render(request, "enrollment/serial_lists/new.html", {"section": "serial-lists", "form": form})


def _read(request: HttpRequest, form: SerialListForm) -> SerialList | None:
    file, said = form.cleaned_data["file"], form.cleaned_data
    name = said["name"] or (file.name if file else _("Pasted list"))
    try:
        # No more than can be read, and a byte that tells there was more.
        content = file.read(limits.SERIAL_LIST_BYTES + 1) if file else said["text"]
        return read_serials(content, name=name, by=request.user)
    except ListRefused as refused:
        form.add_error("file" if file else "text", _(refused.sentence) % refused.details)
        return None


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    serials = _list(request, pk)
    show = request.GET.get("show", "")
    token = request.GET.get("token", "")
    rows = rows_answered(serials, request.user, verdict=show, token=token)
    page = keyset_page(rows, request.GET, order="pk", size=SIZE)
    _tell(page.rows, request.user)
    values = {
        "section": "serial-lists",
        "serials": serials,
        "page": page,
        "show": show,
        "token": token,
        "tiles": [(verdict, verdict.label, n) for verdict in SerialVerdict if (n := serials.counts.get(verdict))],
        "total": sum(serials.counts.values()),
        "tokens": counts_by_token(serials, request.user),
        "has_profiles": serials.rows.exclude(profile_name="").exists(),
        "has_notes": serials.rows.exclude(note="").exists(),
        "may_assign": may(request.user, Permission.ASSIGN_PROFILE),
    }
    return render(request, "enrollment/serial_lists/detail.html", values)


def _tell(rows: list[SerialRow], person: Person) -> None:
    """What a page shows beside each row."""
    tell_devices(rows, person)
    for row in rows:
        row.tone = "success" if row.has_come else TONES.get(SerialVerdict(row.verdict), "error")


def _list(request: HttpRequest, pk: int) -> SerialList:
    serials = get_object_or_404(SerialList.objects.visible_to(request.user), pk=pk)
    check(request.user, Permission.READ_DEVICE)
    return serials


def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose one profile for all of them, or the one that each row names; then the preview."""
    serials = _list(request, pk)
    check(request.user, Permission.ASSIGN_PROFILE)
    devices = listed_devices(serials, request.user)
    tokens = Token.objects.filter(pk__in=devices.order_by().values("token"))
    profiles = Profile.objects.visible_to(request.user).filter(token__in=tokens).select_related("token")
    if request.method == "POST":
        return _start(request, serials, profiles)
    values: dict[str, Any] = {
        "section": "serial-lists",
        "serials": serials,
        "count": devices.count(),
        "profiles": profiles,
        "named": list(named_profiles(serials, request.user)),
        "has_profiles": serials.rows.exclude(profile_name="").exists(),
        "without": rows_without_a_profile(serials, request.user),
    }
    return render(request, "enrollment/serial_lists/assign.html", values)


def _start(request: HttpRequest, serials: SerialList, profiles: Any) -> HttpResponse:
    chosen = request.POST.get("profile", "")
    if chosen != "named" and not typed_key(chosen):
        messages.error(request, _("Choose a profile."))
        return redirect("serial-list-assign", serials.pk)
    profile = None if chosen == "named" else get_object_or_404(profiles, pk=typed_key(chosen))
    back = reverse("serial-list", args=[serials.pk])
    return redirect("operation-detail", assign_serials(serials, profile, by=request.user, chosen_by=back).pk)


@require_GET
def export(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    serials = _list(request, pk)
    headers = {"Content-Disposition": f'attachment; filename="{serials.file_name}"'}
    lines = export_serials(serials, by=request.user)
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    serials = _list(request, pk)
    delete_serial_list(serials, by=request.user)
    messages.success(request, _("The list is deleted. What was assigned from it stays."))
    return redirect("serial-lists")
