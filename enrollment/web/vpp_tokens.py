from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from enrollment import tasks
from enrollment.actions.licences.add_vpp_token import VppNameTaken
from enrollment.actions.licences.delete_vpp_token import (
    VppTokenInUse,
    delete_vpp_token,
    profiles_by_token,
    profiles_with,
)
from enrollment.actions.licences.edit_vpp_token import edit_vpp_token
from enrollment.actions.licences.request_reading import ReadingRefused, request_reading
from enrollment.models import Permission, VppToken
from enrollment.models.keyset import counted
from enrollment.models.licence_filter import SORTS, LicenceFilter, in_order
from enrollment.models.licence_stock import app_title, company_portal_stock, stocks
from enrollment.models.vpp_token_filter import VppTokenFilter
from enrollment.permissions import check, may
from enrollment.web.forms.vpp_tokens import VppEditForm
from enrollment.web.keyset import keyset_page
from enrollment.web.standing import warnings_about

SECTION = "vpp-token-list"
TOKENS_SHOWN, APPS_SHOWN = 50, 100
# Warnings that tell what Apple said no with.
TELL_TROUBLE = ("vpp_token_expired", "vpp_token_rejected", "licences_unread")


def vpp_token_list(request: HttpRequest) -> HttpResponse:
    check(request.user, Permission.READ_TOKEN)
    filters = VppTokenFilter(request.GET, person=request.user)
    found, order = filters.tokens, filters.order
    page = keyset_page(
        found,
        request.GET,
        order=f"{'-' if order.downwards else ''}{order.column}",
        size=TOKENS_SHOWN,
        count=counted(found),
        is_indexed=False,
    )
    portals, profiles = company_portal_stock(page.rows), profiles_by_token(page.rows, seen_by=request.user)
    values = {
        "section": SECTION,
        "page": page,
        "tokens": [(token, portals.get(token.pk), profiles[token.pk]) for token in page.rows],
        "form": filters.form,
        "fields": [filters.form[name] for name in ("expires_since", "expires_until")],
        "is_filtered": any(request.GET.get(name) for name in filters.filters if name != "sort"),
        "may_create": may(request.user, Permission.CREATE_TOKEN),
    }
    return render(request, "enrollment/vpp_tokens/list.html", values)


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What the location owns, how the token is, and what can be done about it (VPP-1)."""
    tags = Prefetch("scope_tags", request.user.scope)  # those they see
    tokens = VppToken.objects.visible_to(request.user).prefetch_related(tags)
    token = get_object_or_404(tokens, pk=pk)
    check(request.user, Permission.READ_TOKEN)
    warnings = warnings_about(request, vpp_token=pk)
    values = {
        "section": SECTION,
        "token": token,
        "warnings": warnings,
        "tells_trouble": not any(one.condition.id in TELL_TROUBLE for one in warnings),
        "portal": company_portal_stock([token]).get(pk),
        "portal_title": app_title(settings.COMPANY_PORTAL_APP, ""),
        "profiles": profiles_with(token, seen_by=request.user),
        "may_update": may(request.user, Permission.UPDATE_TOKEN),
        "may_delete": may(request.user, Permission.DELETE_TOKEN),
        "may_read_now": may(request.user, Permission.SYNC_DEVICE),
        **_licences(request, token),
    }
    answer = render(request, "enrollment/vpp_tokens/detail.html", values)
    if request.htmx and not token.is_being_read:
        # Looked at while it was being read: the status and the counts around have changed, too.
        answer["HX-Refresh"] = "true"
    return answer


def _licences(request: HttpRequest, token: VppToken) -> dict[str, Any]:
    filters = LicenceFilter(request.GET, token=token)
    sort = request.GET.get("sort", "")
    rows = in_order(filters.rows, sort)
    page = Paginator(rows, APPS_SHOWN).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    return {
        "filters": filters.form,
        "is_filtered": any(request.GET.get(name) for name in LicenceFilter.base_filters),
        "sorts": SORTS,
        "sort": sort,
        "apps": list(stocks(page.object_list)),
        "page": page,
        "query": query.urlencode(),
    }


@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the licences read now."""
    token = get_object_or_404(VppToken.objects.visible_to(request.user), pk=pk)
    check(request.user, Permission.SYNC_DEVICE)
    try:
        request_reading(token, by=request.user)
    except ReadingRefused as refused:
        messages.error(request, _in_words(refused))
    else:
        tasks.enqueue(tasks.run_read_licences, token.pk)
    return redirect("vpp-token-detail", pk)


def _in_words(refused: ReadingRefused) -> str:
    sentence = _(refused.sentence) % refused.details
    if refused.until is None:
        return sentence
    again = _("Again at %(when)s.") % {"when": date_format(localtime(refused.until), "TIME_FORMAT")}
    return f"{sentence} {again}"


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(VppToken.objects.visible_to(request.user), pk=pk)
    check(request.user, Permission.UPDATE_TOKEN)
    initial = {"name": token.name, "scope_tags": token.scope_tags.all()}
    data = request.POST if request.method == "POST" else None
    form = VppEditForm(data, person=request.user, initial=initial)
    if data is not None and form.is_valid():
        try:
            edit_vpp_token(token, by=request.user, **form.cleaned_data)
        except VppNameTaken as error:
            form.add_error("name", _(error.sentence))
        else:
            messages.success(request, _("The VPP token is saved."))
            return redirect("vpp-token-detail", pk)
    return render(request, "enrollment/vpp_tokens/edit.html", {"section": SECTION, "token": token, "form": form})


def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """What is in the way, or what is lost by it; and the deletion."""
    token = get_object_or_404(VppToken.objects.visible_to(request.user), pk=pk)
    check(request.user, Permission.DELETE_TOKEN)
    if request.method == "POST":
        return _deleted(request, token)
    seen = profiles_with(token, seen_by=request.user)
    values = {
        "section": SECTION,
        "token": token,
        "profiles": seen,
        "is_chosen": bool(seen or profiles_with(token)),
    }
    return render(request, "enrollment/vpp_tokens/delete.html", values)


def _deleted(request: HttpRequest, token: VppToken) -> HttpResponse:
    try:
        delete_vpp_token(token, by=request.user)
    except VppTokenInUse as error:
        messages.error(request, _(error.sentence) % error.details)
        return redirect("vpp-token-delete", token.pk)
    messages.success(request, _("The VPP token is deleted here. In Apple's portal it stays as it is."))
    return redirect("vpp-token-list")
