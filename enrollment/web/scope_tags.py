from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from enrollment.actions.access.delete_scope_tag import carriers_of, delete_scope_tag
from enrollment.actions.access.save_scope_tag import save_scope_tag
from enrollment.actions.access.what_may_be_given import AccessRefused
from enrollment.models import ApiKey, Channel, Permission, Person, ScopeTag, Token, VppToken
from enrollment.models.keyset import counted
from enrollment.permissions import check_any, check_everywhere, may_everywhere
from enrollment.web.forms.access import FilterForm, ScopeTagForm
from enrollment.web.keyset import keyset_page

SIZE = 50


def scope_tag_list(request: HttpRequest) -> HttpResponse:
    """The parts of the organisation; somebody narrowed to some sees those."""
    check_any(request.user, Permission.MANAGE_ACCESS, Permission.READ_AUDIT)
    words = FilterForm(request.GET, {"": ""}).words
    tags = request.user.scope
    if words:
        tags = tags.filter(name__icontains=words)
    page = keyset_page(tags, request.GET, order="name", size=SIZE, count=counted(tags))
    _count(request.user, page.rows)
    values = {"section": "scope-tag-list", "page": page, "words": words, "may_manage": _may_manage(request)}
    return render(request, "enrollment/scope_tags/list.html", values)


def _count(person: Person, tags: list[ScopeTag]) -> None:
    """How many tokens and people one sees carry each, by one grouped query for each kind."""
    for rows, through, column, name in (
        (Token.objects.visible_to(person), Token.scope_tags.through, "token_id", "token_count"),
        (Person.objects.visible_to(person), Person.scope_tags.through, "person_id", "people_count"),
    ):
        carried = through.objects.filter(scopetag__in=tags, **{f"{column}__in": rows.values("pk")})
        counts = dict(carried.values("scopetag_id").annotate(n=Count("pk")).values_list("scopetag_id", "n"))
        for tag in tags:
            setattr(tag, name, counts.get(tag.pk, 0))


def _may_manage(request: HttpRequest) -> bool:
    return may_everywhere(request.user, Permission.MANAGE_ACCESS)


def _tag(request: HttpRequest, pk: int) -> ScopeTag:
    """To be changed; scope tags belong to the whole organisation."""
    tag = get_object_or_404(request.user.scope, pk=pk)
    check_everywhere(request.user, Permission.MANAGE_ACCESS)
    return tag


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What carries it, as far as one sees that."""
    tag = get_object_or_404(request.user.scope, pk=pk)
    check_any(request.user, Permission.MANAGE_ACCESS, Permission.READ_AUDIT)
    carriers, person = carriers_of(tag), request.user
    values = {
        "section": "scope-tag-list",
        "tag": tag,
        "tokens": (carriers.tokens & Token.objects.visible_to(person))[:SIZE],
        "vpp_tokens": (carriers.vpp_tokens & VppToken.objects.visible_to(person))[:SIZE],
        "people": (carriers.people & Person.objects.visible_to(person)).order_by("username")[:SIZE],
        "keys": (carriers.api_keys & ApiKey.objects.visible_to(person).select_related("person"))[:SIZE],
        "channels": (carriers.channels & Channel.objects.visible_to(person))[:SIZE],
        "may_manage": _may_manage(request),
        "is_carried": carriers.exist(),
    }
    return render(request, "enrollment/scope_tags/detail.html", values)


def new(request: HttpRequest) -> HttpResponse:
    check_everywhere(request.user, Permission.MANAGE_ACCESS)
    return _form(request, None, {})


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    tag = _tag(request, pk)
    return _form(request, tag, {"name": tag.name, "description": tag.description})


def _form(request: HttpRequest, tag: ScopeTag | None, initial: dict[str, Any]) -> HttpResponse:
    form = ScopeTagForm(request.POST) if request.method == "POST" else ScopeTagForm(initial=initial)
    if form.is_bound and form.is_valid():
        try:
            saved = save_scope_tag(tag, by=request.user, **form.cleaned_data)
        except AccessRefused as refused:
            form.show(refused)
        else:
            messages.success(request, _("The scope tag “%(name)s” is saved.") % {"name": saved})
            return redirect("scope-tag-detail", saved.pk)
    return render(request, "enrollment/scope_tags/form.html", {"section": "scope-tag-list", "tag": tag, "form": form})


def delete(request: HttpRequest, pk: int) -> HttpResponse:
    tag = _tag(request, pk)
    if request.method != "POST":
        return render(request, "enrollment/scope_tags/delete.html", {"section": "scope-tag-list", "tag": tag})
    try:
        delete_scope_tag(tag, by=request.user)
    except AccessRefused as refused:
        messages.error(request, _(refused.sentence) % refused.details)
        return redirect("scope-tag-detail", pk)
    messages.success(request, _("The scope tag is deleted."))
    return redirect("scope-tag-list")
