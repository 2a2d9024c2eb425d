from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from enrollment.actions.access.delete_role import delete_role, usable_keys
from enrollment.actions.access.save_role import save_role
from enrollment.actions.access.what_may_be_given import AccessRefused
from enrollment.models import ApiKey, Permission, Person, Role
from enrollment.models.permission_words import ALLOWS, GROUPS, SUMMARIES
from enrollment.permissions import check_any, check_everywhere, may_everywhere
from enrollment.web.forms.access import RoleForm
from enrollment.web.people import allowed_by

SHOWN = 50


def role_list(request: HttpRequest) -> HttpResponse:
    """All roles, the built-in ones first; how many of the people one administers have each."""
    check_any(request.user, Permission.MANAGE_ACCESS, Permission.READ_AUDIT)
    counts: dict[int, int] = {}
    people = Person.objects.visible_to(request.user).order_by()
    for key in people.filter(is_active=True, roles__isnull=False).values_list("roles", flat=True):
        counts[key] = counts.get(key, 0) + 1
    roles = list(Role.objects.order_by("-is_built_in", "name", "pk"))
    for role in roles:
        role.people_count = counts.get(role.pk, 0)
        role.summary = SUMMARIES.get(role.key, "") if role.is_built_in else ""
    values = {"section": "role-list", "roles": roles, "may_manage": _may_manage(request)}
    return render(request, "enrollment/roles/list.html", values)


def _may_manage(request: HttpRequest) -> bool:
    return may_everywhere(request.user, Permission.MANAGE_ACCESS)


def _role(request: HttpRequest, pk: int) -> Role:
    """To be changed; roles belong to the whole organisation."""
    role = get_object_or_404(Role, pk=pk)
    check_everywhere(request.user, Permission.MANAGE_ACCESS)
    return role


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    role = get_object_or_404(Role, pk=pk)
    check_any(request.user, Permission.MANAGE_ACCESS, Permission.READ_AUDIT)
    people = Person.objects.visible_to(request.user).filter(roles=role).order_by("username")
    keys = ApiKey.objects.visible_to(request.user) & usable_keys(role)
    values = {
        "section": "role-list",
        "role": role,
        "summary": SUMMARIES.get(role.key, "") if role.is_built_in else "",
        "allowed": allowed_by([role]),
        "people": people[:SHOWN],
        "people_count": people.count(),
        "keys": keys.select_related("person")[:SHOWN],
        "may_manage": _may_manage(request),
    }
    return render(request, "enrollment/roles/detail.html", values)


def new(request: HttpRequest) -> HttpResponse:
    """With `like` another role is what it begins with."""
    check_everywhere(request.user, Permission.MANAGE_ACCESS)
    like = request.GET.get("like", "")
    known = get_object_or_404(Role, pk=int(like) if like.isdecimal() and len(like) < 10 else 0) if like else None
    initial = {"name": _("Copy of %(name)s") % {"name": known}, "permissions": known.permissions} if known else {}
    return _form(request, None, initial)


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    role = _role(request, pk)
    return _form(request, role, {"name": role.name, "permissions": role.permissions})


def _form(request: HttpRequest, role: Role | None, initial: dict[str, Any]) -> HttpResponse:
    form = RoleForm(request.POST) if request.method == "POST" else RoleForm(initial=initial)
    if form.is_bound and form.is_valid():
        try:
            saved = save_role(role, by=request.user, **form.cleaned_data)
        except AccessRefused as refused:
            form.show(refused)
        else:
            messages.success(request, _("The role “%(name)s” is saved.") % {"name": saved})
            return redirect("role-detail", saved.pk)
    chosen = set(form["permissions"].value() or [])
    groups = [
        (heading, [(one, one.label, ALLOWS[one], one.value in chosen) for one in permissions])
        for heading, permissions in GROUPS
    ]
    values = {"section": "role-list", "role": role, "form": form, "groups": groups}
    return render(request, "enrollment/roles/form.html", values)


def delete(request: HttpRequest, pk: int) -> HttpResponse:
    role = _role(request, pk)
    if request.method != "POST":
        return render(request, "enrollment/roles/delete.html", {"section": "role-list", "role": role})
    try:
        delete_role(role, by=request.user)
    except AccessRefused as refused:
        messages.error(request, _(refused.sentence) % refused.details)
        return redirect("role-detail", pk)
    messages.success(request, _("The role is deleted."))
    return redirect("role-list")
