from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrollment.actions.access.save_person import save_person
from enrollment.actions.access.what_may_be_given import AccessRefused, check_not_stronger
from enrollment.models import ApiKey, Permission, Person, Role, Token
from enrollment.models.keyset import counted
from enrollment.models.permission_words import ALLOWS, GROUPS
from enrollment.models.person_search import found_by
from enrollment.models.ways_in import ways_in
from enrollment.permissions import check, check_any, may
from enrollment.web.forms.access import FilterForm, PersonForm
from enrollment.web.keyset import keyset_page

SIZE = 50
TOKENS_SHOWN = 20
KEYS_SHOWN = 20
SHOWS = {
    "": gettext_lazy("Who may come in"),
    "people": gettext_lazy("People"),
    "services": gettext_lazy("Services"),
    "deactivated": gettext_lazy("Deactivated"),
}
_ONLY = {
    "": Q(is_active=True),
    "people": Q(is_active=True, is_service=False),
    "services": Q(is_active=True, is_service=True),
    "deactivated": Q(is_active=False),
}


def person_list(request: HttpRequest) -> HttpResponse:
    """Who may come in, of those one administers."""
    check_any(request.user, Permission.MANAGE_ACCESS, Permission.READ_AUDIT)
    form = FilterForm(request.GET, SHOWS)
    words = form.words
    found = found_by(Person.objects.visible_to(request.user).filter(_ONLY[form.shown]), words)
    rows = found.prefetch_related("roles", "scope_tags")
    values = {
        "section": "person-list",
        "page": keyset_page(rows, request.GET, order="username", size=SIZE, count=counted(found)),
        "form": form,
        "is_filtered": bool(words or form.shown),
        "may_manage": may(request.user, Permission.MANAGE_ACCESS),
    }
    return render(request, "enrollment/people/list.html", values)


def new(request: HttpRequest) -> HttpResponse:
    """A person, or with `service` a program; then their page, where they are invited or given a key."""
    check(request.user, Permission.MANAGE_ACCESS)
    return _form(request, None, is_service="service" in request.GET)


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    check(request.user, Permission.MANAGE_ACCESS)
    return _form(request, person, is_service=person.is_service)


def _form(request: HttpRequest, person: Person | None, *, is_service: bool) -> HttpResponse:
    if request.method != "POST":
        form = PersonForm(initial=_initial(person), by=request.user, is_service=is_service)
    else:
        form = PersonForm(request.POST, by=request.user, is_service=is_service)
        if form.is_valid():
            try:
                saved = save_person(person, by=request.user, is_service=is_service, **form.cleaned_data)
            except AccessRefused as refused:
                form.show(refused)
            else:
                messages.success(request, _("“%(name)s” is saved.") % {"name": saved})
                return redirect("person-detail", saved.pk)
    values = {"section": "person-list", "form": form, "person": person, "is_service": is_service}
    return render(request, "enrollment/people/form.html", values)


def _initial(person: Person | None) -> dict[str, Any]:
    if person is None:
        return {}
    names = ("username", "first_name", "last_name", "email", "language")
    return {
        **{name: getattr(person, name) for name in names},
        "roles": person.roles.all(),
        "scope_tags": person.scope_tags.all(),
    }


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What somebody may and sees, in words, and what can be done about their account."""
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    check_any(request.user, Permission.MANAGE_ACCESS, Permission.READ_AUDIT)
    roles, tags = list(person.roles.all()), list(person.scope_tags.all())
    tokens = Token.objects.visible_to(request.user) & Token.objects.visible_to(person)
    keys = ApiKey.objects.visible_to(request.user).filter(person=person).select_related("role")
    values = {
        "section": "person-list",
        "person": person,
        "roles": roles,
        "tags": tags,
        "allowed": allowed_by(roles, is_superuser=person.is_superuser),
        "tokens": tokens[:TOKENS_SHOWN],
        "token_count": tokens.count(),
        "keys": keys.prefetch_related("scope_tags").order_by("-pk")[:KEYS_SHOWN],
        "may_manage": may(request.user, Permission.MANAGE_ACCESS),
        "is_stronger": _is_stronger(person, request.user),
        "is_me": person.pk == request.user.pk,
        "ways_in": ways_in(person),
    }
    return render(request, "enrollment/people/detail.html", values)


def _is_stronger(person: Person, by: Person) -> bool:
    try:
        check_not_stronger(person, by=by)
    except AccessRefused:
        return True
    return False


def allowed_by(roles: Iterable[Role], *, is_superuser: bool = False) -> list[tuple[Any, list[dict[str, Any]]]]:
    """Each permission somebody has under its heading, in words, with the roles that give it."""
    roles = list(roles)
    found = []
    for heading, permissions in GROUPS:
        lines = [
            {"label": one.label, "allows": ALLOWS[one], "roles": [role for role in roles if one in role.permissions]}
            for one in permissions
        ]
        if lines := [line for line in lines if line["roles"] or is_superuser]:
            found.append((heading, lines))
    return found
