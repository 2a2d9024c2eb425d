from typing import Any

from django.db.models import Model
from django.forms import Select
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from enrollment.actions.audit.export_audit import ExportFormat, export_audit
from enrollment.models import (
    AssignmentRule,
    AuditEntry,
    AuditHead,
    Device,
    Operation,
    Permission,
    Person,
    Profile,
    SerialList,
    Token,
)
from enrollment.models.audit_actions import action_in_words
from enrollment.models.audit_filter import CLOCK, OBJECTS, AuditFilter
from enrollment.models.audit_words import told
from enrollment.permissions import check, may
from enrollment.web.keyset import keyset_page

SIZE = 50
PEOPLE_OFFERED = 2_000
MORE = ("object_type", "object_name", "token", "result")
CONTENT = {ExportFormat.CSV: "text/csv", ExportFormat.JSON_LINES: "application/jsonl"}
# Where an object has a page of its own, and what is needed to read it.
PAGES: dict[str, tuple[type[Model], str, Permission]] = {
    "token": (Token, "token-detail", Permission.READ_TOKEN),
    "profile": (Profile, "profile-detail", Permission.READ_PROFILE),
    "device": (Device, "device-detail", Permission.READ_DEVICE),
    "operation": (Operation, "operation-detail", Permission.READ_DEVICE),
    "seriallist": (SerialList, "serial-list", Permission.READ_DEVICE),
    "assignmentrule": (AssignmentRule, "rule-edit", Permission.ASSIGN_PROFILE),
    "person": (Person, "person-detail", Permission.READ_AUDIT),
}


@require_GET
def activity_list(request: HttpRequest) -> HttpResponse:
    """Who did what, the newest first."""
    check(request.user, Permission.READ_AUDIT)
    filters = AuditFilter(request.GET, person=request.user)
    page = keyset_page(filters.entries, request.GET, order="-pk", size=SIZE)
    filters.form.fields["person"].widget = Select(choices=_people(request.user))
    query = request.GET.copy()
    for name in ("before", "after"):
        query.pop(name, None)
    values = {
        "section": "activity-list",
        "page": page,
        "entries": told(page.rows, request.user),
        "main_fields": [filters.form[name] for name in ("person", "action", "since", "until")],
        "more_fields": [filters.form[name] for name in MORE],
        "more_is_set": any(request.GET.get(name) for name in (*MORE, "object_id")),
        "is_filtered": any(query.values()),
        "object_id": request.GET.get("object_id", ""),
        "query": query.urlencode(),
        "head": AuditHead.objects.filter(pk=1, number__gt=0).first() if request.user.sees_everything else None,
    }
    return render(request, "enrollment/activity/list.html", values)


def _people(reader: Person) -> list[tuple[str, str]]:
    people = Person.objects.visible_to(reader).order_by("username").values_list("pk", "username")[:PEOPLE_OFFERED]
    return [("", _("All")), (CLOCK, _("the clock")), *((str(key), name) for key, name in people)]


@require_GET
def entry_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """All that one entry tells, and its place in the chain."""
    entry = get_object_or_404(AuditEntry.objects.visible_to(request.user), pk=pk)
    check(request.user, Permission.READ_AUDIT)
    values = {
        "section": "activity-list",
        "told": told([entry], request.user)[0],
        "entry": entry,
        "what": action_in_words(entry.action),
        "kind": OBJECTS.get(entry.object_type, entry.object_type),
        "object_page": _page(request.user, entry.object_type, entry.object_id),
        "person_page": _page(request.user, "person", entry.person_id),
        "token": Token.objects.visible_to(request.user).filter(pk=entry.token_id or 0).first(),
    }
    return render(request, "enrollment/activity/detail.html", values)


def _page(reader: Person, kind: str, key: int | None) -> str:
    """The address of the object's page, where it still exists and the reader may see it."""
    model, name, needed = PAGES.get(kind, (None, "", None))
    if model is None or key is None or not may(reader, needed):
        return ""
    rows: Any = model._default_manager
    return reverse(name, args=[key]) if rows.visible_to(reader).filter(pk=key).exists() else ""


@require_GET
def export(request: HttpRequest, kind: str) -> StreamingHttpResponse:
    """What the log is filtered to, as a file for spreadsheets or for programs."""
    check(request.user, Permission.READ_AUDIT)
    if kind not in list(ExportFormat):
        raise Http404
    form = ExportFormat(kind)
    lines = export_audit(AuditFilter(request.GET, person=request.user), form, by=request.user)
    headers = {"Content-Disposition": f'attachment; filename="audit-{timezone.localdate()}.{kind}"'}
    return StreamingHttpResponse(lines, content_type=f"{CONTENT[form]}; charset=utf-8", headers=headers)
