from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from enrollment.models import AuditEntry, Permission
from enrollment.permissions import check
from enrollment.web.keyset import keyset_page

SIZE = 50


def activity_list(request: HttpRequest) -> HttpResponse:
    """Who did what, the newest first."""
    check(request.user, Permission.READ_AUDIT)
    entries = AuditEntry.objects.visible_to(request.user)
    who, action = request.GET.get("who", "").strip(), request.GET.get("action", "")
    if who:
        entries = entries.filter(who=who)
    if action:
        entries = entries.filter(action=action)
    page = keyset_page(entries, request.GET, order="-pk", size=SIZE)
    seen = AuditEntry.objects.visible_to(request.user).order_by()
    values = {
        "section": "activity-list",
        "page": page,
        "entries": page.rows,
        "who": who,
        "action": action,
        "people": seen.exclude(who="").values_list("who", flat=True).distinct().order_by("who"),
        "actions": seen.values_list("action", flat=True).distinct().order_by("action"),
    }
    return render(request, "enrollment/activity/list.html", values)
